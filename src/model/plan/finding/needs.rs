//! Who waits for whom, and for what.

use std::fmt;

use crate::model::name::{ItemName, TaskName};
use crate::model::plan::find::NoSuchTask;

/// A rule of dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// A need that names no task of the plan, or several.
    Unknown(NoSuchTask),
    /// A need in which no worker is named at all.
    NoWorker(String),
    /// A task that needs something from itself.
    Itself(TaskName),
    /// The needed task does not say that it provides the item.
    NobodyProvides {
        /// The item.
        item: ItemName,
        /// The task that is asked for it.
        task: TaskName,
        /// Another task that provides it.
        elsewhere: Option<TaskName>,
        /// What the asked task does provide.
        provided: Vec<ItemName>,
    },
    /// Tasks that wait for each other; the first one is also the one after the last.
    Cycle(Vec<TaskName>),
    /// A need in a plan with `dependencies = "none"`.
    Forbidden(TaskName),
    /// The same thing twice from the same task.
    Repeated(TaskName),
    /// The summary of a proposal names a dependency that the worker's own section does not.
    OnlyInSummary {
        /// Who waits.
        worker: TaskName,
        /// For whom.
        needs: TaskName,
    },
}

impl Needs {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Needs::Unknown(_) => "needs/unknown",
            Needs::NoWorker(_) => "needs/no-worker",
            Needs::Itself(_) => "needs/itself",
            Needs::NobodyProvides { .. } => "needs/nobody-provides",
            Needs::Cycle(_) => "needs/cycle",
            Needs::Forbidden(_) => "needs/forbidden",
            Needs::Repeated(_) => "needs/repeated",
            Needs::OnlyInSummary { .. } => "needs/only-in-summary",
        }
    }

    pub(super) fn remedy(&self) -> String {
        match self {
            Needs::Unknown(_) => "name a task of this plan".into(),
            Needs::NoWorker(_) => "write `None`, or `Needs <what> from task-<number>`".into(),
            Needs::Itself(_) => "remove it".into(),
            Needs::NobodyProvides { elsewhere: Some(task), item, .. } => format!("write `{task}/{item}`"),
            Needs::NobodyProvides { provided, item, task, .. } if provided.is_empty() => {
                format!("add `provides = [\"{item}\"]` to {task}")
            }
            Needs::NobodyProvides { provided, .. } => {
                let provided: Vec<&str> = provided.iter().map(ItemName::as_str).collect();
                format!("it provides {}", provided.join(", "))
            }
            Needs::Cycle(_) => {
                "break it in one of three ways: let one of them start with a stub of what it needs, \
                                merge a part of one early, or redefine the scopes so that one needs less"
                    .into()
            }
            Needs::Forbidden(_) => "remove the need, or set `dependencies = \"advisory\"`".into(),
            Needs::Repeated(_) => "remove one of them".into(),
            Needs::OnlyInSummary { .. } => "add it to the worker's **Dependencies**".into(),
        }
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Needs::Unknown(no_such_task) => no_such_task.fmt(f),
            Needs::NoWorker(text) => write!(f, "`{text}` names no worker"),
            Needs::Itself(task) => write!(f, "`{task}` needs something from itself"),
            Needs::NobodyProvides { item, task, .. } => write!(f, "`{task}` does not provide `{item}`"),
            Needs::Cycle(tasks) => {
                let mut names: Vec<&str> = tasks.iter().map(TaskName::as_str).collect();
                names.extend(names.first().copied());
                write!(f, "these tasks wait for each other: {}", names.join(" → "))
            }
            Needs::Forbidden(task) => {
                write!(f, "`{task}` is needed in a plan with `dependencies = \"none\"`")
            }
            Needs::Repeated(task) => write!(f, "the same thing is needed twice from `{task}`"),
            Needs::OnlyInSummary { worker, needs } => {
                write!(f, "the summary says that {worker} needs {needs}, its own section does not")
            }
        }
    }
}
