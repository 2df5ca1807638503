//! What a merge brought: whose the merged commits are, and how each path came out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::claimed;
use super::ground::Ground;
use super::history::History;
use crate::model::branch;
use crate::model::change::{Entry, PathChange};
use crate::model::judge::merge::{Completeness, Remerge, Side, SideOf, SidePath, Theirs};
use crate::model::judge::paths as rules;
use crate::model::message;
use crate::model::plan::Task;

/// To whom the merged commits belong, seen from a task's branch, into whose commit `ours` they are
/// merged.
pub(super) fn sides(
    ground: &Ground<'_>,
    task: &Task,
    ours: ObjectId,
    merged: &[ObjectId],
) -> Result<Vec<Side>> {
    let side = |&commit_id| {
        let of = match owner(ground, task, ours, commit_id)? {
            SideOf::Foreign if could_be_own(ground, task, ours, commit_id)? => SideOf::Own,
            of => of,
        };
        Ok(Side { commit_id, of })
    };
    merged.iter().map(side).collect()
}

/// How the paths came out on which the result and the parents are not all alike; `change` is what
/// the merge changes against `ours`.
pub(super) fn paths(
    ground: &Ground<'_>,
    (task, history): (&Task, &History<'_>),
    ours: ObjectId,
    merged: &[ObjectId],
    change: &[PathChange],
) -> Result<Vec<SidePath>> {
    let mut compared = merged
        .iter()
        .map(|&theirs| Compared::new(ground, ours, theirs))
        .collect::<Result<Vec<Compared>>>()?;
    let results: BTreeMap<&BStr, &PathChange> = change.iter().map(|one| (one.path.as_bstr(), one)).collect();
    let mut all: BTreeSet<BString> = change.iter().map(|one| one.path.clone()).collect();
    for side in &compared {
        all.extend(side.change.keys().cloned());
    }
    let our_tree_id = ground.repo.commit(ours)?.tree_id;
    let mut found = Vec::new();
    for path in all {
        let (our_entry, result) = match results.get(path.as_bstr()) {
            Some(one) => (one.old, one.new),
            None => {
                let same = ground.repo.tree_entry(our_tree_id, path.as_bstr())?;
                (same, same)
            }
        };
        let theirs =
            compared.iter_mut().map(|side| side.at(ground, path.as_bstr())).collect::<Result<Vec<_>>>()?;
        found.push(SidePath {
            path,
            result,
            ours: our_entry,
            theirs,
            automatic: Remerge::Unknown,
            inherited: None,
        });
    }
    ask_where_it_matters(ground, (task, history), ours, merged, &mut found)?;
    Ok(found)
}

/// The first that a merged commit belongs to: the base, what an integration made, the own branch as
/// another clone has it, the task whose newest commit it is, the task that has it in its history.
fn owner(ground: &Ground<'_>, task: &Task, ours: ObjectId, commit_id: ObjectId) -> Result<SideOf> {
    let within = |tips: Vec<ObjectId>| -> Result<bool> {
        if tips.contains(&commit_id) {
            return Ok(true);
        }
        for tip in tips {
            if ground.repo.is_ancestor(commit_id, tip)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    if within(ground.base_tips()?)? {
        return Ok(SideOf::Base);
    }
    let plan = ground.whole_plan()?;
    let others = || plan.tasks.iter().filter(|other| other.name != task.name);
    let mut holders = Vec::new();
    for other in others() {
        let tips = ground.task_tips(other)?;
        if tips.contains(&commit_id) {
            return of_task(ground, other, commit_id);
        }
        holders.push((other, tips));
    }
    if within(ground.integrated()?.to_vec())? {
        return Ok(SideOf::Integration);
    }
    // The own branch before the others: they may have merged this one.
    if ground.record(&task.name, commit_id)?.is_some() || remote_own(ground, task, commit_id)? {
        return Ok(SideOf::Own);
    }
    for (other, tips) in holders {
        if within(tips)? {
            return of_task(ground, other, commit_id);
        }
    }
    for other in others() {
        if ground.record(&other.name, commit_id)?.is_some() {
            return claimed::judge(ground, other, ours, commit_id);
        }
    }
    Ok(SideOf::Foreign)
}

fn of_task(ground: &Ground<'_>, task: &Task, commit_id: ObjectId) -> Result<SideOf> {
    let complete = ground.complete(task)?;
    let includes = match complete {
        Some(complete) => ground.repo.is_ancestor(complete, commit_id)?,
        None => false,
    };
    let completeness = if includes { Completeness::Complete } else { Completeness::Unfinished };
    Ok(SideOf::Task { name: task.name.clone(), completeness })
}

/// Whether a remote's copy of the own branch has the commit: `git pull` of one's own branch.
fn remote_own(ground: &Ground<'_>, task: &Task, commit_id: ObjectId) -> Result<bool> {
    let own = ground.plan.layout.branch(&ground.plan.run, task);
    let local = ground.repo.ref_commit(&branch::full(&own))?;
    for tip in ground.task_tips(task)?.into_iter().filter(|tip| Some(*tip) != local) {
        if ground.repo.is_ancestor(commit_id, tip)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether every commit that a side brings is one that the worker could have made here: it declares
/// a status and keeps to the scope. That is what another clone's part of the own branch looks like
/// once both are pushed and no ref tells them apart. What such a side brings is judged as own work.
fn could_be_own(ground: &Ground<'_>, task: &Task, ours: ObjectId, side: ObjectId) -> Result<bool> {
    let mut known = ground.base_tips()?;
    known.push(ours);
    let Ok(brought) = ground.repo.commits_between(&known, &[side]) else { return Ok(false) };
    for id in &brought {
        let commit = ground.repo.commit(*id)?;
        let parent = match commit.parent_ids.as_slice() {
            [] => return Ok(false),
            [parent] => *parent,
            _ => continue,
        };
        let change = ground.repo.diff_trees(ground.repo.commit(parent)?.tree_id, commit.tree_id)?;
        let in_scope = |one: &PathChange| rules::entry_for(task, one.path.as_bstr()).is_ok();
        if message::read(commit.message.as_bstr()).is_none() || !change.iter().all(in_scope) {
            return Ok(false);
        }
    }
    Ok(!brought.is_empty())
}

/// One merged side, compared with where it forked.
struct Compared {
    tree_id: ObjectId,
    change: BTreeMap<BString, PathChange>,
}

impl Compared {
    fn new(ground: &Ground<'_>, ours: ObjectId, theirs: ObjectId) -> Result<Compared> {
        let tree_id = ground.repo.commit(theirs)?.tree_id;
        let fork = ground.repo.merge_bases(ours, theirs)?.first().copied();
        let fork_tree_id = ground.repo.tree_of(fork)?;
        let change = ground.repo.diff_trees(fork_tree_id, tree_id)?;
        Ok(Compared { tree_id, change: change.into_iter().map(|one| (one.path.clone(), one)).collect() })
    }

    fn at(&mut self, ground: &Ground<'_>, path: &BStr) -> Result<Theirs> {
        if let Some(one) = self.change.get(path) {
            return Ok(Theirs { entry: one.new, base: one.old });
        }
        let same: Option<Entry> = ground.repo.tree_entry(self.tree_id, path)?;
        Ok(Theirs { entry: same, base: same })
    }
}

/// Lets git merge the sides again where the entries alone do not show that a path outside the
/// scope is what the merge makes of it: more than one side changed it, or a rename moved it. Where
/// it is not, only a change of the worker's own may have been put back.
fn ask_where_it_matters(
    ground: &Ground<'_>,
    (task, history): (&Task, &History<'_>),
    ours: ObjectId,
    merged: &[ObjectId],
    found: &mut [SidePath],
) -> Result<()> {
    let doubtful = |path: &SidePath| !path.is_plain() && rules::entry_for(task, path.path.as_bstr()).is_err();
    if !found.iter().any(doubtful) {
        return Ok(());
    }
    let merge = ground.repo.automatic_merge(ours, merged)?;
    for path in found.iter_mut().filter(|path| doubtful(path)) {
        path.automatic = merge.entry(path.path.as_bstr())?.map_or(Remerge::Conflict, Remerge::Clean);
        if !path.is_faithful() {
            path.inherited = Some(history.inherited(ground, task, path.path.as_bstr())?);
        }
    }
    Ok(())
}
