//! `git worker brief`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::orchestrate::brief::{Text, answer};
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::status::{Clock, STALLED_AFTER};
use crate::ops::brief::{self, Options, Whose};

/// Print my kickoff prompt
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which text
    #[arg(long = "as", value_enum, value_name = "TEXT", default_value = "kickoff")]
    kind: Text,
    /// How the answer is written: the prompt itself, in a fence, or with its data
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        run: None,
        whose: Whose::Own,
        kind: args.kind.into(),
        clock: Clock { now: session.now, stalled_after: STALLED_AFTER },
    };
    let briefs = brief::run(&Repository::discover()?, &options)?;
    session.answer(&answer(&briefs, options.kind, args.format))?;
    Ok(Exit::Done)
}
