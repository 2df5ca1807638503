//! `git orchestrate doctor`: does everything run that the rules need, and what is to be done if not?
//!
//! In each worktree git itself is asked to run each hook of ours, and everything is looked at that is
//! known to switch hooks off, to hide the user's, or to have git run what nobody asked for. Nothing
//! is written unless that was asked; a repair does only what is ours to do, then everything is looked
//! at again, so what is reported as mended is.

mod examine;
mod mend;
mod patients;
mod shared;

use std::path::PathBuf;

use anyhow::Result;

use crate::git::Repository;
use crate::git::hooks::baseline::Baseline;
use crate::git::plan_ref::RecordedPlan;
use crate::model::health::Symptom;
use crate::model::health::configured::{ConfiguredHook, Support};
use crate::model::hint;
use crate::model::name::{RunName, TaskName};
use crate::ops::run;

/// What to look at, and what to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run, if it was named; otherwise all active ones.
    pub run: Option<String>,
    /// What to do.
    pub mode: Mode,
    /// Seconds since the epoch.
    pub now: i64,
}

/// What to do about what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Look,
    /// Mend what is ours and safe.
    Repair,
    /// Take the shared configuration for right as it is now.
    Accept,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The runs that were looked at.
    pub runs: Vec<RunName>,
    /// The worktrees of their tasks.
    pub worktrees: Vec<Checked>,
    /// Where our hooks are; `None` where no worktree of a run is there.
    pub hooks: Option<PathBuf>,
    /// The hooks that the configuration of the worktrees names besides.
    pub configured: Vec<ConfiguredHook>,
    /// What becomes of those, if there are any.
    pub support: Support,
    /// What is wrong, after the repair if one was asked for.
    pub symptoms: Vec<Symptom>,
    /// What was wrong before a repair and is not any more.
    pub mended: Vec<Symptom>,
    /// What could not be looked at or mended; nothing is claimed about it.
    pub unknown: Vec<String>,
}

/// One worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whose.
    pub task: TaskName,
    /// The top of its files.
    pub path: PathBuf,
    /// How many of our hooks git ran when it was asked to.
    pub fired: usize,
    /// How many there are.
    pub hooks: usize,
}

impl Outcome {
    /// Nothing is wrong, as far as could be seen, and all could be seen.
    pub fn is_healthy(&self) -> bool {
        self.symptoms.iter().all(|symptom| symptom.defect.is_remark()) && self.unknown.is_empty()
    }
}

/// Looks, and mends or accepts if that was asked.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let (runs, unreadable) = runs(repo, options.run.as_deref())?;
    let examined = if options.mode == Mode::Accept { Some(Baseline::of(repo)?) } else { None };
    let mut before = examine::all(repo, &runs, options.now)?;
    before.unknown.extend(unreadable.iter().cloned());
    let (mended, mut failed) = match options.mode {
        Mode::Look => return Ok(before),
        Mode::Accept => {
            let _lock = repo.lock("hooks")?;
            let now = Baseline::of(repo)?;
            if examined.as_ref() != Some(&now) {
                return Err(hint::error(
                    "the shared configuration changed while it was looked at, so nothing is accepted",
                    "git orchestrate doctor shows what it is now",
                ));
            }
            now.keep(repo)?;
            (before.symptoms, Vec::new())
        }
        Mode::Repair => {
            let failed = mend::all(repo, &runs, &before.symptoms)?;
            (before.symptoms, failed)
        }
    };
    // A repository shows its configuration as it was when it was opened.
    let repo = Repository::open(repo.workdir().unwrap_or_else(|| repo.common_dir()))?;
    let mut after = examine::all(&repo, &runs, options.now)?;
    after.unknown.extend(unreadable);
    after.mended = mended.into_iter().filter(|symptom| !after.symptoms.contains(symptom)).collect();
    after.unknown.append(&mut failed);
    Ok(after)
}

/// The run that was named, else all active ones, and why some of them cannot be read.
fn runs(repo: &Repository, asked: Option<&str>) -> Result<(Vec<RecordedPlan>, Vec<String>)> {
    if asked.is_some() {
        return Ok((vec![run::choose(repo, asked)?], Vec::new()));
    }
    let (mut runs, mut unknown) = (Vec::new(), Vec::new());
    for name in repo.runs()? {
        if run::is_active(&repo.readable_journals(&name)?.0) {
            match repo.read_plan(&name) {
                Ok(recorded) => runs.push(recorded),
                Err(error) => unknown.push(format!("the run {name}: {}", hint::in_line(&error))),
            }
        }
    }
    Ok((runs, unknown))
}
