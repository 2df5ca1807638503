//! `git worker needs`: record that something of another task is missing; work goes on (S1-38).

use anyhow::Result;

use crate::git::Repository;
use crate::model::draft::Draft;
use crate::model::hint;
use crate::model::message::{Prefix, Section};
use crate::model::name::{ItemName, TaskName};
use crate::ops::commit::{self, Empty, Files, Onto, Request, Take, Words};
use crate::ops::desk::Desk;

/// What is needed, and what else to say.
#[derive(Debug, Clone)]
pub struct Options {
    /// `<task>/<item>`, the task by any name that means it.
    pub item: String,
    /// The message, one `-m` each.
    pub words: Vec<String>,
    /// What is done already.
    pub completed: Vec<String>,
    /// What waits for the item.
    pub blocked_on: Vec<String>,
    /// What the worker goes on with.
    pub closing: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The commit.
    pub commit: commit::Outcome,
    /// The task that was meant.
    pub task: TaskName,
    /// Whether the plan knows of this need; otherwise it counts as discovered (S1-37).
    pub declared: bool,
}

/// Commits `[NEEDS:<task>/<item>]` with what is staged.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let Some((task, item)) = options.item.rsplit_once('/') else {
        return Err(hint::error(
            format!("{:?} does not say which task and which item", options.item),
            "git worker needs <task>/<item>, such as task-2/AnalyticsEvent",
        ));
    };
    let other = desk.plan().find_task(task)?;
    if other.name == desk.task.name {
        return Err(hint::error(
            format!("{} is your own task", other.name),
            "name the task that provides it",
        ));
    }
    let item = ItemName::new(item)?;
    let declared =
        desk.task.needs.iter().any(|need| {
            need.task == other.name && need.item.as_ref().is_none_or(|declared| *declared == item)
        });
    let prefix = Prefix::Needs { task: other.name.short().to_owned(), item };
    let draft = Draft::new(prefix, &options.words)
        .section(Section::Completed, options.completed.clone())
        .section(Section::BlockedOn, options.blocked_on.clone());
    let request = Request {
        draft: Draft { closing: options.closing.clone(), ..draft },
        take: Take::Staged,
        files: Files::Unlisted,
        empty: Empty::Allowed,
        onto: Onto::Tip,
        author: Words::Drafted,
    };
    let task = other.name.clone();
    Ok(Outcome { commit: commit::commit(&desk, &request)?, task, declared })
}
