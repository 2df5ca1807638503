//! Which paths may be changed, a line each, and what to do about the others.

use std::fmt::Write as _;

use crate::model::finding::Finding;
use crate::ops::check::{Answer, Outcome, Verdict};
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

/// What to do about those that are refused, each remedy once.
pub fn hints(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.answers.iter().flat_map(|answer| match &answer.verdict {
        Verdict::Refused(findings) => findings.as_slice(),
        Verdict::Allowed(_) | Verdict::Elsewhere => &[],
    });
    let mut hints: Vec<String> = Vec::new();
    for line in findings.flat_map(|finding| finding.hint().lines().map(escape::terminal).collect::<Vec<_>>())
    {
        if !hints.contains(&line) {
            hints.push(line);
        }
    }
    hints
}

/// The reasons of an answer; a finding without the path in front, which stands there already.
pub fn lines(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Allowed(entry) => vec![access::condition(entry)],
        Verdict::Elsewhere => vec!["is not in this worktree".into()],
        Verdict::Refused(findings) => findings.iter().map(reason).collect(),
    }
}

/// The word for an answer.
pub fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed(_) => "allowed",
        Verdict::Refused(_) | Verdict::Elsewhere => "refused",
    }
}

fn reason(finding: &Finding) -> String {
    let words = escape::terminal(finding.to_string());
    let path = finding.path().map(escape::terminal).unwrap_or_default();
    words.strip_prefix(&path).unwrap_or(&words).trim_start().to_owned()
}

fn shown(answer: &Answer) -> String {
    escape::terminal(&answer.asked)
}
