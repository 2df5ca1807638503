//! Full disks, read-only repositories, missing permissions: every change fails once, or from then on.

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

each_scene!(FAULTS);
