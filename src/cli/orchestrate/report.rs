//! `git orchestrate report`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::ReportFormat;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::status::{Clock, STALLED_AFTER};
use crate::ops::report;
use crate::render::text::colour::Colour;
use crate::render::{json, page, words};

/// Say what happened: who took how long, what was changed, tested and merged
///
/// Durations, speed-up, lines, results of commands, merges, and where declared and actual scopes
/// differ. All of it comes from history, records and journals, so it also works after `cleanup`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run [default: that of this worktree, else the only active one, else the only one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let clock = Clock { now: session.now, stalled_after: STALLED_AFTER };
    let report = report::run(&Repository::discover()?, args.run.as_deref(), clock)?;
    let blocks = words::report::blocks(&report);
    session.answer(&match args.format {
        ReportFormat::Text => page::text(&blocks, Colour::when(session.colour)),
        ReportFormat::Markdown => page::markdown(&blocks),
        ReportFormat::Html => page::html(&report.title, &blocks),
        ReportFormat::Json => json::report::report(&report),
    })?;
    Ok(Exit::Done)
}
