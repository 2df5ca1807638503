//! Journals and records: one writer each, and they only grow.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::facts::TaskFacts;
use crate::model::finding::{Finding, PushViolation};
use crate::model::journal::{self, Entry};
use crate::model::name::{RunName, TaskName};
use crate::model::push::Update;
use crate::model::record::Record;
use crate::model::ref_role::DataRef;
use crate::ops::server::scene::Scene;

/// What is wrong with the ref as it would be. Where the run has no plan it is nobody's.
pub fn judge(scene: &Scene<'_>, update: &Update, (run, role): (&RunName, &DataRef)) -> Result<Vec<Finding>> {
    if let Some(damaged) = scene.damaged.get(run) {
        return Ok(vec![Finding::error(damaged.violation(run))]);
    }
    let Some(recorded) = scene.plans.get(run) else { return Ok(Vec::new()) };
    let what = role.to_string();
    let is_workers =
        role.writer().is_some_and(|name| recorded.plan.tasks.iter().any(|one| one.name.as_str() == name));
    if !is_workers && scene.has_plan_writers() && !scene.is_plan_writer() {
        return Ok(vec![Finding::error(PushViolation::Orchestrator { what, keeper: scene.keeper() })]);
    }
    let Some(writer) = role.writer() else { return Ok(Vec::new()) };
    let Some(new) = update.new else {
        let may_go = scene.is_plan_writer() || is_finished(scene, recorded)?;
        let refused = || Finding::error(PushViolation::Deleted { what, run: run.clone() });
        return Ok(if may_go { Vec::new() } else { vec![refused()] });
    };
    let malformed =
        |holds: String| Ok(vec![Finding::error(PushViolation::Malformed { what: what.clone(), holds })]);
    let Ok(commit) = scene.after().commit(new) else { return malformed(format!("{new} is no commit")) };
    if let Some(old) = update.old
        && !scene.after().is_ancestor(old, new)?
    {
        return Ok(vec![Finding::error(PushViolation::Rewritten { what })]);
    }
    let holds = match role {
        DataRef::Journal(_) => stray_entry(scene, update, (writer, new))?,
        _ => stray_note(scene, update, (run, writer, commit.tree_id))?,
    };
    holds.map_or_else(|| Ok(Vec::new()), malformed)
}

/// What the first commit is that the push adds and that is no entry of this writer's.
fn stray_entry(
    scene: &Scene<'_>,
    update: &Update,
    (writer, new): (&str, ObjectId),
) -> Result<Option<String>> {
    let stop: HashSet<ObjectId> = update.old.into_iter().collect();
    for id in scene.after().first_parents(new, &stop)? {
        let commit = scene.after().commit(id)?;
        let entry = Entry::from_message(commit.message.as_bstr(), commit.time);
        let entry = entry.filter(|_| commit.parent_ids.len() < 2);
        let id = id.to_hex_with_len(10);
        let Some(entry) = entry else { return Ok(Some(format!("{id} is no entry of a journal"))) };
        let of = entry.task.as_ref().map_or(writer, TaskName::as_str);
        if entry.writer != writer {
            return Ok(Some(format!("{id} is an entry of {}", entry.writer)));
        }
        if of != writer && writer != journal::ORCHESTRATOR {
            return Ok(Some(format!("{id} speaks of {of}")));
        }
    }
    Ok(None)
}

/// What the first note is that the push adds and that is none, or a record of something else.
fn stray_note(
    scene: &Scene<'_>,
    update: &Update,
    (run, task, tree_id): (&RunName, &str, ObjectId),
) -> Result<Option<String>> {
    let repo = scene.after();
    if let Some(path) = repo.stray_in_notes(tree_id)? {
        return Ok(Some(format!("{path} is no note")));
    }
    for change in repo.diff_trees(repo.tree_of(update.old)?, tree_id)? {
        let Some(note) = change.new else { continue };
        let Some(record) = Record::parse(repo.blob(note.id)?.as_bstr()) else { continue };
        if record.run != *run || record.task.as_str() != task {
            let (path, of, of_run) = (change.path.replace("/", ""), record.task, record.run);
            let on = path.to_str_lossy();
            return Ok(Some(format!("the note on {on:.10} is a record of {of} in {of_run}")));
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
