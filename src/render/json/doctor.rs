//! What the doctor found as JSON, version 1.

use serde::Serialize;

use crate::model::health::configured::Support;
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
    /// The directory of our hooks, which `core.hooksPath` of each worktree names; `null` where no
    /// worktree of a run is there.
    hooks_directory: Option<String>,
    /// The hooks that the configuration of the worktrees names besides.
    configured_hooks: Vec<Configured>,
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

/// A hook that `hook.<name>.event` and `hook.<name>.command` of the configuration name.
#[derive(Debug, Serialize)]
struct Configured {
    /// The name.
    name: String,
    /// The events that it is for.
    events: Vec<String>,
    /// What is run; `null` if it is missing.
    command: Option<String>,
    /// Whether git runs it, before ours.
    runs: bool,
    /// The file that names its last event; `null` for the command line.
    file: Option<String>,
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
    let configured = outcome.configured.iter().map(|hook| Configured {
        name: hook.name.to_string(),
        events: hook.events.iter().map(ToString::to_string).collect(),
        command: hook.command.as_ref().map(ToString::to_string),
        runs: hook.is_enabled && outcome.support == Support::Runs,
        file: hook.file.as_ref().map(|path| path.display().to_string()),
    });
    document(&Document {
        version: 1,
        healthy: outcome.is_healthy(),
        runs: outcome.runs.iter().map(ToString::to_string).collect(),
        worktrees: worktrees.collect(),
        hooks_directory: outcome.hooks.as_ref().map(|path| path.display().to_string()),
        configured_hooks: configured.collect(),
        findings: outcome.symptoms.iter().map(Symptom::from).collect(),
        mended: outcome.mended.iter().map(Symptom::from).collect(),
        unknown: outcome.unknown.clone(),
    })
}
