//! What a hook says to somebody whose push it refuses, or finds something to remark about.
//!
//! Ref by ref: which one, what is wrong with it and in which commit, then what to type. A push is
//! refused whole, so the refs that nothing is wrong with are named, too.

use std::fmt::Write as _;

use crate::model::branch;
use crate::model::finding::{Finding, MergeViolation, Violation};
use crate::model::name::TaskName;
use crate::model::push::Judged;
use crate::render::escape;
use crate::render::words::remedies;

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// The worktree of this task, before anything is sent.
    Worker(TaskName),
    /// The repository that is pushed to.
    Server,
}

/// The most findings that are listed for one ref.
const MOST: usize = 20;

/// The most refs that are named as fine.
const MOST_FINE: usize = 10;

/// The whole text, without a final line break; empty where there is nothing to say.
pub fn text(judged: &[Judged], door: &Door) -> String {
    let refused: Vec<&Judged> = judged.iter().filter(|one| one.is_refused()).collect();
    if refused.is_empty() {
        return remarks(judged);
    }
    let mut text = match door {
        Door::Worker(task) => format!("refused: {task} cannot push this"),
        Door::Server => "refused: this repository does not take the push".to_owned(),
    };
    for one in &refused {
        let _ = write!(text, "\n  {}", escape::terminal(branch::short(&one.update.name)));
        let errors: Vec<&Finding> = one.findings.iter().filter(|finding| finding.is_error()).collect();
        errors.iter().take(MOST).for_each(|finding| text += &format!("\n    {}", line(finding)));
        if let Some(more) = errors.len().checked_sub(MOST).filter(|more| *more > 0) {
            let _ = write!(text, "\n    and {more} more");
        }
    }
    let fine = judged.iter().filter(|one| !one.is_refused());
    let fine: Vec<String> = fine.map(|one| escape::shell_word(refspec(one, door))).collect();
    for hint in hints(&refused, &fine, door) {
        let _ = write!(text, "\nhint: {hint}");
    }
    text
}

/// How git push is told to do this one. A worker's refs have the same names here and there; what its
/// sender's own branch is called no server knows.
fn refspec(judged: &Judged, door: &Door) -> String {
    let force = if judged.is_forced { "+" } else { "" };
    match (judged.update.new, door) {
        (Some(_), Door::Worker(_)) => branch::short(&judged.update.name).to_owned(),
        (Some(id), Door::Server) => format!("{force}{}:{}", id.to_hex_with_len(10), judged.update.name),
        (None, _) => format!(":{}", judged.update.name),
    }
}

fn line(finding: &Finding) -> String {
    let words = escape::terminal(finding.to_string());
    match finding.commit_id {
        Some(id) => format!("{}  {}  {words}", finding.rule(), id.to_hex_with_len(10)),
        None => format!("{}  {words}", finding.rule()),
    }
}

/// Warnings take a line each.
fn remarks(judged: &[Judged]) -> String {
    let warnings = judged.iter().flat_map(|one| &one.findings);
    let lines: Vec<String> = warnings.map(|finding| format!("warning: {}", line(finding))).collect();
    lines.join("\n")
}

/// Each remedy once, then what else a sender should know.
fn hints(refused: &[&Judged], fine: &[String], door: &Door) -> Vec<String> {
    let of_each = |one: &&Judged| remedies::of_branch(&one.findings, remedies::asks);
    let mut hints = remedies::in_order(refused.iter().flat_map(of_each));
    let errors = || refused.iter().flat_map(|one| &one.findings).filter(|finding| finding.is_error());
    let foreign = |one: &Finding| matches!(one.violation, Violation::Merge(MergeViolation::Foreign { .. }));
    if *door == Door::Server && errors().any(foreign) {
        hints.push(
            "what was merged must be here, too: push its branch, a task's or the base, first or together"
                .into(),
        );
    }
    if errors().any(|finding| finding.path().is_some()) {
        hints.push("git worker brief shows the scope, git orchestrate verify all that is wrong".into());
    }
    match fine.len() {
        0 => {}
        1..=MOST_FINE => {
            hints.push("a push is refused whole; nothing is wrong with the rest of it:".into());
            hints.push(format!("git push <remote> {}", fine.join(" ")));
        }
        more => hints.push(format!("a push is refused whole; nothing is wrong with its other {more} refs")),
    }
    hints
}
