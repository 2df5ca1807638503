//! What verification found as JSON, version 1.

use serde::Serialize;

use crate::ops::verify::Outcome;
use crate::render::json::document;
use crate::render::json::finding::Finding;

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    /// 1.
    version: u32,
    /// The run's name; `null` if there was nothing to verify.
    run: Option<String>,
    /// Nothing refuses, and everything could be read.
    passed: bool,
    /// In the plan's order.
    tasks: Vec<Task>,
    /// What could not be read; nothing is claimed about it.
    unknown: Vec<String>,
}

/// One task's branch.
#[derive(Debug, Serialize)]
struct Task {
    /// Full name of the task.
    name: String,
    /// Short name of its branch.
    branch: String,
    /// What the verdict is about; `null` if there is no such branch.
    tip: Option<String>,
    /// How many commits were judged.
    commits: usize,
    /// Oldest commit first.
    findings: Vec<Finding>,
}

/// The document of an outcome.
pub fn report(outcome: &Outcome) -> String {
    let tasks = outcome.tasks.iter().map(|task| Task {
        name: task.task.to_string(),
        branch: task.branch.clone(),
        tip: task.tip.map(|id| id.to_string()),
        commits: task.commits,
        findings: task.findings.iter().map(Finding::from).collect(),
    });
    document(&Document {
        version: 1,
        run: outcome.subject.run().map(str::to_owned),
        passed: outcome.is_yes(),
        tasks: tasks.collect(),
        unknown: outcome.unknown.clone(),
    })
}
