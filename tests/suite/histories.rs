//! Generated histories: a base and branches that change it in all the ways in which merges can go
//! wrong, with few paths and few different lines, so that the sides meet.

use std::collections::BTreeMap;

use crate::random::Random;

/// One generated repository: a base and its branches, all with names of their own.
pub struct History {
    /// Branch of the commit that all start from.
    pub base: String,
    /// In the order in which they are merged.
    pub branches: Vec<String>,
}

#[derive(Clone, PartialEq)]
struct File {
    mode: &'static str,
    content: Vec<u8>,
}

type Files = BTreeMap<String, File>;

const LINES: [&str; 8] = ["a", "b", "c", "{", "}", "", "x = 1", "    x = 1"];
/// Commits of a submodule that nobody has.
const MODULES: [&str; 3] = [
    "1111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222",
    "3333333333333333333333333333333333333333",
];
const PLACES: [&str; 6] = ["", "a/", "b/", "b/sub/", "n/", "a/new/"];
const ATTRIBUTES: [&str; 6] = [
    "",
    "*.union merge=union\n",
    "* -merge\n",
    "* merge=binary\na/* merge\n",
    "* conflict-marker-size=12\n",
    "* text=auto\n*.crlf text eol=crlf\n",
];

/// Writes history number `number` to a stream for `git fast-import`.
pub fn write(stream: &mut Vec<u8>, number: u64) -> History {
    let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let base_files = base(&mut random);
    let base = format!("h{number}/base");
    commit(stream, &base, None, &base_files);
    let mut made: Vec<(String, Files)> = Vec::new();
    for place in 0..3 + random.below(3) {
        // Some branches go on from another one, as a task does that needed it.
        let from = match random.below(5) {
            0 if !made.is_empty() => made[random.below(made.len())].clone(),
            _ => (base.clone(), base_files.clone()),
        };
        let (parent, mut files) = from;
        (0..=random.below(6)).for_each(|_| change(&mut files, &mut random));
        let name = format!("h{number}/t{place}");
        commit(stream, &name, Some(&parent), &files);
        made.push((name, files));
    }
    History { base, branches: made.into_iter().map(|(name, _)| name).collect() }
}

fn base(random: &mut Random) -> Files {
    let mut files = Files::new();
    for (path, mode) in [
        ("a/x", "100644"),
        ("a/y", "100644"),
        ("a/z", "100644"),
        ("b/x", "100644"),
        ("b/sub/d", "100644"),
        ("c", "100644"),
        ("list.union", "100644"),
        ("tool", "100755"),
    ] {
        let count = 6 + random.below(10);
        files.insert(path.into(), File { mode, content: lines(random, count) });
    }
    let crlf = lines(random, 8).split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
    files.insert("w.crlf".into(), File { mode: "100644", content: crlf });
    files.insert("bin".into(), File { mode: "100644", content: vec![0, 1, 2, b'\n', 3] });
    files.insert("link".into(), File { mode: "120000", content: b"a/x".to_vec() });
    files.insert("module".into(), File { mode: "160000", content: MODULES[0].into() });
    let attributes = ATTRIBUTES[random.below(2 * ATTRIBUTES.len()) % ATTRIBUTES.len()];
    if !attributes.is_empty() {
        files.insert(".gitattributes".into(), File { mode: "100644", content: attributes.into() });
    }
    files
}

fn lines(random: &mut Random, count: usize) -> Vec<u8> {
    (0..count).flat_map(|_| format!("{}\n", LINES[random.below(LINES.len())]).into_bytes()).collect()
}

