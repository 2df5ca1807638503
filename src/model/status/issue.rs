//! What stands in the way of a run, one value per problem (S1-68).
//!
//! Issues are found from the states of all tasks together, so that each says who is waited for and
//! whether the way is free by now. How they read is for `render`.

use bstr::ByteSlice;

use crate::model::age::Age;
use crate::model::facts::{Commit, Dropped, Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::message::{self, Prefix};
use crate::model::name::{ItemName, TaskName};
use crate::model::plan::DependencyMode;
use crate::model::status::collision::Rival;
use crate::model::status::flag::Flag;
use crate::model::status::state::{State, Supply};
use crate::model::status::{TaskStatus, provider};

/// One problem, and whose.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The task that has it.
    pub task: TaskName,
    /// What it is.
    pub kind: Kind,
}

/// What can stand in the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Something that the task needs is complete and only has to be merged.
    DependencyResolved {
        /// Who provides it.
        provider: TaskName,
        /// What it declared to need; `None` where only the plan says that it needs the task.
        item: Option<ItemName>,
    },
    /// The task cannot go on.
    Blocked {
        /// As the subject has it.
        reason: String,
        /// The reason in words, as the worker spelt them in the message.
        topic: String,
        /// Who could help, as far as it can be told (S1-69).
        provider: Option<TaskName>,
        /// Whether the provider is complete.
        supply: Supply,
    },
    /// The task and the others wait for each other in a circle (S1-08).
    Deadlock {
        /// The circle, from the task that has the issue on.
        circle: Vec<TaskName>,
    },
    /// The worker gave up; its own words, if there are any.
    Failed(String),
    /// The time limit passed.
    TimedOut,
    /// Nothing was committed for that long.
    Stalled(Age),
    /// Rules are broken in the history.
    Violations(Vec<Finding>),
    /// The task is complete but its worktree has changes that are not in it (S1-53).
    Uncommitted(usize),
    /// Its work does not merge with that of these, each of which has the same with it.
    Conflicts(Vec<Rival>),
    /// Something is wrong with branch, worktree, remote or hooks.
    Repository(Flag),
    /// The plan does not have the task any more.
    Dropped(Finding),
}

/// All issues of a run: what others can resolve first, then what concerns one task alone.
pub fn issues(facts: &Facts, tasks: &[TaskStatus]) -> Vec<Issue> {
    let each = |find: &dyn Fn(&TaskStatus) -> Vec<Kind>| -> Vec<Issue> {
        let of = |task: &TaskStatus| {
            let name = task.name.clone();
            find(task).into_iter().map(move |kind| Issue { task: name.clone(), kind })
        };
        tasks.iter().flat_map(of).collect()
    };
    let mut issues = each(&|task| resolved(facts, task, tasks));
    issues.extend(each(&|task| blocked(facts, task, tasks).into_iter().collect()));
    issues.extend(deadlocks(tasks));
    issues.extend(each(&|task| verdict(facts, task).into_iter().collect()));
    issues.extend(each(&|task| task.flags.iter().filter_map(|flag| flagged(task, flag)).collect()));
    let dropped = |one: &Dropped| Issue { task: one.task.clone(), kind: Kind::Dropped(one.finding()) };
    issues.extend(facts.dropped.iter().map(dropped));
    issues
}

/// Declared needs come first; what only the plan says counts while the task goes on. Where dependencies
/// are strict it counts until the task is done, for nothing can be committed without.
fn resolved(facts: &Facts, task: &TaskStatus, tasks: &[TaskStatus]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for need in task.open_needs.iter().filter(|need| need.supply == Supply::ReadyToMerge) {
        kinds.push(Kind::DependencyResolved { provider: need.task.clone(), item: Some(need.item.clone()) });
    }
    let is_strict = facts.plan.dependencies == DependencyMode::Strict;
    let goes_on = match task.state {
        State::Pending | State::Working | State::Waiting(_) => true,
        State::Blocked { .. } | State::Failed | State::TimedOut => is_strict,
        State::Complete | State::Integrated | State::Unknown => false,
    };
    let (Some(planned), Some(own)) = (facts.plan.task(&task.name), facts.task(&task.name)) else {
        return kinds;
    };
    for need in planned.needs.iter().filter(|_| goes_on) {
        let known = kinds
            .iter()
            .any(|kind| matches!(kind, Kind::DependencyResolved { provider, .. } if *provider == need.task));
        let is_done = tasks.iter().any(|other| other.name == need.task && other.state.is_done());
        let is_left = facts.task(&need.task).is_some_and(|provider| is_left(own, provider, is_strict));
        if !known && is_done && is_left {
            kinds.push(Kind::DependencyResolved { provider: need.task.clone(), item: None });
        }
    }
    kinds
}

