//! What is wrong with a push that has arrived, ref by ref.
//!
//! The refs of a push are judged together, as they would be afterwards: a plan, the branches of its
//! tasks and their records may come in one push. That is why a push is refused whole: a branch that
//! is good under a plan which is refused is not known to be good. A branch that belongs to no run is
//! no business of ours, and where there is no plan there is no run.

use anyhow::Result;

use crate::git::Repository;
use crate::git::refs::Target;
use crate::model::finding::{Finding, PushViolation};
use crate::model::hint;
use crate::model::push::{Judged, Update};
use crate::model::ref_role::{BranchRole, DataRef};
use crate::ops::server::scene::{Push, Scene};
use crate::ops::server::{data, landing, plans, task_branch};

/// Judges it; one answer for each update, in its order.
pub fn judge(push: &Push<'_>) -> Result<Vec<Judged>> {
    let Some(scene) = Scene::of(push)? else {
        let fine = push.updates.iter().map(|update| Judged::new(update.clone(), Vec::new()));
        return Ok(fine.collect());
    };
    let judge = |(said, update): (&Update, &Update)| {
        // What cannot be judged is never taken for good, and does not hide what is wrong elsewhere.
        let mut findings = judge_one(&scene, update).unwrap_or_else(|error| {
            vec![Finding::error(PushViolation::Unknown { why: format!("{error:#}") })]
        });
        findings.extend(stale(said, update));
        Judged::new(update.clone(), findings)
    };
    let mut judged: Vec<Judged> = push.updates.iter().zip(&scene.updates).map(judge).collect();
    if let Some(first) = judged.first_mut() {
        first.findings.extend(damaged(&scene));
    }
    if judged.iter().any(Judged::is_refused) {
        judged.iter_mut().for_each(|one| one.is_forced = is_forced(&scene, &one.update));
    }
    Ok(judged)
}

/// Whether the update is none that git makes without being told twice.
fn is_forced(scene: &Scene<'_>, update: &Update) -> bool {
    let (Some(old), Some(new)) = (update.old, update.new) else { return false };
    !scene.after().is_ancestor(old, new).unwrap_or(false)
}

/// A push into a namespace (gitnamespaces(7)) moves other refs than those of the same names here. Where
/// they hold no run there is nothing to judge, and the runs of the repository are not concerned.
///
/// # Errors
/// Where they do, for that is not supported.
pub fn of_namespace(repo: &Repository, namespace: &str, updates: &[Update]) -> Result<()> {
    let parts = namespace.split('/').filter(|part| !part.is_empty());
    let prefix: String = parts.map(|part| format!("refs/namespaces/{part}/")).collect();
    let has_runs = !repo.refs_under(&format!("{prefix}refs/orchestrate/"))?.is_empty();
    if !has_runs && !updates.iter().any(|update| DataRef::of(&update.name).is_some()) {
        return Ok(());
    }
    Err(hint::error(
        format!("the namespace {namespace} has runs, and a push into a namespace cannot be judged"),
        "keep a run in a repository of its own, where nothing sets GIT_NAMESPACE",
    ))
}

/// A ref that is elsewhere than the push says. git would refuse this one only and take the others, which
/// were judged together with it. To delete what is not there is no harm, and a name that is not Unicode
/// cannot be looked up; it is no run's.
fn stale(said: &Update, update: &Update) -> Option<Finding> {
    let is_gone = update.old.is_none() && update.new.is_none();
    let is_readable = !update.name.contains(char::REPLACEMENT_CHARACTER);
    let is_stale = said.old != update.old && !is_gone && is_readable;
    is_stale.then(|| Finding::error(PushViolation::Stale { said: said.old, actual: update.old }))
}

/// What is not judged now, because nobody knows what belongs to the run.
fn damaged(scene: &Scene<'_>) -> Vec<Finding> {
    scene.damaged.iter().map(|(run, damaged)| Finding::warning(damaged.violation(run))).collect()
}

fn judge_one(scene: &Scene<'_>, update: &Update) -> Result<Vec<Finding>> {
    if let Some(symbolic) = symbolic(scene, update)? {
        return Ok(vec![symbolic]);
    }
    let is_made = update.old.is_none() && update.new.is_some();
    if let Some(other) = scene.blocked_by(&update.name).filter(|_| is_made) {
        let (name, other) = (update.name.clone(), other.to_owned());
        return Ok(vec![Finding::error(PushViolation::Blocks { name, other })]);
    }
    if let Some((run, role)) = DataRef::of(&update.name) {
        return match role {
            DataRef::Plan => plans::judge(scene, update, &run),
            role => data::judge(scene, update, (&run, &role)),
        };
    }
    let mut findings = Vec::new();
    for (recorded, role) in scene.roles(&update.name) {
        findings.extend(match role {
            BranchRole::Task(task) => task_branch::judge(scene, update, (recorded, task))?,
            BranchRole::Integration | BranchRole::Base => landing::judge(scene, update, (recorded, role))?,
        });
    }
    for (run, damaged) in &scene.damaged {
        if scene.may_have(run, damaged, &update.name) || landing::may_bring(scene, update, damaged)? {
            findings.push(Finding::error(damaged.violation(run)));
        }
    }
    Ok(findings)
}

/// A symbolic ref moves the one that it leads to, under another name than that one is judged by.
fn symbolic(scene: &Scene<'_>, update: &Update) -> Result<Option<Finding>> {
    let Some(Target::Symbolic(target)) = scene.push.repo.ref_target(&update.name)? else { return Ok(None) };
    let is_ours = |name: &str| DataRef::of(name).is_some() || scene.roles(name).next().is_some();
    let name = update.name.clone();
    let found = is_ours(&name) || is_ours(&target);
    Ok(found.then(|| Finding::error(PushViolation::Symbolic { name, target })))
}
