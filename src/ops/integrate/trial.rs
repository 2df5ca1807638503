//! One step, tried: what merging a task into a commit would give. Nothing is changed.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::merges::{Incoming, Merged};
use crate::model::change::Entry;
use crate::model::integration::clash::Clash;
use crate::model::integration::hunk::Labels;
use crate::model::integration::resolution::{File, Resolution};
use crate::model::name::TaskName;
use crate::model::plan::Task;
use crate::model::scope;
use crate::ops::integrate::explain::{bringing, explain};
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::outcome::Stray;
use crate::ops::verdict;

/// What a step would give.
pub enum Trial {
    /// The task is merged already.
    UpToDate,
    /// A merge, clean or not.
    Merge(Box<Attempt>),
}

/// A merge that was tried.
pub struct Attempt {
    /// What is merged.
    pub tip: ObjectId,
    /// Git's verdict.
    pub merged: Merged,
    /// Its conflicts, explained.
    pub clashes: Vec<Clash>,
    /// The whole tree with all conflicts settled, if all of them can be.
    pub resolved_tree_id: Option<ObjectId>,
    /// Paths that it would change although nobody who takes part may.
    pub strays: Vec<Stray>,
}

impl Attempt {
    /// Whether its conflicts, if it has any, need nobody; `trivial` says whether a person wants trivial
    /// ones resolved.
    pub fn is_settled(&self, trivial: bool) -> bool {
        let goes_on = |clash: &Clash| clash.proposal.as_ref().is_some_and(|one| one.how.goes_on(trivial));
        self.clashes.iter().all(goes_on) && (self.clashes.is_empty() || self.resolved_tree_id.is_some())
    }
}

/// What git calls the two sides of a step.
pub fn labels(branch: &str) -> Labels {
    Labels { ours: "HEAD".into(), theirs: branch.into() }
}

/// Looks ahead at the steps of these tasks, which makes them faster and changes none.
pub fn foresee(scene: &Scene<'_>, onto: ObjectId, names: &[TaskName]) {
    let tip = |name: &TaskName| scene.facts.task(name)?.effective_tip();
    let tips: Vec<ObjectId> = names.iter().filter_map(tip).collect();
    if let Err(error) = scene.room.foresee(onto, &tips) {
        tracing::debug!(%error, "the steps are not known beforehand");
    }
}

/// Tries to merge the task into `onto`.
pub fn attempt(scene: &Scene<'_>, onto: ObjectId, name: &TaskName) -> Result<Trial> {
    let Some(task) = scene.facts.task(name) else { return Ok(Trial::UpToDate) };
    // A branch that is gone after its work was integrated has nothing left to merge.
    let Some(tip) = task.effective_tip() else { return Ok(Trial::UpToDate) };
    let scratch = scene.room.repository();
    if scratch.is_ancestor(tip, onto)? {
        return Ok(Trial::UpToDate);
    }
    let merged = scene.room.merge(onto, Incoming { tip, branch: &task.branch })?;
    let clashes = explain(scene, [onto, tip], name, &merged)?;
    let resolved_tree_id = resolve(scene, &merged, &clashes)?;
    let strays = strays(scene, onto, name, &merged)?;
    Ok(Trial::Merge(Box::new(Attempt { tip, merged, clashes, resolved_tree_id, strays })))
}

fn resolve(scene: &Scene<'_>, merged: &Merged, clashes: &[Clash]) -> Result<Option<ObjectId>> {
    let proposals: Option<Vec<&Resolution>> = clashes.iter().map(|clash| clash.proposal.as_ref()).collect();
    let Some(proposals) = proposals.filter(|all| !all.is_empty()) else { return Ok(None) };
    with_resolutions(scene, merged.tree_id, proposals).map(Some)
}

/// The tree with these resolutions in it.
pub fn with_resolutions<'c>(
    scene: &Scene<'_>,
    tree_id: ObjectId,
    resolutions: impl IntoIterator<Item = &'c Resolution>,
) -> Result<ObjectId> {
    let scratch = scene.room.repository();
    let mut entries = Vec::new();
    for (path, file) in resolutions.into_iter().flat_map(|one| &one.files) {
        let entry = match file {
            File::Stored(entry) => Some(*entry),
            File::Gone => None,
            File::Text(content) => match scratch.tree_entry(tree_id, path.as_bstr())? {
                Some(old) => Some(Entry { id: scratch.write_blob(content)?, ..old }),
                None => continue,
            },
        };
        entries.push((path.clone(), entry));
    }
    scene.room.with_entries(tree_id, &entries)
}

