//! `post-rewrite`: records the commits that replaced others, and which ones.
//!
//! githooks(5): runs after `commit --amend` and `rebase`, with the command as its argument and a line
//! `<old> <new>` on standard input for each commit that was rewritten. Its exit code changes nothing.
//! Commits that a rebase made without rewriting one are recorded here, too: `post-commit` left them.

use anyhow::Result;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::model::finding::Finding;
use orchestrate::model::hook_input;
use orchestrate::ops::records::{self, ToRecord};
use orchestrate::ops::verdict;
use orchestrate::render::text::refusal::{self, Occasion};

use crate::call::Call;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, call: &Call, session: &Session) -> Result<Exit> {
    let Some(tip) = worker.repo.ref_commit(&worker.branch())? else { return Ok(Exit::Done) };
    let replaced = hook_input::rewritten(call.input()?.unwrap_or_default());
    // An amend replaces one commit, which `post-commit` has recorded, and told of, already.
    let is_amend = call.args.first().is_some_and(|command| command == "amend");
    let most = if is_amend { 1 } else { usize::MAX };
    let recorded = worker.plan()?;
    let chain = verdict::own_chain(&worker.repo, recorded, worker.task(), (tip, most))?;
    let unrecorded = records::unrecorded(&worker.repo, &recorded.plan.run, &worker.task().name, &chain)?;
    let entry = |commit_id| {
        let rewritten_from = replaced.get(&commit_id).copied();
        let is_new = rewritten_from.is_some() || unrecorded.contains(&commit_id);
        is_new.then_some(ToRecord { commit_id, by: "post-rewrite", rewritten_from })
    };
    let entries: Vec<ToRecord<'_>> = chain.into_iter().rev().filter_map(entry).collect();
    let found = worker.record(&entries)?;
    let errors: Vec<Finding> = found.into_iter().filter(Finding::is_error).collect();
    if !errors.is_empty() && !is_amend {
        session.note(&refusal::text(&errors, worker.task(), Occasion::Landed(tip)));
    }
    Ok(Exit::Done)
}
