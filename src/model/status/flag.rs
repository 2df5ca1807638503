//! What else is to be said of a task beside its state: one flag per observation.

use std::fmt;

use bstr::BString;

use crate::model::age::Age;
use crate::model::facts::{HooksState, TaskFacts};
use crate::model::finding::{Finding, Severity};
use crate::model::journal::Event;
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::model::status::collision::Rival;
use crate::model::status::state::State;

/// The most names that one flag has.
const MAX_RIVALS: usize = 3;

/// One observation. Wording itself is short: it stands in a column of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// No commit for longer than the threshold, though it could go on (S1-73).
    Stalled(Age),
    /// The worktree has changes that are not committed.
    Dirty(Vec<BString>),
    /// Another task has more than was merged from it.
    Behind {
        /// The other task.
        task: TaskName,
        /// How many own commits of it are missing here.
        commits: usize,
    },
    /// Rules are broken in its history, however that came about (S1-60).
    Violations(Vec<Finding>),
    /// Its newest prefix is COMPLETE, but the evidence that the plan asks for is not there.
    NoEvidence,
    /// The remote branch has commits that the local one lacks.
    RemoteAhead {
        /// Such as `origin`.
        remote: String,
        /// How many.
        commits: usize,
    },
    /// Local and remote branch each have commits of their own (S1-71).
    Diverged {
        /// Such as `origin`.
        remote: String,
        /// Commits that only the local branch has.
        ahead: usize,
        /// Commits that only the remote branch has.
        behind: usize,
    },
    /// Hooks do not run in its worktree; says what is wrong.
    HooksOff(String),
    /// As far as it is done, its work does not merge with that of these.
    Conflicts(Vec<Rival>),
    /// It has no branch.
    NoBranch,
    /// Its branch is a symbolic ref to this one.
    Symbolic(String),
    /// It has no worktree, though others have, or the directory is gone.
    NoWorktree,
    /// Its worktree has another branch checked out, or none.
    Elsewhere(Option<String>),
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flag::Stalled(age) => write!(f, "stalled {age}"),
            Flag::Dirty(paths) => write!(f, "{} uncommitted", paths.len()),
            Flag::Behind { task, commits } => write!(f, "behind {} by {commits}", task.short()),
            Flag::Violations(findings) if findings.len() == 1 => f.write_str("1 violation"),
            Flag::Violations(findings) => write!(f, "{} violations", findings.len()),
            Flag::NoEvidence => f.write_str("no evidence"),
            Flag::RemoteAhead { remote, commits } => write!(f, "{remote} {commits} ahead"),
            Flag::Diverged { remote, .. } => write!(f, "diverged from {remote}"),
            Flag::HooksOff(_) => f.write_str("hooks off"),
            Flag::Conflicts(rivals) => {
                let names: Vec<&str> = rivals.iter().take(MAX_RIVALS).map(|rival| rival.of.short()).collect();
                write!(f, "conflicts with {}", names.join(" and "))?;
                match rivals.len() - names.len() {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Flag::NoBranch => f.write_str("no branch"),
            Flag::Symbolic(_) => f.write_str("symbolic ref"),
            Flag::NoWorktree => f.write_str("no worktree"),
            Flag::Elsewhere(Some(branch)) => write!(f, "on {branch}"),
            Flag::Elsewhere(None) => f.write_str("detached HEAD"),
        }
    }
}

/// What the flags of one task are computed from.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The plan of the run.
    pub plan: &'a Plan,
    /// The task in it.
    pub task: &'a Task,
    /// What is known of the task.
    pub facts: &'a TaskFacts,
    /// What is known of every task.
    pub all: &'a [TaskFacts],
    /// The tasks that are complete.
    pub complete: &'a [&'a TaskName],
    /// Where it is.
    pub state: &'a State,
    /// It says COMPLETE, but not all evidence is there.
    pub is_unproven: bool,
    /// Every finding in its history.
    pub findings: &'a [Finding],
    /// Seconds since the epoch.
    pub now: i64,
    /// Seconds without a commit that count as stalled.
    pub stalled_after: u64,
}

