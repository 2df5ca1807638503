//! Work that would land although its worker took its COMPLETE back after it was merged.
//!
//! A task that is merged counts as integrated, whatever its worker says later. So what would land is
//! asked once more: the newest COMPLETE of each task that the branch holds must stand, unless the same
//! work was declared complete anew. What a person took over with the branch is that person's to answer
//! for.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::facts::TaskFacts;
use crate::model::integration::answers::Answers;
use crate::model::journal::Event;
use crate::model::name::TaskName;
use crate::model::status::{log, state};
use crate::ops::integrate::answered::is_taken_over;
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::undo;
use crate::ops::standing::standing;

/// A task whose work the branch holds, and that is not complete with it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Which.
    pub task: TaskName,
    /// The COMPLETE that was taken back.
    pub complete_commit_id: ObjectId,
    /// Whether it is complete again, with other work.
    pub is_complete_again: bool,
}

/// The tasks of which this is so, in the plan's order.
pub fn withdrawn(
    scene: &Scene<'_>,
    answers: &Answers,
    (base_tip, tip): (ObjectId, ObjectId),
) -> Result<Vec<Withdrawn>> {
    let repo = scene.repo;
    let is_held = |id: ObjectId| {
        Ok::<_, anyhow::Error>(
            repo.contains(id) && repo.is_ancestor(id, tip)? && !repo.is_ancestor(id, base_tip)?,
        )
    };
    let mut found = Vec::new();
    for task in &scene.facts.tasks {
        let mut newest = None;
        for id in taken_back(task) {
            if is_held(id)? {
                newest = Some(id);
            }
        }
        let Some(complete_commit_id) = newest else { continue };
        let again = standing(task);
        if is_taken_over(repo, answers, complete_commit_id)?
            || again.map_or(Ok(false), |again| is_same(repo, (complete_commit_id, again), tip))?
        {
            continue;
        }
        let (task, is_complete_again) = (task.name.clone(), again.is_some());
        found.push(Withdrawn { task, complete_commit_id, is_complete_again });
    }
    Ok(found)
}

/// What `--undo` takes so that the branch holds none of them any more: the task of a step, or its commit
/// where the task has a later one. `None` where no step is known.
pub fn first_step(
    repo: &Repository,
    recorded: &RecordedPlan,
    (answers, tip): (&Answers, ObjectId),
    held: &[ObjectId],
) -> Result<Option<String>> {
    let states = undo::states(repo, recorded, answers, tip)?;
    let steps = states.split_last().map_or(&[][..], |(_, steps)| steps);
    let mut first = None;
    for (place, step) in steps.iter().enumerate() {
        let holds =
            held.iter().map(|id| repo.is_ancestor(*id, step.commit_id)).collect::<Result<Vec<_>>>()?;
        if !holds.contains(&true) {
            break;
        }
        let is_newest = !steps[..place].iter().any(|later| later.task == step.task);
        let name = step.task.as_ref().filter(|_| is_newest).map(|task| task.short().to_owned());
        first = Some(name.unwrap_or_else(|| step.commit_id.to_string()));
    }
    Ok(first)
}

/// The COMPLETEs that were taken back, oldest first; those that the branch does not have any more as well.
fn taken_back(task: &TaskFacts) -> Vec<ObjectId> {
    let reopened = task.journal.iter().filter(|entry| entry.event == Event::Reopened);
    let mut taken_back: Vec<ObjectId> = reopened.filter_map(|entry| entry.commit_id).collect();
    let log = log::read(&task.commits);
    let known = state::taken_back(task, &log);
    let is_new = |id: &ObjectId| known.contains(id) && !taken_back.contains(id);
    let more: Vec<ObjectId> = log.iter().map(|entry| entry.commit_id).filter(is_new).collect();
    taken_back.extend(more);
    taken_back
}

/// Whether what was taken back is complete again: that COMPLETE is on the branch too, or has the same tree.
fn is_same(repo: &Repository, (old, again): (ObjectId, ObjectId), tip: ObjectId) -> Result<bool> {
    let tree_id = |id| repo.commit(id).map(|commit| commit.tree_id);
    Ok(repo.is_ancestor(again, tip)? || tree_id(old)? == tree_id(again)?)
}
