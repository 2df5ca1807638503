//! `post-rewrite`: records the commits that replaced others, and which ones.
//!
//! githooks(5): runs after `commit --amend` and `rebase`, with the command as its argument and a line
//! `<old> <new>` on standard input for each commit that was rewritten. Its exit code changes nothing.
//! Commits that a rebase made without rewriting one are recorded here, too: `post-commit` left them.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::model::branch;
use orchestrate::model::finding::Finding;
use orchestrate::model::hook_input;
use orchestrate::ops::records::{self, ToRecord};
use orchestrate::ops::verdict;
use orchestrate::render::text::refusal::{self, Occasion};

use crate::call::Call;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, call: &Call, session: &Session) -> Result<Exit> {
    let plan = &worker.recorded.plan;
    let own = branch::full(&plan.layout.branch(&plan.run, worker.task()));
    let Some(tip) = worker.repo.ref_commit(&own)? else { return Ok(Exit::Done) };
    let replaced = hook_input::rewritten(call.input()?.unwrap_or_default());
    let mut errors: Vec<Finding> = Vec::new();
    let chain = verdict::own_chain(&worker.repo, &worker.recorded, worker.task(), tip)?;
    for commit_id in chain.into_iter().rev() {
        let rewritten_from = replaced.get(&commit_id).copied();
        let known = records::read(&worker.repo, &plan.run, &worker.task().name, commit_id)?;
        if rewritten_from.is_none() && known.is_some() {
            continue;
        }
        let entry = ToRecord { commit_id, by: "post-rewrite", rewritten_from };
        let found = records::write(&worker.repo, &worker.recorded, worker.task(), &entry)?;
        errors.extend(found.into_iter().filter(Finding::is_error));
    }
    // An amend was told by `post-commit` already.
    let told = call.args.first().is_some_and(|command| command == "amend");
    if !errors.is_empty() && !told {
        session.note(&refusal::text(&errors, worker.task(), Occasion::Landed));
    }
    Ok(Exit::Done)
}
