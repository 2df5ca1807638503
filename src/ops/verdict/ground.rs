//! What a task's commits are judged against: the plan, the base, and the other tasks' branches.
//!
//! Everything is read when it is first asked for and kept, because most commits ask for nothing.

use std::cell::OnceCell;
use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::git::refs::Target;
use crate::model::branch;
use crate::model::facts::Facts;
use crate::model::journal::{Entry, Event};
use crate::model::message::{self, Prefix};
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::model::record::Record;

/// The surroundings of a run's branches.
pub(super) struct Ground<'a> {
    pub repo: &'a Repository,
    pub plan: &'a Plan,
    pub base_commit_id: ObjectId,
    base_branch: String,
    journal: OnceCell<Vec<Entry>>,
    branches: OnceCell<Vec<(String, ObjectId)>>,
    trunk: OnceCell<HashSet<ObjectId>>,
}

impl<'a> Ground<'a> {
    pub fn of_plan(repo: &'a Repository, recorded: &'a RecordedPlan) -> Ground<'a> {
        let base = recorded.base_ref.as_deref().unwrap_or(&recorded.plan.base);
        Ground {
            repo,
            plan: &recorded.plan,
            base_commit_id: recorded.base_commit_id,
            base_branch: branch::short(base).to_owned(),
            journal: OnceCell::new(),
            branches: OnceCell::new(),
            trunk: OnceCell::new(),
        }
    }

    pub fn of_facts(repo: &'a Repository, facts: &'a Facts) -> Ground<'a> {
        let base = &facts.plan.base;
        let entries: Vec<Entry> = facts.tasks.iter().flat_map(|task| task.journal.iter().cloned()).collect();
        Ground {
            repo,
            plan: &facts.plan,
            base_commit_id: facts.base_commit_id,
            base_branch: branch::short(base).to_owned(),
            journal: OnceCell::from(entries),
            branches: OnceCell::new(),
            trunk: OnceCell::new(),
        }
    }

    /// The tips of a branch, given by its short name, here and on every remote; the local one first.
    pub fn tips(&self, branch: &str) -> Result<Vec<ObjectId>> {
        let named = |name: &str| {
            name.strip_prefix("refs/heads/") == Some(branch)
                || name
                    .strip_prefix("refs/remotes/")
                    .and_then(|rest| rest.strip_suffix(branch)?.strip_suffix('/'))
                    .is_some_and(|remote| !remote.is_empty())
        };
        let branches = self.branches()?.iter();
        Ok(branches.filter(|(name, _)| named(name)).map(|(_, id)| *id).collect())
    }

    /// The tips of the run's base; the base commit itself where no branch is left of it.
    pub fn base_tips(&self) -> Result<Vec<ObjectId>> {
        let mut tips = self.tips(&self.base_branch)?;
        tips.push(self.base_commit_id);
        Ok(tips)
    }

    /// The tips of a task's branch.
    pub fn task_tips(&self, task: &Task) -> Result<Vec<ObjectId>> {
        self.tips(&self.plan.layout.branch(&self.plan.run, task))
    }

    /// The tips of the integration branch.
    pub fn integration_tips(&self) -> Result<Vec<ObjectId>> {
        self.tips(&self.plan.layout.integration(&self.plan.run))
    }

    /// The first-parent chain of a task's branch that ends in `newest`, newest first, down to where
    /// it leaves the base: the recorded one, or, after a rebase or a fast-forward, where the base is
    /// now. What the base gained is no task's work, unless its record says so: then the base was
    /// moved onto the task's branch.
    pub fn chain(&self, task: &Task, newest: ObjectId) -> Result<Vec<ObjectId>> {
        let mut chain = self.repo.first_parents(newest, &HashSet::from([self.base_commit_id]))?;
        // Nearly every chain begins with a recorded commit, and is then the task's to its end.
        let Some(&oldest) = chain.last() else { return Ok(chain) };
        if self.record(&task.name, oldest)?.is_some() {
            return Ok(chain);
        }
        for (place, id) in chain.iter().enumerate() {
            if self.trunk()?.contains(id) && self.record(&task.name, *id)?.is_none() {
                chain.truncate(place);
                break;
            }
        }
        Ok(chain)
    }

    /// The run's journals, oldest first.
    pub fn journal(&self) -> Result<&[Entry]> {
        if self.journal.get().is_none() {
            let _ = self.journal.set(self.repo.read_journals(&self.plan.run)?);
        }
        Ok(self.journal.get().map_or(&[], Vec::as_slice))
    }

    /// Whether a COMPLETE was taken back (S1-52).
    pub fn is_reopened(&self, task: &TaskName, complete: ObjectId) -> Result<bool> {
        let reopens = |entry: &Entry| {
            entry.event == Event::Reopened
                && entry.task.as_ref() == Some(task)
                && entry.commit_id == Some(complete)
        };
        Ok(self.journal()?.iter().any(reopens))
    }

    /// The newest COMPLETE of another task, unless something came after it or took it back. Where
    /// the branch is gone, what its records say.
    pub fn complete(&self, task: &Task) -> Result<Option<ObjectId>> {
        let tips = self.task_tips(task)?;
        for &tip in &tips {
            let history = super::History::before(self, task, Some(tip))?;
            if let Some(complete) = history.complete(self, task)? {
                return Ok(Some(complete));
            }
        }
        if tips.is_empty() { self.recorded_complete(task) } else { Ok(None) }
    }

    /// The record of a commit in a task's notes.
    pub fn record(&self, task: &TaskName, commit_id: ObjectId) -> Result<Option<Record>> {
        let note = self.repo.note(&notes_ref(&self.plan.run, task), commit_id)?;
        Ok(note.and_then(|note| Record::parse(note.as_bstr())))
    }

    /// Whether a commit on a task's first-parent chain is another task's or the base's: a fast-forward
    /// brought it (S1-66). Only asked where it matters, because it reads other tasks' records.
    pub fn is_foreign(&self, task: &Task, commit_id: ObjectId) -> Result<bool> {
        if self.record(&task.name, commit_id)?.is_some() {
            return Ok(false);
        }
        for tip in self.base_tips()? {
            if self.repo.is_ancestor(commit_id, tip)? {
                return Ok(true);
            }
        }
        for other in self.plan.tasks.iter().filter(|other| other.name != task.name) {
            if self.record(&other.name, commit_id)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn recorded_complete(&self, task: &Task) -> Result<Option<ObjectId>> {
        let notes = self.repo.notes(&notes_ref(&self.plan.run, &task.name))?;
        let mut complete: Vec<ObjectId> = Vec::new();
        for id in notes.into_keys() {
            let is_complete = self.repo.contains(id)
                && message::status(self.repo.commit(id)?.message.as_bstr()) == Some(Prefix::Complete);
            if is_complete && !self.is_reopened(&task.name, id)? {
                complete.push(id);
            }
        }
        complete.sort();
        Ok(complete.pop())
    }

    /// What the base and the integration branch have gained on their own first-parent chains since
    /// the run's base.
    fn trunk(&self) -> Result<&HashSet<ObjectId>> {
        if self.trunk.get().is_none() {
            let mut trunk = HashSet::new();
            for tip in self.base_tips()?.into_iter().chain(self.integration_tips()?) {
                // Where a shallow clone ends before it reaches the base, nothing is known of that tip.
                trunk.extend(self.gained(tip).unwrap_or_default());
            }
            let _ = self.trunk.set(trunk);
        }
        Ok(self.trunk.get_or_init(HashSet::new))
    }

    /// The first-parent chain of `tip` since the run's base; empty where it is behind the base,
    /// because that chain would lead to the root.
    fn gained(&self, tip: ObjectId) -> Result<Vec<ObjectId>> {
        if self.repo.is_ancestor(tip, self.base_commit_id)? {
            return Ok(Vec::new());
        }
        self.repo.first_parents(tip, &HashSet::from([self.base_commit_id]))
    }

    fn branches(&self) -> Result<&[(String, ObjectId)]> {
        if self.branches.get().is_none() {
            // A ref that cannot be read is nobody's tip; the survey names it.
            let mut refs = self.repo.readable_refs("refs/heads/")?.refs;
            refs.extend(self.repo.readable_refs("refs/remotes/")?.refs);
            let direct = refs.into_iter().filter_map(|(name, target)| match target {
                Target::Object(id) => Some((name, id)),
                Target::Symbolic(_) => None,
            });
            let _ = self.branches.set(direct.collect());
        }
        Ok(self.branches.get().map_or(&[], Vec::as_slice))
    }
}
