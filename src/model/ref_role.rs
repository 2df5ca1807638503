//! What a ref is to a run: its plan, a journal, a task's records, a branch of it, or nothing.
//!
//! The data of a run is found by name alone; a branch only with the plan, whose templates say what
//! branches are called. Names are compared, never taken apart to guess a task.

use std::fmt;

use crate::model::branch;
use crate::model::name::RunName;
use crate::model::plan::{Plan, Task};

/// A ref that holds data of a run, whether or not its plan is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataRef {
    /// `refs/orchestrate/<run>/plan`
    Plan,
    /// `refs/orchestrate/<run>/journal/<writer>`
    Journal(String),
    /// `refs/notes/orchestrate/<run>/<task>`
    Records(String),
    /// Anything else below `refs/orchestrate/<run>/`, such as a backup.
    Other(String),
}

/// A branch of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BranchRole<'p> {
    /// A task's.
    Task(&'p Task),
    /// The merged result.
    Integration,
    /// What the run started from, and what the result lands on.
    Base,
}

impl DataRef {
    /// The run and the role of a ref; `None` if it is no run's data.
    pub fn of(name: &str) -> Option<(RunName, DataRef)> {
        if let Some(rest) = name.strip_prefix("refs/notes/orchestrate/") {
            let (run, task) = rest.split_once('/')?;
            return Some((RunName::new(run).ok()?, DataRef::Records(task.to_owned())));
        }
        let (run, what) = name.strip_prefix("refs/orchestrate/")?.split_once('/')?;
        let role = match what.split_once('/') {
            None if what == "plan" => DataRef::Plan,
            Some(("journal", writer)) => DataRef::Journal(writer.to_owned()),
            _ => DataRef::Other(what.to_owned()),
        };
        Some((RunName::new(run).ok()?, role))
    }

    /// Who writes it: a task, or the orchestrator; `None` for what is no chain of one writer's.
    pub fn writer(&self) -> Option<&str> {
        match self {
            DataRef::Journal(writer) | DataRef::Records(writer) => Some(writer),
            DataRef::Plan | DataRef::Other(_) => None,
        }
    }
}

impl fmt::Display for DataRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataRef::Plan => f.write_str("the plan"),
            DataRef::Journal(writer) => write!(f, "the journal of {writer}"),
            DataRef::Records(task) => write!(f, "the records of {task}"),
            DataRef::Other(what) => f.write_str(what),
        }
    }
}

impl<'p> BranchRole<'p> {
    /// The role of a ref in a run whose base was taken from `base_ref`; `None` if it has none.
    pub fn of(plan: &'p Plan, base_ref: Option<&str>, name: &str) -> Option<BranchRole<'p>> {
        let short = name.strip_prefix(branch::PREFIX)?;
        if let Some(task) = plan.tasks.iter().find(|task| plan.layout.branch(&plan.run, task) == short) {
            return Some(BranchRole::Task(task));
        }
        if plan.layout.integration(&plan.run) == short {
            return Some(BranchRole::Integration);
        }
        (base_ref == Some(name)).then_some(BranchRole::Base)
    }
}

/// Short names of all branches that a run has, its base among them if that is a branch.
pub fn branches<'a>(plan: &'a Plan, base_ref: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    let tasks = plan.tasks.iter().map(|task| plan.layout.branch(&plan.run, task));
    let base = base_ref.and_then(|name| name.strip_prefix(branch::PREFIX)).map(str::to_owned);
    tasks.chain([plan.layout.integration(&plan.run)]).chain(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: Option<(&str, DataRef)>) {
        let found = DataRef::of(name);
        let found = found.as_ref().map(|(run, role)| (run.as_str(), role.clone()));
        assert_eq!(found, expect, "{name}");
    }

    #[test]
    fn data_is_known_by_name() {
        check("refs/orchestrate/demo/plan", Some(("demo", DataRef::Plan)));
        check("refs/orchestrate/demo/journal/task-1", Some(("demo", DataRef::Journal("task-1".into()))));
        check("refs/orchestrate/demo/backup/x/1", Some(("demo", DataRef::Other("backup/x/1".into()))));
        check("refs/orchestrate/demo/plan/x", Some(("demo", DataRef::Other("plan/x".into()))));
        check("refs/notes/orchestrate/demo/task-1", Some(("demo", DataRef::Records("task-1".into()))));
        check("refs/notes/orchestrate/demo", None);
        check("refs/orchestrate/..evil/plan", None);
        check("refs/heads/orchestrate/demo/plan", None);
        check("refs/notes/commits", None);
    }
}
