//! `integrate`: merging finished work, in dependency order, onto a branch of its own.
//!
//! Nothing is believed that can be computed: which tasks are finished, whether they keep the rules
//! and what is merged already is found out anew by every call. So a call that was killed anywhere
//! leaves a repository that the next one understands. Merges happen in the object database; the
//! branch moves once for each step, at its end. No checkout, index or stash of a person is touched.

mod answered;
mod authors;
mod begin;
mod collisions;
mod explain;
mod gather;
mod generated;
mod land;
mod memory;
mod outcome;
mod predict;
mod proceed;
mod proof;
mod refusal;
mod resume;
mod salvage;
mod shown;
mod takeover;
mod train;
mod trial;
mod undo;
mod withdrawn;

pub use outcome::{
    Aborted, Breach, Kept, Landed, Origin, Outcome, Report, Retried, Step, StepResult, Stray, Undone, Warning,
};
pub use refusal::{BenchTrouble, BranchTrouble, Landing, Marked, Outdated, Refusal, Since, Unanswered};
pub use withdrawn::Withdrawn;

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::hint;
use crate::ops::{consent, merging, run};

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
    /// How many steps are tested at once.
    pub batch: Option<usize>,
    /// Whether a person accepted the plan's evidence commands in this call.
    pub accepted: bool,
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
    /// Put the integration branch back to before a step, named by its task or its commit; without a
    /// name the last.
    Undo(Option<String>),
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

/// The plan's evidence commands that would run on merged results, and that no person has accepted on
/// this machine yet.
pub fn unaccepted(repo: &Repository, options: &Options) -> Result<Vec<String>> {
    if !matches!(options.action, Action::Begin | Action::Continue | Action::Skip(_)) {
        return Ok(Vec::new());
    }
    let plan = run::choose(repo, options.run.as_deref())?.plan;
    let mut commands = consent::outstanding(repo, &plan)?;
    let is_generator = |command: &String| plan.integrate.generated.iter().any(|one| one.run == *command);
    let asks_generators = options.resolve_trivial;
    commands.retain(|command| {
        plan.protocol.evidence.contains(command) || (asks_generators && is_generator(command))
    });
    Ok(commands)
}

fn act(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let unaccepted = unaccepted(repo, options)?;
    if !unaccepted.is_empty() && !options.accepted {
        return Err(hint::error(
            "the commands of the plan were not accepted",
            "accept exactly these with --yes",
        ));
    }
    consent::accept(repo, &unaccepted)?;
    match &options.action {
        Action::Predict | Action::Begin => begin::begin(repo, recorded, options),
        Action::Continue => resume::go_on(repo, recorded, options),
        Action::Skip(task) => resume::skip(repo, recorded, options, task.as_deref()),
        Action::Abort => resume::abort(repo, recorded),
        Action::Undo(step) => undo::run(repo, recorded, options, step.as_deref()),
        Action::Land => land::run(repo, recorded, options),
    }
}
