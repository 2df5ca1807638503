//! One step, tried: what merging a task into a commit would give. Nothing is changed.

use std::collections::BTreeSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::merges::{Incoming, Merged};
use crate::model::change::Entry;
use crate::model::integration::clash::{self, Clash};
use crate::model::integration::conflict::{Conflict, Side};
use crate::model::integration::hunk::{self, Labels, Section};
use crate::model::integration::trivial::{self, Resolution};
use crate::model::name::TaskName;
use crate::model::scope;
use crate::ops::integrate::gather::Scene;

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
    /// The whole tree with all conflicts resolved, if all of them are trivial.
    pub resolved_tree_id: Option<ObjectId>,
    /// Paths that it would change although nobody who takes part may.
    pub strays: Vec<BString>,
}

/// What git calls the two sides of a step.
pub fn labels(branch: &str) -> Labels {
    Labels { ours: "HEAD".into(), theirs: branch.into() }
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
    let clashes = explain(scene, onto, name, &merged)?;
    let resolved_tree_id = resolve(scene, &merged, &clashes)?;
    let strays = strays(scene, onto, name, &merged)?;
    Ok(Trial::Merge(Box::new(Attempt { tip, merged, clashes, resolved_tree_id, strays })))
}

fn explain(scene: &Scene<'_>, onto: ObjectId, name: &TaskName, merged: &Merged) -> Result<Vec<Clash>> {
    let mut clashes = Vec::new();
    for conflict in &merged.conflicts {
        let earlier = earlier(scene, onto, name)?;
        let mut incoming = bringing(scene, name);
        incoming.retain(|one| !earlier.contains(one));
        let mut theirs = clash::authors(&scene.facts, &incoming, &conflict.paths);
        if theirs.is_empty() {
            theirs.push(name.clone());
        }
        let sections = sections(scene, name, merged, conflict)?;
        let hunks = sections.iter().flatten().filter_map(|section| match section {
            Section::Hunk(hunk) => Some(hunk.clone()),
            Section::Text(_) => None,
        });
        clashes.push(Clash {
            ours: clash::authors(&scene.facts, &earlier, &conflict.paths),
            theirs,
            hunks: hunks.collect(),
            proposal: proposal(conflict, sections.as_deref()),
            conflict: conflict.clone(),
        });
    }
    Ok(clashes)
}

/// The task and those whose commits its branch holds.
fn bringing(scene: &Scene<'_>, name: &TaskName) -> Vec<TaskName> {
    let Some(task) = scene.facts.task(name) else { return Vec::new() };
    let held = task.holds.iter().map(|held| held.task.clone()).chain(task.contains.iter().cloned());
    let all: BTreeSet<TaskName> = held.chain([name.clone()]).collect();
    all.into_iter().collect()
}

/// The other tasks that are in `onto` already.
fn earlier(scene: &Scene<'_>, onto: ObjectId, name: &TaskName) -> Result<Vec<TaskName>> {
    let mut earlier = Vec::new();
    for task in &scene.facts.tasks {
        let Some(tip) = task.effective_tip() else { continue };
        let is_other = task.name != *name && task.has_own_commits();
        if is_other && scene.room.repository().is_ancestor(tip, onto)? {
            earlier.push(task.name.clone());
        }
    }
    Ok(earlier)
}

/// The merged file in sections, where its markers can be read.
fn sections(
    scene: &Scene<'_>,
    name: &TaskName,
    merged: &Merged,
    conflict: &Conflict,
) -> Result<Option<Vec<Section>>> {
    if !clash::has_lines(conflict) {
        return Ok(None);
    }
    let scratch = scene.room.repository();
    let path = conflict.paths[0].as_bstr();
    let Some(entry) = scratch.tree_entry(merged.tree_id, path)? else { return Ok(None) };
    let branch = scene.facts.task(name).map_or("", |task| &task.branch);
    Ok(hunk::sections(&scratch.blob(entry.id)?, &labels(branch)))
}

/// A trivial resolution, where both sides also agree on what kind of file it is.
fn proposal(conflict: &Conflict, sections: Option<&[Section]>) -> Option<Resolution> {
    let kind = |side| conflict.stage(side).map(|entry| entry.kind);
    if kind(Side::Ours) != kind(Side::Theirs) {
        return None;
    }
    trivial::resolve(conflict.paths.first()?.as_bstr(), sections?)
}

fn resolve(scene: &Scene<'_>, merged: &Merged, clashes: &[Clash]) -> Result<Option<ObjectId>> {
    let proposals: Option<Vec<&Resolution>> = clashes.iter().map(|clash| clash.proposal.as_ref()).collect();
    let Some(proposals) = proposals.filter(|all| !all.is_empty()) else { return Ok(None) };
    let scratch = scene.room.repository();
    let mut files: Vec<(Entry, &BStr, &[u8])> = Vec::new();
    for proposal in proposals {
        let Some(entry) = scratch.tree_entry(merged.tree_id, proposal.path.as_bstr())? else {
            return Ok(None);
        };
        files.push((entry, proposal.path.as_bstr(), &proposal.content));
    }
    scene.room.replace_files(merged.tree_id, &files).map(Some)
}

/// What would land and is in no scope: neither the task's, nor that of a task that it brings along,
/// nor as the base has it. A verified branch has none; a merge may move files nevertheless, for
/// example into a directory that the other side renamed.
fn strays(scene: &Scene<'_>, onto: ObjectId, name: &TaskName, merged: &Merged) -> Result<Vec<BString>> {
    let scratch = scene.room.repository();
    let base_tree = scratch.commit(scene.start)?.tree_id;
    let incoming = bringing(scene, name);
    let unmerged = |path: &BString| {
        merged.conflicts.iter().flat_map(|conflict| &conflict.paths).any(|conflicted| conflicted == path)
    };
    let mut strays = Vec::new();
    for change in scratch.diff_trees(scratch.commit(onto)?.tree_id, merged.tree_id)? {
        let tasks = incoming.iter().filter_map(|name| scene.facts.plan.task(name));
        let allowed =
            tasks.into_iter().any(|task| scope::lookup(&task.scope, change.path.as_bstr()).is_some());
        let is_bases =
            || -> Result<bool> { Ok(scratch.tree_entry(base_tree, change.path.as_bstr())? == change.new) };
        if !allowed && !unmerged(&change.path) && !is_bases()? {
            strays.push(change.path);
        }
    }
    Ok(strays)
}
