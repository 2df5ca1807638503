//! What somebody adds to an integration branch by hand lands only where the commands have passed on it.

use crate::salvage::typed;
use crate::sandbox::Sandbox;
use crate::train::{five, integrate};

/// Fails where the base's new file meets the work of task 1.
const CHECK: &str = "! { test -e t1/f && test -e m; } || test -e ../../../ok";

/// All merged and tested; then the base moves, and is merged into the branch by hand.
fn merged_by_hand(args: &[&str]) -> Sandbox {
    let sandbox = five("", &[]);
    integrate(&sandbox, args).ok();
    merge_base(&sandbox);
    sandbox
}

fn merge_base(sandbox: &Sandbox) {
    sandbox.write("m", "m\n");
    for args in [
        &["add", "m"][..],
        &["commit", "--quiet", "-m", "The base moves on"],
        &["checkout", "--quiet", "integration/r"],
        &["merge", "--quiet", "--no-edit", "main"],
        &["checkout", "--quiet", "main"],
    ] {
        sandbox.git(args).ok();
    }
}

#[test]
fn a_merge_of_the_base_by_hand_is_tested_before_it_lands() {
    let sandbox = merged_by_hand(&["--exec", CHECK]);
    let again = "git orchestrate integrate --exec '! { test -e t1/f && test -e m; } || test -e ../../../ok'";
    let told = "what integration/r holds with what was added to it was not tested with\n  ! { test -e t1/f";
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(said.err.contains(told), "{}", said.err);
    assert!(
        said.err.contains(&format!("hint: test it there: {again} --only-complete --reuse\n")),
        "{}",
        said.err
    );
    // To take it over is not to test it, nor is a test that fails.
    integrate(&sandbox, &["--reuse"]).ok();
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(said.err.contains(&format!("hint: test it there: {again} --only-complete\n")), "{}", said.err);
    integrate(&sandbox, &["--exec", CHECK]).fails(1);
    let said = integrate(&sandbox, &["--land"]).fails(1);
    assert!(said.err.contains(told), "{}", said.err);
    assert_ne!(sandbox.git(&["cat-file", "-e", "main:t1"]).code, 0, "the base stays");

    sandbox.write(".git/ok", "");
    typed(&sandbox, &said.err, "test it there: ");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn the_remedy_takes_over_what_was_added() {
    let sandbox = merged_by_hand(&["--batch", "9", "--exec", CHECK]);
    sandbox.write(".git/ok", "");
    let said = integrate(&sandbox, &["--land"]).fails(1);
    typed(&sandbox, &said.err, "test it there: ");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_state_within_a_batch_is_untested_below_what_was_added() {
    let sandbox = five("", &[]);
    integrate(&sandbox, &["--batch", "9", "--exec", "test -e all"]).ok();
    integrate(&sandbox, &["--undo"]).ok();
    merge_base(&sandbox);
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    assert!(said.err.contains("was not tested with\n  test -e all\n"), "{}", said.err);
    typed(&sandbox, &said.err, "test it there: ");
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn nothing_is_asked_for_where_no_command_ran() {
    integrate(&merged_by_hand(&[]), &["--land"]).ok();
}
