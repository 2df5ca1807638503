//! `git orchestrate start`: record a plan, and make a branch and a worktree for each task.
//!
//! Everything is looked at before anything is changed, and all that is in the way is reported at
//! once. The plan is recorded first: it says what is meant to be there, so a start that is killed
//! is finished by the next one, which compares and does what is missing. The main worktree's HEAD,
//! index and files are never touched.

mod base;
mod main_worktree;
mod neighbours;
mod outcome;
mod raise;
mod survey;
mod warnings;

pub use outcome::{Checkout, Outcome, Report, SiteReport, Warning};

use std::panic::resume_unwind;
use std::path::PathBuf;

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
pub use crate::git::plan_ref::{Base, Recorded};
use crate::model::branch;
use crate::model::name::TaskName;
use crate::model::plan::Plan;
use crate::ops::consent;
use crate::ops::site::claim;
use crate::ops::site::find::Ground;
use crate::ops::traces::{self, Trace};
use neighbours::Neighbours;

/// What to start, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The checked plan.
    pub plan: Plan,
    /// The text that it was read from.
    pub input: Vec<u8>,
    /// Only these tasks, by any name that means one; all if empty.
    pub tasks: Vec<String>,
    /// Which of them are made anew; `Some` of nothing means all.
    pub recreate: Option<Vec<String>>,
    /// Do it, or only say what would be done.
    pub mode: Mode,
    /// Whether a person accepted the plan's commands.
    pub consent: Consent,
}

/// Do it, or only say what would be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Change the repository.
    Do,
    /// Change nothing.
    DryRun,
}

/// Whether a person accepted the plan's commands in this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes; it is remembered.
    Given,
    /// No; those that were not accepted earlier come back as [`Outcome::Asks`].
    Outstanding,
}

/// How far a long start has come.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The task that is next.
    pub task: &'a TaskName,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// Starts a run, or brings a started one up to its plan; `watch` is told how far it came.
pub fn run(repo: &Repository, options: &Options, watch: &mut dyn FnMut(&Progress<'_>)) -> Result<Outcome> {
    let main = main_worktree::open(repo)?;
    if options.mode == Mode::DryRun {
        return start(&main, options, watch);
    }
    let claim = claim::take(&main, &options.plan)?;
    main.settle_removals()?;
    let outcome = start(&main, options, watch)?;
    if !matches!(&outcome, Outcome::Started(report) if report.has_failed()) {
        claim.end();
    }
    Ok(outcome)
}

fn start(main: &Repository, options: &Options, watch: &mut dyn FnMut(&Progress<'_>)) -> Result<Outcome> {
    let known = recorded(main, &options.plan)?;
    let base = base::of(main, &options.plan, known.as_ref())?;
    let ground = Ground::survey(main, &base, main.read_journals(&options.plan.run)?)?;
    let neighbours = Neighbours::read(main, &options.plan.run)?;
    let mut sites = match survey::sites(&ground, options, known.as_ref(), &neighbours)? {
        Ok(sites) => sites,
        Err(obstacles) => return Ok(Outcome::Refused(obstacles)),
    };
    let commands = consent::outstanding(main, &options.plan)?;
    if options.mode == Mode::Do && options.consent == Consent::Outstanding && !commands.is_empty() {
        return Ok(Outcome::Asks(commands));
    }
    let wanted = match sites.is_empty() {
        true => Vec::new(),
        false => traces::wanted(main, &options.plan, base.commit_id)?,
    };
    let (recorded, traces) = match options.mode {
        Mode::DryRun => (would_record(&options.plan, known.as_ref()), wanted),
        Mode::Do => {
            consent::accept(main, &commands)?;
            record(main, options, &base, &wanted)?
        }
    };
    let places: Vec<PathBuf> = sites.iter().map(|report| report.site.path.clone()).collect();
    let door = main.door();
    // To look through a large main worktree takes as long as to make a new one.
    let mut warnings = std::thread::scope(|scope| {
        let look = scope.spawn(|| warnings::of(&door.open()?, options, known.as_ref(), &places));
        if options.mode == Mode::Do {
            raise::all(main, options, &base, &mut sites, watch)?;
        }
        look.join().unwrap_or_else(|panic| resume_unwind(panic))
    })?;
    warnings.extend(neighbours.overlaps(&options.plan));
    for report in &mut sites {
        report.tip = main.ref_commit(&branch::full(&report.site.branch))?;
    }
    let (mode, plan, main) =
        (options.mode, options.plan.clone(), main_worktree::checkout(main, ground.top.clone())?);
    Ok(Outcome::Started(Box::new(Report { mode, plan, recorded, base, main, traces, warnings, sites })))
}

fn recorded(main: &Repository, plan: &Plan) -> Result<Option<RecordedPlan>> {
    let known = main.runs()?.contains(&plan.run);
    known.then(|| main.read_plan(&plan.run)).transpose()
}

/// Records the plan, and leaves what it wants in shared places.
fn record(
    main: &Repository,
    options: &Options,
    base: &Base,
    wanted: &[Trace],
) -> Result<(Recorded, Vec<Trace>)> {
    let (_, recorded) = main.record_plan(&options.plan, &options.input, base)?;
    Ok((recorded, traces::leave(main, &options.plan.run, wanted)?))
}

fn would_record(plan: &Plan, known: Option<&RecordedPlan>) -> Recorded {
    match known {
        None => Recorded::First,
        Some(known) if known.plan == *plan => Recorded::Same,
        Some(_) => Recorded::Amended,
    }
}
