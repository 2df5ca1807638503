//! Journals and records: one writer each, and they only grow.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::facts::TaskFacts;
use crate::model::finding::{Finding, PushViolation};
use crate::model::journal::Entry;
use crate::model::name::RunName;
use crate::model::push::Update;
use crate::model::ref_role::DataRef;
use crate::ops::server::scene::Scene;

/// What is wrong with the ref as it would be. Where the run has no plan it is nobody's.
pub fn judge(scene: &Scene<'_>, update: &Update, (run, role): (&RunName, &DataRef)) -> Result<Vec<Finding>> {
    if let Some(error) = scene.unreadable.get(run) {
        return Ok(vec![Finding::error(PushViolation::Unknown { why: error.clone() })]);
    }
    let Some(recorded) = scene.plans.get(run) else { return Ok(Vec::new()) };
    if matches!(role, DataRef::Other(_)) {
        return Ok(Vec::new());
    }
    let what = role.to_string();
    let Some(new) = update.new else {
        let may_go = scene.is_plan_writer() || is_finished(scene, recorded)?;
        let refused = || Finding::error(PushViolation::Deleted { what, run: run.clone() });
        return Ok(if may_go { Vec::new() } else { vec![refused()] });
    };
    let holds =
        |holds: String| Ok(vec![Finding::error(PushViolation::Malformed { what: what.clone(), holds })]);
    let Ok(commit) = scene.after().commit(new) else { return holds(format!("{new} is no commit")) };
    if let Some(old) = update.old
        && !scene.after().is_ancestor(old, new)?
    {
        return Ok(vec![Finding::error(PushViolation::Rewritten { what })]);
    }
    match role {
        DataRef::Journal(_) => match stray_entry(scene, update, new)? {
            Some(id) => holds(format!("{} is no entry of a journal", id.to_hex_with_len(10))),
            None => Ok(Vec::new()),
        },
        _ => match scene.after().stray_in_notes(commit.tree_id)? {
            Some(path) => holds(format!("{path} is no note")),
            None => Ok(Vec::new()),
        },
    }
}

/// The first commit that the push adds and that is no entry.
fn stray_entry(scene: &Scene<'_>, update: &Update, new: ObjectId) -> Result<Option<ObjectId>> {
    let stop: HashSet<ObjectId> = update.old.into_iter().collect();
    for id in scene.after().first_parents(new, &stop)? {
        let commit = scene.after().commit(id)?;
        let entry = Entry::from_message(commit.message.as_bstr(), commit.time);
        if entry.is_none() || commit.parent_ids.len() > 1 {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whether every task's work is integrated, or its branch was removed after it was; as the
/// repository is before the push.
fn is_finished(scene: &Scene<'_>, recorded: &RecordedPlan) -> Result<bool> {
    let facts = scene.push.repo.survey(recorded, Depth::History)?;
    Ok(facts.unknown.is_empty() && facts.tasks.iter().all(TaskFacts::is_integrated))
}
