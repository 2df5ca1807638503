//! What verification found, branch by branch.

use std::fmt::Write as _;

use crate::model::finding::Finding;
use crate::ops::verify::{Outcome, Subject, Verified};
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::words::{count, remedies};

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
pub fn idle(outcome: &Outcome) -> Option<String> {
    match &outcome.subject {
        Subject::Run(_) => None,
        Subject::Nothing { over: 0, remote: None } => Some("nothing to verify: no run is here".into()),
        Subject::Nothing { over: 0, remote: Some(remote) } => Some(format!(
            "nothing to verify: no run is here; git fetch {} 'refs/orchestrate/*:refs/orchestrate/*' brings runs",
            escape::shell_word(remote)
        )),
        Subject::Nothing { .. } => Some("nothing to verify: all runs here are over".into()),
    }
}

/// What to do about all of them.
fn hints(outcome: &Outcome) -> Vec<String> {
    let asks = |finding: &Finding| finding.commit_id.is_none() || remedies::asks(finding);
    remedies::in_order(outcome.tasks.iter().flat_map(|task| remedies::of_branch(&task.findings, asks)))
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
