//! `git worker announce`: tell the other workers something, without a commit on the branch.

use anyhow::{Result, bail};

use crate::git::Repository;
use crate::model::journal::{Entry, Event};
use crate::ops::desk::Desk;

/// What to tell.
#[derive(Debug, Clone)]
pub struct Options {
    /// In the worker's own words.
    pub text: String,
}

/// Writes it into the worker's journal.
pub fn run(repo: &Repository, options: &Options) -> Result<Entry> {
    let desk = Desk::of(repo)?;
    if options.text.trim().is_empty() {
        bail!("there is nothing to announce");
    }
    desk.note(Event::Announced, &options.text, Some(desk.tip()?))
}
