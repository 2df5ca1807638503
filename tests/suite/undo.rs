//! `git orchestrate integrate --undo`: back to before a step, at any time, with nothing lost.

use crate::sandbox::Sandbox;
use crate::train::{commit, five, integrate, merged};

const BRANCH: &str = "refs/heads/integration/r";

fn tip(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-parse", BRANCH]).ok().out.trim().to_owned()
}

/// What the branch held is kept, and the journal and the reflog say that it went back.
fn is_kept(sandbox: &Sandbox, held: &str) {
    let kept = [
        "for-each-ref",
        "--points-at",
        held,
        "--format=%(refname)",
        "refs/orchestrate/r/backup/integration/",
    ];
    assert_ne!(sandbox.git(&kept).ok().out, "", "{held} is kept");
    let journal = ["log", "-1", "--format=%B", "refs/orchestrate/r/journal/orchestrator"];
    let journal = sandbox.git(&journal).ok().out;
    assert!(journal.contains("Event: undone"), "{journal}");
    assert!(journal.contains(&format!("integration/r went back from {held}")), "{journal}");
    assert!(journal.contains(&format!("Commit: {}", tip(sandbox))), "{journal}");
    let reflog = sandbox.git(&["log", "-g", "-1", "--format=%gs", BRANCH]).ok().out;
    assert!(reflog.starts_with("integrate: undo task-"), "{reflog}");
}

#[test]
fn any_step_of_a_finished_integration_is_taken_back() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &[]).ok();
    let all = tip(&sandbox);
    let states = sandbox.git(&["log", "--first-parent", "--format=%H", "main~1..integration/r"]).ok().out;
    let states: Vec<&str> = states.lines().collect();

    let said = integrate(&sandbox, &["--undo"]).ok();
    assert!(said.out.contains("without task-3\n"), "{}", said.out);
    assert_eq!((merged(&sandbox).as_str(), tip(&sandbox).as_str()), ("1 2 4 5", states[1]));
    is_kept(&sandbox, &all);
    // By a task, by its number and by a commit.
    let before = tip(&sandbox);
    integrate(&sandbox, &["--undo", "4"]).ok();
    assert_eq!(merged(&sandbox), "1 2");
    is_kept(&sandbox, &before);
    integrate(&sandbox, &["--undo", &states[3][..10]]).ok();
    assert_eq!(merged(&sandbox), "1");

    let said = integrate(&sandbox, &["--undo", "task-5"]).fails(2);
    assert!(said.err.contains("task-5 is no step of integration/r"), "{}", said.err);
    assert!(said.err.contains("its steps are, the newest first: task-1-x"), "{}", said.err);
    integrate(&sandbox, &["--undo", "nonsense"]).fails(2);
    integrate(&sandbox, &["--undo", "task-1"]).ok();
    assert_eq!(tip(&sandbox), sandbox.git(&["rev-parse", "main"]).ok().out.trim());
    integrate(&sandbox, &["--undo"]).fails(2);

    integrate(&sandbox, &[]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5 3", "and all of it can be merged again");
    let reflog = sandbox.git(&["log", "-g", "--format=%gs", BRANCH]).ok().out;
    assert_eq!(reflog.lines().count(), 5 + 4 + 5, "every state is in the reflog: {reflog}");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_state_within_a_batch_is_tested_before_it_lands() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--batch", "5", "--exec", "test -e all"]).ok();
    let said = integrate(&sandbox, &["--undo"]).ok();
    let again = "git orchestrate integrate --exec 'test -e all' --only-complete";
    assert!(
        said.out.contains(&format!(
            "note: what is left was not tested by itself; to merge and test all again: {again}\n"
        )),
        "{}",
        said.out
    );
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    let told = "what integration/r holds since the last --undo was not tested with\n  test -e all\n";
    assert!(said.err.contains(told), "{}", said.err);
    assert!(said.err.contains(&format!("hint: merge and test all again: {again}\n")), "{}", said.err);

    // Its worker has taken it back, so what is tested is what the undo has left.
    sandbox.git_in("worktrees/task-3-x", &["worker", "reopen"]).ok();
    let left = tip(&sandbox);
    integrate(&sandbox, &["--exec", "test -e all", "--only-complete"]).ok();
    assert_eq!(tip(&sandbox), left);
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

#[test]
fn a_state_that_fails_does_not_land_after_an_undo() {
    let sandbox = five("", &[]);
    // Only the last step brings what the others need.
    let check = "test -e t3/f";
    integrate(&sandbox, &["--batch", "5", "--exec", check]).ok();
    integrate(&sandbox, &["--undo"]).ok();
    sandbox.git_in("worktrees/task-3-x", &["worker", "reopen"]).ok();
    let said = integrate(&sandbox, &["--exec", check, "--only-complete"]).fails(1);
    assert!(said.err.contains("no task is to blame"), "{}", said.err);
    integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    integrate(&sandbox, &["--undo", "task-1"]).ok();
    integrate(&sandbox, &["--only-complete"]).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

#[test]
fn what_was_tested_step_by_step_lands_after_an_undo() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--exec", "true"]).ok();
    let said = integrate(&sandbox, &["--undo"]).ok();
    assert!(!said.out.contains("note:"), "{}", said.out);
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

#[test]
fn what_somebody_else_committed_is_not_taken_back_unasked() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &[]).ok();
    let tree = format!("{BRANCH}^{{tree}}");
    let more = sandbox.git(&["commit-tree", &tree, "-p", BRANCH, "-m", "Mine"]).ok().out;
    sandbox.git(&["update-ref", BRANCH, more.trim()]).ok();
    let said = integrate(&sandbox, &["--undo"]).fails(1);
    assert!(said.err.contains("is not as an integration left it"), "{}", said.err);
    assert_eq!(tip(&sandbox), more.trim(), "nothing moves");
    integrate(&sandbox, &["--undo", "--reuse"]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5");
    is_kept(&sandbox, more.trim());
}

#[test]
fn a_branch_that_is_checked_out_stays() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &[]).ok();
    sandbox.git(&["worktree", "add", "--quiet", "../look", "integration/r"]).ok();
    let before = tip(&sandbox);
    let said = integrate(&sandbox, &["--undo"]).fails(1);
    assert!(said.err.contains("is checked out in"), "{}", said.err);
    assert_eq!(tip(&sandbox), before);
}

