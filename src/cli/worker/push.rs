//! `git worker push`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::push;

/// Publish my branch and its records
///
/// Pushes your branch, its records and your journal, all or none and never by force.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the verb and answers.
pub fn run(_args: &Args, session: &Session) -> Result<Exit> {
    answer::published(session, &push::run(&Repository::discover()?)?)
}
