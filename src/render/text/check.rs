//! Which paths may be changed, a line each, and what to do about the others.

use std::fmt::Write as _;

use bstr::{BStr, ByteSlice};

use crate::model::finding::Finding;
use crate::ops::check::place::Others;
use crate::ops::check::{Answer, Free, Outcome, Verdict};
use crate::ops::verdict::PutBack;
use crate::render::escape;
use crate::render::words::access;

/// One line a path: the answer, the path, and on what condition or why not.
pub fn answers(outcome: &Outcome) -> String {
    let width = outcome.answers.iter().map(|one| shown(one).chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for answer in &outcome.answers {
        let path = shown(answer);
        for line in lines(&answer.verdict) {
            let line = format!("{}  {path:width$}  {line}", word(&answer.verdict));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// One line for each reason against a path, for a reader who knows what was asked.
pub fn refusals(outcome: &Outcome) -> Vec<String> {
    let refused = outcome.answers.iter().filter(|answer| !answer.verdict.is_yes());
    let said = |answer: &Answer| {
        let path = shown(answer);
        lines(&answer.verdict)
            .into_iter()
            .map(move |line| format!("refused: {path} {line}"))
            .collect::<Vec<_>>()
    };
    refused.flat_map(said).collect()
}

/// What to do about those that are refused, each remedy once.
pub fn hints(outcome: &Outcome) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for line in outcome.answers.iter().flat_map(|answer| remedies(outcome, answer)) {
        if !hints.contains(&line) {
            hints.push(line);
        }
    }
    hints
}

fn remedies(outcome: &Outcome, answer: &Answer) -> Vec<String> {
    if let Some(command) = answer.put_back.as_ref().and_then(PutBack::command) {
        return vec![format!("only to put it back is allowed: {}", escape::terminal(command))];
    }
    match &answer.verdict {
        Verdict::Allowed(_) | Verdict::Free(_) => Vec::new(),
        Verdict::Refused(findings) | Verdict::Holds(findings) => findings
            .iter()
            .flat_map(|one| one.hint().lines().map(escape::terminal).collect::<Vec<_>>())
            .collect(),
        Verdict::Elsewhere(Others::Task(_, path) | Others::Worktree(_, path)) => {
            vec![format!("in your own worktree it is {}", own(outcome, path.as_bstr()))]
        }
        Verdict::Elsewhere(_) => Vec::new(),
    }
}

/// The path in the worker's own worktree.
fn own(outcome: &Outcome, path: &BStr) -> String {
    let top = escape::terminal(outcome.top.as_os_str().as_encoded_bytes());
    format!("{top}/{}", escape::terminal(path))
}

/// The reasons of an answer; a finding without the path in front, which stands there already.
pub fn lines(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Allowed(entry) => vec![access::condition(entry)],
        Verdict::Free(Free::Outside) => vec!["is outside of the repository".into()],
        Verdict::Free(Free::Ignored) => vec!["is ignored by git".into()],
        Verdict::Elsewhere(others) => vec![whose(others)],
        Verdict::Refused(findings) => findings.iter().map(reason).collect(),
        Verdict::Holds(findings) => findings.iter().map(|one| escape::terminal(one.to_string())).collect(),
    }
}

fn whose(others: &Others) -> String {
    match others {
        Others::Task(task, _) => format!("is in the worktree of {task}"),
        Others::Worktree(top, _) => {
            format!("is in another worktree, {}", escape::terminal(top.as_os_str().as_encoded_bytes()))
        }
        Others::Top => "is a whole worktree".into(),
        Others::GitDirectory => "is git's own".into(),
        Others::Nowhere => "leads nowhere: its links lead to each other".into(),
    }
}

/// The word for an answer.
pub fn word(verdict: &Verdict) -> &'static str {
    if verdict.is_yes() { "allowed" } else { "refused" }
}

fn reason(finding: &Finding) -> String {
    let words = escape::terminal(finding.to_string());
    let path = finding.path().map(escape::terminal).unwrap_or_default();
    words.strip_prefix(&path).unwrap_or(&words).trim_start().to_owned()
}

fn shown(answer: &Answer) -> String {
    escape::terminal(&answer.asked)
}
