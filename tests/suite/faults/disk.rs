//! Full disks, read-only repositories, missing permissions: every change fails once, or from then on.

use super::scenes;
use super::strike::{Fault, Struck, Way};

const FAULTS: [Way; 5] = [
    Way::Onwards(Fault::NoSpace),
    Way::Onwards(Fault::ReadOnly),
    Way::Once(Fault::Quota),
    Way::Once(Fault::InputOutput),
    Way::Once(Fault::Permission),
];

/// A command that could not do its work says so in one message.
#[track_caller]
pub fn told(struck: &Struck, way: Way) {
    let said = &struck.said;
    if said.code == 0 {
        return;
    }
    assert!(matches!(said.code, 1 | 2 | 128), "exit {}: {}", said.code, said.err);
    let opens = |line: &str| ["error: ", "fatal: "].iter().any(|sign| line.starts_with(sign));
    let is_told = said.err.lines().any(opens) || (said.code == 1 && !said.err.is_empty());
    assert!(is_told || said.code == 1, "{way:?}: it says what is wrong: {}{}", said.out, said.err);
}

#[test]
fn start() {
    scenes::start().play(&FAULTS);
}

#[test]
fn recreate() {
    scenes::recreate().play(&FAULTS);
}

#[test]
fn integrate_and_continue() {
    scenes::integrate_and_continue().play(&FAULTS);
}

#[test]
fn integrate_and_abort() {
    scenes::integrate_and_abort().play(&FAULTS);
}

#[test]
fn integrate_with_conflict() {
    scenes::integrate_with_conflict().play(&FAULTS);
}

#[test]
fn continue_resolved() {
    scenes::continue_resolved().play(&FAULTS);
}

#[test]
fn abort() {
    scenes::abort().play(&FAULTS);
}

#[test]
fn land() {
    scenes::land().play(&FAULTS);
}

#[test]
fn cleanup() {
    scenes::cleanup().play(&FAULTS);
}

#[test]
fn cleanup_by_force() {
    scenes::cleanup_by_force().play(&FAULTS);
}

#[test]
fn hooks_of_commit() {
    scenes::hooks_of_commit().play(&FAULTS);
}

#[test]
fn checkpoint() {
    scenes::checkpoint().play(&FAULTS);
}

#[test]
fn hooks_of_amend() {
    scenes::hooks_of_amend().play(&FAULTS);
}

#[test]
fn hooks_of_merge() {
    scenes::hooks_of_merge().play(&FAULTS);
}

#[test]
fn hooks_of_rebase() {
    scenes::hooks_of_rebase().play(&FAULTS);
}