#[test]
fn a_partial_and_a_stopped_integration_are_taken_back() {
    let sandbox = five("", &[4]);
    integrate(&sandbox, &["--exec", "! grep -qs bad t4/f"]).fails(1);
    assert_eq!(merged(&sandbox), "1 2 5 3");
    integrate(&sandbox, &["--undo", "task-5"]).ok();
    assert_eq!(merged(&sandbox), "1 2");

    // Two tasks change the same line, so the next integration stops.
    for number in [3, 5] {
        let place = format!("worktrees/task-{number}-x");
        sandbox.git_in(&place, &["worker", "reopen"]).ok();
        sandbox.write(&format!("{place}/all"), format!("{number}\n"));
        commit(&sandbox, &place, "[COMPLETE] Again");
    }
    let said = integrate(&sandbox, &["--exec", "true"]).fails(1);
    assert!(said.out.contains("Stopped at task-3"), "{}", said.out);
    assert_eq!(merged(&sandbox), "1 2 4 5");
    let held = tip(&sandbox);
    let said = integrate(&sandbox, &["--undo", "task-4"]).ok();
    assert!(said.out.contains("The integration that was in progress ended with it"), "{}", said.out);
    assert_eq!(merged(&sandbox), "1 2");
    is_kept(&sandbox, &held);
    assert!(!sandbox.root.join(".git/orchestrate/integrate").exists(), "the private worktree is gone");
    integrate(&sandbox, &["--continue"]).fails(1);
    integrate(&sandbox, &[]).fails(1);
    integrate(&sandbox, &["--skip"]).ok();
    assert_eq!(merged(&sandbox), "1 2 4 5");
}

#[test]
fn a_report_has_no_merges_that_were_undone() {
    let sandbox = five("", &[]);
    let merges = || {
        let said = sandbox.git(&["orchestrate", "report"]).ok().out;
        let (_, after) = said.split_once("Merged\n").unwrap_or_default();
        let after = after.split("\nDrift").next().unwrap_or_default();
        (1..=5).filter(|task| after.contains(&format!("task-{task}"))).collect::<Vec<_>>()
    };
    integrate(&sandbox, &[]).ok();
    assert_eq!(merges(), [1, 2, 3, 4, 5]);
    integrate(&sandbox, &["--undo"]).ok();
    assert_eq!(merges().len(), 4, "{}", sandbox.git(&["orchestrate", "report"]).out);
    integrate(&sandbox, &[]).ok();
    assert_eq!(merges(), [1, 2, 3, 4, 5], "it was merged anew");
}

#[test]
fn nothing_is_to_be_tested_where_nothing_is_left() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--exec", "true || first attempt"]).ok();
    let said = integrate(&sandbox, &["--undo", "task-1"]).ok();
    assert!(!said.out.contains("not tested"), "{}", said.out);
    // Nor are the commands of an earlier attempt asked for.
    integrate(&sandbox, &["--batch", "5", "--exec", "true || second attempt"]).ok();
    let said = integrate(&sandbox, &["--undo"]).ok();
    assert!(said.out.contains("second attempt") && !said.out.contains("first attempt"), "{}", said.out);
}
