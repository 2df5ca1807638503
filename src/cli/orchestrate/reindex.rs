//! `git orchestrate reindex`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::reindex::{self, Options};
use crate::render::text;

/// Rebuild the records from history
///
/// Writes the records of all tasks again from history. What only a record knows is kept; doing it
/// again changes nothing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let outcome = reindex::run(&Repository::discover()?, &Options { run: args.run.clone() })?;
    session.answer(&text::reindex::report(&outcome))?;
    Ok(if outcome.unknown.is_empty() { Exit::Done } else { Exit::No })
}
