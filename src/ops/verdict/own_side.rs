//! A merged side that may be the task's own work, made in another clone or on another branch.
//!
//! Once both are pushed, no ref tells such a side from the own branch, and where no hook of ours was, no
//! note does. So it is taken for what it could be: commits that declare a status and keep to the scope.
//! Nobody gains by that, for what it brings is judged as own work.

use std::cell::OnceCell;
use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use super::claimed;
use super::ground::Ground;
use super::history::History;
use crate::git::objects::CommitObject;
use crate::model::change::PathChange;
use crate::model::finding::Finding;
use crate::model::finding::merge::MergeViolation;
use crate::model::judge::merge::SideOf;
use crate::model::judge::{self, Case, Known, Step, paths};
use crate::model::message;
use crate::model::plan::Task;

/// A side of a merge, as work of a task.
pub(super) struct OwnSide<'a> {
    pub ground: &'a Ground<'a>,
    pub task: &'a Task,
    /// The first parent of the merge.
    pub ours: ObjectId,
    /// What is merged.
    pub commit_id: ObjectId,
    brought: OnceCell<HashSet<ObjectId>>,
}

impl<'a> OwnSide<'a> {
    /// What is merged into `ours`, as work of a task.
    pub fn new(ground: &'a Ground<'a>, task: &'a Task, ours: ObjectId, commit_id: ObjectId) -> OwnSide<'a> {
        OwnSide { ground, task, ours, commit_id, brought: OnceCell::new() }
    }

    /// Whose the side is, and how it is judged, if it is the task's own or nobody else's.
    pub fn settle(&self, owner: SideOf) -> Result<SideOf> {
        Ok(match owner {
            SideOf::Foreign | SideOf::Own if self.is_alone()? => SideOf::Own,
            SideOf::Foreign if self.is_right_line()? => SideOf::OwnJudged,
            SideOf::Foreign if self.could_be_own()? => SideOf::Own,
            SideOf::Own if self.is_right()? => SideOf::OwnJudged,
            of => of,
        })
    }

    /// Whether every commit that it brings, but for merges, is one that the worker could have made.
    pub fn could_be_own(&self) -> Result<bool> {
        let brought = self.brought()?;
        for &id in brought {
            let commit = self.ground.repo.commit(id)?;
            if commit.parent_ids.len() < 2 && !self.could_make(&commit)? {
                return Ok(false);
            }
        }
        Ok(!brought.is_empty())
    }

    /// Whether its first-parent chain is one that the worker could have made, and breaks no rule.
    pub fn is_right_line(&self) -> Result<bool> {
        Ok(self.is_line()? && self.is_right()?)
    }

    /// Whether it brings a commit of the task's own.
    pub fn has_own_work(&self) -> Result<bool> {
        for commit in self.own_commits()? {
            if self.could_make(&commit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether what it has at a path from others, if anything, was there where it forked.
    pub fn brings_nothing_of_others(&self, path: &BStr) -> Result<bool> {
        let inherited =
            |id| Ok::<_, anyhow::Error>(History::inheritance_at(self.ground, self.task, id, path)?.entry);
        let brought = inherited(self.commit_id)?;
        let forks = self.ground.repo.merge_bases(self.ours, self.commit_id)?;
        for fork in &forks {
            if inherited(*fork)? != brought {
                return Ok(false);
            }
        }
        Ok(!forks.is_empty())
    }

    /// What is wrong with the messages of its commits, as no hook of ours may have seen them. What leaves
    /// the scope is found in the merge.
    pub fn wrong_messages(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for commit in self.own_commits()? {
            let change = self.ground.repo.change_of(&commit)?;
            if !are_in_scope(self.task, &change) {
                continue;
            }
            let known = Known { encoding: commit.encoding.clone(), ..Known::default() };
            let (plan, task, message) = (self.ground.plan, self.task, Some(commit.message.as_bstr()));
            let case = Case { plan, task, step: Step::Own(&change), place: None, message, known: &known };
            findings.extend(judge::message::judge(&case).into_iter().map(|one| one.at(commit.id)));
        }
        Ok(findings)
    }

    /// The first path, of those that are not `found` to be wrong already, that a merge on it leaves wrong.
    pub fn nested(&self, found: &[Finding]) -> Result<Option<Finding>> {
        let wrong = claimed::wrong_merges(self)?;
        let is_new = |one: &Finding| found.iter().all(|known| known.path() != one.path());
        Ok(wrong.into_iter().find(is_new))
    }

    /// That it brings what is no work of the run: the base may have it, and that was not fetched.
    pub fn strange(&self) -> Result<Option<Finding>> {
        let Some(remote) = self.ground.repo.run_remote() else { return Ok(None) };
        for commit in self.own_commits()? {
            let is_work = message::read(commit.message.as_bstr()).is_some();
            if !is_work && !are_in_scope(self.task, &self.ground.repo.change_of(&commit)?) {
                let violation = MergeViolation::Unfetched { commit_id: commit.id, remote };
                return Ok(Some(Finding::error(violation)));
            }
        }
        Ok(None)
    }

    /// What it has and neither the base nor the own side; nothing where a shallow clone cannot tell.
    pub fn brought(&self) -> Result<&HashSet<ObjectId>> {
        if let Some(known) = self.brought.get() {
            return Ok(known);
        }
        let mut known = self.ground.base_tips()?;
        known.push(self.ours);
        let brought = self.ground.repo.commits_between(&known, &[self.commit_id]).unwrap_or_default();
        Ok(self.brought.get_or_init(|| brought.into_iter().collect()))
    }

    /// The commits that it brings and that no other task answers for, without merges.
    fn own_commits(&self) -> Result<Vec<CommitObject>> {
        let plan = self.ground.whole_plan()?;
        let mut own = Vec::new();
        for &id in self.brought()? {
            let others = plan.tasks.iter().filter(|other| other.name != self.task.name);
            let made: Result<Vec<bool>> = others.map(|other| self.ground.is_made_by(other, id)).collect();
            let commit = self.ground.repo.commit(id)?;
            if commit.parent_ids.len() == 1 && !made?.contains(&true) {
                own.push(commit);
            }
        }
        own.sort_by_key(|commit| (commit.time, commit.id));
        Ok(own)
    }

    /// Whether the worker could have made all of it, and nothing was merged there: what it has from others
    /// the own branch has as well.
    fn is_alone(&self) -> Result<bool> {
        for &id in self.brought()? {
            if self.ground.repo.commit(id)?.parent_ids.len() > 1 {
                return Ok(false);
            }
        }
        self.could_be_own()
    }

    /// Whether its first-parent chain is one that the worker could have made here, on top of the base or
    /// of what the own branch has. What it merged is to be judged.
    fn is_line(&self) -> Result<bool> {
        let brought = self.brought()?;
        let mut next = Some(self.commit_id);
        while let Some(id) = next.filter(|id| brought.contains(id)) {
            let commit = self.ground.repo.commit(id)?;
            if commit.parent_ids.len() < 2 && !self.could_make(&commit)? {
                return Ok(false);
            }
            next = commit.parent_ids.first().copied();
        }
        Ok(next.is_some())
    }

    /// Whether it breaks no rule. Where the base has been put onto the merge, nothing is left to judge,
    /// and so nothing is right.
    fn is_right(&self) -> Result<bool> {
        Ok(self.brought()?.contains(&self.commit_id)
            && claimed::judge(self.ground, self.task, self.ours, self.commit_id)?.is_none())
    }

    /// Whether a commit declares a status and keeps to the scope.
    fn could_make(&self, commit: &CommitObject) -> Result<bool> {
        Ok(commit.parent_ids.len() == 1
            && message::read(commit.message.as_bstr()).is_some()
            && are_in_scope(self.task, &self.ground.repo.change_of(commit)?))
    }
}

pub(super) fn are_in_scope(task: &Task, change: &[PathChange]) -> bool {
    change.iter().all(|one| paths::entry_for(task, one.path.as_bstr()).is_ok())
}
