//! What verification found, branch by branch.

use std::fmt::Write as _;

use gix_hash::ObjectId;

use crate::model::finding::merge::{MergeViolation, THEN};
use crate::model::finding::{Finding, StateViolation, Violation};
use crate::ops::verify::{Outcome, Subject, Verified};
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::words::count;

/// A line for each branch, below it one for each finding, then what to do about them.
pub fn report(outcome: &Outcome, colour: Colour) -> String {
    let width = outcome.tasks.iter().map(|task| task.task.as_str().len()).max().unwrap_or_default();
    let mut text = idle(outcome).map_or_else(String::new, |line| format!("{line}\n"));
    for task in &outcome.tasks {
        let _ = writeln!(text, "{:width$}  {}", task.task, summary(task, colour));
        for finding in &task.findings {
            let _ = writeln!(text, "  {}", line(finding, colour));
        }
    }
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "unknown: {}", escape::terminal(unknown));
    }
    for hint in hints(outcome) {
        let _ = writeln!(text, "hint: {hint}");
    }
    text
}

/// That there is nothing to verify, if so.
pub fn idle(outcome: &Outcome) -> Option<&'static str> {
    match outcome.subject {
        Subject::Run(_) => None,
        Subject::Nothing(0) => Some(
            "nothing to verify: no run is here; git fetch origin 'refs/orchestrate/*:refs/orchestrate/*' brings runs",
        ),
        Subject::Nothing(_) => Some("nothing to verify: all runs here are over"),
    }
}

/// Each remedy once, in the order of the findings.
fn hints(outcome: &Outcome) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    let findings = outcome.tasks.iter().flat_map(|task| &task.findings);
    let is_told = |finding: &Finding| match &finding.violation {
        Violation::Merge(wrong) => wrong.is_for_a_person(),
        _ => false,
    };
    let asks = |finding: &&Finding| finding.is_error() || finding.commit_id.is_none() || is_told(finding);
    let copied: Vec<ObjectId> = findings.clone().flat_map(copied).copied().collect();
    // What is wrong with copies goes with them.
    let is_copied = |finding: &&Finding| match &finding.violation {
        Violation::Merge(_) => false,
        Violation::State(StateViolation::AfterComplete { complete_commit_id })
            if copied.contains(complete_commit_id) =>
        {
            true
        }
        _ => finding.commit_id.is_some_and(|id| copied.contains(&id)),
    };
    for remedy in findings.filter(asks).filter(|one| !is_copied(one)).flat_map(remedies) {
        if !hints.contains(&remedy) {
            hints.push(remedy);
        }
    }
    hints.sort_by_key(|hint| hint.starts_with(THEN));
    hints
}

/// The commits that a finding says to be copies of another task's.
fn copied(finding: &Finding) -> &[ObjectId] {
    match &finding.violation {
        Violation::Merge(MergeViolation::Alike { commits, .. }) => commits,
        _ => &[],
    }
}

/// A message that is history is not written again, it is reworded; a change that is history is taken
/// back before anything else can be done about it.
fn remedies(finding: &Finding) -> Vec<String> {
    let commit = finding.commit_id.map(|id| id.to_hex_with_len(10).to_string());
    let told = finding.hint();
    let told = told.lines().map(escape::terminal).filter(|line| !line.is_empty());
    match (&finding.violation, commit) {
        (Violation::Message(_), Some(id)) => vec![format!("to reword it: git rebase -r --interactive {id}~")],
        (Violation::Path(_), Some(id)) => {
            std::iter::once(format!("to take it back: git revert {id}")).chain(told).collect()
        }
        _ => told.collect(),
    }
}

/// What became of one branch, in a few words.
pub fn words(task: &Verified) -> String {
    if task.tip.is_none() {
        return "no branch".into();
    }
    let errors = task.findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = task.findings.len() - errors;
    let commits = count(task.commits, "commit");
    match (errors, warnings) {
        (0, 0) => format!("{commits}, nothing wrong"),
        (0, _) => format!("{commits}, {}", count(warnings, "warning")),
        (_, 0) => format!("{commits}, {}", count(errors, "violation")),
        _ => format!("{commits}, {}, {}", count(errors, "violation"), count(warnings, "warning")),
    }
}

fn summary(task: &Verified, colour: Colour) -> String {
    let hue = if task.findings.iter().any(Finding::is_error) { Hue::Bad } else { Hue::Good };
    colour.paint(hue, &words(task))
}

fn line(finding: &Finding, colour: Colour) -> String {
    let id = finding.commit_id.map_or_else(|| "branch".into(), |id| id.to_hex_with_len(10).to_string());
    let words = escape::terminal(finding.to_string());
    let severity = if finding.is_error() { "error  " } else { "warning" };
    let hue = if finding.is_error() { Hue::Bad } else { Hue::Warning };
    format!("{id:10}  {}  {}  {words}", colour.paint(hue, severity), finding.rule())
}
