//! A COMPLETE that does not stand any more: reopened, or replaced by an amend or a rebase.
//!
//! Who built on it built on what was complete then. That it was the needed task's is believed only
//! where that task's branch bears it out: a note alone could be anybody's.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::ground::Ground;
use super::history::History;
use super::owner::Merge;
use crate::git::objects::CommitObject;
use crate::model::judge::merge::{Completeness, Side, SideOf};
use crate::model::message::{self, Prefix};
use crate::model::origin::Origin;
use crate::model::plan::Task;

/// Whether there is a COMPLETE of `provider` in the history of `newest`, on the branch of `task`.
pub(super) fn is_built_on(
    ground: &Ground<'_>,
    (task, provider): (&Task, &Task),
    newest: ObjectId,
) -> Result<bool> {
    // Where a shallow clone ends too early, nothing tells what is there.
    let Ok(held) = ground.repo.commits_between(&[ground.base_commit_id], &[newest]) else {
        return Ok(false);
    };
    let mut held_completes = Vec::new();
    for id in held {
        held_completes.extend(Some(ground.repo.commit(id)?).filter(is_complete));
    }
    if held_completes.is_empty() {
        return Ok(false);
    }
    let known = Known::read(ground, provider)?;
    for complete in &held_completes {
        let is_replaced = || Ok::<_, anyhow::Error>(!is_of_own(ground, task, complete.id)?);
        if known.ids.contains(&complete.id) || known.is_alike(complete) && is_replaced()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the task could have made a commit itself: author, date and subject are easily copied.
fn is_of_own(ground: &Ground<'_>, task: &Task, commit_id: ObjectId) -> Result<bool> {
    let merge = Merge { ground, task, commit_id: None, ours: ground.base_commit_id };
    let sides = merge.sides(&[commit_id])?;
    Ok(sides.iter().any(|side| matches!(side.of, SideOf::Own | SideOf::OwnJudged)))
}

/// Takes a task that was complete at the commit that was merged for complete.
pub(super) fn excuse(ground: &Ground<'_>, sides: &mut [Side]) -> Result<()> {
    for side in sides {
        let SideOf::Task { name, completeness: completeness @ Completeness::Unfinished } = &mut side.of
        else {
            continue;
        };
        let Some(task) = ground.plan.task(name) else { continue };
        if History::before(Some(side.commit_id)).was_complete(ground, task)? {
            *completeness = Completeness::Complete;
        }
    }
    Ok(())
}

/// The COMPLETEs of a task: those on its branch, and what they were before they were rewritten.
struct Known {
    ids: HashSet<ObjectId>,
    origins: Vec<Origin>,
}

impl Known {
    fn read(ground: &Ground<'_>, provider: &Task) -> Result<Known> {
        let mut known = Known { ids: HashSet::new(), origins: Vec::new() };
        for tip in ground.task_tips(provider)? {
            let chain = ground.chain(provider, tip, usize::MAX)?;
            let foreign = ground.foreign_among(provider, tip, &chain)?;
            for id in chain.into_iter().filter(|id| !foreign.contains(id)) {
                let commit = ground.repo.commit(id)?;
                if is_complete(&commit) {
                    known.origins.push(commit.origin());
                    known.add(ground, provider, id)?;
                }
            }
        }
        Ok(known)
    }

    /// A commit and those that its records say it replaced.
    fn add(&mut self, ground: &Ground<'_>, provider: &Task, id: ObjectId) -> Result<()> {
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| self.ids.insert(*id)) {
            next = ground.record(&provider.name, id)?.and_then(|record| record.rewritten_from);
        }
        Ok(())
    }

    fn is_alike(&self, complete: &CommitObject) -> bool {
        self.origins.contains(&complete.origin())
    }
}

fn is_complete(commit: &CommitObject) -> bool {
    commit.parent_ids.len() == 1 && message::status(commit.message.as_bstr()) == Some(Prefix::Complete)
}
