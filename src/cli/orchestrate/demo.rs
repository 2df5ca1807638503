//! `git orchestrate demo`: its arguments and its answer.

use std::path::PathBuf;

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::ops::demo;
use crate::render::text;

/// Play the whole story in a throw-away repository
///
/// Builds a small repository, plays three workers with real worktrees, commits and hooks, and
/// tells what happens. Nothing outside of the new directory is touched.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Keep the repository in this directory, which must be new or empty
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = demo::Options { keep: args.keep.clone() };
    let mut before = None;
    let outcome = demo::run(&options, &mut |event| {
        session.answer(&text::demo::event(event, before.as_ref()))?;
        before = Some(event.clone());
        Ok(())
    })?;
    session.answer(&text::demo::outcome(&outcome))?;
    Ok(Exit::Done)
}