/// One change of the kind that a commit makes.
fn change(files: &mut Files, random: &mut Random) {
    let names: Vec<String> = files.keys().cloned().collect();
    let name = names[random.below(names.len())].clone();
    match random.below(24) {
        0 => drop(files.remove(&name)),
        1 | 2 => rename(files, random, &name),
        3 => rename_directory(files, random),
        4 | 5 => {
            let path = format!("{}new{}", PLACES[random.below(PLACES.len())], random.below(2));
            let count = random.below(6);
            put(files, &path, File { mode: "100644", content: lines(random, count) });
        }
        6 => become_kind(files, random, &name),
        7 => {
            let file = files.get_mut(&name).expect("it is there");
            file.mode = match file.mode {
                "100644" => "100755",
                "100755" => "100644",
                other => other,
            };
        }
        8 => {
            let inner = files.remove(&name).expect("it is there");
            put(files, &format!("{name}/inner"), inner);
        }
        9 => {
            let directory = ["a", "b", "b/sub"][random.below(3)];
            put(files, directory, File { mode: "100644", content: b"was a directory\n".to_vec() });
        }
        10 => {
            let attributes = ATTRIBUTES[random.below(ATTRIBUTES.len())];
            put(files, ".gitattributes", File { mode: "100644", content: attributes.into() });
        }
        11 => {
            let file = files.get_mut(&name).expect("it is there");
            if file.mode.starts_with("100") {
                file.content = toggle_line_ends(&file.content);
            }
        }
        _ => edit(files, random, &name),
    }
}

/// Adds a file; what stands in its way goes.
fn put(files: &mut Files, path: &str, file: File) {
    let below = format!("{path}/");
    files.retain(|other, _| !other.starts_with(&below) && !path.starts_with(&format!("{other}/")));
    files.insert(path.to_owned(), file);
}

fn rename(files: &mut Files, random: &mut Random, name: &str) {
    let file = files.remove(name).expect("it is there");
    let path = format!("{}r{}", PLACES[random.below(PLACES.len())], random.below(3));
    put(files, &path, file);
    if random.below(3) == 0 {
        edit(files, random, &path);
    }
}

fn rename_directory(files: &mut Files, random: &mut Random) {
    let from = ["a/", "b/", "b/sub/"][random.below(3)];
    let to = ["moved/", "n/", "a/new/", "b/"][random.below(4)];
    let all: Vec<String> = files.keys().filter(|path| path.starts_with(from)).cloned().collect();
    for path in all {
        if let Some(file) = files.remove(&path) {
            put(files, &format!("{to}{}", &path[from.len()..]), file);
        }
    }
}

/// A link, a submodule or an executable in place of what was there.
fn become_kind(files: &mut Files, random: &mut Random, name: &str) {
    let file = match random.below(4) {
        0 => File { mode: "120000", content: [&b"a/x"[..], b"c", b"elsewhere"][random.below(3)].to_vec() },
        1 => File { mode: "160000", content: MODULES[random.below(3)].into() },
        2 => File { mode: "100755", content: lines(random, 3) },
        _ => File { mode: "100644", content: vec![0, u8::try_from(random.below(3)).expect("small"), 7] },
    };
    files.insert(name.to_owned(), file);
}

fn edit(files: &mut Files, random: &mut Random, name: &str) {
    let Some(file) = files.get_mut(name) else { return };
    match file.mode {
        "160000" => file.content = MODULES[random.below(3)].into(),
        "120000" => file.content = [&b"b/x"[..], b"tool"][random.below(2)].to_vec(),
        _ => {
            let mut lines: Vec<Vec<u8>> =
                file.content.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let place = random.below(lines.len());
            let line = LINES[random.below(LINES.len())].as_bytes().to_vec();
            match random.below(3) {
                0 => lines.insert(place, line),
                1 => lines[place] = line,
                _ => drop(lines.remove(place)),
            }
            file.content = lines.join(&b'\n');
        }
    }
}

fn toggle_line_ends(content: &[u8]) -> Vec<u8> {
    match content.windows(2).any(|pair| pair == b"\r\n") {
        true => content.iter().copied().filter(|byte| *byte != b'\r').collect(),
        false => content.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]),
    }
}

fn commit(stream: &mut Vec<u8>, branch: &str, from: Option<&str>, files: &Files) {
    let mut head = format!("commit refs/heads/{branch}\ncommitter A <a@b.c> 1705327200 +0000\ndata 1\nx\n");
    if let Some(from) = from {
        head += &format!("from refs/heads/{from}\n");
    }
    stream.extend_from_slice(head.as_bytes());
    stream.extend_from_slice(b"deleteall\n");
    for (path, File { mode, content }) in files {
        if *mode == "160000" {
            let id = String::from_utf8_lossy(content);
            stream.extend_from_slice(format!("M 160000 {id} {path}\n").as_bytes());
            continue;
        }
        stream.extend_from_slice(format!("M {mode} inline {path}\ndata {}\n", content.len()).as_bytes());
        stream.extend_from_slice(content);
        stream.push(b'\n');
    }
}
