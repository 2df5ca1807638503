//! What came before a commit on its branch: which COMPLETE stands, what the worker was told, what the
//! task's own commits changed.

use std::collections::BTreeSet;

use anyhow::Result;
use bstr::{BStr, BString};
use gix_hash::ObjectId;

use super::ground::Ground;
use super::line::Line;
use super::past::Past;
use crate::model::facts::Commit;
use crate::model::finding::state::Lacks;
use crate::model::judge::state::Unmet;
use crate::model::message::{self, Body, Prefix, Section, Subject};
use crate::model::origin::Origin;
use crate::model::plan::Task;

/// The first-parent chain below a commit, since the run's base.
pub(super) struct History<'a> {
    chain: Chain<'a>,
    /// The first parent of the commit that is judged.
    pub(super) newest: Option<ObjectId>,
}

/// Where the commits come from.
enum Chain<'a> {
    /// A survey, which has left out what is not the task's. Oldest first.
    Surveyed(&'a [Commit]),
    /// The repository, with all that is on the chain.
    Read(Line),
}

impl<'a> History<'a> {
    /// The chain of a task's branch that ends in `newest`, read from the repository when it is asked.
    pub fn before(newest: Option<ObjectId>) -> History<'a> {
        History { chain: Chain::Read(Line::below(newest)), newest }
    }

    /// The commits that a survey found to be the task's, oldest first.
    pub fn of(commits: &'a [Commit], newest: Option<ObjectId>) -> History<'a> {
        History { chain: Chain::Surveyed(commits), newest }
    }

    /// The tree of the commit that the chain ends in; the empty one where there is none.
    pub fn newest_tree(&self, ground: &Ground<'_>) -> Result<ObjectId> {
        match &self.chain {
            Chain::Surveyed([.., last]) if Some(last.id) == self.newest => Ok(last.tree_id),
            _ => ground.repo.tree_of(self.newest),
        }
    }

    /// The COMPLETE that stands: the newest status of the task, not taken back by `reopen` or by a
    /// revert (S1-51, S1-52).
    pub fn complete(&self, ground: &Ground<'_>, task: &Task) -> Result<Option<ObjectId>> {
        let Some((place, complete)) = self.declared(ground, task)? else { return Ok(None) };
        let of = (complete.id(), &complete.origin());
        let reopened = self.below(place, &complete).is_reopened(ground, task, of)?;
        Ok((!reopened).then(|| complete.id()))
    }

    /// Whether the newest status of the task is a COMPLETE, whatever became of that later.
    pub fn was_complete(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        Ok(self.declared(ground, task)?.is_some())
    }

    /// The newest status of the task and its place, if that is a COMPLETE which no revert takes back.
    fn declared(&self, ground: &Ground<'_>, task: &Task) -> Result<Option<(usize, Past<'_>)>> {
        for place in 0.. {
            // Whose commit it is costs more to find out, and only matters if it is a COMPLETE.
            let Some(past) = self.candidate(ground, place)? else { break };
            let declared = if past.is_own() { message::read(past.message()) } else { None };
            let status = match &declared {
                Some(Subject::Status { prefix, .. }) => Some(prefix),
                _ => None,
            };
            if declared.as_ref().is_some_and(Subject::reverts_complete)
                || status.is_some_and(|status| *status != Prefix::Complete)
            {
                return Ok(None);
            }
            let Some(past) = self.past(ground, task, place)? else { break };
            if status.is_none() || past.is_foreign(ground, task)? {
                continue;
            }
            return Ok(Some((place, past)));
        }
        Ok(None)
    }

    /// Whether a COMPLETE on top of this was taken back.
    pub fn is_reopened(
        &self,
        ground: &Ground<'_>,
        task: &Task,
        (complete, origin): (ObjectId, &Origin),
    ) -> Result<bool> {
        ground.is_reopened(&task.name, (complete, origin), || {
            let mut alike = 0;
            for past in self.newest_first(ground, task) {
                let past = past?;
                alike += usize::from(past.is_own() && past.origin() == *origin);
            }
            Ok(alike)
        })
    }

    /// Whether the worker has heard of an unmet need already, or has declared it itself: saying it at
    /// every commit would teach to ignore it. That the needed task is complete is news.
    pub fn was_told(&self, ground: &Ground<'_>, task: &Task, unmet: &Unmet) -> Result<bool> {
        if unmet.lacks != Lacks::Completion {
            return Ok(false);
        }
        for past in self.newest_first(ground, task) {
            let past = past?;
            if !past.is_own() {
                continue;
            }
            let tells = match message::status(past.message()) {
                Some(Prefix::Checkpoint) => true,
                Some(Prefix::Needs { task: named, item }) => {
                    let named = ground.whole_plan()?.find_task(&named).ok();
                    named.is_some_and(|named| named.name == unmet.task)
                        && unmet.item.as_ref().is_none_or(|needed| *needed == item)
                }
                _ => false,
            };
            if tells && !past.is_foreign(ground, task)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the worker has heard already that a checkpoint has no `Files changed:`.
    pub fn was_told_of_sections(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        for past in self.newest_first(ground, task) {
            let past = past?;
            let lacks = past.is_own()
                && message::status(past.message()) == Some(Prefix::Checkpoint)
                && Body::parse(past.message()).items(Section::FilesChanged).is_none();
            if lacks && !past.is_foreign(ground, task)? && !past.paths(ground)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every path that the task's own commits changed (S1-40), sorted.
    pub fn own_paths(&self, ground: &Ground<'_>, task: &Task) -> Result<BTreeSet<BString>> {
        let mut changed = BTreeSet::new();
        for past in self.newest_first(ground, task) {
            let past = past?;
            if past.is_own() && !past.is_foreign(ground, task)? {
                changed.extend(past.paths(ground)?);
            }
        }
        Ok(changed)
    }

    /// Whether one of the task's own commits made the file at a path, where the branch had none from
    /// others. To change or remove a file of others and to put another there makes it nobody's own.
    pub fn has_created(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<bool> {
        for place in 0.. {
            let Some(past) = self.past(ground, task, place)? else { break };
            let is_creation =
                past.is_own() && past.creates(ground, path)? && !past.is_foreign(ground, task)?;
            if is_creation && self.below(place, &past).inherited(ground, task, path)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The history of the commit at a place.
    fn below(&self, place: usize, past: &Past<'_>) -> History<'_> {
        let parent = past.parent_ids().first().copied();
        match &self.chain {
            Chain::Surveyed(commits) => {
                History::of(&commits[..commits.len().saturating_sub(place + 1)], parent)
            }
            Chain::Read(_) => History::before(parent),
        }
    }

    /// The commits of the chain, newest first.
    pub fn newest_first<'s>(
        &'s self,
        ground: &Ground<'_>,
        task: &Task,
    ) -> impl Iterator<Item = Result<Past<'s>>> {
        (0..).map_while(move |place| self.past(ground, task, place).transpose())
    }

    /// The commit at a place, counted from the newest.
    fn past(&self, ground: &Ground<'_>, task: &Task, place: usize) -> Result<Option<Past<'_>>> {
        match &self.chain {
            Chain::Surveyed(commits) => Ok(commits.iter().nth_back(place).map(Past::Surveyed)),
            Chain::Read(line) => Ok(line.commit(ground, task, place)?.map(Past::Read)),
        }
    }

    /// The same, but it may be one that the base gained.
    fn candidate(&self, ground: &Ground<'_>, place: usize) -> Result<Option<Past<'_>>> {
        match &self.chain {
            Chain::Surveyed(commits) => Ok(commits.iter().nth_back(place).map(Past::Surveyed)),
            Chain::Read(line) => Ok(line.candidate(ground, place)?.map(Past::Read)),
        }
    }
}
