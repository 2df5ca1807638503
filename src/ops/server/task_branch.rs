//! The branch of a task: whatever its worker makes of it, each of its commits keeps to the rules.
//!
//! It may be rewritten, for a worker rebases and amends. It goes only when its work is somewhere
//! else. All of it is judged, not only what the push adds: a rule that an older commit broke is
//! broken still.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::finding::{Finding, PushViolation};
use crate::model::plan::Task;
use crate::model::push::Update;
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
    let mut findings = scene.unsound(recorded)?.get(&task.name).cloned().unwrap_or_default();
    findings.extend(verdict::of_branch(scene.after(), facts, task_facts)?);
    // What is only remarked was remarked when it came.
    let added = added(scene, update, new)?;
    findings.retain(|one| one.is_error() || one.commit_id.is_none_or(|id| added.contains(&id)));
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
    let mut into = vec![recorded.base_ref.clone().unwrap_or_else(|| branch::full(&recorded.plan.base))];
    let integration = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
    into.extend((integration != update.name).then_some(integration));
    for name in &into {
        if let Some(tip) = scene.after().ref_commit(name)?
            && scene.after().is_ancestor(old, tip)?
        {
            return Ok(Vec::new());
        }
    }
    Ok(vec![Finding::error(PushViolation::Unmerged {
        branch: branch::short(&update.name).to_owned(),
        into: into.iter().map(|name| branch::short(name).to_owned()).collect(),
    })])
}

/// The commits that the push adds to the ref.
pub fn added(scene: &Scene<'_>, update: &Update, new: ObjectId) -> Result<HashSet<ObjectId>> {
    let old: Vec<ObjectId> = update.old.filter(|old| scene.after().contains(*old)).into_iter().collect();
    Ok(scene.after().commits_between(&old, &[new])?.into_iter().collect())
}
