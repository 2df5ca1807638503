//! `reference-transaction`: keeps a worker from moving the branch of another, where the plan asks for
//! that with `guard = true`.
//!
//! githooks(5): runs when refs are about to change, with the state of the transaction as argument and
//! a line `<old> <new> <ref>` for each on standard input; a failure in the state `prepared` aborts
//! it. An old value of zeros means that the caller gave none. It runs many times a command and a
//! refusal ends the command in the middle, so everything that is not one of the two things of
//! [`guard`] passes, and so does what cannot be read. The orchestrator's own moves are not asked: it
//! makes them without hooks.

use std::ffi::OsStr;

use bstr::ByteSlice;
use orchestrate::cli::session::Session;
use orchestrate::git::plan_ref::RecordedPlan;
use orchestrate::git::refs::Target;
use orchestrate::model::guard::{self, Update};
use orchestrate::render::escape;

use crate::call::Call;
use crate::worker::Worker;

/// The only state in which anything is refused.
const PREPARED: &str = "prepared";

/// Whether the call can be refused at all.
pub fn is_decisive(call: &Call) -> bool {
    call.args.first().map(|state| state.as_os_str()) == Some(OsStr::new(PREPARED))
}

/// Runs the hook; whether nothing is refused.
pub fn passes(worker: &Worker, call: &Call, session: &Session) -> bool {
    if !worker.own_part().plan.protocol.guard {
        return true;
    }
    let Ok(RecordedPlan { plan, .. }) = worker.plan() else { return true };
    let lines = call.input().ok().flatten().unwrap_or_default().lines();
    for update in lines.filter_map(|line| Update::parse(line.to_str().ok()?)) {
        let current = || match worker.repo.ref_target(update.name) {
            Ok(Some(Target::Object(id))) => Some(id),
            _ => None,
        };
        if let Some(refusal) = guard::judge(plan, &worker.task().name, &update, current) {
            session.note(&format!("refused: {}", escape::terminal(refusal.to_string())));
            session.note(&format!("hint: {}", escape::terminal(refusal.hint())));
            return false;
        }
    }
    true
}
