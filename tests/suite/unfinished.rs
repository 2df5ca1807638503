//! What is not right yet in the private worktree, staged or committed, and the way out that is named.

use crate::conflict::{BENCH, RESOLVED, finished, integrate};
use crate::salvage::typed;
use crate::sandbox::{Said, Sandbox};

fn stopped() -> Sandbox {
    let sandbox = finished();
    integrate(&sandbox, &[]).fails(1);
    sandbox
}

fn commit(sandbox: &Sandbox) {
    sandbox.git_in(BENCH, &["add", "--all"]).ok();
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "By hand"]).ok();
}

#[track_caller]
fn refused(sandbox: &Sandbox, line: &str) -> Said {
    let said = integrate(sandbox, &["--continue"]).fails(1);
    assert!(said.err.contains(line), "{}", said.err);
    said
}

#[track_caller]
fn goes_on(sandbox: &Sandbox) {
    integrate(sandbox, &["--continue"]).ok();
    assert_eq!(sandbox.git(&["show", "integration/r:list"]).ok().out, RESOLVED);
    assert_eq!(sandbox.git(&["show", "integration/r:other"]).ok().out, "o\n");
    assert_ne!(sandbox.git(&["cat-file", "-e", "integration/r:new"]).code, 0, "nobody's file is left out");
}

#[test]
fn markers_that_were_committed_are_mended_as_the_hint_says() {
    let sandbox = stopped();
    commit(&sandbox);
    let said = refused(&sandbox, "list:1: conflict marker left");
    sandbox.write(&format!("{BENCH}/list"), RESOLVED);
    refused(&sandbox, "list: changed, not staged");
    typed(&sandbox, &said.err.replace("<path>", "list"), "resolve them, then: ");
    goes_on(&sandbox);
}

#[test]
fn what_is_staged_on_top_of_the_merge_is_asked_for() {
    let sandbox = stopped();
    commit(&sandbox);
    sandbox.write(&format!("{BENCH}/list"), RESOLVED);
    sandbox.git_in(BENCH, &["add", "list"]).ok();
    let said = refused(&sandbox, "1 path is staged, and not in the commit that is there\n  list\n");
    typed(&sandbox, &said.err, "commit it: ");
    goes_on(&sandbox);
}

#[test]
fn changes_of_nobody_are_taken_back_as_the_hint_says() {
    for is_committed in [false, true] {
        let sandbox = stopped();
        for (path, content) in [("list", RESOLVED), ("other", "x\n"), ("new", "x\n")] {
            sandbox.write(&format!("{BENCH}/{path}"), content);
        }
        sandbox.git_in(BENCH, &["add", "--all"]).ok();
        if is_committed {
            commit(&sandbox);
        }
        let said = refused(&sandbox, "2 paths are changed that neither side touched\n  new\n  other\n");
        typed(&sandbox, &said.err.replace("<path>", "other"), "take the change back: ");
        let said = refused(&sandbox, "1 path is changed that neither side touched\n  new\n");
        typed(&sandbox, &said.err.replace("<path>", "new"), "take a new file away: ");
        goes_on(&sandbox);
    }
}

#[test]
fn a_commit_that_is_no_merge_is_completed_as_the_hint_says() {
    let sandbox = stopped();
    sandbox.git_in(BENCH, &["merge", "--abort"]).ok();
    sandbox.git_in(BENCH, &["commit", "--quiet", "--allow-empty", "-m", "By hand"]).ok();
    let said = refused(&sandbox, ", which does not hold both sides");
    let hint = said.err.replace("merge what it has not: ", "merge what it has not: ! ");
    typed(&sandbox, &hint, "merge what it has not: ");
    sandbox.write(&format!("{BENCH}/list"), RESOLVED);
    commit(&sandbox);
    goes_on(&sandbox);
}
