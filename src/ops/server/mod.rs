//! `git orchestrate server`: have a repository judge what is pushed to it.
//!
//! [`run`] puts the hook in place or takes it away; [`reception`] is what the hook does then.

pub mod brought;
pub mod data;
pub mod landing;
pub mod plans;
pub mod reception;
pub mod scene;
pub mod stray;
pub mod task_branch;
pub mod united;

use anyhow::Result;

use crate::git::Repository;
use crate::git::hooks::receive;
pub use crate::git::hooks::receive::{Installed, Removed};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// Put the hook in place, or bring it up to date.
    Install,
    /// Take it away and put back what was there.
    Remove,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The hook is in place.
    Installed(Installed),
    /// It is not.
    Removed(Removed),
}

/// Does it.
pub fn run(repo: &Repository, options: Options) -> Result<Outcome> {
    Ok(match options {
        Options::Install => Outcome::Installed(receive::install(repo)?),
        Options::Remove => Outcome::Removed(receive::remove(repo)?),
    })
}
