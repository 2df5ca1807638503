//! `git worker push`: publish the branch, its records and the worker's journal.

use anyhow::Result;

use crate::git::Repository;
use crate::ops::desk::Desk;
use crate::ops::publish::{Published, publish};

/// Pushes.
pub fn run(repo: &Repository) -> Result<Published> {
    publish(&Desk::of(repo)?)
}
