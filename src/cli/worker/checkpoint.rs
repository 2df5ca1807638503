//! `git worker checkpoint`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::checkpoint::{self, Options};

/// Stage what is in scope and commit it
///
/// Stages what is in scope and commits it as `[CHECKPOINT]`, with the list of changed files. A file of
/// which only a part is staged gives that part. What is out of scope is listed and left as it is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What was done; a second one is the body [default: ask in the editor]
    #[arg(short, long = "message", value_name = "TEXT")]
    message: Vec<String>,
    /// Only these files and directories, as they are in the worktree
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        words: args.message.clone(),
        paths: args.paths.clone(),
        directory: std::env::current_dir()?,
    };
    answer::committed(session, &checkpoint::run(&Repository::discover()?, &options)?)
}
