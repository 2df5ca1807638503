//! The judge's list of paths: against `git diff --cached --raw` for states of the index, and against
//! `git diff --raw` for trees.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::model::change::PathChange;
use proptest::prelude::*;
use proptest::sample::select;

use super::{git, hold};
use crate::git_room::{self, diff};
use crate::sandbox::Sandbox;

/// Names that sort around each other, as files and as directories, and odd ones.
const PATHS: [&[u8]; 26] = [
    b"a",
    b"a/b",
    b"a/b/c",
    b"a-",
    b"a-/x",
    b"a.b",
    b"a0",
    b"b",
    b"b/a",
    b"b/a/a",
    b"out/x",
    b"out/deep/y",
    b"out/deep/z",
    b"other/w",
    b"-x",
    b"a\tb",
    b"a\"b",
    b"\xc3\xbc/\xc3\xa9",
    b"u\xcc\x88",
    b"\xff\xfe/\x80",
    b"ein Wort",
    b".gitmodules",
    b"line\nbreak",
    b"back\\slash",
    b"\x1b[1m",
    b"A/b",
];

/// Lengths at which the format of the index changes.
const LENGTHS: [usize; 4] = [4094, 4095, 4096, 5000];

/// One change of the index; numbers choose paths and contents.
#[derive(Debug, Clone)]
enum Step {
    Set(usize, &'static str, usize),
    Remove(usize),
    Announce(usize),
    Conflict(usize),
    Flag(usize, &'static str),
    Git(&'static [&'static str]),
}

const COMMANDS: [&[&str]; 15] = [
    &["update-index", "--index-version=2"],
    &["update-index", "--index-version=3"],
    &["update-index", "--index-version=4"],
    &["update-index", "--split-index"],
    &["update-index", "--no-split-index"],
    &["update-index", "--untracked-cache"],
    &["-c", "index.threads=2", "update-index", "-q", "--refresh"],
    &["-c", "index.skipHash=true", "update-index", "--force-write-index"],
    &["sparse-checkout", "set", "--cone", "--sparse-index", "a", "b"],
    &["sparse-checkout", "set", "--no-cone", "/a*"],
    &["sparse-checkout", "disable"],
    &["write-tree"],
    &["commit", "-q", "-n", "-m", "Next"],
    &["commit", "-q", "-n", "-m", "Next"],
    &["reset", "-q", "--soft", "HEAD~"],
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let path = 0..PATHS.len();
    let mode = select(&["100644", "100644", "100644", "100755", "120000", "160000"][..]);
    let step = prop_oneof![
        10 => (path.clone(), mode, 0..4usize).prop_map(|(path, mode, content)| Step::Set(path, mode, content)),
        4 => path.clone().prop_map(Step::Remove),
        2 => path.clone().prop_map(Step::Announce),
        1 => path.clone().prop_map(Step::Conflict),
        2 => (path, select(&["--skip-worktree", "--assume-unchanged", "--no-skip-worktree"][..]))
            .prop_map(|(path, flag)| Step::Flag(path, flag)),
        6 => select(&COMMANDS[..]).prop_map(Step::Git),
    ];
    prop::collection::vec(step, 1..16)
}

#[test]
fn what_is_staged_is_what_git_shows() {
    for format in ["sha1", "sha256"] {
        hold(if format == "sha1" { 24 } else { 8 }, &steps(), |steps| {
            let place = Place::new(format);
            let mut trees = vec![place.repo.empty_tree()];
            for step in &steps {
                place.take(step);
                let [ours, git] = place.staged();
                prop_assert_eq!(ours, git, "after {:?}", step);
                trees.extend(place.tree());
            }
            trees.dedup();
            for pair in trees.windows(2).chain([[trees[0], trees[trees.len() - 1]].as_slice()]) {
                let [ours, git] = place.between(pair[0], pair[1]);
                prop_assert_eq!(ours, git, "between {} and {}", pair[0], pair[1]);
            }
            Ok(())
        });
    }
}

/// Not in a split index: there gix, which reads it for us, misses what follows such a path, and says
/// that the index is damaged.
#[test]
fn long_paths_are_staged_in_every_format() {
    for format in ["sha1", "sha256"] {
        for version in ["--index-version=2", "--index-version=4"] {
            let place = Place::new(format);
            place.sandbox.git(&["update-index", version]).ok();
            for length in LENGTHS {
                place.edit(&long_path(length), &[("100644", &place.blobs[0], 0)]);
                for more in [Step::Set(0, "100755", 1), Step::Announce(4), Step::Remove(4)] {
                    place.take(&more);
                    let [ours, git] = place.staged();
                    assert_eq!(ours, git, "{length} bytes in {version} of {format}");
                }
            }
        }
    }
}

/// A repository and what its index is made of.
struct Place {
    sandbox: Sandbox,
    repo: Repository,
    blobs: Vec<String>,
    commit: String,
}

impl Place {
    fn new(format: &str) -> Place {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "--quiet", &format!("--object-format={format}")]).ok();
        let repo = git_room::open(&sandbox, ".");
        let blob = |n: usize| repo.write_blob(format!("{n}\n").as_bytes()).expect("a blob").to_string();
        let blobs = (0..4).map(blob).collect();
        let commit =
            repo.write_commit(repo.empty_tree(), &[], "For submodules").expect("a commit").to_string();
        Place { sandbox, repo, blobs, commit }
    }

    fn take(&self, step: &Step) {
        match step {
            Step::Set(path, mode, content) => {
                let id = if *mode == "160000" { &self.commit } else { &self.blobs[*content] };
                self.edit(PATHS[*path], &[(mode, id, 0)]);
            }
            Step::Remove(path) => self.edit(PATHS[*path], &[]),
            Step::Conflict(path) => {
                self.edit(PATHS[*path], &[("100644", &self.blobs[0], 1), ("100755", &self.blobs[1], 3)])
            }
            Step::Announce(path) => self.announce(PATHS[*path]),
            Step::Flag(path, flag) => self.flag(PATHS[*path], flag),
            Step::Git(args) => self.command(args),
        }
    }

    /// A conflict, or a state without a commit, may refuse it, and is a state as well. Over announced
    /// paths in a sparse index git 2.47 kills itself, and leaves its lock.
    fn command(&self, args: &[&str]) {
        if self.sandbox.git(args).code < 0 {
            let _ = std::fs::remove_file(self.sandbox.root.join(".git/index.lock"));
        }
    }

    /// Replaces what the index has at a path, and what stands in its way above and below.
    fn edit(&self, path: &[u8], entries: &[(&str, &str, u8)]) {
        let zero = "0".repeat(self.commit.len());
        let mut lines = Vec::new();
        let mut line = |mode: &str, id: &str, stage: u8, path: &[u8]| {
            lines.extend_from_slice(format!("{mode} {id} {stage}\t").as_bytes());
            lines.extend_from_slice(path);
            lines.push(0);
        };
        line("0", &zero, 0, path);
        for other in PATHS.iter().filter(|other| !entries.is_empty() && clash(other, path)) {
            line("0", &zero, 0, other);
        }
        entries.iter().for_each(|(mode, id, stage)| line(mode, id, *stage, path));
        git(&self.sandbox, &["update-index", "-z", "--index-info"], &lines);
    }

    /// `git add --intent-to-add`, which wants a file.
    fn announce(&self, path: &[u8]) {
        let place = self.sandbox.root.join(Path::new(std::ffi::OsStr::from_bytes(path)));
        let written = place
            .parent()
            .map(std::fs::create_dir_all)
            .transpose()
            .and_then(|_| std::fs::write(&place, "x\n"));
        if written.is_ok() {
            let mut command = self.sandbox.command("git", &self.sandbox.root);
            let args = ["add", "--sparse", "--force", "--intent-to-add", "--"].map(std::ffi::OsStr::new);
            command.args(args).arg(std::ffi::OsStr::from_bytes(path)).output().expect("git runs");
        }
    }

    /// Sets a flag of a path, if the index has it.
    fn flag(&self, path: &[u8], flag: &str) {
        let mut command = self.sandbox.command("git", &self.sandbox.root);
        command
            .args(["update-index", flag, "--"])
            .arg(std::ffi::OsStr::from_bytes(path))
            .output()
            .expect("git runs");
    }

    /// Our list and git's of what is staged. Git shows a conflict without its sides, so only that
    /// there is one counts. It shows whole directories of a sparse index, unless that is written out.
    fn staged(&self) -> [Vec<BString>; 2] {
        let is_born = self.sandbox.git(&["rev-parse", "--verify", "-q", "HEAD"]).code == 0;
        let head = if is_born { "HEAD".to_owned() } else { self.repo.empty_tree().to_string() };
        let args =
            ["-c", "index.sparse=false", "diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev"];
        let more = ["--ignore-submodules=none", "--ita-invisible-in-index", &head, "--"];
        let mut theirs = parsed(&git(&self.sandbox, &[&args[..], &more].concat(), b""));
        let conflicts: Vec<BString> =
            theirs.extract_if(.., |line| line.1 == "U").map(|line| line.2).collect();
        let changes = self.repo.staged().expect("an index that git reads");
        let (mut ours, mut git): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
        for change in &changes {
            let in_conflict = conflicts.contains(&change.path);
            ours.push(if in_conflict { change.path.clone() } else { raw(change, self.repo.object_hash()) });
        }
        git.extend(conflicts);
        git.extend(theirs.into_iter().map(|(meta, _, path)| joined(&meta, path.as_bstr())));
        [ours, git].map(sorted)
    }

    fn between(&self, old: ObjectId, new: ObjectId) -> [Vec<BString>; 2] {
        let (old_hex, new_hex) = (old.to_string(), new.to_string());
        let args = [
            "diff",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--ignore-submodules=none",
            &old_hex,
            &new_hex,
            "--",
        ];
        let theirs = parsed(&git(&self.sandbox, &args, b""));
        let ours = self.repo.diff_trees(old, new).expect("git made both trees");
        let ours = ours.iter().map(|change| raw(change, self.repo.object_hash())).collect();
        [ours, theirs.into_iter().map(|(meta, _, path)| joined(&meta, path.as_bstr())).collect()].map(sorted)
    }

    /// What the index would commit, unless there are conflicts.
    fn tree(&self) -> Option<ObjectId> {
        let said = self.sandbox.git(&["write-tree"]);
        (said.code == 0).then(|| ObjectId::from_hex(said.out.trim().as_bytes()).expect("hex"))
    }
}

