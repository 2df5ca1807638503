//! Whether a commit on a task's first-parent chain is another's.
//!
//! A fast-forward leaves no trace in the history. So the records tell, or, where there are none, on whose
//! branch else the commit is.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::ground::Ground;
use super::own_side::are_in_scope;
use crate::git::plan_ref::notes_prefix;
use crate::model::message::{self, Prefix};
use crate::model::name::TaskName;
use crate::model::plan::Task;

impl Ground<'_> {
    /// Whether a commit on a task's first-parent chain is another task's or the base's: a fast-forward
    /// brought it (S1-66). Only asked where it matters, because it reads other tasks' records.
    pub fn is_foreign(&self, task: &Task, commit_id: ObjectId) -> Result<bool> {
        Ok(!self.foreign_among(task, commit_id, &[commit_id])?.is_empty())
    }

    /// Those of a chain that ends in `tip` which are another task's or the base's.
    pub fn foreign_among(&self, task: &Task, tip: ObjectId, chain: &[ObjectId]) -> Result<HashSet<ObjectId>> {
        let mut unrecorded = Vec::new();
        for &id in chain {
            if !self.is_recorded(&task.name, id)? {
                unrecorded.push(id);
            }
        }
        let mut foreign = HashSet::new();
        if unrecorded.is_empty() {
            return Ok(foreign);
        }
        let news = self.repo.commits_between(&self.base_tips()?, &[tip])?;
        let news: HashSet<ObjectId> = news.into_iter().collect();
        for id in unrecorded {
            if !news.contains(&id)
                || self.is_recorded_elsewhere(task, id)?
                || self.is_made_elsewhere(task, id, &news)?
            {
                foreign.insert(id);
            }
        }
        Ok(foreign)
    }

    /// Whether a commit without any record is on the branch of another task and in the scope of that one
    /// alone. One that is in both scopes, for it may change nothing, goes with the one below it.
    fn is_made_elsewhere(&self, task: &Task, id: ObjectId, news: &HashSet<ObjectId>) -> Result<bool> {
        for other in self.whole_plan()?.tasks.iter().filter(|other| other.name != task.name) {
            let Some(tip) = self.judged_tip(other)? else { continue };
            let line = self.line(tip)?;
            let mut next = Some(id);
            while let Some(id) = next.filter(|id| news.contains(id) && line.contains(id)) {
                let commit = self.repo.commit(id)?;
                let [parent] = commit.parent_ids[..] else { break };
                let change = self.repo.change_of(&commit)?;
                if !are_in_scope(other, &change) || self.is_recorded(&task.name, id)? {
                    break;
                }
                if !are_in_scope(task, &change) {
                    return Ok(true);
                }
                next = Some(parent);
            }
        }
        Ok(false)
    }

    /// The COMPLETE that a branch ends with which a merge has brought to the base, where no record tells
    /// whose its commits are: a server has no notes of what was landed before it was pushed. What lies
    /// behind the first commit out of the task's scope is not its work.
    pub fn landed_complete(&self, task: &Task, tip: ObjectId) -> Result<Option<ObjectId>> {
        if !self.repo.commits_between(&self.base_tips()?, &[tip])?.is_empty() {
            return Ok(None);
        }
        let (mut complete, mut has_work, mut next) = (None, false, Some(tip));
        while let Some(id) = next.filter(|id| *id != self.base_commit_id) {
            if self.trunk()?.contains(&id) || self.is_recorded_elsewhere(task, id)? {
                break;
            }
            let commit = self.repo.commit(id)?;
            next = commit.parent_ids.first().copied();
            if commit.parent_ids.len() != 1 {
                continue;
            }
            let text = commit.message.as_bstr();
            if complete.is_none() {
                let status = message::status(text);
                if message::reverts_complete(text)
                    || status.as_ref().is_some_and(|one| *one != Prefix::Complete)
                {
                    return Ok(None);
                }
                complete = status.map(|_| (id, commit.origin()));
            }
            let change = self.repo.change_of(&commit)?;
            if !are_in_scope(task, &change) {
                break;
            }
            has_work |= !change.is_empty();
        }
        let Some((id, origin)) = complete.filter(|_| has_work) else { return Ok(None) };
        Ok((!self.is_reopened(&task.name, (id, &origin), || Ok(0))?).then_some(id))
    }

    fn is_recorded_elsewhere(&self, task: &Task, commit_id: ObjectId) -> Result<bool> {
        for other in self.recorders()?.iter().filter(|other| **other != task.name) {
            if self.record(other, commit_id)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The tasks that have any record, those that the plan had once included.
    fn recorders(&self) -> Result<&[TaskName]> {
        if self.recorders.get().is_none() {
            let prefix = notes_prefix(&self.plan.run);
            let refs = self.repo.refs_under(&prefix)?;
            let names = refs.iter().filter_map(|(name, _)| TaskName::new(name.strip_prefix(&prefix)?).ok());
            let _ = self.recorders.set(names.collect());
        }
        Ok(self.recorders.get().map_or(&[], Vec::as_slice))
    }
}
