//! Opening: worktrees, bare repositories, formats, and errors that a person understands.

use orchestrate::git::Repository;
use orchestrate::git::head::{Head, Operation};
use orchestrate::model::hint::Hinted;

use super::{id, line, open};
use crate::sandbox::Sandbox;

#[test]
fn a_worktree_knows_where_it_belongs() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["worktree", "add", "--quiet", "-b", "side", "../linked ü tree"]).ok();
    let (main, linked) = (open(&sandbox, "."), open(&sandbox, "../linked ü tree"));
    assert_eq!(main.workdir(), Some(sandbox.root.as_path()));
    assert_eq!(linked.common_dir(), main.common_dir());
    assert_eq!(linked.main_workdir().as_deref(), Some(sandbox.root.as_path()));
    assert_eq!(main.main_workdir().as_deref(), Some(sandbox.root.as_path()));
    let git_dir = line(&sandbox, &["-C", "../linked ü tree", "rev-parse", "--absolute-git-dir"]);
    assert_eq!(linked.git_dir(), std::path::Path::new(&git_dir));
    assert!(!main.is_bare() && !linked.is_bare() && !main.is_shallow());
}

#[test]
fn a_bare_repository_can_be_read() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]).ok();
    let bare = open(&sandbox, "../bare.git");
    assert!(bare.is_bare() && bare.workdir().is_none() && bare.main_workdir().is_none());
    assert_eq!(
        bare.head().unwrap(),
        Head::Branch { name: "refs/heads/main".into(), tip: Some(id(&sandbox, "HEAD")) }
    );
    let linked = sandbox.git_in("../bare.git", &["worktree", "add", "--quiet", "../linked", "main"]);
    linked.ok();
    let linked = open(&sandbox, "../linked");
    assert!(!linked.is_bare() && linked.main_workdir().is_none(), "its main worktree is bare");
}

#[test]
fn sha256_repositories_work() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", "--object-format=sha256"]).ok();
    let repo = open(&sandbox, ".");
    assert_eq!(repo.head().unwrap(), Head::Branch { name: "refs/heads/main".into(), tip: None });
    let tree = repo.write_files_tree(&[("a/b", b"x")]).unwrap();
    let commit = repo.write_commit(tree, &[], "Start").unwrap();
    assert_eq!(commit.to_string().len(), 64);
    let _ = repo.move_ref("refs/heads/main", None, commit, "start").unwrap();
    assert_eq!(id(&sandbox, "HEAD"), commit);
    super::fsck(&sandbox);
}

/// The message and the hint of the error that opening `directory` is.
#[track_caller]
fn refusal(sandbox: &Sandbox, directory: &str) -> (String, String) {
    let error = Repository::open(&sandbox.root.join(directory)).expect_err("this cannot be opened");
    let hinted = error.downcast_ref::<Hinted>().unwrap_or_else(|| panic!("no hint: {error:#}"));
    (hinted.message.clone(), hinted.hint.clone())
}

#[test]
fn what_cannot_be_opened_says_why() {
    let sandbox = Sandbox::empty();
    let (message, hint) = refusal(&sandbox, ".");
    assert!(message.contains("is not in a git repository") && hint.contains("git init"), "{message}: {hint}");

    sandbox.git(&["init", "--quiet", "--ref-format=reftable", "reftable"]).ok();
    let (message, hint) = refusal(&sandbox, "reftable");
    assert!(message.contains("reftable") && hint.contains("git refs migrate"), "{message}: {hint}");

    sandbox.git(&["init", "--quiet", "future"]).ok();
    sandbox.git_in("future", &["config", "core.repositoryFormatVersion", "1"]).ok();
    sandbox.git_in("future", &["config", "extensions.fromTheFuture", "true"]).ok();
    let (message, _) = refusal(&sandbox, "future");
    assert!(message.to_lowercase().contains("fromthefuture"), "{message}");
}

#[test]
fn head_and_the_stopped_operation() {
    let sandbox = Sandbox::repository();
    let repo = || open(&sandbox, ".");
    let main = |tip| Head::Branch { name: "refs/heads/main".into(), tip: Some(tip) };
    assert_eq!(repo().head().unwrap(), main(id(&sandbox, "HEAD")));
    assert_eq!(repo().operation(), None);

    sandbox.git(&["switch", "--quiet", "-c", "side"]).ok();
    sandbox.write("README", "side\n");
    sandbox.git(&["commit", "--quiet", "-am", "Side"]).ok();
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    sandbox.write("README", "main\n");
    sandbox.git(&["commit", "--quiet", "-am", "Main"]).ok();

    let stopped = |args: &[&str], abort: &[&str]| {
        assert_ne!(sandbox.git(args).code, 0, "{args:?} stops");
        let operation = repo().operation();
        let head = repo().head().unwrap();
        sandbox.git(abort).ok();
        (operation, head)
    };
    let tip = id(&sandbox, "main");
    assert_eq!(stopped(&["merge", "side"], &["merge", "--abort"]), (Some(Operation::Merge), main(tip)));
    let picked = stopped(&["cherry-pick", "side"], &["cherry-pick", "--abort"]);
    assert_eq!(picked, (Some(Operation::CherryPick), main(tip)));
    let reverted = stopped(&["revert", "--no-edit", "side"], &["revert", "--abort"]);
    assert_eq!(reverted, (Some(Operation::Revert), main(tip)));
    for backend in ["--merge", "--apply"] {
        let (operation, head) = stopped(&["rebase", backend, "side"], &["rebase", "--abort"]);
        assert_eq!(
            operation,
            Some(Operation::Rebase { branch: Some("refs/heads/main".into()) }),
            "{backend}"
        );
        assert_eq!(head, Head::Detached(id(&sandbox, "side")), "{backend}");
    }
    sandbox.git(&["checkout", "--quiet", "--detach"]).ok();
    let (operation, _) = stopped(&["rebase", "side"], &["rebase", "--abort"]);
    assert_eq!(operation, Some(Operation::Rebase { branch: None }));
    sandbox.git(&["bisect", "start"]).ok();
    assert_eq!(repo().operation(), Some(Operation::Bisect));
}
