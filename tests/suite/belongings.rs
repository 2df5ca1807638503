//! What only a worktree knows of is not lost when a command takes the worktree away.

use crate::cleanup::{RUN, TREE, cleanup, landed};
use crate::sandbox::{Said, Sandbox};

const FILE: &str = "static/js/analytics/charts.js";

/// A shell in the scenario's repository, as a person types what a hint says.
fn typed(sandbox: &Sandbox, command: &str) -> Said {
    let mut shell = sandbox.command("sh", &sandbox.root);
    shell.args(["-ec", command]);
    Said::of(shell, b"")
}

/// A rebase that has stopped, with a change to [`FILE`] in its autostash.
fn stopped() -> Sandbox {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/{FILE}"), "precious\n");
    let rebase = "rebase --quiet --interactive --autostash HEAD~1";
    typed(&sandbox, &format!("git -C {TREE} -c sequence.editor='sed -i 1s/pick/edit/' {rebase}")).ok();
    assert_eq!(sandbox.git_in(TREE, &["status", "--porcelain"]).ok().out, "", "git shows nothing");
    sandbox
}

/// What the refs below the run's backups have of [`FILE`].
fn kept(sandbox: &Sandbox, below: &str) -> Vec<String> {
    let refs = ["for-each-ref", "--format=%(refname)", &format!("{RUN}/backup/{below}")];
    let refs = sandbox.git(&refs).ok().out;
    refs.lines().map(|name| sandbox.git(&["show", &format!("{name}:{FILE}")]).ok().out).collect()
}

#[test]
fn work_in_an_autostash_stays() {
    let sandbox = stopped();
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(
        said.out.contains("a rebase has stopped in it, with uncommitted work in its autostash"),
        "{}",
        said.out
    );
    let hint = said.out.lines().find_map(|line| line.strip_prefix("hint: git -C ")).expect("a hint");
    let (_, abort) = hint.split_once(", or ").expect("two ways");
    typed(&sandbox, abort.split_once(';').expect("and a third").0).ok();
    assert_eq!(sandbox.read(&format!("{TREE}/{FILE}")), "precious\n");
    assert!(cleanup(&sandbox, &[]).fails(1).out.contains(&format!("not committed: {FILE}\n")));
}

#[test]
fn an_autostash_is_backed_up_when_a_person_insists() {
    let sandbox = stopped();
    let said = cleanup(&sandbox, &["--force"]).ok();
    let name = format!("{RUN}/backup/autostash/task-3-frontend/1");
    assert!(said.out.contains(&format!("{TREE}: its autostash is kept at {name}\n")), "{}", said.out);
    assert_eq!(kept(&sandbox, "autostash"), ["precious\n"]);
    typed(&sandbox, &format!("git stash apply --quiet {name}")).ok();
    assert_eq!(sandbox.read(FILE), "precious\n", "and can be had again");
}

#[test]
fn the_autostash_of_a_merge_is_no_other() {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/{FILE}"), "precious\n");
    sandbox.git_in(TREE, &["merge", "--quiet", "--no-commit", "--no-ff", "--autostash", "main"]).ok();
    cleanup(&sandbox, &[]).fails(1);
    sandbox.git_in(TREE, &["rev-parse", "--verify", "MERGE_AUTOSTASH"]).ok();
    cleanup(&sandbox, &["--force"]).ok();
    assert_eq!(kept(&sandbox, "autostash"), ["precious\n"]);
}

#[test]
fn a_commit_that_only_a_ref_of_the_worktree_has_is_backed_up() {
    let sandbox = landed();
    let lone = "git commit-tree -p HEAD -m Lone HEAD^{tree}";
    typed(&sandbox, &format!("cd {TREE}; git update-ref refs/worktree/mine $({lone})")).ok();
    typed(&sandbox, &format!("cd {TREE}; git update-ref refs/worktree/same HEAD")).ok();
    let lone = sandbox.git_in(TREE, &["rev-parse", "refs/worktree/mine"]).ok().out;
    let said = cleanup(&sandbox, &[]).ok();
    let name = format!("{RUN}/backup/worktree-refs/task-3-frontend/1");
    assert!(said.out.contains(&format!("its refs/worktree/mine is kept at {name}\n")), "{}", said.out);
    assert_eq!(sandbox.git(&["rev-parse", &name]).ok().out, lone);
    let all = sandbox.git(&["for-each-ref", &format!("{RUN}/backup/worktree-refs")]).ok().out;
    assert_eq!(all.lines().count(), 1, "what others have is not kept twice");
}

#[test]
fn recreating_a_worktree_keeps_them_too() {
    let sandbox = stopped();
    let recreate = ["orchestrate", "start", "--yes", "--recreate", "task-3-frontend"];
    let said = sandbox.git(&recreate).fails(1);
    assert!(said.err.contains("has changes that recreating it would lose"), "{}", said.err);
    sandbox.git_in(TREE, &["rebase", "--abort"]).ok();
    sandbox.git_in(TREE, &["checkout", "--", "."]).ok();
    typed(
        &sandbox,
        &format!("cd {TREE}; git update-ref refs/worktree/mine $(git commit-tree -m Lone HEAD^{{tree}})"),
    )
    .ok();
    let said = sandbox.git(&recreate).ok();
    let name = format!("{RUN}/backup/worktree-refs/task-3-frontend/1");
    assert!(said.out.contains(&format!("its refs/worktree/mine is kept at {name}\n")), "{}", said.out);
}

#[test]
fn what_lies_in_the_private_worktree_is_kept_too() {
    let sandbox = crate::conflict::finished();
    crate::conflict::integrate(&sandbox, &[]).fails(1);
    let reset = "git reset -q --hard; echo precious >list";
    let rebase = "git -c sequence.editor='echo break >' rebase -q -i --autostash HEAD";
    typed(&sandbox, &format!("cd {}; {reset}; {rebase}", crate::conflict::BENCH)).ok();
    let said = crate::conflict::integrate(&sandbox, &["--abort"]).ok();
    let name = "refs/orchestrate/r/backup/autostash/resolution/1";
    assert!(said.out.contains(&format!("kept as {name}")), "{}", said.out);
    assert_eq!(sandbox.git(&["show", &format!("{name}:list")]).ok().out, "precious\n");
}
