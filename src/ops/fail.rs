//! `git worker fail`: record that the worker gives up, and why (C-11).

use anyhow::{Result, bail};

use crate::git::Repository;
use crate::model::journal::{Entry, Event};
use crate::ops::desk::Desk;

/// Why.
#[derive(Debug, Clone)]
pub struct Options {
    /// In the worker's own words.
    pub reason: String,
}

/// Writes it into the worker's journal; a later COMPLETE takes it back.
pub fn run(repo: &Repository, options: &Options) -> Result<Entry> {
    let desk = Desk::of(repo)?;
    if options.reason.trim().is_empty() {
        bail!("say why the task cannot be done");
    }
    desk.note(Event::Failed, &options.reason, Some(desk.tip()?))
}
