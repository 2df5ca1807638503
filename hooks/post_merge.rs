//! `post-merge`: judges a merge that was made, and records it.
//!
//! githooks(5): runs after `git merge` that needed no help, with one argument, 1 for a squash, which
//! commits nothing. It runs after a fast-forward as well: then the commits are those of whoever made
//! them, HEAD too, and there is nothing to record (S1-66). Which it was only the reflog tells, as HEAD
//! may be somebody's merge onto the very commit that it comes from.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::git::head::Head;

use crate::call::Call;
use crate::post_commit;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, call: &Call, session: &Session) -> Result<Exit> {
    let squash = call.args.first().is_some_and(|flag| flag == "1");
    let Head::Branch { tip: Some(tip), .. } = worker.repo.head()? else { return Ok(Exit::Done) };
    if squash || worker.repo.commit(tip)?.parent_ids.len() < 2 {
        return Ok(Exit::Done);
    }
    let moves = worker.repo.head_reflog(worker.repo.git_dir());
    if moves.last().is_none_or(|last| last.new != tip || last.is_fast_forward()) {
        return Ok(Exit::Done);
    }
    post_commit::record_head(worker, "post-merge", session)
}