/// Whether a task has nothing of its provider's work yet, or, where dependencies are strict, only what
/// came before the provider was complete.
fn is_left(own: &TaskFacts, provider: &TaskFacts, is_strict: bool) -> bool {
    let held = own.held(&provider.name);
    let is_complete = |commit: &Commit| message::status(commit.message.as_ref()) == Some(Prefix::Complete);
    let is_partial =
        || held < provider.own_commits().count() && !provider.own_commits().take(held).any(is_complete);
    provider.has_own_commits() && (held == 0 || is_strict && is_partial())
}

fn blocked(facts: &Facts, task: &TaskStatus, tasks: &[TaskStatus]) -> Option<Kind> {
    let State::Blocked { reason } = &task.state else { return None };
    let message = blocking_message(facts.task(&task.name)?, task);
    let provider = provider::of_blocked(facts, task, &message, tasks);
    let is_complete =
        |name: &TaskName| name.find_in(tasks, |one| &one.name).is_some_and(|one| one.state.is_done());
    let supply = match &provider {
        Some(name) if is_complete(name) => Supply::ReadyToMerge,
        _ => Supply::Outstanding,
    };
    Some(Kind::Blocked { reason: reason.clone(), topic: provider::topic(reason, &message), provider, supply })
}

/// The message of the BLOCKED that is in effect.
fn blocking_message(facts: &TaskFacts, task: &TaskStatus) -> String {
    let commit = facts.own_commits().find(|commit| Some(commit.id) == task.blocked_commit_id);
    commit.map(|commit| commit.message.to_str_lossy().into_owned()).unwrap_or_default()
}

/// Each circle of tasks that wait for each other, once, from its first task in the plan's order.
fn deadlocks(tasks: &[TaskStatus]) -> Vec<Issue> {
    let mut issues: Vec<Issue> = Vec::new();
    for start in tasks {
        let circle = circle_from(start, tasks);
        let is_known =
            |issue: &Issue| matches!(&issue.kind, Kind::Deadlock { circle } if circle.contains(&start.name));
        if !circle.is_empty() && !issues.iter().any(is_known) {
            issues.push(Issue { task: start.name.clone(), kind: Kind::Deadlock { circle } });
        }
    }
    issues
}

/// Follows the state's need from task to task; empty unless that leads back to the start.
fn circle_from(start: &TaskStatus, tasks: &[TaskStatus]) -> Vec<TaskName> {
    let mut circle = Vec::new();
    let mut next = Some(start);
    while let Some(task) = next {
        if circle.contains(&task.name) {
            return if task.name == start.name { circle } else { Vec::new() };
        }
        circle.push(task.name.clone());
        next = match &task.state {
            State::Waiting(need) if need.supply == Supply::Outstanding => {
                tasks.iter().find(|other| other.name == need.task)
            }
            _ => None,
        };
    }
    Vec::new()
}

fn verdict(facts: &Facts, task: &TaskStatus) -> Option<Kind> {
    match task.state {
        State::Failed => {
            let journal = &facts.task(&task.name)?.journal;
            let said = journal.iter().rev().find(|entry| entry.event == crate::model::journal::Event::Failed);
            Some(Kind::Failed(said.map(|entry| entry.text.clone()).unwrap_or_default()))
        }
        State::TimedOut => Some(Kind::TimedOut),
        _ => None,
    }
}

