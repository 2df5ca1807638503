//! What is known to work on a merged result: the commands that passed for exactly its tree.
//!
//! Only the orchestrator's own journal counts. A worker could foresee a merged tree and write that
//! everything passed on it.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::evidence;
use crate::model::journal::{self, Event};

/// The plan's evidence commands that have not passed for the tree of a commit.
pub fn missing(repo: &Repository, recorded: &RecordedPlan, commit_id: ObjectId) -> Result<Vec<String>> {
    let commands = &recorded.plan.protocol.evidence;
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    Ok(evidence::outstanding(commands, &journal, repo.commit(commit_id)?.tree_id))
}

/// The commands of `--exec` that ran for the tree of a commit, in the order of their first run.
pub fn tested(repo: &Repository, recorded: &RecordedPlan, commit_id: ObjectId) -> Result<Vec<String>> {
    let tree_id = repo.commit(commit_id)?.tree_id;
    let mut commands: Vec<String> = Vec::new();
    for entry in repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)? {
        if entry.event == Event::Tested && entry.commit_id == Some(tree_id) {
            let command = evidence::command(&entry).map(str::to_owned);
            commands.extend(command.filter(|command| !commands.contains(command)));
        }
    }
    Ok(commands)
}
