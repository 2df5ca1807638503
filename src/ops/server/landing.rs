//! The integration branch and the base: what lands there of a task is work that was found good.
//!
//! What belongs to no task passes, however it is made; these are everybody's branches. A commit is a
//! task's if it is on that task's branch, or, where it is on none, if it says so by declaring a
//! status. The second kind is a cherry-pick, or work whose branch was never pushed: it passes if some
//! task may make that change.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::finding::{Finding, PushViolation, Violation};
use crate::model::message;
use crate::model::name::TaskName;
use crate::model::push::Update;
use crate::model::ref_role::BranchRole;
use crate::ops::server::scene::Scene;
use crate::ops::server::task_branch;
use crate::ops::verdict;

/// What is wrong with the branch as it would be.
pub fn judge(
    scene: &Scene<'_>,
    update: &Update,
    (recorded, role): (&RecordedPlan, BranchRole<'_>),
) -> Result<Vec<Finding>> {
    let Some(new) = update.new else {
        return match role {
            BranchRole::Integration => task_branch::deletion(scene, update, recorded),
            _ => Ok(Vec::new()),
        };
    };
    if !scene.after().contains(recorded.base_commit_id) {
        // The run has not come here yet.
        return Ok(Vec::new());
    }
    let landed = landed(scene, update, (recorded, new))?;
    let branch = branch::short(&update.name).to_owned();
    let mut findings = Vec::new();
    let mut known: HashSet<ObjectId> = HashSet::new();
    for other in scene.plans.values() {
        for task in &scene.facts(other)?.tasks {
            known.extend(task.commits.iter().map(|commit| commit.id));
        }
    }
    let facts = scene.facts(recorded)?;
    for task in facts.tasks.iter().filter(|task| task.commits.iter().any(|one| landed.contains(&one.id))) {
        let found = verdict::of_branch(scene.after(), facts, task)?;
        let here = |one: &&Finding| one.is_error() && one.commit_id.is_none_or(|id| landed.contains(&id));
        findings.extend(found.iter().filter(here).map(|one| unverified(&branch, Some(&task.name), one)));
    }
    for id in landed.iter().filter(|id| !known.contains(*id)) {
        findings.extend(stray(scene, &branch, *id)?);
    }
    Ok(findings)
}

/// The commits that would be on the branch and were judged on no shared branch before.
fn landed(
    scene: &Scene<'_>,
    update: &Update,
    (recorded, new): (&RecordedPlan, ObjectId),
) -> Result<Vec<ObjectId>> {
    let mut names = vec![branch::full(&recorded.plan.layout.integration(&recorded.plan.run))];
    names.extend(recorded.base_ref.clone());
    let mut hidden = vec![recorded.base_commit_id];
    for name in names {
        hidden.extend(scene.before(&name).ok().flatten());
    }
    hidden.extend(update.old.filter(|old| scene.after().contains(*old)));
    scene.after().commits_between(&hidden, &[new])
}

/// A commit that declares a task's status and is on no task's branch.
fn stray(scene: &Scene<'_>, branch: &str, id: ObjectId) -> Result<Option<Finding>> {
    let commit = scene.after().commit(id)?;
    let &[parent] = commit.parent_ids.as_slice() else { return Ok(None) };
    if message::status(commit.message.as_bstr()).is_none() {
        return Ok(None);
    }
    let change = scene.after().diff_trees(scene.after().commit(parent)?.tree_id, commit.tree_id)?;
    let commit = commit.into_own(change, None);
    let mut wrong = None;
    for recorded in scene.plans.values() {
        for task in &recorded.plan.tasks {
            let found = verdict::of_commit(scene.after(), recorded, task, &commit)?;
            let about_change = |one: &Finding| {
                one.is_error() && matches!(one.violation, Violation::Path(_) | Violation::Message(_))
            };
            match found.into_iter().find(about_change) {
                None => return Ok(None),
                Some(one) => wrong = wrong.or(Some(one)),
            }
        }
    }
    Ok(wrong.map(|one| {
        let path = one.path().map(|path| format!(", such as {}", path.to_str_lossy()));
        let why = format!("no task may make all of its changes{}", path.unwrap_or_default());
        Finding::error(PushViolation::Unverified { branch: branch.to_owned(), task: None, why: Some(why) })
            .at(id)
    }))
}

fn unverified(branch: &str, task: Option<&TaskName>, wrong: &Finding) -> Finding {
    let finding = Finding::error(PushViolation::Unverified {
        branch: branch.to_owned(),
        task: task.cloned(),
        why: Some(format!("{}: {wrong}", wrong.rule())),
    });
    Finding { commit_id: wrong.commit_id, ..finding }
}
