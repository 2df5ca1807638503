//! The program called by others than git: from a hook that repositories share, under another name, with
//! less on standard input than git wrote. It judges or refuses; it never lets a push pass unseen.

use super::served::{Served, Start};
use crate::remote::refused;

/// A server whose hooks are a directory that others share, with this `pre-receive` in it.
fn shared(script: &str) -> Served {
    let served = Served::new(Start::Planned);
    served.sandbox.write("../shared/pre-receive", format!("#!/bin/sh\n{script}\n"));
    let words = "chmod +x ../shared/pre-receive; origin orchestrate server --remove
        git config -f ../global core.hooksPath \"$(cd ../shared; pwd)\"
        on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; on work/task-2-models; commit api/x.py '[CHECKPOINT] Y'";
    served.sh(words).ok();
    served
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_git-orchestrate-hook");
const GOOD: &str = "GIT_CONFIG_GLOBAL=$PWD/../global push work/task-1-api";
const BAD: &str = "GIT_CONFIG_GLOBAL=$PWD/../global push work/task-2-models";

#[test]
fn a_hook_that_others_share_has_it_judge() {
    let served = shared(&format!("exec {PROGRAM} pre-receive"));
    refused(served.sh(BAD), &["scope/outside"]);
    served.sh(GOOD).ok();
}

#[test]
fn what_is_called_by_no_event_takes_nothing() {
    let served = shared(&format!("exec {PROGRAM}"));
    refused(served.sh(GOOD), &["hint: name the event in the call"]);
    let served = shared("exec \"${0%/*}/10-orchestrate\"");
    served.sh(&format!("cp {PROGRAM} ../shared/10-orchestrate")).ok();
    refused(served.sh(GOOD), &["10-orchestrate is no hook of git's"]);
}

#[test]
fn what_cannot_be_read_to_its_end_is_not_taken() {
    let check = |input: &str, words: &str| {
        let served = shared(&format!("{input} {PROGRAM} pre-receive"));
        refused(served.sh(GOOD), &[words, "the push was not judged"]);
    };
    check("cat >/dev/null;", "no ref is announced");
    check("<.", "cannot read what git says on standard input");
    check("head -c 95 |", "git announces no ref in the line");
    check("{ cat; echo x; } |", "git announces no ref in the line \"x\"");
}

#[test]
fn a_hook_manager_that_moves_it_aside_has_it_judge() {
    let served = Served::new(Start::Planned);
    let prepare = "cd ../origin.git/hooks; mv pre-receive pre-receive.legacy
        printf '#!/bin/sh\\nexec \"$0.legacy\" \"$@\"\\n' >pre-receive; chmod +x pre-receive";
    served.sh(prepare).ok();
    refused(
        served.sh("on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; push HEAD"),
        &["scope/outside"],
    );
    served.sh("on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD").ok();
}