fn flagged(task: &TaskStatus, flag: &Flag) -> Option<Kind> {
    match flag {
        Flag::Stalled(age) => Some(Kind::Stalled(*age)),
        Flag::Violations(findings) => Some(Kind::Violations(findings.clone())),
        Flag::Dirty(paths) if task.state.is_done() => Some(Kind::Uncommitted(paths.len())),
        Flag::Dirty(_) | Flag::Behind { .. } | Flag::Conflicts(_) => None,
        other => Some(Kind::Repository(other.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::sample;

    const CHECKPOINT: &str = "[CHECKPOINT] part";
    const COMPLETE: &str = "[COMPLETE] all";
    const NEEDS: &str = "[NEEDS:task-2/AnalyticsEvent]";

    /// An issue in a few words: whose it is, its kind, who could help.
    fn words(issue: &Issue) -> String {
        let provider = |name: &TaskName| name.short().to_owned();
        let kind = match &issue.kind {
            Kind::DependencyResolved { provider: name, item } => {
                format!("resolved {} {}", provider(name), item.as_ref().map_or("-", |item| item.as_str()))
            }
            Kind::Blocked { provider: name, supply, .. } => {
                format!("blocked {} {supply:?}", name.as_ref().map_or("-".into(), provider))
            }
            Kind::Deadlock { circle } => {
                format!("deadlock {}", circle.iter().map(provider).collect::<Vec<_>>().join(" "))
            }
            Kind::Failed(text) => format!("failed {text:?}"),
            Kind::Repository(flag) => flag.to_string(),
            Kind::Stalled(age) => format!("stalled {age}"),
            other => format!("{other:?}"),
        };
        format!("{}: {kind}", issue.task.short())
    }

    #[track_caller]
    fn check(happened: [&[&str]; 3], minutes: i64, expect: &[&str]) {
        let status = sample::status(&sample::facts(happened), minutes);
        let said: Vec<String> = status.issues.iter().map(words).collect();
        assert_eq!(said, expect, "the issues after {happened:?}");
    }

    #[test]
    fn a_need_that_is_complete_is_an_issue_until_it_is_merged() {
        check([&[NEEDS, CHECKPOINT], &[CHECKPOINT], &[]], 60, &[]);
        check([&[NEEDS, CHECKPOINT], &[COMPLETE], &[]], 60, &["task-1: resolved task-2 AnalyticsEvent"]);
        check([&[CHECKPOINT], &[COMPLETE], &[]], 60, &["task-1: resolved task-2 -"]);
        check([&[NEEDS, "+2"], &[COMPLETE], &[]], 60, &[]);
        check([&[NEEDS, COMPLETE], &[COMPLETE], &[]], 60, &["task-3: resolved task-1 -"]);
    }

    #[test]
    fn a_blocked_task_names_who_could_help() {
        let blocked = "[BLOCKED:schema] cannot";
        check([&[], &[], &[blocked]], 60, &["task-3: blocked task-1 Outstanding"]);
        check([&[COMPLETE], &[], &[blocked]], 60, &["task-3: blocked task-1 ReadyToMerge"]);
        check([&[], &[], &["[BLOCKED:schema] ask Worker 2."]], 60, &["task-3: blocked task-2 Outstanding"]);
        check(
            [&[], &[], &["[BLOCKED:schema] see task-3, task-2-models-migrations"]],
            60,
            &["task-3: blocked task-2 Outstanding"],
        );
        check([&[], &[blocked], &[]], 60, &["task-2: blocked - Outstanding"]);
    }

    #[test]
    fn a_circle_of_waiting_is_found_once() {
        check(
            [&[NEEDS], &["[NEEDS:task-3/css]"], &["[NEEDS:task-1/api]"]],
            60,
            &["task-1: deadlock task-1 task-2 task-3"],
        );
        check(
            [&[NEEDS], &["[NEEDS:task-3/css]"], &["[NEEDS:task-2/x]"]],
            60,
            &["task-2: deadlock task-2 task-3"],
        );
        check([&[NEEDS], &["[NEEDS:task-3/css]"], &[]], 60, &[]);
    }

    #[test]
    fn silence_and_surrender_are_issues() {
        check([&[CHECKPOINT], &[], &[]], 1 + 120, &["task-1: stalled 2h"]);
        check([&[CHECKPOINT], &[], &[]], 120, &[]);
        check([&["!started"], &[], &[]], 1 + 120, &["task-1: stalled 2h"]);
        check([&["[BLOCKED:x] y", CHECKPOINT, COMPLETE], &[], &[]], 600, &["task-3: resolved task-1 -"]);
        check([&["!failed"], &[], &[]], 600, &["task-1: failed \"\""]);
    }

    #[test]
    fn a_missing_branch_is_reported() {
        let mut facts = sample::facts([&[], &[], &[]]);
        facts.tasks[1].tip = None;
        let said: Vec<String> = sample::status(&facts, 1).issues.iter().map(words).collect();
        assert_eq!(said, ["task-2: no branch"], "a branch that is gone is reported (S1-64)");
    }
}
