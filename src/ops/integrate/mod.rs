//! `integrate`: merging finished work, in dependency order, onto a branch of its own.
//!
//! Nothing is believed that can be computed: which tasks are finished, whether they keep the rules
//! and what is merged already is found out anew by every call. So a call that was killed anywhere
//! leaves a repository that the next one understands. Merges happen in the object database; the
//! branch moves once for each step, at its end. No checkout, index or stash of a person is touched.

mod answered;
mod begin;
mod collisions;
mod explain;
mod gather;
mod land;
mod memory;
mod outcome;
mod predict;
mod proceed;
mod resume;
mod shown;
mod takeover;
mod trial;

pub use outcome::{
    Aborted, BenchTrouble, BranchTrouble, Landed, Marked, Origin, Outcome, Refusal, Report, Step, StepResult,
    Unanswered, Warning,
};

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::ops::{merging, run};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which run; `None` for the one that is meant here.
    pub run: Option<String>,
    /// Seconds since the epoch.
    pub now: i64,
    /// What to do.
    pub action: Action,
    /// Short name of the branch to merge into instead of the layout's.
    pub into: Option<String>,
    /// Leave out what is not complete instead of refusing.
    pub only_complete: bool,
    /// Resolve trivial conflicts (S1-83) instead of stopping.
    pub resolve_trivial: bool,
    /// Go on with an integration branch that somebody changed since.
    pub reuse: bool,
    /// Ask again where a person resolved the same conflict before.
    pub no_replay: bool,
    /// Commands that must succeed in the private worktree after each step.
    pub exec: Vec<String>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Walk all steps and change nothing.
    Predict,
    /// Begin, and go as far as possible.
    Begin,
    /// Take what a person resolved, and go on.
    Continue,
    /// Leave a task out, and go on; without a name the one that it stopped at.
    Skip(Option<String>),
    /// Put the integration branch back to where it was.
    Abort,
    /// Merge the finished integration branch into the base branch.
    Land,
}

/// Integrates.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    if options.action == Action::Predict {
        return predict::run(repo, &recorded, options);
    }
    let into: Vec<String> = options.into.iter().map(|branch| crate::model::branch::full(branch)).collect();
    let claim = match merging::claim(repo, &recorded, &into)? {
        Ok(claim) => claim,
        Err(holder) => return Ok(Outcome::Refused(Refusal::Busy(recorded.plan.run, holder))),
    };
    repo.settle_removals()?;
    repo.settle_forwarding()?;
    let outcome = act(repo, &recorded, options)?;
    claim.end();
    Ok(outcome)
}

fn act(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    match &options.action {
        Action::Predict | Action::Begin => begin::begin(repo, recorded, options),
        Action::Continue => resume::go_on(repo, recorded, options),
        Action::Skip(task) => resume::skip(repo, recorded, options, task.as_deref()),
        Action::Abort => resume::abort(repo, recorded),
        Action::Land => land::run(repo, recorded, options),
    }
}
