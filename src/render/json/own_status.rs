//! The status of a worker's own task as JSON, version 1.

use serde::Serialize;

use crate::model::status::own::OwnStatus;
use crate::render::json::document;
use crate::render::json::status::{Task, task};
use crate::render::words::next;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document {
    /// 1.
    pub version: u32,
    /// The task, in the shape that `git orchestrate status` has.
    pub task: Task,
    /// Uncommitted paths in the scope.
    pub in_scope: Vec<String>,
    /// Uncommitted paths outside of the scope.
    pub outside: Vec<String>,
    /// Who waits for this task.
    pub needed_by: Vec<Waiter>,
    /// What to do next, in words.
    pub next: String,
    /// Lines to type.
    pub commands: Vec<String>,
}

/// A task that waits.
#[derive(Debug, Serialize)]
pub struct Waiter {
    /// Its full name.
    pub task: String,
    /// What it waits for.
    pub item: String,
}

/// The document as text.
pub fn own_status(own: &OwnStatus) -> String {
    let wording = next::wording(&own.next);
    let waiter = |(task, item): &(crate::model::name::TaskName, String)| Waiter {
        task: task.to_string(),
        item: item.clone(),
    };
    document(&Document {
        version: 1,
        task: task(&own.task, own.now),
        in_scope: own.in_scope.iter().map(ToString::to_string).collect(),
        outside: own.outside.iter().map(ToString::to_string).collect(),
        needed_by: own.waiting.iter().map(waiter).collect(),
        next: wording.line.to_text(),
        commands: wording.block,
    })
}
