//! `git worker status`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::status::{Clock, STALLED_AFTER};
use crate::ops::own_status::{self, Options};
use crate::render::text::colour::Colour;
use crate::render::{json, markdown, text};

/// Show my task and what to do next
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { clock: Clock { now: session.now, stalled_after: STALLED_AFTER } };
    let own = own_status::run(&Repository::discover()?, &options)?;
    let answer = match args.format {
        Format::Text => text::own_status::own_status(&own, Colour::when(session.colour)),
        Format::Markdown => markdown::own_status::own_status(&own),
        Format::Json => json::own_status::own_status(&own),
    };
    session.answer(&answer)?;
    Ok(Exit::Done)
}
