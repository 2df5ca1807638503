//! The plan of a run: whoever starts a run brings it, and from then on it is not a worker's to change.
//!
//! A worker that could push a plan could widen its own scope. So after the first version only those
//! may who are named in the repository's own configuration, which no push can change; until somebody
//! is named, that is nobody.

use anyhow::Result;

use crate::git::head::Head;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::finding::{Finding, PushViolation, Severity};
use crate::model::name::RunName;
use crate::model::plan::check;
use crate::model::push::Update;
use crate::model::ref_role::{self, BranchRole};
use crate::ops::server::landing;
use crate::ops::server::scene::Scene;
use crate::ops::server::task_branch::no_base;

/// What is wrong with the plan as it would be.
pub fn judge(scene: &Scene<'_>, update: &Update, run: &RunName) -> Result<Vec<Finding>> {
    let is_first = update.old.is_none();
    if !scene.is_plan_writer() && (!is_first || scene.has_plan_writers()) {
        let wrong = PushViolation::Plan { run: run.clone(), keeper: scene.keeper() };
        return Ok(vec![Finding::error(wrong)]);
    }
    if update.new.is_none() {
        return Ok(Vec::new());
    }
    let invalid = |what: String| vec![Finding::error(PushViolation::PlanInvalid { what })];
    let recorded = match scene.after().read_plan(run) {
        Ok(recorded) => recorded,
        Err(error) => {
            let words = format!("{:#}", error.root_cause());
            return Ok(invalid(words.lines().next().unwrap_or_default().to_owned()));
        }
    };
    if recorded.plan.run != *run {
        return Ok(invalid(format!("it is the plan of {}, not of {run}", recorded.plan.run)));
    }
    let findings = check::check(&recorded.plan);
    if let Some(error) = findings.iter().find(|finding| finding.severity == Severity::Error) {
        return Ok(invalid(error.to_string()));
    }
    let before = scene.push.repo.read_plan(run).ok();
    let before = before.or_else(|| scene.push.repo.read_older_plan(run));
    if let Some(why) = before.and_then(|before| moves_base(&before, &recorded)) {
        return Ok(invalid(why.into()));
    }
    if !scene.after().contains(recorded.base_commit_id) {
        return Ok(vec![no_base(&recorded)]);
    }
    let mut findings: Vec<Finding> = clashes(scene, &recorded)?.into_iter().map(Finding::error).collect();
    if is_first {
        findings.extend(landing::early(scene, &recorded)?);
    }
    Ok(findings)
}

/// What of the base an amendment changes, which the run was started from: no command of ours does, and
/// what is in the base is judged as nobody's.
fn moves_base(before: &RecordedPlan, after: &RecordedPlan) -> Option<&'static str> {
    let commit = "it starts from another commit than the run did";
    let branch = "its base is another branch than the run was started from";
    let upstream = "its base follows another branch than it did when the run was started";
    match () {
        () if before.base_commit_id != after.base_commit_id => Some(commit),
        () if before.base_ref != after.base_ref => Some(branch),
        () if before.base_upstream != after.base_upstream => Some(upstream),
        () => None,
    }
}

/// The branches that the plan takes although they are somebody's: another run's, or the one that the
/// repository hands to whoever clones it.
fn clashes(scene: &Scene<'_>, recorded: &RecordedPlan) -> Result<Vec<PushViolation>> {
    let plan = &recorded.plan;
    let default = match scene.push.repo.head() {
        Ok(Head::Branch { name, .. }) => Some(name),
        _ => None,
    };
    let mut clashes = Vec::new();
    for short in ref_role::branches(plan, None) {
        let name = branch::full(&short);
        let others = scene.plans.values().filter(|other| other.plan.run != plan.run);
        let mut owners =
            others.filter(|other| BranchRole::of(&other.plan, other.base_ref.as_deref(), &name).is_some());
        if let Some(owner) = owners.next() {
            let owner = Some(owner.plan.run.clone());
            clashes.push(PushViolation::PlanClash { branch: short, owner });
        } else if default.as_ref() == Some(&name) {
            clashes.push(PushViolation::PlanClash { branch: short, owner: None });
        }
    }
    Ok(clashes)
}
