//! Whose a merged commit is.
//!
//! A task answers for the first-parent chain of its branch, where every commit is judged as its own.
//! That its branch reaches a commit in another way says nothing: it has that by a merge, of which the
//! same is asked, and two tasks that merge a stranger's work would vouch for each other. For the same
//! reason a merge is no evidence for itself, wherever it went.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::claimed;
use super::copied;
use super::ground::Ground;
use super::own_side::{OwnSide, are_in_scope};
use crate::git::former_tasks::FormerTask;
use crate::git::likeness::Alike;
use crate::model::branch;
use crate::model::finding::merge::Merged;
use crate::model::judge::merge::{Completeness, Side, SideOf, SidePath};
use crate::model::judge::paths;
use crate::model::plan::Task;

/// A merge on a task's branch, made or not.
pub(super) struct Merge<'a> {
    pub ground: &'a Ground<'a>,
    pub task: &'a Task,
    /// What it is once it is made, or what it replaces.
    pub commit_id: Option<ObjectId>,
    /// Its first parent.
    pub ours: ObjectId,
}

impl Merge<'_> {
    /// To whom the merged commits belong, seen from the task's branch.
    pub fn sides(&self, merged: &[ObjectId]) -> Result<Vec<Side>> {
        let side = |&commit_id| {
            let of = self.own_side(self.task, commit_id).settle(self.owner(commit_id)?)?;
            Ok(Side { commit_id, of })
        };
        merged.iter().map(side).collect()
    }

    /// Those of the sides that are the task's own.
    pub fn own_sides<'s>(&'s self, sides: &'s [Side]) -> impl Iterator<Item = (&'s SideOf, OwnSide<'s>)> {
        let own = sides.iter().filter(|side| matches!(side.of, SideOf::Own | SideOf::OwnJudged));
        own.map(|side| (&side.of, self.own_side(self.task, side.commit_id)))
    }

    /// Whether a side is the task's own work at a path: what it has there from others, if anything, the own
    /// branch has as well.
    pub fn is_own_at(&self, side: &Side, path: &BStr) -> Result<bool> {
        match side.of {
            SideOf::Own => Ok(true),
            SideOf::OwnJudged => self.brings_nothing_of_others(side, path),
            _ => Ok(false),
        }
    }

    /// Whether the own branch has as well what a side of the task's own has at a path from others.
    pub fn brings_nothing_of_others(&self, side: &Side, path: &BStr) -> Result<bool> {
        self.own_side(self.task, side.commit_id).brings_nothing_of_others(path)
    }

    /// The paths of the scope at which the one merged side is the task's own work, although it brings work
    /// of others elsewhere.
    pub fn own_paths(&self, paths: &[SidePath], sides: &[Side]) -> Result<HashSet<BString>> {
        let mut own = HashSet::new();
        let [side @ Side { of: SideOf::OwnJudged, .. }] = sides else { return Ok(own) };
        let is_brought = |path: &&SidePath| path.theirs.iter().any(|theirs| theirs.entry != theirs.base);
        for path in paths.iter().filter(is_brought).map(|path| path.path.as_bstr()) {
            if paths::entry_for(self.task, path).is_ok() && self.is_own_at(side, path)? {
                own.insert(path.to_owned());
            }
        }
        Ok(own)
    }

    fn own_side<'s>(&'s self, task: &'s Task, commit_id: ObjectId) -> OwnSide<'s> {
        OwnSide::new(self.ground, task, self.ours, commit_id)
    }

    /// The first that a merged commit belongs to: the base, the task whose newest commit it is, what an
    /// integration made, the own branch as another clone has it, the task on whose branch it is or that
    /// merged it as its own, the one on whose branch it was or of which another clone has it.
    fn owner(&self, commit_id: ObjectId) -> Result<SideOf> {
        let ground = self.ground;
        if self.is_of_base(commit_id)? {
            return Ok(SideOf::Base);
        }
        let plan = ground.whole_plan()?;
        let others = || plan.tasks.iter().filter(|other| other.name != self.task.name);
        for other in others() {
            if ground.judged_tip(other)? == Some(commit_id) && ground.is_made_by(other, commit_id)? {
                return self.of_task(other, commit_id);
            }
        }
        if is_within(ground, commit_id, ground.integrated()?)? {
            return Ok(SideOf::Integration);
        }
        // The own branch before the others: they may have merged this one.
        if ground.record(&self.task.name, commit_id)?.is_some() || self.is_own_elsewhere(commit_id)? {
            return Ok(SideOf::Own);
        }
        for other in others() {
            if ground.is_made_by(other, commit_id)? {
                return self.of_task(other, commit_id);
            }
        }
        for other in others() {
            if self.is_side_of(other, commit_id)? {
                return self.of_task(other, commit_id);
            }
        }
        for other in others() {
            let is_noted = ground.record(&other.name, commit_id)?.is_some();
            let alike = self.alike(other, commit_id)?;
            if let Some(copied) = alike.filter(|alike| !is_noted && !alike.is_later) {
                return self.of_task(other, copied.commit_id);
            }
            let is_known = is_noted || alike.is_some();
            let original = match is_known {
                true => None,
                false => copied::original(ground, other, [self.ours, commit_id])?,
            };
            if let Some(original) = original.as_ref().filter(|original| original.is_present) {
                return self.of_task(other, original.commit_id);
            }
            if is_known || original.is_some() || self.is_on_another_line(other, commit_id)? {
                let wrong = claimed::judge(ground, other, self.ours, commit_id)?;
                return Ok(wrong.unwrap_or_else(|| SideOf::Rewritten(other.name.clone())));
            }
        }
        self.former_owner(commit_id)
    }

    /// The task that the plan had once to which a merged commit belongs: it is on what is left of its
    /// branch, or recorded as its work.
    fn former_owner(&self, commit_id: ObjectId) -> Result<SideOf> {
        let ground = self.ground;
        for former in ground.former_tasks()? {
            let is_noted = ground.record(&former.task.name, commit_id)?.is_some();
            if is_noted || self.is_left(former, commit_id)? {
                let wrong = claimed::judge(ground, &former.task, self.ours, commit_id)?;
                let of = SideOf::Former { task: former.task.name.clone(), merged: self.when(former)? };
                return Ok(wrong.unwrap_or(of));
            }
        }
        Ok(SideOf::Foreign)
    }

    fn is_left(&self, former: &FormerTask, commit_id: ObjectId) -> Result<bool> {
        for tip in self.ground.tips(&former.branch)? {
            if self.ground.line(tip)?.contains(&commit_id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this merge was made while the plan had a task. An amend or a rebase leaves that as it was.
    fn when(&self, former: &FormerTask) -> Result<Merged> {
        let made = self.commit_id.map(|id| self.ground.repo.commit(id)).transpose()?;
        let is_timely = made.is_some_and(|made| made.author_time() <= former.until);
        Ok(if is_timely { Merged::InTime } else { Merged::Late })
    }

    /// Where the branch of another task comes to what a merged commit brings: it was rewritten since, or
    /// a rebase of this branch has copied what it had merged.
    fn alike(&self, other: &Task, commit_id: ObjectId) -> Result<Option<Alike>> {
        let ground = self.ground;
        let Some(tip) = ground.judged_tip(other)? else { return Ok(None) };
        let side = self.own_side(other, commit_id);
        let brought = side.brought()?;
        let mut commits = Vec::new();
        let mut next = Some(commit_id);
        while let Some(id) = next.filter(|id| brought.contains(id)) {
            let commit = ground.repo.commit(id)?;
            if !are_in_scope(other, &ground.repo.change_of(&commit)?) {
                return Ok(None);
            }
            commits.push(commit);
            next = commits.last().and_then(|commit| commit.parent_ids.first().copied());
        }
        commits.reverse();
        let mut line: Vec<ObjectId> = ground.chain(other, tip, usize::MAX)?;
        line.reverse();
        ground.repo.alike(&commits.iter().collect::<Vec<_>>(), &line, Some(self.ours))
    }

    /// Whether the base has it, and not by this very merge.
    fn is_of_base(&self, commit_id: ObjectId) -> Result<bool> {
        let (repo, base) = (self.ground.repo, self.ground.base_commit_id);
        if repo.is_ancestor(commit_id, base)? {
            return Ok(true);
        }
        for tip in self.ground.base_tips()? {
            if repo.is_ancestor(commit_id, tip)? {
                let copies = self.copies_below(tip, commit_id)?;
                if copies.is_empty()
                    || repo.leads_past(&copies, (tip, commit_id), base)?
                    || self.was_in_base(tip, commit_id, &copies)?
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether the base had a commit before it was put onto a merge of it.
    fn was_in_base(&self, tip: ObjectId, commit_id: ObjectId, copies: &[ObjectId]) -> Result<bool> {
        let repo = self.ground.repo;
        for &past in self.ground.base_past()?.iter().filter(|past| **past != tip) {
            if !repo.contains(past) || !repo.is_ancestor(past, tip)? || !repo.is_ancestor(commit_id, past)? {
                continue;
            }
            let has = copies.iter().map(|copy| repo.is_ancestor(*copy, past)).collect::<Result<Vec<_>>>()?;
            if !has.contains(&true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// This merge and what it was before an amend or a rebase, in the history of a tip: merges of the same
    /// commit with the same author and time, or that are recorded as the task's.
    fn copies_below(&self, tip: ObjectId, merged: ObjectId) -> Result<Vec<ObjectId>> {
        let repo = self.ground.repo;
        let made = self.commit_id.map(|id| repo.commit(id)).transpose()?;
        let mut copies = Vec::new();
        for commit in self.ground.base_merges()? {
            if !commit.parent_ids[1..].contains(&merged) {
                continue;
            }
            let is_same = made.as_ref().is_some_and(|made| made.signature == commit.signature);
            let is_recorded =
                || Ok::<_, anyhow::Error>(self.ground.record(&self.task.name, commit.id)?.is_some());
            if (is_same || is_recorded()?) && repo.is_ancestor(commit.id, tip)? {
                copies.push(commit.id);
            }
        }
        Ok(copies)
    }

    fn of_task(&self, task: &Task, commit_id: ObjectId) -> Result<SideOf> {
        let complete = self.ground.complete(task)?;
        let includes = match complete {
            Some(complete) => self.ground.repo.is_ancestor(complete, commit_id)?,
            None => false,
        };
        let completeness = if includes { Completeness::Complete } else { Completeness::Unfinished };
        Ok(SideOf::Task { name: task.name.clone(), completeness })
    }

    /// Whether a remote's copy of the own branch has the commit: `git pull` of one's own branch.
    fn is_own_elsewhere(&self, commit_id: ObjectId) -> Result<bool> {
        let ground = self.ground;
        let own = ground.plan.layout.branch(&ground.plan.run, self.task);
        let local = ground.repo.ref_commit(&branch::full(&own))?;
        let remote: Vec<ObjectId> =
            ground.task_tips(self.task)?.into_iter().filter(|tip| Some(*tip) != local).collect();
        is_within(ground, commit_id, &remote)
    }

    /// Whether it is on a branch of another task that is not judged: another clone has it so.
    fn is_on_another_line(&self, other: &Task, commit_id: ObjectId) -> Result<bool> {
        let judged = self.ground.judged_tip(other)?;
        for tip in self.ground.task_tips(other)?.into_iter().filter(|tip| Some(*tip) != judged) {
            if self.ground.line(tip)?.contains(&commit_id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a merge on the branch of another task brought it, and it could be that task's own work:
    /// from another clone, or from before the branch was put onto one that had merged it.
    fn is_side_of(&self, other: &Task, commit_id: ObjectId) -> Result<bool> {
        let ground = self.ground;
        let Some(tip) = ground.judged_tip(other)? else { return Ok(false) };
        if !ground.repo.is_ancestor(commit_id, tip)? {
            return Ok(false);
        }
        for &id in ground.line(tip)?.iter() {
            for &side in ground.repo.commit(id)?.parent_ids.iter().skip(1) {
                if ground.line(side)?.contains(&commit_id) {
                    return Ok(self.own_side(other, commit_id).could_be_own()?
                        && claimed::judge(ground, other, self.ours, commit_id)?.is_none());
                }
            }
        }
        Ok(false)
    }
}

fn is_within(ground: &Ground<'_>, commit_id: ObjectId, tips: &[ObjectId]) -> Result<bool> {
    if tips.contains(&commit_id) {
        return Ok(true);
    }
    for tip in tips {
        if ground.repo.is_ancestor(commit_id, *tip)? {
            return Ok(true);
        }
    }
    Ok(false)
}
