//! `git orchestrate status`: where everybody is, what is wrong, what to do next.

use anyhow::Result;

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::status::{Clock, RunStatus};
use crate::ops::{overview, run};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// How much is looked at.
    pub depth: Depth,
    /// The moment, and what counts as stalled.
    pub clock: Clock,
}

/// Computes the status; writes nothing.
pub fn run(repo: &Repository, options: &Options) -> Result<RunStatus> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    Ok(overview::read(repo, &recorded, options.depth, options.clock)?.status)
}
