//! `cleanup`: taking away what a finished run left, with proof that nothing is lost.
//!
//! Each branch gets a backup ref before it goes, and the plan, the journals and the records stay, so
//! a report of the run still works afterwards (S1-88). What cannot be proved stays and says why. A
//! call that was killed is finished by the next one: every step looks first at what is there.

mod former;
mod gather;
pub mod proof;
mod remote;
mod remove;

use anyhow::{Context, Result};

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::cleanup::{Fate, Force, Item, Keep};
use crate::model::holder::Holder;
use crate::model::integration::progress::Stopped;
use crate::model::name::RunName;
use crate::ops::cleanup::gather::Scene;
use crate::ops::publish::{Told, tell};
use crate::ops::{merging, run};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which run; `None` for the one that is meant here.
    pub run: Option<String>,
    /// Whether anything is changed.
    pub mode: Mode,
    /// Whether the branches of the remote go as well.
    pub remote: Remote,
    /// Whether work goes that is not merged or not committed.
    pub force: Force,
}

/// Whether anything is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only say what would go.
    DryRun,
    /// Do it.
    Do,
}

/// Whether the branches of the remote go as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remote {
    /// They stay, and nobody asks the network.
    Left,
    /// They go where they are merged.
    Cleaned,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Another integration or clean-up of the run is at work; who, as far as that is known.
    Busy(RunName, Option<Holder>),
    /// An integration is in progress; it may wait for a person.
    InProgress(Option<Stopped>),
    /// Each thing and its fate.
    Report(Report),
}

/// Each thing and its fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which run.
    pub run: RunName,
    /// Whether anything was changed.
    pub mode: Mode,
    /// Every thing that was there.
    pub items: Vec<Item>,
    /// Nothing of the run is left but its records.
    pub is_over: bool,
    /// Whether those know who have the run from the remote, where branches of it went.
    pub told: Option<Told>,
}

impl Report {
    /// Whether something stays that was asked to go.
    pub fn keeps_something(&self) -> bool {
        self.items.iter().any(Item::is_kept)
    }

    /// Whether git did not do what it was asked to.
    fn was_refused(&self) -> bool {
        self.items.iter().any(|item| matches!(item.fate, Fate::Kept(Keep::Refused(_))))
    }
}

/// Cleans up.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    if options.mode == Mode::DryRun {
        return clean(repo, &recorded, options);
    }
    // The claim comes first: an integration that held it until now may have stopped for a person.
    let claim = match merging::claim(repo, &recorded, &[])? {
        Ok(claim) => claim,
        Err(holder) => return Ok(Outcome::Busy(recorded.plan.run, holder)),
    };
    repo.settle_removals()?;
    repo.settle_forwarding()?;
    let outcome = clean(repo, &recorded, options)?;
    if !matches!(&outcome, Outcome::Report(report) if report.was_refused()) {
        claim.end();
        repo.drop_cache()?;
        repo.sweep_locks()?;
    }
    Ok(outcome)
}

fn clean(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    if let Some((_, progress)) = repo.read_progress(&recorded.plan.run)? {
        return Ok(Outcome::InProgress(progress.stopped));
    }
    let plans = former::plans(repo, recorded)?;
    let mut worktrees = repo.worktrees()?;
    let gather = |plan| gather::gather(repo, plan, &mut worktrees);
    let scenes: Vec<Scene<'_>> = plans.iter().map(gather).collect::<Result<_>>()?;
    let scene = scenes.first().context("the plan's own scene comes first")?;
    let mut items = Vec::new();
    let remote = scene.repo.run_remote().filter(|_| options.remote == Remote::Cleaned);
    // The remote goes first: its proof needs the local branches' commits no more than its own.
    if options.remote == Remote::Cleaned {
        items.extend(remote::clean(&scenes, options)?);
    }
    for scene in &scenes {
        items.extend(remove::tasks(scene, options)?);
    }
    items.extend(remove::integration(scene, options)?);
    let is_over = !items.iter().any(Item::is_kept);
    if is_over {
        items.extend(remove::traces(scene, options)?);
    }
    // Last, for only now the journal says all that went.
    let run = recorded.plan.run.clone();
    let remote = remote.filter(|_| options.mode == Mode::Do);
    let told = remote.and_then(|remote| tell(repo, &run, remote));
    Ok(Outcome::Report(Report { run, mode: options.mode, items, is_over, told }))
}
