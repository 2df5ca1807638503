//! A conflict, explained: who wrote each side, where they disagree, and what would settle it.

use std::collections::BTreeSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::merges::Merged;
use crate::model::integration::clash::{self, Clash};
use crate::model::integration::conflict::{Conflict, Side};
use crate::model::integration::hunk::{self, Section};
use crate::model::integration::resolution::{File, How, Resolution};
use crate::model::integration::trivial;
use crate::model::name::TaskName;
use crate::ops::integrate::authors::Authors;
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::memory::Memory;
use crate::ops::integrate::trial::labels;

/// Every conflict of merging the tip of a task into `onto`.
pub fn explain(
    scene: &Scene<'_>,
    [onto, tip]: [ObjectId; 2],
    name: &TaskName,
    merged: &Merged,
) -> Result<Vec<Clash>> {
    if merged.conflicts.is_empty() {
        return Ok(Vec::new());
    }
    let earlier = earlier(scene, onto, name)?;
    let mut incoming = bringing(scene, name);
    incoming.retain(|one| !earlier.contains(one));
    let memory = scene.memory()?;
    let mut authors = Authors::of(scene, [onto, tip], name);
    let names = labels(scene.facts.task(name).map_or("", |task| &task.branch));
    let mut clashes = Vec::new();
    for conflict in &merged.conflicts {
        let told = conflict.clone().with_real_names([&names.ours, &names.theirs]);
        let mut theirs = clash::authors(&scene.facts, &incoming, &told);
        if theirs.is_empty() {
            theirs.push(name.clone());
        }
        let sections = sections(scene, name, merged, conflict)?;
        clashes.push(Clash {
            hunks: sections.as_deref().map_or(Vec::new(), |sections| authors.disputes(conflict, sections)),
            proposal: proposal(scene, memory, conflict, sections.as_deref())?,
            ours: clash::authors(&scene.facts, &earlier, &told),
            theirs,
            told,
            conflict: conflict.clone(),
        });
    }
    Ok(clashes)
}

/// The task and those whose commits its branch holds.
pub fn bringing(scene: &Scene<'_>, name: &TaskName) -> Vec<TaskName> {
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

/// The plan's word on a file that a command makes.
fn generated(scene: &Scene<'_>, conflict: &Conflict) -> Option<Resolution> {
    let path = conflict.paths.first()?;
    let plan = &scene.facts.plan.integrate.generated;
    let command = &plan.iter().find(|one| *path == one.path.as_str())?.run;
    if conflict.stages.iter().any(|stage| stage.path != *path) {
        return None;
    }
    let side = conflict.stage(Side::Ours).or_else(|| conflict.stage(Side::Theirs))?;
    let files = vec![(path.clone(), File::Stored(*side))];
    Some(Resolution { how: How::Generated(command.clone()), files, kept: Vec::new() })
}

/// What a person decided before goes first; then a trivial resolution, where both sides also agree on
/// what kind of file it is.
fn proposal(
    scene: &Scene<'_>,
    memory: &Memory,
    conflict: &Conflict,
    sections: Option<&[Section]>,
) -> Result<Option<Resolution>> {
    if let Some(same) = memory.same(conflict) {
        return Ok(Some(same));
    }
    if let Some(generated) = generated(scene, conflict) {
        return Ok(Some(generated));
    }
    let Some(sections) = sections else { return Ok(None) };
    let kind = |side| conflict.stage(side).map(|entry| entry.kind);
    if kind(Side::Ours) != kind(Side::Theirs) {
        return Ok(None);
    }
    match trivial::resolve(conflict.paths[0].as_bstr(), sections) {
        Some(trivial) => Ok(Some(trivial)),
        None => memory.similar(&scene.room, &conflict.paths[0], sections),
    }
}
