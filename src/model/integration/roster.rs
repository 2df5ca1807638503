//! Who takes part in an integration, who does not, and why (S1-78).
//!
//! A task is ready when it is complete, its whole branch verifies and its objects are sound. What
//! builds on a task that is left out cannot take part either: it would bring that task's work in
//! through the back door, or lack what it needs.

use std::fmt;

use bstr::ByteSlice;

use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::integration::order::{self, Edge, Source};
use crate::model::message::Prefix;
use crate::model::message::body::{Body, Section};
use crate::model::name::TaskName;
use crate::model::plan::Plan;
use crate::model::status::state::State;
use crate::model::status::{RunStatus, TaskStatus};

/// Why a task cannot take part.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// There is no branch, here or on the remote.
    NoBranch,
    /// It is not complete; holds where it is instead.
    NotComplete(State),
    /// Its history breaks rules.
    Violations(Vec<Finding>),
    /// Its objects are damaged or malicious; in git's words.
    Unsound(String),
    /// What is known of it cannot be read; why not.
    Unreadable(String),
    /// It builds on a task that does not take part.
    DependsOn(TaskName),
    /// The person left it out.
    Skipped,
    /// A command failed on the result of its step.
    Failed {
        /// The command.
        command: String,
        /// Its exit code; `None` for a signal.
        code: Option<i32>,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::NoBranch => f.write_str("has no branch"),
            Obstacle::NotComplete(state) => write!(f, "is not complete: {}", word(state)),
            Obstacle::Violations(findings) => {
                write!(f, "breaks the rules: {} in its history", count(findings.len()))
            }
            Obstacle::Unsound(said) => write!(f, "has unsound objects: {said}"),
            Obstacle::Unreadable(why) => write!(f, "cannot be judged: {why}"),
            Obstacle::DependsOn(task) => write!(f, "builds on {task}, which does not take part"),
            Obstacle::Skipped => f.write_str("was left out by --skip"),
            Obstacle::Failed { command, code: Some(code) } => {
                write!(f, "fails `{command}` with exit code {code}")
            }
            Obstacle::Failed { command, code: None } => write!(f, "fails `{command}` by a signal"),
        }
    }
}

/// A task that does not take part.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// Which.
    pub task: TaskName,
    /// Why.
    pub obstacle: Obstacle,
}

/// Who takes part.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// They do, in the plan's order.
    pub tasks: Vec<TaskName>,
    /// They do not.
    pub left_out: Vec<LeftOut>,
}

impl Roster {
    /// Whether somebody is missing for another reason than a person's word, or a failure that was
    /// told.
    pub fn is_short(&self) -> bool {
        let is_told = |task: &TaskName| {
            let obstacle = self.left_out.iter().find(|one| one.task == *task).map(|one| &one.obstacle);
            matches!(obstacle, Some(Obstacle::Skipped | Obstacle::Failed { .. }))
        };
        let is_missing = |one: &&LeftOut| match &one.obstacle {
            Obstacle::DependsOn(task) => !is_told(task),
            _ => !is_told(&one.task),
        };
        self.left_out.iter().any(|one| is_missing(&one))
    }

    /// Whether a command failed on somebody's result.
    pub fn has_failed(&self) -> bool {
        self.left_out.iter().any(|one| matches!(one.obstacle, Obstacle::Failed { .. }))
    }
}

/// What keeps each task from taking part by itself, before dependencies are looked at. `unsound`
/// has what git says of a task's objects, where it says anything.
pub fn obstacle(task: &TaskStatus, unsound: Option<&str>) -> Option<Obstacle> {
    if task.tip_commit_id.is_none() && task.state != State::Integrated {
        return Some(Obstacle::NoBranch);
    }
    if !task.state.is_done() {
        return Some(Obstacle::NotComplete(task.state.clone()));
    }
    let errors: Vec<Finding> = task.findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    if !errors.is_empty() {
        return Some(Obstacle::Violations(errors));
    }
    unsound.map(|said| Obstacle::Unsound(said.to_owned()))
}

/// Divides the tasks. `obstacles` has one entry for each task of the plan; a task that builds on one
/// with an obstacle gets one of its own.
pub fn roster(obstacles: Vec<(TaskName, Option<Obstacle>)>, edges: &[Edge]) -> Roster {
    let mut left_out: Vec<LeftOut> = Vec::new();
    for (task, obstacle) in &obstacles {
        left_out.extend(obstacle.clone().map(|obstacle| LeftOut { task: task.clone(), obstacle }));
    }
    let missing: Vec<TaskName> = left_out.iter().map(|one| one.task.clone()).collect();
    for name in missing {
        for task in order::dependents(&name, edges) {
            if !left_out.iter().any(|one| one.task == task) {
                left_out.push(LeftOut { task, obstacle: Obstacle::DependsOn(name.clone()) });
            }
        }
    }
    let takes_part = |name: &TaskName| !left_out.iter().any(|one| one.task == *name);
    let tasks = obstacles.into_iter().map(|(name, _)| name).filter(takes_part).collect();
    Roster { tasks, left_out }
}

