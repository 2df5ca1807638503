//! Tree comparisons, against `git diff-tree -r --raw`.

use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::model::change::{Entry, Kind, PathChange};

use super::{id, open};
use crate::sandbox::Sandbox;

/// Changes in git's raw format, for comparison.
pub fn raw(changes: &[PathChange], hash: gix_hash::Kind) -> Vec<String> {
    changes.iter().map(|change| format!("{} {}", meta(change, hash), change.path)).collect()
}

/// The modes and ids of a change, as git's raw format has them.
pub fn meta(change: &PathChange, hash: gix_hash::Kind) -> String {
    let side = |entry: Option<Entry>| match entry {
        None => ("000000", hash.null()),
        Some(Entry { kind: Kind::File, id }) => ("100644", id),
        Some(Entry { kind: Kind::Executable, id }) => ("100755", id),
        Some(Entry { kind: Kind::Symlink, id }) => ("120000", id),
        Some(Entry { kind: Kind::Submodule, id }) => ("160000", id),
    };
    let ((old_mode, old), (new_mode, new)) = (side(change.old), side(change.new));
    format!("{old_mode} {new_mode} {old} {new}")
}

/// One line of git's raw format, and its status letter.
pub struct Line {
    /// Modes, ids and path, as [`raw`] writes them.
    pub text: String,
    /// Such as `M`, or `U` for a path in conflict.
    pub status: String,
    /// The path alone.
    pub path: String,
}

/// What `git <args>` prints as `--raw -z`, sorted by path.
#[track_caller]
pub fn git_raw(sandbox: &Sandbox, args: &[&str]) -> Vec<Line> {
    let out = sandbox.git(args).ok().out;
    let mut fields = out.split('\0');
    let mut lines = Vec::new();
    while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
        let (meta, status) = meta.rsplit_once(' ').expect("a status");
        let text = format!("{} {path}", meta.strip_prefix(':').expect("a raw line"));
        lines.push(Line { text, status: status.to_owned(), path: path.to_owned() });
    }
    lines.sort_by(|a, b| a.path.cmp(&b.path));
    lines
}

fn check(sandbox: &Sandbox, repo: &Repository, old: &str, new: &str) {
    let args = ["diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none"];
    let git = git_raw(sandbox, &[&args[..], &[old, new]].concat());
    let git: Vec<_> = git.into_iter().map(|line| line.text).collect();
    let empty = repo.empty_tree();
    let tree = |revision: &str| {
        if empty == *revision { empty } else { id(sandbox, &format!("{revision}^{{tree}}")) }
    };
    let ours = repo.diff_trees(tree(old), tree(new)).expect("git made both trees");
    assert_eq!(raw(&ours, repo.object_hash()), git, "{old}..{new}");
}

#[test]
fn comparisons_agree_with_git() {
    let sandbox = Sandbox::from_script("git_room/shapes.sh");
    let repo = open(&sandbox, ".");
    let empty = repo.empty_tree().to_string();
    let commits = sandbox.git(&["rev-list", "--all"]).ok().out;
    let commits: Vec<_> = commits.lines().chain([empty.as_str()]).collect();
    assert!(commits.len() > 8, "the fixture has several shapes");
    for old in &commits {
        for new in &commits {
            check(&sandbox, &repo, old, new);
        }
    }
}

#[test]
fn a_missing_tree_is_an_error() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let missing = ObjectId::from_hex(&[b'7'; 40]).unwrap();
    let error = repo.diff_trees(repo.empty_tree(), missing).unwrap_err().to_string();
    assert!(error.contains("cannot read the tree 7777"), "{error}");
}
