//! What a worker's smaller verbs did, for people.

use crate::model::journal::{Entry, Event};
use crate::ops::complete::Outcome;
use crate::ops::plan_command::Ended;
use crate::render::escape::terminal;
use crate::render::words;

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
        Outcome::Already(id) => vec![format!("the task is complete already, in {}", words::short(*id))],
        Outcome::Dirty(paths) => {
            let mut lines = vec!["these changes would be left out of COMPLETE:".to_owned()];
            lines.extend(paths.iter().map(|path| format!("  {}", terminal(path))));
            lines.push("commit them or take them back first; git status shows them".into());
            lines
        }
        Outcome::NoEvidence(failed) => failed.iter().flat_map(ended).collect(),
        Outcome::Asks(_) | Outcome::Commit(_) => Vec::new(),
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
