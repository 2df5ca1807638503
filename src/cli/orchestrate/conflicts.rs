//! `git orchestrate conflicts`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::conflicts::{self, Options};
use crate::render::text::colour::Colour;
use crate::render::{json, markdown, text};

/// Show whose work collides with whose, uncommitted work included
///
/// Merges every task's work with every other task's, with the base and with the integration branch,
/// without touching any of them, and says which pairs a person would have to sort out. What lies in
/// the worktrees and is not committed takes part. Ends with 1 if a pair conflicts, or if something
/// cannot be known.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only pairs in which one of these tasks takes part [default: all]
    #[arg(value_name = "TASK")]
    tasks: Vec<String>,
    /// Only pairs that meet at this path or below it, relative to the top; and who changes it
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Leave out what is not committed
    #[arg(long)]
    committed: bool,
    /// The run [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        run: args.run.clone(),
        tasks: args.tasks.clone(),
        path: args.path.as_deref().map(Into::into),
        committed: args.committed,
    };
    let matrix = conflicts::run(&Repository::discover()?, &options)?;
    session.answer(&match args.format {
        Format::Text => text::conflicts::report(&matrix, Colour::when(session.colour)),
        Format::Markdown => markdown::conflicts::report(&matrix),
        Format::Json => json::conflicts::report(&matrix),
    })?;
    Ok(if matrix.is_yes() { Exit::Done } else { Exit::No })
}
