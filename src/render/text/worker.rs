//! What a worker's smaller verbs did, for people.

use crate::model::journal::{Entry, Event};
use crate::render::escape::terminal;

/// An entry that was written into the worker's journal.
pub fn entry(entry: &Entry) -> String {
    let task = entry.task.as_ref().map(|task| task.as_str()).unwrap_or_default();
    let text = terminal(entry.text.lines().next().unwrap_or_default());
    match entry.event {
        Event::Failed => format!("recorded: {task} has failed: {text}\n"),
        Event::Announced => format!("announced by {task}: {text}\n"),
        _ => format!("recorded: {task}: {}\n", entry.event),
    }
}
