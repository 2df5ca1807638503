//! Worktrees, against `git worktree list`, and what is dirty in them.

use std::path::Path;

use orchestrate::git::worktrees::Force;

use super::{id, line, open};
use crate::sandbox::Sandbox;

#[test]
fn the_list_is_gits_list() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    assert_eq!(repo.worktrees().unwrap(), []);
    let home = sandbox.root.parent().unwrap();
    let names = ["b plain", "a größe", "with\nnewline", "-dash"];
    for (n, name) in names.iter().enumerate() {
        sandbox.git(&["branch", &format!("work/{n}")]).ok();
        repo.add_worktree(&home.join(name), &format!("refs/heads/work/{n}")).unwrap();
    }
    sandbox.git(&["worktree", "add", "--quiet", "--detach", "../detached"]).ok();
    repo.lock_worktree(&home.join("a größe"), "task-1 of run").unwrap();
    repo.lock_worktree(&home.join("a größe"), "task-1 of run").unwrap();

    let listed = repo.worktrees().unwrap();
    let git = sandbox.git(&["worktree", "list", "--porcelain", "-z"]).ok().out;
    let mut ours = String::new();
    for worktree in &listed {
        ours += &format!("worktree {}\0HEAD {}\0", worktree.path.display(), worktree.head.unwrap());
        ours += &worktree.branch.as_ref().map_or("detached\0".into(), |branch| format!("branch {branch}\0"));
        ours += &worktree.lock.as_ref().map_or(String::new(), |reason| format!("locked {reason}\0"));
        ours += "\0";
        assert!(worktree.present, "{worktree:?}");
    }
    let mut blocks: Vec<_> = git.split_inclusive("\0\0").skip(1).collect();
    blocks.sort();
    let mut own: Vec<_> = ours.split_inclusive("\0\0").collect();
    own.sort();
    assert_eq!(own, blocks);
    assert!(listed.is_sorted_by_key(|worktree| &worktree.path));
    assert_eq!(open(&sandbox, "../detached").worktrees().unwrap(), listed, "the same from everywhere");

    repo.unlock_worktree(&home.join("a größe")).unwrap();
    repo.unlock_worktree(&home.join("a größe")).unwrap();
    for name in names {
        repo.remove_worktree(&home.join(name), Force::KeepChanges).unwrap();
    }
    assert_eq!(repo.worktrees().unwrap().len(), 1);
}

#[test]
fn adding_refuses_what_git_refuses() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let path = sandbox.root.parent().unwrap().join("linked");
    for branch in ["main", "refs/heads/none", "refs/heads/main"] {
        let error = repo.add_worktree(&path, branch).unwrap_err();
        assert!(!path.exists(), "nothing is left of {branch}: {error:#}");
    }
}

#[test]
fn removal_keeps_uncommitted_work_and_locks() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let path = sandbox.root.parent().unwrap().join("linked");
    sandbox.git(&["branch", "work/a"]).ok();
    repo.add_worktree(&path, "refs/heads/work/a").unwrap();
    sandbox.write("../linked/new", "work\n");
    assert!(repo.remove_worktree(&path, Force::KeepChanges).is_err());
    repo.lock_worktree(&path, "busy").unwrap();
    assert!(repo.remove_worktree(&path, Force::DiscardChanges).is_err(), "a lock holds");
    assert_eq!(sandbox.read("../linked/new"), "work\n");
    repo.unlock_worktree(&path).unwrap();
    repo.remove_worktree(&path, Force::DiscardChanges).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_worktree_is_present_only_if_both_sides_say_so() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let home = sandbox.root.parent().unwrap();
    for name in ["one", "two"] {
        sandbox.git(&["worktree", "add", "--quiet", &format!("../{name}")]).ok();
    }
    let present =
        || repo.worktrees().unwrap().into_iter().map(|worktree| worktree.present).collect::<Vec<_>>();
    assert_eq!(present(), [true, true]);
    std::fs::copy(home.join("one/.git"), home.join("two/.git")).unwrap();
    assert_eq!(present(), [true, false], "two belongs to one's record");
    std::fs::rename(home.join("one"), home.join("away")).unwrap();
    assert_eq!(present(), [false, false]);
    std::fs::rename(home.join("away"), home.join("one")).unwrap();
    assert_eq!(present(), [true, false]);
}

#[test]
fn relative_links_are_links() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["worktree", "add", "--quiet", "../linked"]).ok();
    sandbox.write("../linked/.git", "gitdir: ../repo/.git/worktrees/linked\n");
    sandbox.write(".git/worktrees/linked/gitdir", "../../../../linked/.git\n");
    let worktrees = open(&sandbox, ".").worktrees().unwrap();
    assert!(worktrees[0].present, "{worktrees:?}");
    assert_eq!(worktrees[0].path, sandbox.root.parent().unwrap().join("linked"));
    assert_eq!(open(&sandbox, "../linked").workdir(), Some(worktrees[0].path.as_path()));
}

#[test]
fn an_unborn_branch_has_no_head() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["worktree", "add", "--quiet", "--orphan", "-b", "new", "../linked"]).ok();
    let worktree = open(&sandbox, ".").worktrees().unwrap().remove(0);
    assert_eq!((worktree.branch.as_deref(), worktree.head), (Some("refs/heads/new"), None));
}

#[test]
fn dirty_is_everything_that_is_not_committed() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let dirty = || repo.dirty_paths(&sandbox.root).unwrap();
    assert_eq!(dirty(), [""; 0]);
    sandbox.write(".gitignore", "ignored\n");
    sandbox.write("ignored", "x\n");
    sandbox.write("src/new file", "x\n");
    sandbox.write("src/two\nlines", "x\n");
    sandbox.write("README", "changed\n");
    sandbox.write("staged", "x\n");
    sandbox.git(&["add", "staged"]).ok();
    assert_eq!(dirty(), [".gitignore", "README", "src/new file", "src/two\nlines", "staged"]);
    let below = repo.uncommitted(&sandbox.root, &["src".into(), "*".into()]).unwrap();
    let below: Vec<_> = below.into_iter().map(|one| one.path).collect();
    assert_eq!(below, ["src/new file", "src/two\nlines"], "a path is no pattern");
    sandbox.git(&["mv", "README", "renamed"]).ok();
    let both = dirty().into_iter().filter(|path| path == "README" || path == "renamed").count();
    assert_eq!(both, 2, "both sides of a rename count");
}

#[test]
fn dirty_sees_conflicts_and_submodules_and_runs_nothing() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["clone", "--quiet", ".", "lib"]).ok();
    sandbox.git(&["-c", "advice.addEmbeddedRepo=false", "add", "lib"]).ok();
    sandbox.write(".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n");
    sandbox.git(&["add", ".gitmodules"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Library"]).ok();
    sandbox.git(&["switch", "--quiet", "-c", "side"]).ok();
    sandbox.write("README", "side\n");
    sandbox.git(&["commit", "--quiet", "-am", "Side"]).ok();
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    sandbox.write("README", "main\n");
    sandbox.git(&["commit", "--quiet", "-am", "Main"]).ok();
    sandbox.git(&["merge", "side"]).fails(1);
    sandbox.write("lib/README", "changed\n");
    sandbox.git(&["config", "core.fsmonitor", "touch ../ran; true"]).ok();
    let repo = open(&sandbox, ".");
    assert_eq!(repo.dirty_paths(&sandbox.root).unwrap(), ["README", "lib"]);
    assert!(!Path::new(&sandbox.root).join("../ran").exists(), "no configured command runs");
    assert_eq!(id(&sandbox, "HEAD").to_string(), line(&sandbox, &["rev-parse", "main"]));
}
