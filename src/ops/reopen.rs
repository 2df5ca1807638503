//! `git worker reopen`: take a COMPLETE back, so that work can go on (S1-52).

use anyhow::{Context, Result};

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::journal::{Entry, Event};
use crate::ops::desk::Desk;
use crate::ops::standing::standing;

/// Why.
#[derive(Debug, Clone)]
pub struct Options {
    /// In the worker's own words; may be empty.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was no COMPLETE to take back.
    NotComplete,
    /// The journal says so now.
    Reopened(Entry),
}

/// Writes it into the worker's journal; the COMPLETE itself stays in the history.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let facts = repo.survey(&desk.recorded, Depth::History)?;
    let own = facts.task(&desk.task.name).context("the plan has the worker's task")?;
    let Some(complete) = standing(own) else { return Ok(Outcome::NotComplete) };
    Ok(Outcome::Reopened(desk.note(Event::Reopened, &options.reason, Some(complete))?))
}
