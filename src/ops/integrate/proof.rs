//! What is known to work on a merged result: the commands that passed for exactly its tree.
//!
//! Only the orchestrator's own journal counts. A worker could foresee a merged tree and write that
//! everything passed on it.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::evidence::{self, Verdict};
use crate::model::integration::answers::{Answers, UNDONE};
use crate::model::integration::commands;
use crate::model::journal::{self, Entry, Event};

/// The plan's evidence commands that have not passed for the tree of a commit.
pub fn missing(repo: &Repository, recorded: &RecordedPlan, commit_id: ObjectId) -> Result<Vec<String>> {
    let commands = &recorded.plan.protocol.evidence;
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    Ok(evidence::outstanding(commands, &journal, repo.commit(commit_id)?.tree_id))
}

/// Those of the commands of `--exec` that have not passed for the tree of a commit.
pub fn untested(
    repo: &Repository,
    recorded: &RecordedPlan,
    commit_id: ObjectId,
    exec: &[String],
) -> Result<Vec<String>> {
    if exec.is_empty() {
        return Ok(Vec::new());
    }
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    Ok(not_passed(exec, &journal, repo.commit(commit_id)?.tree_id))
}

/// The commands of `--exec` that ran last, and have not passed on what an `--undo` has left: a state within
/// a batch was never tested by itself. None where the branch has moved since.
pub fn untested_since_undo(
    repo: &Repository,
    recorded: &RecordedPlan,
    commit_id: ObjectId,
) -> Result<Vec<String>> {
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    let is_undo = |entry: &Entry| matches!(&entry.event, Event::Other(word) if word == UNDONE);
    let last = journal.iter().rfind(|entry| entry.event == Event::Integrated || is_undo(entry));
    if !last.is_some_and(|last| is_undo(last) && last.commit_id == Some(commit_id)) {
        return Ok(Vec::new());
    }
    let commands = commands::last(journal.iter());
    Ok(not_passed(&commands, &journal, repo.commit(commit_id)?.tree_id))
}

/// The same where somebody has added to the branch what no integration made, such as a merge of the base: what
/// the integration ran below that has not passed on the sum.
pub fn untested_by_hand(
    repo: &Repository,
    recorded: &RecordedPlan,
    answers: &Answers,
    tip: ObjectId,
) -> Result<Vec<String>> {
    if answers.made(tip) {
        return Ok(Vec::new());
    }
    let chain = repo.first_parents(tip, &[recorded.base_commit_id].into())?;
    let Some(below) = chain.into_iter().find(|id| answers.made(*id)) else { return Ok(Vec::new()) };
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    if commands_for(&journal, repo.commit(below)?.tree_id).is_empty() {
        return untested_since_undo(repo, recorded, below);
    }
    let commands = commands::last(journal.iter());
    Ok(not_passed(&commands, &journal, repo.commit(tip)?.tree_id))
}

/// Those of the commands whose last run for a tree did not pass.
fn not_passed(commands: &[String], journal: &[Entry], tree_id: ObjectId) -> Vec<String> {
    let of_tree = |entry: &&Entry| entry.event == Event::Tested && entry.commit_id == Some(tree_id);
    let newest = |command: &str| {
        journal.iter().rev().filter(of_tree).find_map(|entry| evidence::verdict(entry, command))
    };
    commands.iter().filter(|command| newest(command) != Some(Verdict::Passed)).cloned().collect()
}

/// The commands of `--exec` that ran for the tree of a commit, in the order of their first run.
pub fn tested(repo: &Repository, recorded: &RecordedPlan, commit_id: ObjectId) -> Result<Vec<String>> {
    let journal = repo.read_journal(&recorded.plan.run, journal::ORCHESTRATOR)?;
    Ok(commands_for(&journal, repo.commit(commit_id)?.tree_id))
}

fn commands_for(journal: &[Entry], tree_id: ObjectId) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for entry in journal {
        if entry.event == Event::Tested && entry.commit_id == Some(tree_id) {
            let command = evidence::command(entry).map(str::to_owned);
            commands.extend(command.filter(|command| !commands.contains(command)));
        }
    }
    commands
}