/// What would land and is in no scope: neither the task's, nor that of a task that it brings along,
/// nor as the base has it. A verified branch has none; a merge may move files nevertheless, for
/// example into a directory that the other side renamed.
fn strays(scene: &Scene<'_>, onto: ObjectId, name: &TaskName, merged: &Merged) -> Result<Vec<Stray>> {
    let scratch = scene.room.repository();
    let base_trees = base_trees(scene, name)?;
    let incoming = bringing(scene, name);
    let unmerged = |path: &BString| {
        merged.conflicts.iter().flat_map(|conflict| &conflict.paths).any(|conflicted| conflicted == path)
    };
    let mut strays = Vec::new();
    let trees = [scratch.commit(onto)?.tree_id, merged.tree_id];
    let changes = scratch.diff_trees(trees[0], trees[1])?;
    for (path, other) in verdict::collisions_of_merge(scratch, trees, &changes)? {
        let has_both = |tree: &ObjectId| {
            Ok(scratch.has_path(*tree, path.as_bstr())? && scratch.has_path(*tree, other.as_bstr())?)
        };
        let are_bases = base_trees.iter().map(has_both).collect::<Result<Vec<bool>>>()?.contains(&true);
        if !are_bases && !unmerged(&path) {
            strays.push(Stray { path, changed_by: None, owners: Vec::new(), meets: Some(other) });
        }
    }
    strays.sort_by(|a, b| a.path.cmp(&b.path));
    for change in changes {
        let has = |task: &&Task| scope::lookup(&task.scope, change.path.as_bstr()).is_some();
        let owners: Vec<TaskName> =
            scene.facts.plan.tasks.iter().filter(has).map(|task| task.name.clone()).collect();
        let allowed = owners.iter().any(|owner| incoming.contains(owner));
        let is_bases = || -> Result<bool> {
            let has = |tree: &ObjectId| Ok(scratch.tree_entry(*tree, change.path.as_bstr())? == change.new);
            Ok(base_trees.iter().map(has).collect::<Result<Vec<bool>>>()?.contains(&true))
        };
        if !allowed && !unmerged(&change.path) && !is_bases()? {
            let changed_by = nobodys(scene, onto, name, &change.path)?;
            strays.push(Stray { path: change.path, changed_by, owners, meets: None });
        }
    }
    Ok(strays)
}

/// The base as it is where the integration starts, and as the task has it from remotes.
fn base_trees(scene: &Scene<'_>, name: &TaskName) -> Result<Vec<ObjectId>> {
    let scratch = scene.room.repository();
    let mut bases = vec![scene.start];
    let tip = scene.facts.task(name).and_then(|task| task.effective_tip());
    for fetched in &scene.facts.fetched_base_tips {
        bases.extend(tip.map(|tip| scratch.merge_bases(tip, *fetched)).transpose()?.into_iter().flatten());
    }
    bases.into_iter().map(|base| Ok(scratch.commit(base)?.tree_id)).collect()
}

/// The newest commit of a task's branch that changes the path and is no task's own.
fn nobodys(
    scene: &Scene<'_>,
    onto: ObjectId,
    name: &TaskName,
    path: &BString,
) -> Result<Option<(ObjectId, BString)>> {
    let scratch = scene.room.repository();
    let tip = scene.facts.task(name).and_then(|task| task.effective_tip());
    let of_tasks: HashSet<ObjectId> =
        scene.facts.tasks.iter().flat_map(|task| &task.commits).map(|commit| commit.id).collect();
    let known = [&[onto, scene.start], &scene.facts.fetched_base_tips[..]].concat();
    for id in scratch.commits_between(&known, tip.as_slice())? {
        let commit = scratch.commit(id)?;
        if of_tasks.contains(&id) || commit.parent_ids.len() > 1 {
            continue;
        }
        let before = scratch.tree_of(commit.parent_ids.first().copied())?;
        if scratch.tree_entry(before, path.as_bstr())?
            != scratch.tree_entry(commit.tree_id, path.as_bstr())?
        {
            return Ok(Some((id, commit.message.lines().next().unwrap_or_default().into())));
        }
    }
    Ok(None)
}
