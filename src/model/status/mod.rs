//! The status of a run: where every task is, what stands in the way, what to do next.
//!
//! All of it is computed from [`Facts`], the judge's findings and the time; there is no stored
//! status that could be wrong. The same facts at the same time give the same status.

pub mod action;
pub mod collision;
pub mod flag;
pub mod issue;
pub mod log;
pub mod own;
mod provider;
#[cfg(test)]
pub(crate) mod sample;
pub mod state;

use std::path::PathBuf;

use gix_hash::ObjectId;

use crate::model::drift::Drift;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::message::Prefix;
use crate::model::name::{RunName, TaskName};
use crate::model::plan::Task;
use crate::model::status::action::Action;
use crate::model::status::flag::{Case, Flag};
use crate::model::status::issue::Issue;
use crate::model::status::log::LogEntry;
use crate::model::status::state::{Declared, OpenNeed, State};

/// Seconds without a commit after which a task counts as stalled, unless one is told (S1-73).
pub const STALLED_AFTER: u64 = 2 * 3_600;

/// The status of a run at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStatus {
    /// Which run.
    pub run: RunName,
    /// For people.
    pub title: String,
    /// The moment, in seconds since the epoch.
    pub now: i64,
    /// The commit that every task started from.
    pub base_commit_id: ObjectId,
    /// Short name of the integration branch.
    pub integration_branch: String,
    /// Where it is, if it is there.
    pub integration_tip: Option<ObjectId>,
    /// One for each task, in the plan's order.
    pub tasks: Vec<TaskStatus>,
    /// What stands in the way.
    pub issues: Vec<Issue>,
    /// What to do next.
    pub actions: Vec<Action>,
    /// Where declared and actual scopes differ.
    pub drift: Drift,
    /// What could not be read.
    pub unknown: Vec<String>,
}

/// The status of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStatus {
    /// Which task.
    pub name: TaskName,
    /// Its number in the plan.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// The tip that counts, if there is a branch here or on the remote.
    pub tip_commit_id: Option<ObjectId>,
    /// Where its worktree is.
    pub worktree: Option<PathBuf>,
    /// Only the scope was looked at for what is not committed, as the worktree is large.
    pub is_scope_only: bool,
    /// Where it is.
    pub state: State,
    /// The newest prefix in its history, in effect or not.
    pub newest_prefix: Option<Prefix>,
    /// The COMPLETE that nothing took back, whether or not its evidence is there.
    pub complete_commit_id: Option<ObjectId>,
    /// The BLOCKED that is in effect.
    pub blocked_commit_id: Option<ObjectId>,
    /// Every need that is declared and not met, oldest first.
    pub open_needs: Vec<OpenNeed>,
    /// How far it is.
    pub progress: Progress,
    /// Its own commits, oldest first.
    pub log: Vec<LogEntry>,
    /// What else is to be said.
    pub flags: Vec<Flag>,
    /// Everything that the judge found in its history, warnings included.
    pub findings: Vec<Finding>,
}

/// Own CHECKPOINT and COMPLETE commits against the checkpoints of the plan (S1-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many there are.
    pub done: usize,
    /// How many the plan lists; 0 if it lists none.
    pub expected: usize,
}

/// What a status depends on besides the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Seconds since the epoch.
    pub now: i64,
    /// Seconds without a commit that count as stalled.
    pub stalled_after: u64,
}

impl RunStatus {
    /// Computes it. `findings` has the judge's findings for each task of the facts, in their order.
    pub fn new(facts: &Facts, findings: Vec<Vec<Finding>>, clock: Clock) -> RunStatus {
        let tasks = tasks(facts, findings, clock);
        let issues = issue::issues(facts, &tasks);
        let actions = action::actions(facts, &tasks, &issues);
        RunStatus {
            run: facts.plan.run.clone(),
            title: facts.plan.title.clone(),
            now: clock.now,
            base_commit_id: facts.base_commit_id,
            integration_branch: facts.plan.layout.integration(&facts.plan.run),
            integration_tip: facts.integration_tip,
            drift: Drift::new(facts, &tasks),
            tasks,
            issues,
            actions,
            unknown: facts.unknown.clone(),
        }
    }

    /// The status of one task; `None` if the plan has no such task.
    pub fn task(&self, name: &TaskName) -> Option<&TaskStatus> {
        name.find_in(&self.tasks, |task| &task.name)
    }
}

impl State {
    /// Whether the work is finished, merged or not.
    pub fn is_done(&self) -> bool {
        matches!(self, State::Complete | State::Integrated)
    }
}

fn tasks(facts: &Facts, findings: Vec<Vec<Finding>>, clock: Clock) -> Vec<TaskStatus> {
    let logs: Vec<Vec<LogEntry>> = facts.tasks.iter().map(|task| log::read(&task.commits)).collect();
    let declared = |(task, log): (_, &Vec<LogEntry>)| (task, state::declared(&facts.plan, task, log));
    let all: Vec<(&TaskFacts, Declared)> = facts.tasks.iter().zip(&logs).map(declared).collect();
    let open: Vec<Vec<OpenNeed>> =
        all.iter().map(|(task, declared)| state::open_needs(task, declared, &all)).collect();
    let states: Vec<State> = all
        .iter()
        .zip(&open)
        .map(|((task, declared), open)| state::state(task, declared, open, &all))
        .collect();
    let complete: Vec<&TaskName> = facts
        .tasks
        .iter()
        .zip(&states)
        .filter(|(_, state)| state.is_done())
        .map(|(task, _)| &task.name)
        .collect();

    let mut statuses = Vec::with_capacity(facts.tasks.len());
    let rest = all.iter().zip(logs).zip(open).zip(&states).zip(findings);
    for (((((own, declared), log), open_needs), state), findings) in rest {
        let Some(task) = facts.plan.task(&own.name) else { continue };
        let flags = flag::flags(&Case {
            plan: &facts.plan,
            task,
            facts: own,
            all: &facts.tasks,
            complete: &complete,
            state,
            is_unproven: declared.unproven_commit_id.is_some(),
            findings: &findings,
            now: clock.now,
            stalled_after: clock.stalled_after,
        });
        statuses.push(TaskStatus {
            name: own.name.clone(),
            number: task.number,
            title: task.title.clone(),
            branch: own.branch.clone(),
            tip_commit_id: own.effective_tip(),
            worktree: own.worktree.as_ref().map(|worktree| worktree.path.clone()),
            is_scope_only: own.worktree.as_ref().is_some_and(|worktree| worktree.is_scope_only),
            state: state.clone(),
            newest_prefix: log.iter().rev().find_map(|entry| entry.prefix.clone()),
            complete_commit_id: declared.complete_commit_id.or(declared.unproven_commit_id),
            blocked_commit_id: declared.blocked.as_ref().map(|(id, _)| *id),
            open_needs,
            progress: progress(task, &log),
            log,
            flags,
            findings,
        });
    }
    statuses
}

fn progress(task: &Task, log: &[LogEntry]) -> Progress {
    let counts = |entry: &&LogEntry| matches!(entry.prefix, Some(Prefix::Checkpoint | Prefix::Complete));
    Progress { done: log.iter().filter(counts).count(), expected: task.checkpoints.len() }
}
