//! The house keeps its shape: who may name whom, how files open, what they may be called.
//!
//! Each check reports every offence as `file:line: what is wrong`, so that a failure is a list of
//! places to go to.

use std::path::{Path, PathBuf};

/// The rooms, and the crates and rooms that code below a path must not name. The order is that of
/// the arrow in `src/lib.rs`: an arrow never points upwards.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "src/model/",
        &[
            "crate::git",
            "crate::ops",
            "crate::render",
            "crate::cli",
            "gix::",
            "std::fs",
            "fs_err",
            "std::env",
            "std::process",
            "std::io",
            "SystemTime",
            "Instant::now",
            "Utc::now",
            "Local::now",
        ],
    ),
    ("src/git/", &["crate::ops", "crate::render", "crate::cli"]),
    ("src/ops/", &["crate::render", "crate::cli", "gix::"]),
    (
        "src/render/",
        &["crate::git", "crate::cli", "gix::", "std::fs", "fs_err", "std::env", "std::process", "Utc::now"],
    ),
    ("src/cli/", &["gix::"]),
    ("src/bin/", &["gix::"]),
    ("hooks/", &["gix::"]),
];

/// Names that say nothing of what a file holds.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "misc", "types"];

#[test]
fn no_arrow_points_upwards() {
    let mut offences = Vec::new();
    for file in rust_files(&["src", "hooks"]) {
        let Some((room, forbidden)) = FORBIDDEN.iter().find(|(room, _)| file.name.starts_with(room)) else {
            continue;
        };
        for (number, line) in file.code() {
            for word in forbidden.iter().filter(|word| names(line, word)) {
                offences.push(format!("{}:{number}: {room} must not name `{word}`", file.name));
            }
        }
    }
    none(&offences);
}

/// Whoever wants to know what is wrong asks `ops::verdict`, which gathers the facts: an answer without
/// them would be another one. `tests/suite/one_judge` shows that the answers are the same.
#[test]
fn only_verdicts_ask_the_judge() {
    let may = ["src/model/judge/", "src/ops/verdict/"];
    let mut offences = Vec::new();
    for file in rust_files(&["src", "hooks"]) {
        if may.iter().any(|room| file.name.starts_with(room)) {
            continue;
        }
        let asks = |line: &str| {
            let grouped = line.split_once("model::{").is_some_and(|(_, group)| names(group, "judge"));
            grouped || line.contains("model::judge") || names(line, "judge::")
        };
        for (number, _) in file.code().filter(|(_, line)| asks(line)) {
            offences.push(format!("{}:{number}: asks the judge past `ops::verdict`", file.name));
        }
    }
    none(&offences);
}

#[test]
fn verbs_never_call_each_other() {
    let verbs: Vec<String> = rust_files(&["src/cli/orchestrate", "src/cli/worker"])
        .iter()
        .filter_map(|file| Some(Path::new(&file.name).file_stem()?.to_str()?.to_owned()))
        .filter(|stem| stem != "mod")
        .collect();
    let mut offences = Vec::new();
    for file in rust_files(&["src/ops"]) {
        for (number, line) in file.code() {
            for verb in nouns_of_ops(line).filter(|noun| verbs.iter().any(|verb| verb == noun)) {
                let own = format!("src/ops/{verb}");
                let is_own = file.name == format!("{own}.rs") || file.name.starts_with(&format!("{own}/"));
                if !is_own {
                    offences.push(format!("{}:{number}: names the verb `{verb}`", file.name));
                }
            }
        }
    }
    none(&offences);
}

#[test]
fn a_named_verb_is_seen_however_it_is_written() {
    let named = |line| nouns_of_ops(line).collect::<Vec<_>>();
    assert_eq!(named("use crate::ops::status::{self, Options};"), ["status"]);
    assert_eq!(named("use crate::ops::{run, verify::Outcome};"), ["run", "verify"]);
    assert_eq!(named("    crate::ops::start::run(repo, &options)?"), ["start"]);
    assert_eq!(named("use crate::model::status::Clock;"), [""; 0]);
}

/// The modules of `crate::ops` that a line names.
fn nouns_of_ops(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::ops::").skip(1).flat_map(|rest| {
        let group = rest.strip_prefix('{').map(|rest| rest.split('}').next().unwrap_or(rest));
        let several = group.is_some();
        let parts = group.unwrap_or(rest).split(',').take(if several { usize::MAX } else { 1 });
        parts.filter_map(|part| part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next())
    })
}

#[test]
fn every_file_says_what_it_is() {
    let mut offences = Vec::new();
    for file in rust_files(&["src", "hooks", "tests/suite", "benches"]) {
        if !file.text.starts_with("//! ") {
            offences.push(format!("{}:1: opens without `//!`", file.name));
        }
        let stem = Path::new(&file.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if EMPTY_NAMES.contains(&stem) {
            offences.push(format!("{}:1: `{stem}` says nothing of what is in it", file.name));
        }
        for (number, line) in file.text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
            if ["#[", "#!["].iter().any(|open| line.contains(&format!("{open}allow("))) {
                offences.push(format!("{}:{number}: opt out with `expect` and a reason", file.name));
            }
            if ["TODO", "FIXME", "XXX"].iter().any(|word| line.contains(word))
                && file.name != "tests/suite/tidy.rs"
            {
                offences.push(format!("{}:{number}: unfinished work goes into an issue", file.name));
            }
        }
    }
    none(&offences);
}

#[test]
fn files_stay_readable() {
    /// A file of more lines than this is no longer one noun.
    const MOST_LINES: usize = 600;
    let offences: Vec<String> = rust_files(&["src", "hooks"])
        .iter()
        .filter(|file| file.text.lines().count() > MOST_LINES)
        .map(|file| {
            format!("{}:{MOST_LINES}: {} lines; split it by noun", file.name, file.text.lines().count())
        })
        .collect();
    none(&offences);
}

#[test]
fn every_story_shares_one_directory() {
    let mut offences = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd")).expect("stories")
    {
        let path = entry.expect("a directory entry").path();
        if path.extension().is_some_and(|extension| extension == "trycmd")
            && !path.with_extension("out").is_dir()
        {
            offences.push(format!("{}:1: has no `.out` beside it", path.display()));
        }
    }
    none(&offences);
}

struct Source {
    /// Relative to the top, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// The lines before the file's tests that are no comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn rust_files(below: &[&str]) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in below {
        collect(&top.join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: PathBuf| Source {
        name: path.strip_prefix(top).expect("below the top").to_string_lossy().replace('\\', "/"),
        text: std::fs::read_to_string(&path).expect("source is text"),
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.expect("a directory entry").path()) {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// Whether `line` names `word` at the start of a path: `gix::` is not in `crate::gix::`.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[track_caller]
fn none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}
