//! What is staged, against `git diff-index --cached`, over random states of the index.

use std::fmt::Write as _;

use orchestrate::git::Repository;
use orchestrate::model::change::PathChange;

use super::diff::{git_raw, raw};
use super::{id, open};
use crate::random::Random;
use crate::sandbox::Sandbox;

/// Names that sort around each other, as files and as directories.
const PATHS: [&str; 18] = [
    "a", "a/b", "a/b/c", "a/b/d/e", "a-", "a-/x", "a.b", "a0", "b", "b/a", "b/a/a", "b/b", "b0/x", "c/d/e/f",
    "c/d/e/g", "c/d.x", "ü/é", "z",
];

/// Lines for `git update-index --index-info` that change a few paths, and nothing else.
fn edits(random: &mut Random, blobs: &[String], commit: &str) -> String {
    let zero = "0".repeat(commit.len());
    let mut lines = String::new();
    for _ in 0..=random.below(6) {
        let path = random.pick(&PATHS);
        let blob = &blobs[random.below(blobs.len())];
        // What is above or below the path would make it both a file and a directory.
        for other in PATHS.iter().filter(|other| clash(other, path)) {
            writeln!(lines, "0 {zero}\t{other}").expect("a string takes it");
        }
        let line = match random.below(12) {
            0..4 => format!("0 {zero}\t{path}"),
            4..8 => format!("100644 {blob} 0\t{path}"),
            8 => format!("100755 {blob} 0\t{path}"),
            9 => format!("120000 {blob} 0\t{path}"),
            10 => format!("160000 {commit} 0\t{path}"),
            _ => format!("0 {zero}\t{path}\n100644 {blob} 1\t{path}\n100755 {blob} 3\t{path}"),
        };
        writeln!(lines, "{line}").expect("a string takes it");
    }
    lines
}

fn clash(a: &str, b: &str) -> bool {
    a.strip_prefix(b).or_else(|| b.strip_prefix(a)).is_some_and(|rest| rest.starts_with('/'))
}

/// Our answer and git's for the index as it is now. git shows a conflict without its sides.
#[track_caller]
fn check(sandbox: &Sandbox, repo: &Repository, state: &str) {
    let args = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev"];
    let more = ["--ignore-submodules=none", "--ita-invisible-in-index"];
    let is_born = sandbox.git(&["rev-parse", "--verify", "HEAD"]).code == 0;
    let head = if is_born { "HEAD".to_owned() } else { repo.empty_tree().to_string() };
    let git = git_raw(sandbox, &[&args[..], &more, &[&head]].concat());
    let (conflicts, git): (Vec<_>, Vec<_>) = git.into_iter().partition(|line| line.status == "U");
    let conflicts: Vec<_> = conflicts.into_iter().map(|line| line.path).collect();
    let git: Vec<_> = git.into_iter().map(|line| line.text).collect();

    let changes = repo.staged().expect("an index that git reads");
    let in_conflict = |change: &PathChange| conflicts.contains(&change.path.to_string());
    let (ours_in_conflict, ours): (Vec<_>, Vec<_>) = changes.into_iter().partition(in_conflict);
    assert_eq!(raw(&ours, repo.object_hash()), git, "{state}");
    let ours_in_conflict: Vec<_> = ours_in_conflict.iter().map(|change| change.path.to_string()).collect();
    assert_eq!(ours_in_conflict, conflicts, "each conflict is one change: {state}");
}

fn random_states(format: &str, seed: u64, count: usize) {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", &format!("--object-format={format}")]).ok();
    let mut random = Random(seed);
    let blobs: Vec<_> = (0..5).map(|n| hash_object(&sandbox, &format!("{n}\n"))).collect();
    let repo = open(&sandbox, ".");
    let commit = repo.write_commit(repo.empty_tree(), &[], "For submodules").expect("a commit").to_string();
    let mut state = String::new();
    for step in 0..count {
        let lines = edits(&mut random, &blobs, &commit);
        update_index(&sandbox, &["--index-info"], &lines);
        let after = match random.below(10) {
            0 => vec!["write-tree"],
            1 => vec!["update-index", "--index-version=3"],
            2 => vec!["update-index", "--index-version=4"],
            3 => vec!["update-index", "--index-version=2"],
            4 => vec!["update-index", "--split-index"],
            5 => vec!["update-index", "--no-split-index"],
            6 => vec!["-c", "index.threads=2", "update-index", "--refresh", "-q"],
            7 | 8 => vec!["commit", "--quiet", "--no-verify", "--message", "Next"],
            _ => vec!["status"],
        };
        sandbox.git(&after); // A conflict may refuse it, and that is a state as well.
        write!(state, "\n--- {step} {after:?}\n{lines}").expect("a string takes it");
        check(&sandbox, &repo, &state);
        if sandbox.git(&["ls-files", "--unmerged"]).out.len() > 400 {
            sandbox.git(&["rm", "-r", "--quiet", "--cached", "--force", "."]).ok();
        }
    }
}

