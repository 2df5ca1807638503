//! What became of the records of each task.

use std::fmt::Write as _;

use crate::ops::reindex::Outcome;
use crate::render::escape;
use crate::render::words::count;

/// A line for each task.
pub fn report(outcome: &Outcome) -> String {
    let width = outcome.tasks.iter().map(|task| task.task.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for task in &outcome.tasks {
        let records = count(task.kept + task.added + task.changed, "record");
        let _ = write!(text, "{:width$}  {records}", task.task);
        for (number, what) in [(task.added, "added"), (task.changed, "corrected")] {
            if number > 0 {
                let _ = write!(text, ", {number} {what}");
            }
        }
        text.push('\n');
    }
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "unknown: {}", escape::terminal(unknown));
    }
    text
}
