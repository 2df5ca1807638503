//! Who fails a command of `--exec` is not merged by a later call that was told none.

use crate::salvage::typed;
use crate::sandbox::Sandbox;
use crate::train::{commit, five, integrate, merged};

const CHECK: &str = "! grep -rqs bad t1 t2 t3 t4 t5";
const AGAIN: &str = "git orchestrate integrate --exec '! grep -rqs bad t1 t2 t3 t4 t5'";

fn left_out() -> Sandbox {
    let sandbox = five("", &[2]);
    integrate(&sandbox, &["--exec", CHECK]).fails(1);
    assert_eq!(merged(&sandbox), "1 4 5");
    sandbox
}

fn mend(sandbox: &Sandbox) {
    let place = "worktrees/task-2-x";
    sandbox.write(&format!("{place}/t2/f"), "mended\n");
    sandbox.git_in(place, &["worker", "reopen"]).ok();
    commit(sandbox, place, "[COMPLETE] Mended");
}

#[test]
fn a_culprit_stays_out_until_its_branch_moves() {
    let sandbox = left_out();
    for args in [&["--dry-run"][..], &[], &["--batch", "2"]] {
        let said = integrate(&sandbox, args).fails(1);
        assert!(said.out.contains("Left out: task-2-x fails `! grep"), "{args:?}: {}", said.out);
        assert!(
            said.out.contains("task-3-x builds on task-2-x, which does not take part"),
            "{args:?}: {}",
            said.out
        );
        assert!(
            said.out.contains(&format!("says what to test it with: {AGAIN}\n")),
            "{args:?}: {}",
            said.out
        );
        assert_eq!(merged(&sandbox), "1 4 5", "{args:?}");
    }
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(said.err.contains("task-2, task-3 are not in the integration branch"), "{}", said.err);
    mend(&sandbox);
    integrate(&sandbox, &[]).ok();
    assert_eq!(merged(&sandbox), "1 4 5 2 3");
}

#[test]
fn status_names_the_commands_to_run_again() {
    let sandbox = left_out();
    let said = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(said.contains("Have Worker 2 mend what fails ! grep -rqs bad t1"), "{said}");
    assert!(said.contains(&format!("     {AGAIN}\n")) && !said.contains("Merge the finished"), "{said}");
    let json = sandbox.git(&["orchestrate", "status", "--format", "json"]).ok().out;
    assert!(json.contains("\"mend\""), "{json}");

    // Typed as it stands, it is tested and named again; once it is mended, it is merged.
    let said = integrate(&sandbox, &["--exec", CHECK]).fails(1);
    assert!(said.out.contains("Left out: task-2-x fails `! grep"), "{}", said.out);
    mend(&sandbox);
    let said = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(said.contains(&format!("Merge the finished work:\n     {AGAIN}\n")), "{said}");
    typed(&sandbox, &said.replace("     git orchestrate", "Typed: git orchestrate"), "Typed: ");
    assert_eq!(merged(&sandbox), "1 4 5 2 3");
}

#[test]
fn another_command_decides_anew() {
    let sandbox = left_out();
    integrate(&sandbox, &["--exec", "true"]).ok();
    assert_eq!(merged(&sandbox), "1 4 5 2 3", "a person's word");
    // What was merged then and taken back is nobody's fault any more.
    integrate(&sandbox, &["--undo", "2"]).ok();
    integrate(&sandbox, &[]).ok();
    assert_eq!(merged(&sandbox), "1 4 5 2 3");
}

#[test]
fn an_integration_that_goes_on_remembers_who_stays_out() {
    let sandbox = left_out();
    let place = "worktrees/task-4-x";
    sandbox.git_in(place, &["worker", "reopen"]).ok();
    sandbox.write(&format!("{place}/all"), "four\n");
    commit(&sandbox, place, "[COMPLETE] More");
    let place = "worktrees/task-5-x";
    sandbox.git_in(place, &["worker", "reopen"]).ok();
    sandbox.write(&format!("{place}/all"), "five\n");
    commit(&sandbox, place, "[COMPLETE] More");
    integrate(&sandbox, &[]).fails(1);
    let said = integrate(&sandbox, &["--skip"]).fails(1);
    assert!(said.out.contains("Left out: task-2-x fails `! grep"), "{}", said.out);
    assert!(!merged(&sandbox).contains('2'), "{}", merged(&sandbox));
}

#[test]
fn evidence_is_asked_for_in_any_case() {
    let sandbox = five("evidence = [\"! test -e t1/f || ! test -e t2/f || test -e ../../../ok\"]", &[]);
    integrate(&sandbox, &[]).fails(1);
    sandbox.write(".git/ok", "");
    integrate(&sandbox, &[]).ok();
    assert_eq!(merged(&sandbox).split(' ').count(), 5);
}
