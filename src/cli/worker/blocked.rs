//! `git worker blocked`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::blocked::{self, Options};

/// Record that nothing can proceed
///
/// Commits `[BLOCKED:<reason>]` with what is staged, or without changes. It says that no part of the
/// task can proceed; the next checkpoint lifts it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A word or two, such as api-response-format
    reason: String,
    /// What happened; a second one is the body
    #[arg(short, long = "message", value_name = "TEXT")]
    message: Vec<String>,
    /// Something that is done already; may be given several times
    #[arg(long, value_name = "TEXT")]
    completed: Vec<String>,
    /// Something that cannot be done; may be given several times
    #[arg(long, value_name = "TEXT")]
    cannot_complete: Vec<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        reason: args.reason.clone(),
        words: args.message.clone(),
        completed: args.completed.clone(),
        cannot_complete: args.cannot_complete.clone(),
    };
    answer::committed(session, &blocked::run(&Repository::discover()?, &options)?)
}
