//! Whether the work of a branch is in another one, and what is missing if it is not.
//!
//! Three things prove it, the first that does: the commits are there; merging the branch would add
//! nothing, as after a squash; or every change is there as a patch of its own or all of them as one,
//! as after a rebase or a squash that others have built upon. A subject proves nothing.
//!
//! Work that was merged and taken back by a revert is not in the branch: who reverts a merge often
//! means to repair it and merge it again, so it is never removed without being asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::merges::Incoming;
use crate::git::patches::Way;
use crate::model::change::PathChange;

/// What proves that work is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The commits are there.
    Ancestor,
    /// Merging the branch would change nothing.
    NothingNew,
    /// Each commit's patch is there, or all of them as one.
    SamePatches,
}

/// How a branch stands to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its work is there.
    Merged(Proof),
    /// It was there, and a revert has taken it back.
    TakenBack,
    /// These commits are not there, newest first.
    Missing(Vec<ObjectId>),
}

/// A branch whose work is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Branch<'a> {
    /// Where it is.
    pub tip: ObjectId,
    /// The commits that are its own.
    pub own: &'a [ObjectId],
    /// What they changed, each against what was there before.
    pub changes: &'a [PathChange],
}

/// What lies between a branch and where its work is looked for.
struct Gap<'a> {
    branch: Branch<'a>,
    target: ObjectId,
    /// Commits that only the branch has, newest first.
    missing: &'a [ObjectId],
    /// Commits that only the target has, newest first.
    since: &'a [ObjectId],
}

/// Finds out; what was computed once is not computed again.
pub struct Prover<'r> {
    repo: &'r Repository,
    attributes: ObjectId,
    room: OnceCell<CleanRoom>,
    patches: RefCell<HashMap<(ObjectId, Way), Option<ObjectId>>>,
}

