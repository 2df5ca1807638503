//! `git worker checkpoint`: commit what is in scope as `[CHECKPOINT]`.

use std::path::PathBuf;

use anyhow::Result;

use crate::git::Repository;
use crate::model::draft::Draft;
use crate::model::message::Prefix;
use crate::ops::commit::{self, Empty, Files, Onto, Outcome, Request, Take, Words};
use crate::ops::desk::Desk;

/// What to commit.
#[derive(Debug, Clone)]
pub struct Options {
    /// The message, one `-m` each; with none the worker's editor opens.
    pub words: Vec<String>,
    /// Only these paths; all that is in scope if empty.
    pub paths: Vec<String>,
    /// Where the paths were typed.
    pub directory: PathBuf,
}

/// Commits.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let take = match options.paths.is_empty() {
        true => Take::InScope,
        false => Take::Named { paths: options.paths.clone(), directory: options.directory.clone() },
    };
    let request = Request {
        draft: Draft::new(Prefix::Checkpoint, &options.words),
        take,
        files: Files::OfCommit,
        empty: Empty::Refused,
        onto: Onto::Tip,
        author: if options.words.is_empty() { Words::Edited } else { Words::Drafted },
    };
    commit::commit(&desk, &request)
}
