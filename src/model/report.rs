//! What happened in a run: who took how long, how much was changed, what was tested and merged.
//!
//! Everything is computed from history, records and journals, which outlive branches and worktrees.
//! A task's time is from its start to its newest COMPLETE, or to its newest commit where it has none.
//! The speed-up is the sum of these times by the time that passed (S2-17): until the last task ended,
//! for the work alone, and until the last merge or landing, for the whole.

use std::collections::HashSet;
use std::hash::Hash;

use gix_hash::ObjectId;

use crate::model::drift::Drift;
use crate::model::evidence;
use crate::model::facts::{Commit, Facts, TaskFacts};
use crate::model::journal::{Entry, Event, LANDED};
use crate::model::message::body::{Body, Section};
use crate::model::message::{self, Prefix, Subject};
use crate::model::name::{RunName, TaskName};
use crate::model::status::state::State;
use crate::model::status::{RunStatus, TaskStatus};

/// What happened in a run until now.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which run.
    pub run: RunName,
    /// For people.
    pub title: String,
    /// The commit that every task started from.
    pub base_commit_id: ObjectId,
    /// One for each task, in the plan's order.
    pub tasks: Vec<TaskReport>,
    /// Merges and landings, each once, oldest first.
    pub merges: Vec<Merged>,
    /// What was run on tasks and on merged results, each by its newest result, oldest first.
    pub tests: Vec<Test>,
    /// Until the last task ended.
    pub development: Option<Effort>,
    /// Until the last merge or landing.
    pub overall: Option<Effort>,
    /// Where declared and actual scopes differ.
    pub drift: Drift,
    /// What could not be read.
    pub unknown: Vec<String>,
}

/// What became of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskReport {
    /// Which task.
    pub name: TaskName,
    /// For people.
    pub title: String,
    /// Where it is.
    pub state: State,
    /// When it was started, in seconds since the epoch.
    pub started: Option<i64>,
    /// When it ended, or when its newest commit was made.
    pub ended: Option<i64>,
    /// How many own commits it has.
    pub commits: usize,
    /// How many paths they changed.
    pub paths: usize,
    /// What they changed, line by line.
    pub lines: Lines,
    /// How many findings refuse.
    pub errors: usize,
    /// What its newest COMPLETE says, and the items of its summary.
    pub summary: Vec<String>,
}

/// Lines of text that a change adds and removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lines {
    /// How many there are that were not there.
    pub added: usize,
    /// How many there are no more.
    pub removed: usize,
}

/// A step of an integration, or a landing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Whose work it brought; `None` where it was the whole run's.
    pub task: Option<TaskName>,
    /// In the journal's words.
    pub text: String,
    /// The result.
    pub commit_id: Option<ObjectId>,
    /// When.
    pub time: i64,
}

/// A command that was run on a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The command, on one line.
    pub command: String,
    /// Whether it succeeded.
    pub passed: bool,
    /// The tree.
    pub tree_id: Option<ObjectId>,
    /// The task that ran it, or that it was run for.
    pub task: Option<TaskName>,
    /// When.
    pub time: i64,
}

/// How much was done in how much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// The sum of the tasks' times, in seconds.
    pub worked: u64,
    /// The seconds that passed.
    pub passed: u64,
}

impl Effort {
    /// How many times faster it was than one task after the other; `None` where no time passed.
    #[expect(clippy::cast_precision_loss, reason = "nobody works that many seconds")]
    pub fn speed_up(self) -> Option<f64> {
        (self.passed > 0).then(|| self.worked as f64 / self.passed as f64)
    }
}

impl Report {
    /// Computes it; `journal` is the run's, oldest first, and `lines` are those of the facts' tasks.
    pub fn new(facts: &Facts, status: &RunStatus, journal: &[Entry], lines: &[Lines]) -> Report {
        let tasks: Vec<TaskReport> = facts
            .tasks
            .iter()
            .zip(&status.tasks)
            .zip(lines)
            .map(|((task, status), lines)| TaskReport::new(task, status, *lines))
            .collect();
        let merges: Vec<Merged> =
            newest(journal.iter().filter_map(Merged::read), |one| (one.task.clone(), one.commit_id));
        let about = |test: &Test| (test.command.clone(), test.tree_id, test.task.clone());
        let work_ended = tasks.iter().filter_map(|task| task.ended).max();
        let merged = merges.iter().map(|one| one.time).max();
        Report {
            run: status.run.clone(),
            title: status.title.clone(),
            base_commit_id: status.base_commit_id,
            development: effort(&tasks, work_ended),
            overall: merged.and_then(|_| effort(&tasks, merged.max(work_ended))),
            tests: newest(journal.iter().filter_map(Test::read), about),
            merges,
            tasks,
            drift: status.drift.clone(),
            unknown: status.unknown.clone(),
        }
    }
}

