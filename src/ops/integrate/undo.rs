//! `--undo`: the integration branch goes back to before one of its steps.
//!
//! What a step is stands in the orchestrator's journal; which of them the branch holds is asked of its
//! first-parent chain, so this works at any time after a step: while an integration is stopped, when
//! it has ended, and after it ended without somebody. The branch moves last. What it held is kept.

use std::collections::HashSet;

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::{Moved, Target};
use crate::model::branch;
use crate::model::hint;
use crate::model::integration::answers::{Answers, UNDONE};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::integrate::Options;
use crate::ops::integrate::outcome::{Outcome, Undone};
use crate::ops::integrate::refusal::{BranchTrouble, Refusal};
use crate::ops::integrate::{proof, salvage};

/// A state that the integration branch has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The commit that it was at.
    pub commit_id: ObjectId,
    /// Whose step led to it; `None` for what was there before the first.
    pub task: Option<TaskName>,
}

/// Takes steps back.
pub fn run(
    repo: &Repository,
    recorded: &RecordedPlan,
    options: &Options,
    step: Option<&str>,
) -> Result<Outcome> {
    let run = &recorded.plan.run;
    let progress = repo.read_progress(run)?;
    let branch = match (&options.into, &progress) {
        (None, Some((_, progress))) => progress.branch.clone(),
        (into, _) => into.clone().unwrap_or_else(|| recorded.plan.layout.integration(run)),
    };
    let full = branch::full(&branch);
    let refused = |trouble| Ok(Outcome::Refused(Refusal::branch(&branch, trouble)));
    if matches!(repo.ref_target(&full)?, Some(Target::Symbolic(_))) {
        return refused(BranchTrouble::Symbolic);
    }
    let Some(tip) = repo.ref_commit(&full)? else { return refused(BranchTrouble::Missing) };
    let answers = repo.answers(run)?;
    if !answers.knows(tip) && !options.reuse {
        return refused(BranchTrouble::Exists { tip, breaches: Vec::new() });
    }
    if let Some(path) = repo.checked_out_at(&full)? {
        return refused(BranchTrouble::CheckedOut(path));
    }
    let states = states(repo, recorded, &answers, tip)?;
    let place = place(repo, recorded, (&branch, &states), step)?;
    let target = &states[place + 1];
    let backup = repo.keep_backup(run, "integration", tip)?;
    let tasks: Vec<TaskName> = states[..=place].iter().filter_map(|state| state.task.clone()).collect();
    let why = format!("integrate: undo {}", tasks.last().map_or("a step", TaskName::as_str));
    write_down(
        repo,
        recorded,
        target.commit_id,
        &format!("{branch} went back from {tip}, which is kept as {backup}"),
    )?;
    let stopped = progress.as_ref().and_then(|(_, progress)| progress.stopped.as_ref());
    let kept = stopped.map_or(Ok(None), |stopped| salvage::keep(repo, run, stopped, Some(tip)))?;
    if let Some((progress_id, _)) = &progress
        && repo.clear_progress(run, *progress_id)? != Moved::Done
    {
        return Ok(Outcome::Refused(Refusal::InProgress(None)));
    }
    repo.workbench(run).remove()?;
    if repo.move_ref(&full, Some(tip), target.commit_id, &why)? != Moved::Done {
        return refused(BranchTrouble::Moved);
    }
    let (tip, ended) = (target.commit_id, progress.is_some());
    let is_empty = place + 2 == states.len();
    let untested = if is_empty { Vec::new() } else { proof::untested_since_undo(repo, recorded, tip)? };
    Ok(Outcome::Undone(Undone { branch, tip, tasks, backup, ended, kept, untested }))
}

/// Before the branch moves: where it goes to is then known to be no stranger's work.
fn write_down(repo: &Repository, recorded: &RecordedPlan, target: ObjectId, text: &str) -> Result<()> {
    let entry = Entry {
        text: text.to_owned(),
        commit_id: Some(target),
        ..Entry::new(Event::Other(UNDONE.into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(&recorded.plan.run, journal::ORCHESTRATOR, &entry).map(drop)
}

/// The states that the branch has had on its way to `tip`, newest first. What somebody else committed
/// on top of a state belongs to no step; it goes with the one below it. The last is what was there
/// before the first step.
pub fn states(
    repo: &Repository,
    recorded: &RecordedPlan,
    answers: &Answers,
    tip: ObjectId,
) -> Result<Vec<State>> {
    let new: HashSet<ObjectId> =
        repo.commits_between(&[recorded.base_commit_id], &[tip])?.into_iter().collect();
    let mut chain = repo.first_parents(tip, &[recorded.base_commit_id].into())?;
    chain.push(recorded.base_commit_id);
    let chain: Vec<ObjectId> = {
        let of_run = chain.iter().take_while(|id| new.contains(*id)).count();
        chain.into_iter().take(of_run + 1).collect()
    };
    let first = chain.iter().rposition(|id| answers.tasks.contains_key(id));
    let is_state = |id: &&ObjectId| answers.tasks.contains_key(*id) || answers.taken_over.contains(*id);
    let steps = chain.iter().take(first.map_or(0, |first| first + 1)).filter(is_state);
    let mut below = chain.iter().skip(first.map_or(0, |first| first + 1));
    // What a person made at the first step lies below the commit that the step ended with.
    let start = below.find(|id| !answers.steps.contains(*id));
    let state = |id: &ObjectId| State { commit_id: *id, task: answers.tasks.get(id).cloned() };
    Ok(steps.chain(start).map(state).collect())
}

/// The place of the step that is to be taken back, with all that came after it.
fn place(
    repo: &Repository,
    recorded: &RecordedPlan,
    (branch, states): (&str, &[State]),
    step: Option<&str>,
) -> Result<usize> {
    let steps = &states[..states.len().saturating_sub(1)];
    let found = match step {
        None => (!steps.is_empty()).then_some(0),
        Some(text) => match recorded.plan.find_task(text) {
            Ok(task) => steps.iter().position(|state| state.task.as_ref() == Some(&task.name)),
            Err(unknown) => {
                let id = repo.resolve(text).map_err(|_| unknown)?;
                steps.iter().position(|state| state.commit_id == id)
            }
        },
    };
    let names: Vec<&str> =
        steps.iter().filter_map(|state| state.task.as_ref()).map(TaskName::as_str).collect();
    let why = || match step {
        Some(text) => format!("{text} is no step of {branch}"),
        None => format!("{branch} holds no step of an integration"),
    };
    let remedy = || match names.as_slice() {
        [] => "nothing is merged there: git orchestrate integrate".to_owned(),
        names => format!("its steps are, the newest first: {}", names.join(", ")),
    };
    found.context("").map_err(|_| hint::error(why(), remedy()))
}
