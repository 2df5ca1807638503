//! What a worker's smaller verbs did, for people.

use crate::model::finding::Finding;
use crate::model::journal::{Entry, Event};
use crate::ops::complete::Outcome;
use crate::ops::plan_command::Ended;
use crate::render::escape::terminal;
use crate::render::words::{self, count, short};

/// An entry that was written into the worker's journal.
pub fn entry(entry: &Entry) -> String {
    let task = entry.task.as_ref().map(|task| task.as_str()).unwrap_or_default();
    let text = terminal(entry.text.lines().next().unwrap_or_default());
    match entry.event {
        Event::Failed => format!("recorded: {task} has failed: {text}\n"),
        Event::Announced => format!("announced by {task}: {text}\n"),
        Event::Reopened => format!("{task} is open again; its COMPLETE does not count any more\n"),
        _ => format!("recorded: {task}: {}\n", entry.event),
    }
}

/// Why nothing was committed as COMPLETE.
pub fn not_completed(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Already(id) => vec![
            format!("the task is complete already, in {}", short(*id)),
            "hint: if there is more to do, or it had failed: git worker reopen".to_owned(),
        ],
        Outcome::Proven(id) => {
            vec![format!("the evidence is there now for what was declared complete in {}", short(*id))]
        }
        Outcome::Dirty(paths) => {
            let mut lines = vec!["these changes would be left out of COMPLETE:".to_owned()];
            lines.extend(paths.iter().map(|path| format!("  {}", terminal(path))));
            lines.push("commit them or take them back first; git status shows them".into());
            lines
        }
        Outcome::NoEvidence { failed, is_sparse } => {
            let whole =
                "hint: if it misses a file: this worktree is sparse, git sparse-checkout disable brings all";
            failed.iter().flat_map(ended).chain(is_sparse.then(|| whole.to_owned())).collect()
        }
        Outcome::Changed { command, paths } => {
            let command = terminal(command);
            let mut lines =
                vec![format!("{command} passed and changed these paths, so the task is not complete:")];
            lines.extend(paths.iter().map(|path| format!("  {}", terminal(path))));
            lines.push("hint: commit what it makes first, or make it leave these paths alone".into());
            lines
        }
        Outcome::Asks(_) | Outcome::Commit { .. } => Vec::new(),
    }
}

fn ended(ended: &Ended) -> Vec<String> {
    let how = words::ended(ended.code);
    let mut lines =
        vec![format!("{} failed with {how}, so the task is not complete", terminal(&ended.command))];
    let tail: Vec<&str> = ended.tail.lines().rev().take(20).collect();
    lines.extend(tail.into_iter().rev().map(|line| format!("  {}", terminal(line))));
    lines
}

/// What keeps a branch from being integrated although its task is complete; one line each.
pub fn violations(findings: &[Finding]) -> Vec<String> {
    if findings.is_empty() {
        return Vec::new();
    }
    let places = count(findings.len(), "place");
    let mut lines =
        vec![format!("warning: this branch breaks the rules in {places} and will not be integrated")];
    lines.extend(findings.iter().map(|finding| {
        let commit = finding.commit_id.map(|id| format!("{} ", short(id))).unwrap_or_default();
        format!("  {commit}{}  {}", finding.rule(), terminal(finding.to_string()))
    }));
    lines.push("hint: git worker reopen, put it right, and complete again".into());
    lines
}