/// What builds on what, from all sources.
pub fn edges(facts: &Facts, status: &RunStatus) -> Vec<Edge> {
    let mut edges = Vec::new();
    for task in &facts.tasks {
        let mut add = |source, before: &TaskName| {
            if *before != task.name {
                edges.push(Edge { source, before: before.clone(), after: task.name.clone() });
            }
        };
        task.contains.iter().for_each(|other| add(Source::History, other));
        task.holds.iter().for_each(|held| add(Source::History, &held.task));
        let planned = facts.plan.task(&task.name).into_iter().flat_map(|task| &task.needs);
        planned.for_each(|need| add(Source::Plan, &need.task));
        let own = status.task(&task.name);
        own.into_iter()
            .flat_map(|own| discovered(&facts.plan, own))
            .for_each(|other| add(Source::Discovered, &other));
        required(&facts.plan, task).iter().for_each(|other| add(Source::Notes, other));
    }
    edges.sort();
    edges.dedup();
    edges
}

fn discovered(plan: &Plan, task: &TaskStatus) -> Vec<TaskName> {
    let named = |prefix: &Option<Prefix>| match prefix {
        Some(Prefix::Needs { task, .. }) => plan.find_task(task).ok().map(|task| task.name.clone()),
        _ => None,
    };
    task.log.iter().filter_map(|entry| named(&entry.prefix)).collect()
}

/// The tasks that follow "from" in lines of the integration notes that speak of a requirement, such
/// as `Requires models from task-2 (merged)` (S1-83a).
fn required(plan: &Plan, task: &TaskFacts) -> Vec<TaskName> {
    let mut found = Vec::new();
    for commit in task.own_commits() {
        let body = Body::parse(commit.message.as_bstr());
        for line in body.items(Section::IntegrationNotes).unwrap_or_default() {
            found.extend(names_after_from(plan, &line.to_str_lossy()));
        }
    }
    found
}

fn names_after_from(plan: &Plan, line: &str) -> Vec<TaskName> {
    let mut words =
        line.split(|c: char| c.is_whitespace() || "(),;:`".contains(c)).filter(|word| !word.is_empty());
    if !words.clone().any(|word| matches!(word.to_lowercase().as_str(), "requires" | "require" | "needs")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    while words.any(|word| word.eq_ignore_ascii_case("from")) {
        let word = words.clone().next().unwrap_or_default().trim_end_matches('.');
        if word.starts_with(|c: char| c.is_alphabetic()) {
            found.extend(plan.find_task(word).ok().map(|task| task.name.clone()));
        }
    }
    found
}

fn word(state: &State) -> String {
    match state {
        State::Pending => "pending".into(),
        State::Working => "working".into(),
        State::Waiting(need) => format!("waiting for {}/{}", need.written, need.item),
        State::Blocked { reason } => format!("blocked: {reason}"),
        State::Complete => "complete".into(),
        State::Integrated => "integrated".into(),
        State::Failed => "failed".into(),
        State::TimedOut => "timed out".into(),
        State::Unknown => "unknown, its history is cut off here".into(),
    }
}

fn count(findings: usize) -> String {
    if findings == 1 { "1 error".into() } else { format!("{findings} errors") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TaskName {
        TaskName::new(text).expect("a legal name")
    }

    #[test]
    fn what_builds_on_a_missing_task_is_left_out_too() {
        let edge = |after: &str, before: &str| Edge {
            source: Source::Plan,
            before: name(before),
            after: name(after),
        };
        let edges = [edge("b", "a"), edge("c", "b"), edge("a", "d")];
        let obstacles = vec![
            (name("a"), Some(Obstacle::NoBranch)),
            (name("b"), None),
            (name("c"), None),
            (name("d"), None),
        ];
        let roster = roster(obstacles, &edges);
        assert_eq!(roster.tasks, [name("d")]);
        let told: Vec<String> =
            roster.left_out.iter().map(|one| format!("{} {}", one.task, one.obstacle)).collect();
        assert_eq!(
            told,
            [
                "a has no branch",
                "b builds on a, which does not take part",
                "c builds on a, which does not take part"
            ]
        );
        assert!(roster.is_short());
    }

    #[test]
    fn a_skipped_task_is_a_persons_word() {
        let roster = roster(vec![(name("a"), Some(Obstacle::Skipped)), (name("b"), None)], &[]);
        assert!(!roster.is_short());
        assert_eq!(roster.tasks, [name("b")]);
    }

    #[test]
    fn integration_notes_name_what_they_require() {
        let plan = crate::model::plan::toml::read("plan.toml", PLAN).expect("a plan");
        let check = |line: &str, expect: &[&str]| {
            let found = names_after_from(&plan, line);
            assert_eq!(found.iter().map(TaskName::as_str).collect::<Vec<_>>(), expect, "{line}");
        };
        check("Requires models from task-2 (merged)", &["task-2-models"]);
        check("requires `x` from task-2, and y from task-3.", &["task-2-models", "task-3-frontend"]);
        check("Import with: from models.analytics import AnalyticsEvent", &[]);
        check("Requires 3 values from 2 tables", &[]);
        check("Merged from task-2", &[]);
    }

    const PLAN: &str = r#"
run = "x"
[[task]]
name = "task-1-api"
scope = ["api/"]
[[task]]
name = "task-2-models"
scope = ["models/"]
[[task]]
name = "task-3-frontend"
scope = ["static/"]
"#;
}
