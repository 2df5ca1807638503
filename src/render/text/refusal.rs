//! What a hook says when it refuses a commit, or when it finds what it could not refuse.
//!
//! The reader is in the middle of something else, so: what is wrong, whose it is, what to type next,
//! and where to look; each once, in that order, and calm.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::finding::merge::MergeViolation;
use crate::model::finding::path::PathRule;
use crate::model::finding::{Finding, Violation};
use crate::model::plan::Task;
use crate::model::shell;
use crate::render::{escape, words};

/// When it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Before a commit, about what is staged.
    Commit,
    /// Before a merge commit.
    Merge,
    /// About the message of a commit.
    Message,
    /// About a message that is accepted.
    Remark,
    /// After the fact; the branch ends in this commit.
    Landed(ObjectId),
}

/// The most findings that are listed.
const MOST: usize = 20;

/// The most paths that a command names.
const MOST_PATHS: usize = 5;

/// The whole text, without a final line break. Where something is refused, what is only remarked is
/// left for the commit that goes through.
pub fn text(findings: &[Finding], task: &Task, occasion: Occasion) -> String {
    let errors: Vec<Finding> = findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    let Some(mut text) = heading(&errors, task, occasion) else { return remarks(findings) };
    let findings = errors;
    let width = findings.iter().map(|finding| finding.rule().len()).max().unwrap_or_default();
    for finding in findings.iter().take(MOST) {
        let words = escape::terminal(finding.to_string());
        let _ = write!(text, "\n  {:width$}  {words}{}", finding.rule(), brought(finding, occasion));
    }
    if let Some(more) = findings.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = write!(text, "\n  and {more} more");
    }
    for hint in hints(&findings, occasion) {
        let _ = write!(text, "\nhint: {hint}");
    }
    text
}

/// Which of the commits that a merge would bring it is about, if it is about one.
fn brought(finding: &Finding, occasion: Occasion) -> String {
    match finding.commit_id.filter(|_| !matches!(occasion, Occasion::Landed(_))) {
        Some(id) => format!(", in {}", words::short(id)),
        None => String::new(),
    }
}

/// What is only remarked takes a line each.
fn remarks(findings: &[Finding]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for finding in findings {
        lines.push(format!("{}: {}", finding.severity, escape::terminal(finding.to_string())));
    }
    lines.extend(hints(findings, Occasion::Remark).into_iter().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

/// `None` where nothing is refused or broken.
fn heading(findings: &[Finding], task: &Task, occasion: Occasion) -> Option<String> {
    let task = &task.name;
    let those = if findings.len() == 1 { "this" } else { "these" };
    Some(match occasion {
        Occasion::Message if !findings.iter().any(is_about_message) => {
            format!("refused: {task} cannot commit this")
        }
        Occasion::Commit => format!("refused: {task} cannot commit {those}"),
        Occasion::Merge => format!("refused: {task} cannot merge {those}"),
        Occasion::Message => format!("refused: {task} cannot commit with this message"),
        Occasion::Landed(_) => {
            format!("warning: this commit of {task} breaks the rules and will not be integrated as it is")
        }
        Occasion::Remark => return None,
    })
}

/// Each remedy once, in the order of the findings; what to type to get there first.
fn hints(findings: &[Finding], occasion: Occasion) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    hints.extend(unstage(findings, occasion));
    let is_brought = |finding: &&Finding| !brought(finding, occasion).is_empty();
    hints.extend(findings.iter().find(is_brought).and_then(|finding| finding.commit_id).map(|id| {
        format!(
            "git merge --abort, then reword it where it was made: git rebase -r --interactive {}~, push and pull again",
            words::short(id)
        )
    }));
    let is_foreign =
        |finding: &Finding| matches!(finding.violation, Violation::Merge(MergeViolation::Foreign { .. }));
    if occasion == Occasion::Merge && findings.iter().any(is_foreign) {
        hints.push("git merge --abort takes it back".into());
    }
    for finding in findings {
        for line in finding.hint().lines() {
            let line = escape::terminal(line);
            if !hints.contains(&line) {
                hints.push(line);
            }
        }
    }
    if findings.iter().any(|finding| finding.path().is_some()) {
        hints.push("git worker brief shows the scope, git worker check <path> asks beforehand".into());
    }
    if let Occasion::Landed(tip) = occasion {
        // The oldest; the others are above it.
        let said = findings.iter().find(|finding| is_about_message(finding));
        hints.extend(said.map(|finding| match finding.commit_id.filter(|id| *id != tip) {
            None => "git commit --amend words it again".to_owned(),
            Some(id) => format!("git rebase -r --interactive {}~ words it again", words::short(id)),
        }));
        hints.push("git orchestrate verify shows what is left to be put right".into());
    }
    hints
}

fn is_about_message(finding: &Finding) -> bool {
    matches!(finding.violation, Violation::Message(_))
}

/// The command that takes what is outside the scope out of the commit.
fn unstage(findings: &[Finding], occasion: Occasion) -> Option<String> {
    if occasion != Occasion::Commit {
        return None;
    }
    let out: BTreeSet<&BString> = findings
        .iter()
        .filter_map(|finding| match &finding.violation {
            Violation::Path(one) if matches!(one.rule, PathRule::Outside | PathRule::Protected) => {
                Some(&one.path)
            }
            _ => None,
        })
        .collect();
    if out.is_empty() || out.len() > MOST_PATHS {
        return None;
    }
    let paths: Vec<String> = out.into_iter().map(|path| shell::pathspec(path.as_bstr())).collect();
    Some(format!("git restore --staged -- {}", paths.join(" ")))
}
