//! The status of a worker's own task as JSON, version 1.

use serde::Serialize;

use crate::model::contact;
use crate::model::status::own::OwnStatus;
use crate::render::json::conflicts::Lines;
use crate::render::json::document;
use crate::render::json::status::{Task, task};
use crate::render::words::next;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// 1.
    pub version: u32,
    /// The task, in the shape that `git orchestrate status` has.
    pub task: Task<'a>,
    /// Uncommitted paths in the scope.
    pub in_scope: Vec<String>,
    /// Uncommitted paths outside of the scope.
    pub outside: Vec<String>,
    /// What others have changed as well.
    pub contacts: Vec<Contact>,
    /// What could not be read; nothing is claimed about it.
    pub unknown: Vec<String>,
    /// Who waits for this task.
    pub needed_by: Vec<Waiter>,
    /// What to do next, in words.
    pub next: String,
    /// Lines to type.
    pub commands: Vec<String>,
}

/// A path, or the few of one conflict, that this task and somebody else have changed.
#[derive(Debug, Serialize)]
pub struct Contact {
    /// Full name of the other task, or `base` or `integration`.
    pub with: String,
    /// The most telling one first.
    pub paths: Vec<String>,
    /// `conflict` or `merges`.
    pub result: &'static str,
    /// The kind of conflict, such as `content`; else `null`.
    pub kind: Option<String>,
    /// The own lines.
    pub mine: Vec<Lines>,
    /// The other's lines, in its own version.
    pub theirs: Vec<Lines>,
}

/// A task that waits.
#[derive(Debug, Serialize)]
pub struct Waiter {
    /// Its full name.
    pub task: String,
    /// What it waits for.
    pub item: String,
}

fn contact(contact: &contact::Contact) -> Contact {
    let (result, kind) = match &contact.outcome {
        contact::Outcome::Merges => ("merges", None),
        contact::Outcome::Conflict(kind) => ("conflict", Some(kind.to_string())),
    };
    Contact {
        with: contact.with.name().to_owned(),
        paths: contact.paths.iter().map(ToString::to_string).collect(),
        result,
        kind,
        mine: contact.mine.iter().map(Lines::from).collect(),
        theirs: contact.theirs.iter().map(Lines::from).collect(),
    }
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
        contacts: own.contacts.iter().map(contact).collect(),
        unknown: own.unknown.clone(),
        needed_by: own.waiting.iter().map(waiter).collect(),
        next: wording.line.to_text(),
        commands: wording.block,
    })
}
