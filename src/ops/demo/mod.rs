//! The demonstration: a throw-away repository in which the whole story is played with real git.
//!
//! `story` is the story as data, `stage` plays it: every command is a real process, every
//! commit goes through real hooks, and a command that does not end as the story says stops the
//! demonstration with an error, so that it can never claim what did not happen.

mod stage;
mod story;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::git::scratch::Scratch;
use crate::model::hint;

/// What the demonstration is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Keep the repository here: a directory that is not there yet, or empty. `None` plays in a
    /// temporary directory that is removed at the end.
    pub keep: Option<PathBuf>,
}

/// How the demonstration ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Commands that were run and ended as told.
    pub commands: usize,
    /// Where the repository is, if it was kept.
    pub kept: Option<PathBuf>,
}

/// One thing that happens on the stage, told as soon as it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A new part of the story begins.
    Scene(&'static str),
    /// The narrator speaks.
    Says(&'static str),
    /// Somebody changed a file.
    Edited {
        /// Who, such as `worker 1`.
        who: &'static str,
        /// Relative to that worker's worktree.
        path: &'static str,
    },
    /// Somebody ran a command.
    Ran {
        /// Who, such as `lead`.
        who: &'static str,
        /// As a person would type it.
        line: String,
        /// What was said on both streams, less the lines that the story leaves out.
        said: Vec<String>,
        /// The exit code.
        code: i32,
    },
}

/// Plays the story and tells each event to `tell`.
///
/// # Errors
///
/// When a directory to keep the repository in is not empty, and when a command ends otherwise than
/// the story says; the error holds the command and all it said.
pub fn run(options: &Options, tell: &mut dyn FnMut(&Event) -> Result<()>) -> Result<Outcome> {
    let temporary;
    let folder = match &options.keep {
        Some(folder) => {
            fs_err::create_dir_all(folder)?;
            if fs_err::read_dir(folder)?.next().is_some() {
                return Err(hint::error(
                    format!("{} is not empty", folder.display()),
                    "name a directory that is not there yet",
                ));
            }
            fs_err::canonicalize(folder)?
        }
        None => {
            temporary = Scratch::new()?;
            fs_err::canonicalize(temporary.path())?
        }
    };
    let mut stage = stage::Stage::new(&folder).context("cannot set the stage")?;
    for scene in story::SCENES {
        stage.play(scene, tell)?;
    }
    Ok(Outcome { commands: stage.commands(), kept: options.keep.as_ref().map(|_| stage.repository()) })
}
