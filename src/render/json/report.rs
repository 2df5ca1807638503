//! What happened in a run as JSON, version 1.

use serde::Serialize;

use crate::model::report;
use crate::render::json::document;
use crate::render::json::drift::Drift;
use crate::render::words;

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    /// 1.
    version: u32,
    /// The run's name.
    run: String,
    /// For people.
    title: String,
    /// The commit that every task started from.
    base: String,
    /// Until the last task ended.
    development: Option<Effort>,
    /// Until the last merge or landing.
    overall: Option<Effort>,
    /// In the plan's order.
    tasks: Vec<Task>,
    /// What was run, oldest first.
    tests: Vec<Test>,
    /// Merges and landings, oldest first.
    merges: Vec<Merge>,
    /// Where declared and actual scopes differ.
    drift: Drift,
    /// What could not be read.
    unknown: Vec<String>,
}

/// How much was done in how much time.
#[derive(Debug, Serialize)]
struct Effort {
    /// The sum of the tasks' times.
    worked_seconds: u64,
    /// The time that passed.
    passed_seconds: u64,
    /// The first by the second; `null` where no time passed.
    speed_up: Option<f64>,
}

/// One task.
#[derive(Debug, Serialize)]
struct Task {
    /// Full name.
    name: String,
    /// For people.
    title: String,
    /// As in the status.
    state: &'static str,
    /// When it was started.
    started: Option<i64>,
    /// When it was complete, or its newest commit was made.
    ended: Option<i64>,
    /// How long that took.
    seconds: Option<u64>,
    /// How many own commits it has.
    commits: usize,
    /// How many paths they changed.
    paths: usize,
    /// Lines that they added.
    lines_added: usize,
    /// Lines that they removed.
    lines_removed: usize,
    /// How many findings refuse.
    errors: usize,
    /// What its COMPLETE says, and the items of its summary.
    summary: Vec<String>,
}

/// A command that was run.
#[derive(Debug, Serialize)]
struct Test {
    /// On one line.
    command: String,
    /// Whether it succeeded.
    passed: bool,
    /// The tree that it ran on.
    tree: Option<String>,
    /// Full name of the task.
    task: Option<String>,
    /// When.
    time: i64,
}

/// A merge or a landing.
#[derive(Debug, Serialize)]
struct Merge {
    /// Full name of the task; `null` for a landing.
    task: Option<String>,
    /// In the journal's words.
    text: String,
    /// The result.
    commit: Option<String>,
    /// When.
    time: i64,
}

/// The document of a report.
pub fn report(report: &report::Report) -> String {
    document(&Document {
        version: 1,
        run: report.run.to_string(),
        title: report.title.clone(),
        base: report.base_commit_id.to_string(),
        development: report.development.map(Effort::from),
        overall: report.overall.map(Effort::from),
        tasks: report.tasks.iter().map(Task::from).collect(),
        tests: report.tests.iter().map(Test::from).collect(),
        merges: report.merges.iter().map(Merge::from).collect(),
        drift: Drift::from(&report.drift),
        unknown: report.unknown.clone(),
    })
}

impl From<report::Effort> for Effort {
    fn from(effort: report::Effort) -> Effort {
        let report::Effort { worked, passed } = effort;
        Effort { worked_seconds: worked, passed_seconds: passed, speed_up: effort.speed_up() }
    }
}

impl From<&report::TaskReport> for Task {
    fn from(task: &report::TaskReport) -> Task {
        Task {
            name: task.name.to_string(),
            title: task.title.clone(),
            state: words::state(&task.state),
            started: task.started,
            ended: task.ended,
            seconds: task.seconds(),
            commits: task.commits,
            paths: task.paths,
            lines_added: task.lines.added,
            lines_removed: task.lines.removed,
            errors: task.errors,
            summary: task.summary.clone(),
        }
    }
}

impl From<&report::Test> for Test {
    fn from(test: &report::Test) -> Test {
        Test {
            command: test.command.clone(),
            passed: test.passed,
            tree: test.tree_id.map(|id| id.to_string()),
            task: test.task.as_ref().map(ToString::to_string),
            time: test.time,
        }
    }
}

impl From<&report::Merged> for Merge {
    fn from(merged: &report::Merged) -> Merge {
        Merge {
            task: merged.task.as_ref().map(ToString::to_string),
            text: merged.text.clone(),
            commit: merged.commit_id.map(|id| id.to_string()),
            time: merged.time,
        }
    }
}
