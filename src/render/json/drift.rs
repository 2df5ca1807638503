//! Where declared and actual scopes differ, as a part of the status.

use serde::Serialize;

use crate::model::drift::{self, Near};
use crate::model::plan::write;

/// All of a run's drift.
#[derive(Debug, Serialize)]
pub struct Drift {
    /// Paths that several tasks have changed, though not all of them declared it as shared.
    pub shared: Vec<Shared>,
    /// The tasks that drifted.
    pub tasks: Vec<TaskDrift>,
}

/// A path that several tasks have changed.
#[derive(Debug, Serialize)]
pub struct Shared {
    /// Relative to the top.
    pub path: String,
    /// Their full names.
    pub tasks: Vec<String>,
}

/// How one task's work and its scope differ.
#[derive(Debug, Serialize)]
pub struct TaskDrift {
    /// Its full name.
    pub task: String,
    /// Patterns of its scope in which a finished task has changed nothing.
    pub untouched: Vec<String>,
    /// What it changed outside of its scope.
    pub outside: Vec<Outside>,
    /// A scope that fits, as a line of the plan; `null` if there is no better one.
    pub proposal: Option<String>,
}

/// A path outside of the scope.
#[derive(Debug, Serialize)]
pub struct Outside {
    /// Relative to the top.
    pub path: String,
    /// The pattern of the scope that it lies beside.
    pub beside: Option<String>,
    /// The path in scope that it was made from.
    pub renamed_from: Option<String>,
    /// Full name of the task that declared it.
    pub owner: Option<String>,
}

impl From<&drift::Drift> for Drift {
    fn from(drift: &drift::Drift) -> Drift {
        let shared = |one: &drift::Shared| Shared {
            path: one.path.to_string(),
            tasks: one.tasks.iter().map(ToString::to_string).collect(),
        };
        let task = |one: &drift::TaskDrift| TaskDrift {
            task: one.task.to_string(),
            untouched: one.untouched.clone(),
            outside: one.outside.iter().map(outside).collect(),
            proposal: one.proposal.as_ref().map(|scope| write::scope(scope)),
        };
        Drift {
            shared: drift.shared.iter().map(shared).collect(),
            tasks: drift.tasks.iter().map(task).collect(),
        }
    }
}

fn outside(one: &drift::Outside) -> Outside {
    let (beside, renamed_from) = match &one.near {
        Some(Near::Beside(pattern)) => (Some(pattern.clone()), None),
        Some(Near::RenamedFrom(source)) => (None, Some(source.to_string())),
        None => (None, None),
    };
    Outside {
        path: one.path.to_string(),
        beside,
        renamed_from,
        owner: one.owner.as_ref().map(ToString::to_string),
    }
}
