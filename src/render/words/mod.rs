//! Sentences about a run, worded once and shown as text or as Markdown.

pub mod access;
pub mod action;
pub mod conflicts;
pub mod contact;
pub mod drift;
pub mod health;
pub mod integration;
pub mod issue;
pub mod next;
pub mod phrase;
pub mod plan;
pub mod remedies;
pub mod removal;
pub mod report;
pub mod sides;

use gix_hash::ObjectId;

use crate::model::message::Prefix;
use crate::model::name::TaskName;
use crate::model::status::state::State;
use crate::model::status::{RunStatus, TaskStatus};

/// The name of a state.
pub fn state(state: &State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Working => "working",
        State::Waiting(_) => "waiting",
        State::Blocked { .. } => "blocked",
        State::Complete => "complete",
        State::Integrated => "integrated",
        State::Failed => "failed",
        State::TimedOut => "timed out",
        State::Unknown => "unknown",
    }
}

/// The status of a task: its prefix as the worker wrote it where that still holds, else the name of
/// the state (S1-61).
pub fn status(task: &TaskStatus) -> String {
    match (&task.state, &task.newest_prefix) {
        (State::Waiting(need), _) => format!("[NEEDS:{}/{}]", need.written, need.item),
        (State::Blocked { reason }, _) => format!("[BLOCKED:{reason}]"),
        (State::Working, Some(prefix @ Prefix::Checkpoint)) => prefix.to_string(),
        (State::Complete, _) => Prefix::Complete.to_string(),
        (other, _) => state(other).to_owned(),
    }
}

/// What was not looked at for what is uncommitted, if anything; it needs no escaping.
pub fn scope_only(status: &RunStatus) -> Option<String> {
    let number = status.tasks.iter().filter(|task| task.is_scope_only).count();
    let looked = "only the task's scope was looked at for what is uncommitted";
    (number > 0).then(|| format!("In {}, {looked}; `--whole` looks at all.", count(number, "large worktree")))
}

/// `1 commit`, `3 commits`.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// How a command ended: `exit code 3`, or `a signal`.
pub fn ended(code: Option<i32>) -> String {
    code.map_or_else(|| "a signal".into(), |code| format!("exit code {code}"))
}

/// The first seven digits of an id.
pub fn short(id: ObjectId) -> String {
    id.to_hex_with_len(7).to_string()
}

/// `task-2 (models)`: the short name and the first word of what follows it.
pub fn label(task: &TaskName) -> String {
    let rest = task.as_str().strip_prefix(task.short()).unwrap_or_default();
    match rest.split(['-', '_', '.']).find(|word| !word.is_empty()) {
        Some(word) => format!("{} ({word})", task.short()),
        None => task.short().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_a_little_more_than_the_number() {
        let check = |name: &str, expect: &str| {
            assert_eq!(label(&TaskName::new(name).expect("a name")), expect);
        };
        check("task-2-models-migrations", "task-2 (models)");
        check("task-2", "task-2");
        check("core-pipeline", "core-pipeline");
    }
}
