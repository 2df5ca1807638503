//! `post-commit`: judges what was really committed, and records it.
//!
//! githooks(5): runs after a commit, without arguments; its exit code changes nothing. It runs after
//! `--no-verify`, too, and after cherry-pick and revert, which ask no hook before. A clean merge runs
//! `post-merge` instead. While a rebase makes commits again this waits for `post-rewrite`.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::git::head::{Head, Operation};
use orchestrate::model::finding::Finding;
use orchestrate::ops::records::ToRecord;
use orchestrate::render::text::refusal::{self, Occasion};

use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, session: &Session) -> Result<Exit> {
    if matches!(worker.repo.operation(), Some(Operation::Rebase { .. })) {
        return Ok(Exit::Done);
    }
    record_head(worker, "post-commit", session)
}

/// Records the commit at HEAD if it is on the task's branch, and tells what is wrong with it.
/// Another branch's commit would be claimed for this task by its record.
pub fn record_head(worker: &Worker, by: &str, session: &Session) -> Result<Exit> {
    let Head::Branch { name, tip: Some(commit_id) } = worker.repo.head()? else { return Ok(Exit::Done) };
    if name != worker.branch() {
        return Ok(Exit::Done);
    }
    let found = worker.record(&[ToRecord { commit_id, by, rewritten_from: None }])?;
    let errors: Vec<Finding> = found.into_iter().filter(Finding::is_error).collect();
    if !errors.is_empty() {
        session.note(&refusal::text(&errors, worker.task(), Occasion::Landed(commit_id)));
    }
    Ok(Exit::Done)
}