/// All flags of one task, the most urgent first.
pub fn flags(case: &Case<'_>) -> Vec<Flag> {
    let mut flags = branch(case);
    flags.extend(worktree(case));
    flags.extend(violations(case.findings));
    flags.extend(case.is_unproven.then_some(Flag::NoEvidence));
    flags.extend(stalled(case));
    flags.extend(behind(case));
    flags.extend(uncommitted(case));
    flags
}

fn branch(case: &Case<'_>) -> Vec<Flag> {
    let mut flags = Vec::new();
    if case.facts.effective_tip().is_none() && *case.state != State::Integrated {
        flags.push(Flag::NoBranch);
    }
    flags.extend(case.facts.symbolic.clone().map(|one| Flag::Symbolic(one.target)));
    let Some(remote) = case.facts.remote.as_ref().filter(|_| case.facts.tip.is_some()) else { return flags };
    let name = remote.remote.clone();
    match (remote.ahead, remote.behind) {
        (_, 0) => {}
        (0, commits) => flags.push(Flag::RemoteAhead { remote: name, commits }),
        (ahead, behind) => flags.push(Flag::Diverged { remote: name, ahead, behind }),
    }
    flags
}

/// A clone on another machine has no worktrees at all; only beside others is one missing.
fn worktree(case: &Case<'_>) -> Vec<Flag> {
    let is_over = matches!(case.state, State::Complete | State::Integrated);
    let Some(worktree) = &case.facts.worktree else {
        let others_have = case.all.iter().any(|other| other.worktree.is_some());
        return if others_have && !is_over { vec![Flag::NoWorktree] } else { Vec::new() };
    };
    if !worktree.present {
        return if is_over { Vec::new() } else { vec![Flag::NoWorktree] };
    }
    let mut flags = Vec::new();
    if worktree.branch.as_ref() != Some(&case.facts.branch) {
        flags.push(Flag::Elsewhere(worktree.branch.clone()));
    }
    if let Some(HooksState::Broken(why)) = &worktree.hooks {
        flags.push(Flag::HooksOff(why.clone()));
    }
    flags
}

/// Only errors: a warning hinders nobody and is for `verify` to tell.
fn violations(findings: &[Finding]) -> Option<Flag> {
    let errors: Vec<Finding> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    (!errors.is_empty()).then_some(Flag::Violations(errors))
}

/// Time counts from the newest commit on the branch, merges included, else from the start.
fn stalled(case: &Case<'_>) -> Option<Flag> {
    if !matches!(case.state, State::Pending | State::Working | State::Waiting(_)) {
        return None;
    }
    let committed = case.facts.commits.iter().map(|commit| commit.time).max();
    let started = || {
        let is_start = |event: &Event| matches!(event, Event::Started | Event::Reopened);
        case.facts.journal.iter().filter(|entry| is_start(&entry.event)).map(|entry| entry.time).max()
    };
    let age = Age::between(committed.max(started())?, case.now);
    (age.seconds >= case.stalled_after).then_some(Flag::Stalled(age))
}

/// Behind is who has some of another's work but not all of it, or none of a need that is complete.
fn behind(case: &Case<'_>) -> Vec<Flag> {
    if matches!(case.state, State::Complete | State::Integrated) {
        return Vec::new();
    }
    if case.facts.holds.is_empty() && case.task.needs.is_empty() && !matches!(case.state, State::Waiting(_)) {
        return Vec::new();
    }
    let missing = |other: &TaskFacts| {
        let held = case.facts.held(&other.name);
        let is_due = held > 0 || needs(case, &other.name) && case.complete.contains(&&other.name);
        let all = if is_due { other.own_commits().count() } else { 0 };
        (held < all).then(|| Flag::Behind { task: other.name.clone(), commits: all - held })
    };
    case.all.iter().filter(|other| other.name != case.facts.name).filter_map(missing).collect()
}

fn needs(case: &Case<'_>, other: &TaskName) -> bool {
    let declared = case.task.needs.iter().any(|need| need.task == *other);
    declared || matches!(case.state, State::Waiting(need) if need.task == *other)
}

fn uncommitted(case: &Case<'_>) -> Option<Flag> {
    let paths = case.facts.worktree.as_ref()?.dirty.as_ref()?;
    (!paths.is_empty()).then(|| Flag::Dirty(paths.clone()))
}
