//! `git worker fail`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::fail::{self, Options};
use crate::render::text;

/// Record that I give up
///
/// Records in your journal that you give the task up. The branch stays as it is, and a later
/// COMPLETE counts again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Why the task cannot be done
    #[arg(required = true)]
    reason: Vec<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { reason: args.reason.join(" ") };
    let entry = fail::run(&Repository::discover()?, &options)?;
    session.answer(&text::worker::entry(&entry))?;
    Ok(Exit::Done)
}