impl TaskReport {
    fn new(task: &TaskFacts, status: &TaskStatus, lines: Lines) -> TaskReport {
        let starts = task.journal.iter().filter(|entry| entry.event == Event::Started);
        let mut paths: Vec<_> =
            task.own_commits().flat_map(|commit| &commit.change).map(|one| &one.path).collect();
        paths.sort();
        paths.dedup();
        let complete = task.own_commits().rfind(|commit| is_complete(commit));
        TaskReport {
            name: task.name.clone(),
            title: status.title.clone(),
            state: status.state.clone(),
            started: starts.map(|entry| entry.time).min(),
            ended: complete.or_else(|| task.own_commits().next_back()).map(|commit| commit.time),
            commits: task.own_commits().count(),
            paths: paths.len(),
            lines,
            errors: status.findings.iter().filter(|finding| finding.is_error()).count(),
            summary: complete.map(summary).unwrap_or_default(),
        }
    }

    /// How long it took, in seconds.
    pub fn seconds(&self) -> Option<u64> {
        u64::try_from(self.ended?.checked_sub(self.started?)?).ok()
    }
}

/// Those after which no other one is about the same, in their order.
fn newest<T, K: Eq + Hash>(all: impl DoubleEndedIterator<Item = T>, about: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut kept: Vec<T> = all.rev().filter(|one| seen.insert(about(one))).collect();
    kept.reverse();
    kept
}

fn is_complete(commit: &Commit) -> bool {
    message::status(commit.message.as_ref()) == Some(Prefix::Complete)
}

fn summary(complete: &Commit) -> Vec<String> {
    let message = complete.message.as_ref();
    let mut lines = Vec::new();
    if let Some(Subject::Status { description, .. }) = message::read(message) {
        lines.push(description);
    }
    let body = Body::parse(message);
    lines.extend(body.items(Section::Summary).unwrap_or_default().iter().map(ToString::to_string));
    lines.retain(|line| !line.is_empty());
    lines.dedup();
    lines
}

impl Merged {
    fn read(entry: &Entry) -> Option<Merged> {
        let is_merge = match &entry.event {
            Event::Integrated => entry.task.is_some(),
            Event::Other(word) => word == LANDED,
            _ => false,
        };
        is_merge.then(|| Merged {
            task: entry.task.clone(),
            text: entry.text.clone(),
            commit_id: entry.commit_id,
            time: entry.time,
        })
    }
}

impl Test {
    fn read(entry: &Entry) -> Option<Test> {
        matches!(entry.event, Event::Evidence | Event::Tested).then_some(())?;
        let command = evidence::command(entry)?.to_owned();
        let passed = evidence::verdict(entry, &command)? == evidence::Verdict::Passed;
        Some(Test { command, passed, tree_id: entry.commit_id, task: entry.task.clone(), time: entry.time })
    }
}

fn effort(tasks: &[TaskReport], end: Option<i64>) -> Option<Effort> {
    let began = tasks.iter().filter_map(|task| task.started).min()?;
    let passed = u64::try_from(end?.checked_sub(began)?).ok()?;
    Some(Effort { worked: tasks.iter().filter_map(TaskReport::seconds).sum(), passed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::journal::ORCHESTRATOR;
    use crate::model::status::sample;

    fn entry(event: Event, task: Option<&TaskName>, time: i64, text: &str) -> Entry {
        Entry { task: task.cloned(), time, text: text.to_owned(), ..Entry::new(event, ORCHESTRATOR) }
    }

    #[test]
    fn time_is_counted_from_start_to_complete() {
        let mut facts = sample::facts([
            &["[CHECKPOINT] Blueprint"],
            &["[COMPLETE] Models\n\nSummary of changes:\n- Tables\n"],
            &[],
        ]);
        let first = facts.tasks[0].commits[0].time;
        let second = facts.tasks[1].commits[0].time;
        for task in &mut facts.tasks {
            task.journal.push(entry(Event::Started, Some(&task.name.clone()), first.min(second) - 600, ""));
        }
        let status = sample::status(&facts, 48);
        let names: Vec<TaskName> = facts.tasks.iter().map(|task| task.name.clone()).collect();
        let end = first.max(second) + 100;
        let journal = [
            entry(Event::Integrated, Some(&names[1]), end, "Merge task-2"),
            entry(Event::Tested, None, end, "failed: cargo test\n"),
            entry(Event::Integrated, None, end, "done"),
        ];
        let report = Report::new(&facts, &status, &journal, &[Lines::default(); 3]);
        let times: Vec<Option<u64>> = report.tasks.iter().map(TaskReport::seconds).collect();
        let worked: u64 = times.iter().flatten().sum();
        assert_eq!(times[2], None, "who has no commit has not worked");
        assert_eq!(report.development.map(|effort| effort.worked), Some(worked));
        let passed = report.overall.map(|effort| effort.passed);
        assert_eq!(passed, u64::try_from(end - (first.min(second) - 600)).ok());
        assert_eq!(report.tasks[1].summary, ["Models", "Tables"]);
        assert_eq!(report.merges.len(), 1, "the end of an integration is no merge");
        assert_eq!(report.tests.iter().map(|test| test.passed).collect::<Vec<_>>(), [false]);
    }
}
