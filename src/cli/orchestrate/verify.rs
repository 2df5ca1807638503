//! `git orchestrate verify`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::ReviewFormat;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::verify::{self, Options};
use crate::render::text::colour::Colour;
use crate::render::{json, markdown, text};

/// Judge every commit of every task again
///
/// Judges every commit of the tasks' branches again, whether or not a hook saw it. Ends with 1 if
/// one breaks a rule and no later commit put that right, or if something cannot be read. Where no run
/// is active, there is nothing to judge, and that is said.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these tasks [default: all]
    #[arg(value_name = "TASK")]
    tasks: Vec<String>,
    /// The run [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: ReviewFormat,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { run: args.run.clone(), tasks: args.tasks.clone() };
    let outcome = verify::run(&Repository::discover()?, &options)?;
    session.answer(&match args.format {
        ReviewFormat::Text => text::verify::report(&outcome, Colour::when(session.colour)),
        ReviewFormat::Markdown => markdown::verify::report(&outcome),
        ReviewFormat::Json => json::verify::report(&outcome),
        ReviewFormat::Sarif => json::sarif::report(&outcome),
        ReviewFormat::Github => text::github::report(&outcome),
    })?;
    Ok(if outcome.is_yes() { Exit::Done } else { Exit::No })
}
