//! `git worker reopen`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::reopen::{self, Options, Outcome};
use crate::render::text;

/// Take a COMPLETE back
///
/// Takes your COMPLETE back, so that more can be committed. The commit stays in the history; the
/// journal says that it does not count any more.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Why there is more to do
    #[arg(short, long = "message", value_name = "TEXT", default_value = "")]
    message: String,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { reason: args.message.clone() };
    match reopen::run(&Repository::discover()?, &options)? {
        Outcome::Reopened(entry) => {
            session.answer(&text::worker::entry(&entry))?;
            Ok(Exit::Done)
        }
        Outcome::NotComplete => {
            session.note("the task is not complete, so there is nothing to reopen");
            Ok(Exit::No)
        }
    }
}
