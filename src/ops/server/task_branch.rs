//! The branch of a task: whatever its worker makes of it, each of its commits keeps to the rules.
//!
//! It may be rewritten, for a worker rebases and amends, but not so that work of it is gone: what a
//! commit did is still there in some form, or was never allowed. The branch goes only when its work is
//! somewhere else. All of it is judged, not only what the push adds: a rule that an older commit broke is
//! broken still.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::{Finding, PushViolation};
use crate::model::plan::Task;
use crate::model::push::Update;
use crate::model::ref_role;
use crate::model::scope;
use crate::ops::server::landing;
use crate::ops::server::scene::Scene;
use crate::ops::verdict;

/// What is wrong with the branch as it would be.
pub fn judge(
    scene: &Scene<'_>,
    update: &Update,
    (recorded, task): (&RecordedPlan, &Task),
) -> Result<Vec<Finding>> {
    let Some(new) = update.new else { return deletion(scene, update, recorded) };
    if !scene.after().contains(recorded.base_commit_id) {
        return Ok(vec![no_base(recorded)]);
    }
    let facts = scene.facts(recorded)?;
    let Some(task_facts) = facts.task(&task.name) else { return Ok(Vec::new()) };
    if task_facts.is_cut_off || task_facts.tip != Some(new) {
        let mut why = facts.unknown.iter().filter(|words| words.contains(task.name.as_str()));
        let why = why.next().cloned().unwrap_or_else(|| "its history does not lead to the run's base".into());
        return Ok(vec![Finding::error(PushViolation::Unknown { why })]);
    }
    let mut findings = discarded(scene, update, (recorded, task, new))?;
    findings.extend(scene.unsound(recorded)?.get(&task.name).cloned().unwrap_or_default());
    findings.extend(verdicts(scene, facts, (recorded, task_facts))?);
    // What is only remarked was remarked when it came.
    let added = added(scene, update, new)?;
    findings.retain(|one| one.is_error() || one.commit_id.is_none_or(|id| added.contains(&id)));
    Ok(findings)
}

/// What is wrong with its commits. What they build on may have landed without its own branch being here:
/// it was judged then, or is judged with this push, which is refused whole.
fn verdicts(
    scene: &Scene<'_>,
    facts: &Facts,
    (recorded, task): (&RecordedPlan, &TaskFacts),
) -> Result<Vec<Finding>> {
    let found = verdict::of_branch(scene.after(), facts, task)?;
    if !found.iter().any(Finding::is_error) {
        return Ok(found);
    }
    let mut landed = landing::landed(scene, recorded)?;
    landed.remove(&branch::full(&task.branch));
    if landed.is_empty() {
        return Ok(found);
    }
    let scene = scene.with_branches(&landed)?;
    let facts = scene.facts(recorded)?;
    let Some(task) = facts.task(&task.name) else { return Ok(found) };
    let mut findings = Vec::new();
    for finding in verdict::of_branch(scene.after(), facts, task)? {
        if !landing::was_there(&scene, recorded, &finding)? {
            findings.push(finding);
        }
    }
    Ok(findings)
}

/// The base that the run needs here.
pub fn no_base(recorded: &RecordedPlan) -> Finding {
    let base = recorded.base_ref.as_deref().unwrap_or(&recorded.plan.base);
    Finding::error(PushViolation::NoBase {
        base_commit_id: recorded.base_commit_id,
        base: branch::short(base).to_owned(),
    })
}

/// A branch may go when its work is in the base or in what is going to land there.
pub fn deletion(scene: &Scene<'_>, update: &Update, recorded: &RecordedPlan) -> Result<Vec<Finding>> {
    let Some(old) = update.old.filter(|_| !scene.is_plan_writer()) else { return Ok(Vec::new()) };
    let into = shared(recorded, &update.name);
    if is_merged(scene, old, &into)? {
        return Ok(Vec::new());
    }
    Ok(vec![Finding::error(PushViolation::Unmerged {
        branch: branch::short(&update.name).to_owned(),
        into: into.iter().map(|name| branch::short(name).to_owned()).collect(),
        keeper: scene.keeper(),
    })])
}

/// The commits that the branch has and would lose, where what they did would be lost with them: at
/// some path the new branch is as both were before.
fn discarded(
    scene: &Scene<'_>,
    update: &Update,
    (recorded, task, new): (&RecordedPlan, &Task, ObjectId),
) -> Result<Vec<Finding>> {
    let repo = scene.after();
    let is_readable = |old: &ObjectId| repo.contains(*old) && !scene.is_plan_writer();
    let Some(old) = update.old.filter(is_readable) else { return Ok(Vec::new()) };
    if repo.is_ancestor(old, new)? || is_merged(scene, old, &shared(recorded, &update.name))? {
        return Ok(Vec::new());
    }
    let fork = repo.merge_bases(old, new)?.first().copied();
    let (fork, old_tree, new_tree) =
        (repo.tree_of(fork)?, repo.tree_of(Some(old))?, repo.tree_of(Some(new))?);
    let is_lost = |path: &BStr| -> Result<bool> {
        let (was, had) = (repo.tree_entry(fork, path)?, repo.tree_entry(old_tree, path)?);
        Ok(had != was && repo.tree_entry(new_tree, path)? == was)
    };
    let mut findings = Vec::new();
    for id in gone(scene, recorded, old, new)? {
        let commit = repo.commit(id)?;
        let &[parent] = commit.parent_ids.as_slice() else { continue };
        for change in repo.diff_trees(repo.tree_of(Some(parent))?, commit.tree_id)? {
            let path = change.path;
            if scope::lookup(&task.scope, path.as_bstr()).is_some() && is_lost(path.as_bstr())? {
                let branch = branch::short(&update.name).to_owned();
                findings.push(Finding::error(PushViolation::Discarded { branch, path }).at(id));
                break;
            }
        }
    }
    Ok(findings)
}

/// What the branch had on its own and would not have, newest first.
fn gone(scene: &Scene<'_>, recorded: &RecordedPlan, old: ObjectId, new: ObjectId) -> Result<Vec<ObjectId>> {
    let mut kept = vec![new, recorded.base_commit_id];
    for name in ref_role::branches(&recorded.plan, recorded.base_ref.as_deref()) {
        kept.extend(scene.after().ref_commit(&branch::full(&name)).ok().flatten());
    }
    scene.after().commits_between(&kept, &[old])
}

/// Where the work of a branch of the run goes.
fn shared(recorded: &RecordedPlan, name: &str) -> Vec<String> {
    let mut into = vec![recorded.base_ref.clone().unwrap_or_else(|| branch::full(&recorded.plan.base))];
    let integration = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
    into.extend((integration != name).then_some(integration));
    into
}

fn is_merged(scene: &Scene<'_>, tip: ObjectId, into: &[String]) -> Result<bool> {
    for name in into {
        if let Some(into) = scene.after().ref_commit(name)?
            && scene.after().is_ancestor(tip, into)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The commits that the push adds to the ref.
pub fn added(scene: &Scene<'_>, update: &Update, new: ObjectId) -> Result<HashSet<ObjectId>> {
    let old: Vec<ObjectId> = update.old.filter(|old| scene.after().contains(*old)).into_iter().collect();
    Ok(scene.after().commits_between(&old, &[new])?.into_iter().collect())
}
