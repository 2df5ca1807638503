//! `git worker announce`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::announce::{self, Options};
use crate::render::text;

/// Tell the other workers something
///
/// Writes into your journal, `refs/orchestrate/<run>/journal/<task>`, which `git log` shows and a push
/// takes to the others; no commit is made on the branch.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the others should know
    #[arg(required = true)]
    text: Vec<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { text: args.text.join(" ") };
    let entry = announce::run(&Repository::discover()?, &options)?;
    session.answer(&text::worker::entry(&entry))?;
    Ok(Exit::Done)
}
