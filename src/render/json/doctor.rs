//! What the doctor found as JSON, version 1.

use serde::Serialize;

use crate::model::health::{self, Place, Remedy};
use crate::ops::doctor::Outcome;
use crate::render::json::document;
use crate::render::words;

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    /// 1.
    version: u32,
    /// Nothing is wrong, and everything could be looked at.
    healthy: bool,
    /// The runs that were looked at.
    runs: Vec<String>,
    /// The worktrees of their tasks.
    worktrees: Vec<Worktree>,
    /// What is wrong.
    findings: Vec<Symptom>,
    /// What was wrong before a repair.
    mended: Vec<Symptom>,
    /// What could not be looked at or mended; nothing is claimed about it.
    unknown: Vec<String>,
}

/// One worktree.
#[derive(Debug, Serialize)]
struct Worktree {
    /// Full name of the task.
    task: String,
    /// The top of its files.
    path: String,
    /// How many of our hooks git ran when it was asked to.
    fired: usize,
    /// How many there are.
    hooks: usize,
}

/// One thing that is wrong.
#[derive(Debug, Serialize)]
struct Symptom {
    /// `error` or `warning`.
    severity: String,
    /// A stable name, such as `hooks/missing`.
    rule: &'static str,
    /// The task whose worktree it is; `null` if it is no task's or all share it.
    task: Option<String>,
    /// The worktree; `null` if all share it.
    worktree: Option<String>,
    /// For people.
    message: String,
    /// Whether `--repair` mends it.
    repairable: bool,
    /// What to do, for people.
    remedy: String,
}

impl From<&health::Symptom> for Symptom {
    fn from(one: &health::Symptom) -> Symptom {
        let (task, worktree) = match &one.place {
            Place::Repository => (None, None),
            Place::Worktree { path, task } => {
                (task.as_ref().map(ToString::to_string), Some(path.display().to_string()))
            }
        };
        Symptom {
            severity: one.defect.severity().to_string(),
            rule: one.defect.rule(),
            task,
            worktree,
            message: one.defect.to_string(),
            repairable: one.defect.remedy() == Remedy::Repair,
            remedy: words::health::remedy(one),
        }
    }
}

/// The document of an outcome.
pub fn report(outcome: &Outcome) -> String {
    let worktrees = outcome.worktrees.iter().map(|one| Worktree {
        task: one.task.to_string(),
        path: one.path.display().to_string(),
        fired: one.fired,
        hooks: one.hooks,
    });
    document(&Document {
        version: 1,
        healthy: outcome.is_healthy(),
        runs: outcome.runs.iter().map(ToString::to_string).collect(),
        worktrees: worktrees.collect(),
        findings: outcome.symptoms.iter().map(Symptom::from).collect(),
        mended: outcome.mended.iter().map(Symptom::from).collect(),
        unknown: outcome.unknown.clone(),
    })
}
