//! `git worker blocked`: record that nothing can proceed, and why (S1-38).

use anyhow::Result;

use crate::git::Repository;
use crate::model::draft::Draft;
use crate::model::message::{Prefix, Section};
use crate::ops::commit::{self, Empty, Files, Onto, Outcome, Request, Take, Words};
use crate::ops::desk::Desk;

/// Why, and what else to say.
#[derive(Debug, Clone)]
pub struct Options {
    /// Such as `api-response-format`.
    pub reason: String,
    /// The message, one `-m` each.
    pub words: Vec<String>,
    /// What is done already.
    pub completed: Vec<String>,
    /// What cannot be done.
    pub cannot_complete: Vec<String>,
}

/// Commits `[BLOCKED:<reason>]` with what is staged.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let prefix = Prefix::Blocked { reason: options.reason.trim().to_owned() };
    let request = Request {
        draft: Draft::new(prefix, &options.words)
            .section(Section::Completed, options.completed.clone())
            .section(Section::CannotComplete, options.cannot_complete.clone()),
        take: Take::Staged,
        files: Files::Unlisted,
        empty: Empty::Allowed,
        onto: Onto::Tip,
        author: Words::Drafted,
    };
    commit::commit(&desk, &request)
}
