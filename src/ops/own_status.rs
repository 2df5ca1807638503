//! `git worker status`: my task, what I wait for, who waits for me, what to do next.

use anyhow::{Context, Result};

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::status::Clock;
use crate::model::status::own::OwnStatus;
use crate::ops::{overview, run};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The moment, and what counts as stalled.
    pub clock: Clock,
}

/// Computes the status of this worktree's task; writes nothing.
pub fn run(repo: &Repository, options: &Options) -> Result<OwnStatus> {
    let recorded = run::choose(repo, None)?;
    let task = run::own_task(repo, &recorded.plan)?;
    let status = overview::read(repo, &recorded, Depth::Worktrees, options.clock)?.status;
    OwnStatus::new(&recorded.plan, &status, &task.name).context("the plan has lost this task meanwhile")
}
