//! What is doubtful or impossible in a plan that could be read: all of it, each as a finding.
//!
//! Errors stop `start`; warnings never do. Nothing here looks at a repository, so the answer is the
//! same wherever the plan is read.

mod naming;
mod needs;
mod scopes;
mod steps;

use crate::model::plan::Plan;
use crate::model::plan::finding::{Form, Part, PlanFinding};

/// Fewer tasks than this gain little from running in parallel (S5-60).
const FEW: usize = 3;

/// More tasks than this are probably cut too fine (S5-11).
const MANY: usize = 10;

/// All findings of a plan, in the order of its parts.
pub fn check(plan: &Plan) -> Vec<PlanFinding> {
    let mut findings = Vec::new();
    count(plan, &mut findings);
    naming::check(plan, &mut findings);
    scopes::check(plan, &mut findings);
    steps::check(plan, &mut findings);
    needs::check(plan, &mut findings);
    findings.sort_by_key(|finding| finding.about);
    findings
}

fn count(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let problem = match plan.tasks.len() {
        0 => return findings.push(PlanFinding::error(Part::Plan, Form::NoTasks)),
        count if count < FEW => Form::FewTasks(count),
        count if count > MANY => Form::ManyTasks(count),
        _ => return,
    };
    findings.push(PlanFinding::warning(Part::Plan, problem));
}

#[cfg(test)]
mod tests;