/// A path of this many bytes, in parts that a file system could take.
fn long_path(length: usize) -> Vec<u8> {
    let mut path = [&[b'l'; 200][..], b"/"].concat().repeat(length / 201 + 1);
    path.truncate(length - 1);
    path.push(b'e');
    path
}

fn clash(a: &[u8], b: &[u8]) -> bool {
    a.strip_prefix(b).or_else(|| b.strip_prefix(a)).is_some_and(|rest| rest.starts_with(b"/"))
}

/// Modes and ids, status and path of each line of `--raw -z`.
fn parsed(out: &[u8]) -> Vec<(BString, BString, BString)> {
    let mut fields = out.split_str("\0");
    let mut lines = Vec::new();
    while let (Some(meta), Some(path)) = (fields.next().filter(|meta| !meta.is_empty()), fields.next()) {
        let (meta, status) = meta.rsplit_once_str(" ").expect("a status");
        lines.push((meta[1..].into(), status.into(), path.into()));
    }
    lines
}

/// A change as git's raw format has it.
fn raw(change: &PathChange, hash: gix_hash::Kind) -> BString {
    joined(diff::meta(change, hash).as_bytes(), change.path.as_bstr())
}

fn joined(meta: &[u8], path: &BStr) -> BString {
    bstr::join(" ", [meta, path.as_bytes()]).into()
}

fn sorted(mut lines: Vec<BString>) -> Vec<BString> {
    lines.sort();
    lines
}