impl<'r> Prover<'r> {
    /// Merges are tried with the `.gitattributes` of the commit `attributes`.
    pub fn new(repo: &'r Repository, attributes: ObjectId) -> Prover<'r> {
        Prover { repo, attributes, room: OnceCell::new(), patches: RefCell::default() }
    }

    /// Whether the work of `branch` is in `target`.
    pub fn prove(&self, branch: Branch<'_>, target: ObjectId) -> Result<Standing> {
        let tip = branch.tip;
        let missing = self.repo.commits_between(&[target], &[tip])?;
        let since = self.repo.commits_between(&[tip], &[target])?;
        let gap = Gap { branch, target, missing: &missing, since: &since };
        let proof = match missing.is_empty() {
            true => Some(Proof::Ancestor),
            false => self.adds_nothing(&gap)?.then_some(Proof::NothingNew),
        };
        match proof {
            Some(_) if self.is_suspicious(&gap)? && self.is_taken_back(&gap, None)? => {
                Ok(Standing::TakenBack)
            }
            Some(proof) => Ok(Standing::Merged(proof)),
            None => self.by_patches(&gap),
        }
    }

    fn adds_nothing(&self, gap: &Gap<'_>) -> Result<bool> {
        let tip = gap.branch.tip;
        if self.repo.merge_bases(tip, gap.target)?.is_empty() {
            return Ok(false);
        }
        let merged = self.room()?.merge(gap.target, Incoming { tip, branch: "branch" })?;
        Ok(merged.conflicts.is_empty() && merged.tree_id == self.repo.commit(gap.target)?.tree_id)
    }

    /// Compares what the commits of the branch change with what those of the target change.
    fn by_patches(&self, gap: &Gap<'_>) -> Result<Standing> {
        let Gap { branch, missing, since, .. } = *gap;
        let [base] = self.repo.merge_bases(branch.tip, gap.target)?[..] else {
            return Ok(Standing::Missing(missing.to_vec()));
        };
        let squashed = self.room()?.trial_commit(self.repo.commit(branch.tip)?.tree_id, &[base])?;
        if self.is_taken_back(gap, Some(squashed))? {
            return Ok(Standing::TakenBack);
        }
        let is_there = |id: ObjectId| self.times(id, Way::Done, since) > 0;
        let mut left = Vec::new();
        for &id in missing {
            let has_no_work = self.patch(id, Way::Done).is_none() && self.is_automatic(id)?;
            if !is_there(id) && !has_no_work {
                left.push(id);
            }
        }
        Ok(match left.is_empty() || is_there(squashed) {
            true => Standing::Merged(Proof::SamePatches),
            false => Standing::Missing(left),
        })
    }

    /// Whether a commit without a patch holds no work: it is empty, or a merge as git makes it.
    fn is_automatic(&self, id: ObjectId) -> Result<bool> {
        let commit = self.repo.commit(id)?;
        let [ours, theirs] = commit.parent_ids[..] else { return Ok(commit.parent_ids.len() <= 1) };
        let merged = self.room()?.merge(ours, Incoming { tip: theirs, branch: "branch" })?;
        Ok(merged.conflicts.is_empty() && merged.tree_id == commit.tree_id)
    }

    /// Whether it is worth the time to look for a revert: nothing of what the branch changed is there
    /// any more, or a commit says that it reverts one that brought it.
    fn is_suspicious(&self, gap: &Gap<'_>) -> Result<bool> {
        let tree_id = self.repo.commit(gap.target)?.tree_id;
        let mut is_gone = !gap.branch.changes.is_empty();
        for change in gap.branch.changes {
            is_gone = is_gone && self.repo.tree_entry(tree_id, change.path.as_bstr())? == change.old;
        }
        let mut is_told = false;
        for &id in gap.since {
            is_told = is_told || self.repo.commit(id)?.message.contains_str("This reverts commit ");
        }
        Ok(is_gone || is_told)
    }

    /// Whether a revert took back more than was done: of a commit of the branch, of the merge that
    /// brought it, or of the commit that all of them were squashed into.
    fn is_taken_back(&self, gap: &Gap<'_>, squashed: Option<ObjectId>) -> Result<bool> {
        let mut merged = Vec::new();
        for &id in gap.since {
            let commit = self.repo.commit(id)?;
            if commit.parent_ids.get(1) == Some(&gap.branch.tip) {
                merged.push(self.room()?.trial_commit(commit.tree_id, &commit.parent_ids[..1])?);
            }
        }
        merged.extend(gap.branch.own.iter().filter(|id| !gap.missing.contains(id)));
        let not_merged: Vec<ObjectId> = gap.missing.iter().copied().chain(squashed).collect();
        let all = [merged.as_slice(), &not_merged].concat();
        self.learn(&all, Way::TakenBack)?;
        self.learn(&[&all, gap.since].concat(), Way::Done)?;
        let is_undone = |(id, there): (ObjectId, usize)| {
            let undone = self.times(id, Way::TakenBack, gap.since);
            undone > 0 && undone >= there + self.times(id, Way::Done, gap.since)
        };
        let all = merged.into_iter().map(|id| (id, 1)).chain(not_merged.into_iter().map(|id| (id, 0)));
        Ok(all.into_iter().any(is_undone))
    }

    /// How many of `commits` change what `id` does, read in this way.
    fn times(&self, id: ObjectId, way: Way, commits: &[ObjectId]) -> usize {
        let Some(patch) = self.patch(id, way) else { return 0 };
        commits.iter().filter(|one| self.patch(**one, Way::Done) == Some(patch)).count()
    }

    fn room(&self) -> Result<&CleanRoom> {
        if let Some(room) = self.room.get() {
            return Ok(room);
        }
        let room = CleanRoom::open(self.repo, self.attributes)?;
        Ok(self.room.get_or_init(|| room))
    }

    fn patch(&self, id: ObjectId, way: Way) -> Option<ObjectId> {
        self.patches.borrow().get(&(id, way)).copied().flatten()
    }

    /// Asks git for the patch ids that are not known yet.
    fn learn(&self, commits: &[ObjectId], way: Way) -> Result<()> {
        let is_new = |id: &&ObjectId| !self.patches.borrow().contains_key(&(**id, way));
        let new: Vec<ObjectId> = commits.iter().filter(is_new).copied().collect();
        let found = self.room()?.patch_ids(&new, way)?;
        let mut known = self.patches.borrow_mut();
        known.extend(new.into_iter().map(|id| ((id, way), found.get(&id).copied())));
        Ok(())
    }
}
