//! `pre-commit`: refuses a commit in the wrong place or with paths that the task may not change.
//!
//! githooks(5): runs before the message is asked for, without arguments, in `git commit` only; a
//! failure refuses the commit, `--no-verify` skips it. `GIT_INDEX_FILE` names the index that will be
//! committed: a temporary one for `-a`, `-p` and `-- <path>`. A merge that is being concluded runs
//! this, too, with `MERGE_HEAD` there.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::model::finding::Finding;
use orchestrate::ops::verdict::Attempt;
use orchestrate::render::text::refusal::{self, Occasion};

use crate::command_line::Command;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, session: &Session) -> Result<Exit> {
    check(worker, worker.repo.merge_heads(), session)
}

/// Judges what is staged, as a merge of `merged` if there are any. Warnings wait for `commit-msg`,
/// which would only repeat them.
pub fn check(worker: &Worker, merged: Vec<gix_hash::ObjectId>, session: &Session) -> Result<Exit> {
    let attempt = Attempt { head: Command::of_parent().head(), merged, place: Some(worker.place()?) };
    let findings: Vec<Finding> = worker.judge(&attempt)?.into_iter().filter(Finding::is_error).collect();
    if findings.is_empty() {
        return Ok(Exit::Done);
    }
    let occasion = if attempt.merged.is_empty() { Occasion::Commit } else { Occasion::Merge };
    session.note(&refusal::text(&findings, worker.task(), occasion));
    Ok(Exit::No)
}
