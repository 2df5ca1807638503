//! `prepare-commit-msg`: says once more what `pre-commit` says, to those who skipped it.
//!
//! githooks(5): runs before the editor, with the message's file and its source; a failure refuses
//! the commit. git runs it even with `--no-verify`, and when it replays commits in a rebase, a
//! cherry-pick or a revert. Replays pass: they would stop half-way, and `verify` sees the result.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;

use crate::command_line::Command;
use crate::pre_commit;
use crate::worker::Worker;

/// Whether git's command line shows already that there is nothing to do; for most commits.
pub fn is_idle() -> bool {
    let command = Command::of_parent();
    command.verifies() || command.replays()
}

/// Runs the hook.
pub fn run(worker: &Worker, session: &Session) -> Result<Exit> {
    if is_replaying(worker) {
        return Ok(Exit::Done);
    }
    pre_commit::check(worker, worker.repo.merge_heads(), session)
}

fn is_replaying(worker: &Worker) -> bool {
    use orchestrate::git::head::Operation;
    matches!(
        worker.repo.operation(),
        Some(Operation::Rebase { .. } | Operation::CherryPick | Operation::Revert | Operation::Am)
    )
}