fn hash_object(sandbox: &Sandbox, content: &str) -> String {
    sandbox.write("content", content);
    let id = sandbox.git(&["hash-object", "-w", "content"]).ok().out.trim().to_owned();
    std::fs::remove_file(sandbox.root.join("content")).expect("it was written");
    id
}

fn update_index(sandbox: &Sandbox, args: &[&str], lines: &str) {
    use std::io::Write;
    let mut git = sandbox.command("git", &sandbox.root);
    git.arg("update-index").args(args).stdin(std::process::Stdio::piped());
    let mut git = git.spawn().expect("git runs");
    git.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("git reads it");
    assert!(git.wait().expect("git ends").success(), "{lines}");
}

#[test]
fn random_states_agree_with_git() {
    for seed in 1..=4 {
        random_states("sha1", seed, 60);
    }
}

#[test]
fn random_states_agree_with_git_in_sha256() {
    random_states("sha256", 5, 40);
}

#[test]
fn announced_and_skipped_paths_are_what_a_commit_makes_of_them() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    check(&sandbox, &repo, "nothing staged");
    for path in ["announced", "dir/announced", "skipped", "assumed"] {
        sandbox.write(path, "x\n");
    }
    sandbox.git(&["add", "skipped", "assumed"]).ok();
    sandbox.git(&["add", "--intent-to-add", "announced", "dir/announced"]).ok();
    sandbox.git(&["update-index", "--skip-worktree", "skipped"]).ok();
    sandbox.git(&["update-index", "--assume-unchanged", "assumed"]).ok();
    check(&sandbox, &repo, "intent to add");
    assert_eq!(repo.staged().unwrap().len(), 2);
    sandbox.git(&["rm", "--quiet", "--cached", "README"]).ok();
    sandbox.git(&["add", "--intent-to-add", "README"]).ok();
    check(&sandbox, &repo, "a path of HEAD that is only announced is deleted");
    assert_eq!(repo.staged().unwrap().len(), 3);
}

#[test]
fn sparse_indices_are_whole() {
    let sandbox = Sandbox::repository();
    for path in ["in/a", "out/a", "out/deep/b", "out/deep/c", "other/d"] {
        sandbox.write(path, "x\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Directories"]).ok();
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]).ok();
    assert!(sandbox.git(&["ls-files", "--sparse"]).ok().out.contains("out/\n"), "the index is sparse");
    let repo = open(&sandbox, ".");
    check(&sandbox, &repo, "nothing staged");
    sandbox.write("in/a", "changed\n");
    sandbox.git(&["add", "in/a"]).ok();
    check(&sandbox, &repo, "inside");
    sandbox.git(&["reset", "--quiet", "--soft", "HEAD~"]).ok();
    for version in ["--index-version=2", "--index-version=4"] {
        // git shows a directory here that neither side has; what it holds is what counts.
        sandbox.git(&["sparse-checkout", "reapply", "--sparse-index"]).ok();
        sandbox.git(&["update-index", version]).ok();
        let sparse = repo.staged().unwrap();
        sandbox.git(&["sparse-checkout", "reapply", "--no-sparse-index"]).ok();
        check(&sandbox, &repo, "directories outside differ from HEAD");
        assert_eq!(sparse, repo.staged().unwrap(), "{version}");
    }
}

#[test]
fn without_head_or_index_everything_is_new_or_gone() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet"]).ok();
    let repo = open(&sandbox, ".");
    assert_eq!(repo.staged().unwrap(), []);
    sandbox.write("new", "x\n");
    sandbox.git(&["add", "new"]).ok();
    assert_eq!(repo.staged().unwrap().len(), 1);
    sandbox.git(&["commit", "--quiet", "-m", "Start"]).ok();
    assert_eq!(repo.staged().unwrap(), []);
    std::fs::remove_file(sandbox.root.join(".git/index")).unwrap();
    check(&sandbox, &repo, "no index");
    assert!(repo.staged().unwrap()[0].new.is_none());
}

#[test]
fn a_remembered_tree_that_is_not_stored_is_not_needed() {
    let sandbox = Sandbox::repository();
    sandbox.write("new", "x\n");
    sandbox.git(&["add", "new"]).ok();
    let tree = sandbox.git(&["write-tree"]).ok().out.trim().to_owned();
    std::fs::remove_file(sandbox.root.join(".git/objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    check(&sandbox, &open(&sandbox, "."), "the entries are there");
}

#[test]
fn a_damaged_index_is_an_error() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    sandbox.write("x/y", "x\n");
    sandbox.git(&["add", "."]).ok();
    let whole = std::fs::read(sandbox.root.join(".git/index")).unwrap();
    for length in [0, 3, 11, 12, 40, 80, whole.len() - 25, whole.len() - 1] {
        sandbox.write(".git/index", &whole[..length]);
        assert!(repo.staged().is_err(), "an index cut off at {length} is no index");
    }
    let tree = id(&sandbox, "HEAD^{tree}");
    assert!(repo.staged_against(tree).is_err());
}
