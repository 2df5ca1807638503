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

/// What is wrong with the moment. Merges may come at any time: they bring what is needed. What is
/// known of the moment of one is held against the own work in it.
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_merge = matches!(case.step, Step::Merge { .. });
    // Whether an own commit takes the COMPLETE back stands in its message.
    let goes_on = || is_merge || case.message.is_some_and(|text| !message::reverts_complete(text));
    if let Some(complete_commit_id) = case.known.complete.filter(|_| goes_on()) {
        findings.push(Finding::error(StateViolation::AfterComplete { complete_commit_id }));
    }
    let status = case.message.and_then(message::status);
    findings.extend(unmet(case, status.as_ref()));
    if status == Some(Prefix::Complete) {
        findings.extend(complete(case));
    }
    findings
}

fn unmet(case: &Case<'_>, status: Option<&Prefix>) -> Vec<Finding> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::judge::sample;
    use crate::model::judge::{Known, judge};

    fn check(known: &Known, message: &str, expect: &[&str]) {
        let plan = sample::plan();
        let case = sample::case(&plan, Step::Own(&[]), known, Some(message));
        let rules: Vec<&str> = judge(&case).iter().map(Finding::rule).collect();
        assert_eq!(rules, expect, "{message:?} with {known:?}");
    }

    #[test]
    fn nothing_follows_a_complete_but_its_revert() {
        let known = Known { complete: Some(sample::id(1)), ..Known::default() };
        check(&known, "[CHECKPOINT] More", &["state/after-complete"]);
        check(&known, "[COMPLETE] Again", &["state/after-complete"]);
        check(&known, "Revert \"[COMPLETE] Done\"", &[]);
        check(&known, "Revert \"[CHECKPOINT] Half\"", &["state/after-complete"]);
        check(&Known::default(), "[CHECKPOINT] More", &[]);
    }

    #[test]
    fn own_work_in_a_merge_has_its_time() {
        let known = Known { complete: Some(sample::id(1)), ..Known::default() };
        let mut plan = sample::plan();
        plan.dependencies = DependencyMode::Strict;
        let rules = |known: &Known| {
            let case = sample::case(&plan, Step::Merge { paths: &[], sides: &[] }, known, None);
            judge(&case).iter().map(Finding::rule).collect::<Vec<_>>()
        };
        assert_eq!(rules(&known), ["state/after-complete"]);
        let need = Unmet { task: sample::name("task-2-models"), item: None, lacks: Lacks::Completion };
        assert_eq!(rules(&Known { unmet: vec![need], ..Known::default() }), ["state/dependency"]);
        assert_eq!(rules(&Known::default()), Vec::<&str>::new());
    }

    #[test]
    fn complete_asks_for_more_than_the_others() {
        let known = Known {
            dirty: Some(vec!["api/x.py".into()]),
            no_evidence: vec!["cargo test".into()],
            ..Known::default()
        };
        check(&known, "[COMPLETE] Done", &["state/dirty", "state/evidence"]);
        check(&known, "[CHECKPOINT] Half", &[]);
        check(&Known { dirty: Some(Vec::new()), ..Known::default() }, "[COMPLETE] Done", &[]);
    }

    #[test]
    fn a_need_is_a_warning_unless_the_plan_is_strict() {
        let need = Unmet { task: sample::name("task-2-models"), item: None, lacks: Lacks::Merge };
        let known = Known { unmet: vec![need], ..Known::default() };
        check(&known, "[CHECKPOINT] Half", &["state/dependency"]);
        check(&known, "[NEEDS:task-2/Model] Waiting", &[]);
        let mut plan = sample::plan();
        plan.dependencies = DependencyMode::Strict;
        let case = sample::case(&plan, Step::Own(&[]), &known, Some("[NEEDS:task-2/Model]"));
        assert!(judge(&case)[0].is_error(), "a strict plan waits whatever the message says");
    }
}
