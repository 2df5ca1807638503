//! What verification found, branch by branch.

use std::fmt::Write as _;

use gix_hash::ObjectId;

use crate::model::finding::cure::{self, FIRST, THEN};
use crate::model::finding::merge::MergeViolation;
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

/// Each remedy once, in an order in which one can be typed after the other: a rebase wants nothing
/// uncommitted.
fn hints(outcome: &Outcome) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for remedy in outcome.tasks.iter().flat_map(of_task) {
        if !hints.contains(&remedy) {
            hints.push(remedy);
        }
    }
    hints.sort_by_key(|hint| match hint {
        _ if hint.starts_with(FIRST) => 0,
        _ if [cure::commit(), cure::checkpoint()].contains(hint) => 3,
        _ if hint.starts_with(THEN) => 4,
        _ if hint.contains("git rebase") => 1,
        _ => 2,
    });
    hints
}

/// The remedies for what is found on one task's branch, in the order of the findings.
fn of_task(task: &Verified) -> Vec<String> {
    let is_told = |finding: &Finding| match &finding.violation {
        Violation::Merge(wrong) => wrong.is_for_a_person(),
        _ => false,
    };
    let asks = |finding: &&Finding| finding.is_error() || finding.commit_id.is_none() || is_told(finding);
    let copied: Vec<ObjectId> = task.findings.iter().flat_map(copied).copied().collect();
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
    let mut left: Vec<&Finding> = task.findings.iter().filter(asks).filter(|one| !is_copied(one)).collect();
    left.sort_by_key(|finding| !is_reworded(finding));
    // All that is above the oldest is reworded with it.
    let oldest = left.iter().find(|finding| is_reworded(finding)).and_then(|finding| finding.commit_id);
    let is_above = |finding: &Finding| is_reworded(finding) && finding.commit_id != oldest;
    let asked = left.iter().filter(|finding| !is_above(finding));
    asked.flat_map(|finding| mended(finding, &left).unwrap_or_else(|| remedies(finding))).collect()
}

/// How a path is put right in a commit that is reworded anyway: hooks let no commit be reworded that
/// leaves the scope. `None` where no such commit is blamed.
fn mended(finding: &Finding, all: &[&Finding]) -> Option<Vec<String>> {
    let id = finding.commit_id?;
    let with_it = || all.iter().filter(|other| other.commit_id == Some(id));
    finding.restore().filter(|_| with_it().any(|other| is_reworded(other)))?;
    let mut restored: Vec<String> = with_it().filter_map(|other| other.restore()).collect();
    restored.dedup();
    let restored = escape::terminal(restored.join(" && "));
    let id = id.to_hex_with_len(10);
    let stop = format!(
        "{id} is to be edited there, not reworded: {restored} && git commit --amend --allow-empty && git rebase --continue"
    );
    let told = finding.violation.hint();
    Some(std::iter::once(stop).chain(told.lines().map(escape::terminal)).collect())
}

/// A message that is history is not written again, it is reworded.
fn is_reworded(finding: &Finding) -> bool {
    matches!(finding.violation, Violation::Message(_)) && finding.commit_id.is_some()
}

/// The commits that a finding says to be copies of another task's.
fn copied(finding: &Finding) -> &[ObjectId] {
    match &finding.violation {
        Violation::Merge(MergeViolation::Alike { commits, .. }) => commits,
        _ => &[],
    }
}

fn remedies(finding: &Finding) -> Vec<String> {
    if let Some(id) = finding.commit_id.filter(|_| is_reworded(finding)) {
        return vec![format!("to reword it: git rebase -r --interactive {}~", id.to_hex_with_len(10))];
    }
    finding.hint().lines().map(escape::terminal).filter(|line| !line.is_empty()).collect()
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
