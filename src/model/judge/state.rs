//! Whether this is the time for the commit: after COMPLETE, before what is needed, with a dirty
//! worktree or without evidence (S1-52, S1-53, S4-22).

use crate::model::finding::state::{Lacks, StateViolation};
use crate::model::finding::{Finding, Severity};
use crate::model::judge::{Case, Step};
use crate::model::message::{self, Prefix};
use crate::model::name::{ItemName, TaskName};
use crate::model::plan::DependencyMode;

/// A need that is not met at the commit that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The needed task.
    pub task: TaskName,
    /// What is needed of it, where the plan says.
    pub item: Option<ItemName>,
    /// How far it is.
    pub lacks: Lacks,
}

/// What is wrong with the moment. Merges may come at any time: they bring what is needed.
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let Step::Own(_) = case.step else { return Vec::new() };
    let mut findings = Vec::new();
    let reopens = case.message.is_some_and(message::reverts_complete);
    if let (Some(complete_commit_id), false) = (case.known.complete, reopens) {
        findings.push(Finding::error(StateViolation::AfterComplete { complete_commit_id }));
    }
    findings.extend(unmet(case));
    if case.message.and_then(message::status) == Some(Prefix::Complete) {
        findings.extend(complete(case));
    }
    findings
}

fn unmet(case: &Case<'_>) -> Vec<Finding> {
    let status = case.message.and_then(message::status);
    let waiting = matches!(status, Some(Prefix::Blocked { .. } | Prefix::Needs { .. }));
    let severity = match case.plan.dependencies {
        DependencyMode::Strict => Severity::Error,
        DependencyMode::Advisory if !waiting => Severity::Warning,
        DependencyMode::Advisory | DependencyMode::None => return Vec::new(),
    };
    let unmet = case.known.unmet.iter().cloned();
    unmet
        .map(|Unmet { task, item, lacks }| {
            Finding::new(severity, StateViolation::Unmet { task, item, lacks })
        })
        .collect()
}

fn complete(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &case.known.dirty {
        Some(paths) if !paths.is_empty() => {
            findings.push(Finding::error(StateViolation::Dirty { paths: paths.clone() }));
        }
        _ => {}
    }
    if !case.known.no_evidence.is_empty() {
        let commands = case.known.no_evidence.clone();
        findings.push(Finding::error(StateViolation::NoEvidence { commands }));
    }
    findings
}
