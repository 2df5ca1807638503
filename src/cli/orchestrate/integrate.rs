//! `git orchestrate integrate`: its arguments and its answer.

use anyhow::{Result, bail};

use crate::cli::exit::Exit;
use crate::cli::session::Session;

/// Arguments of `git orchestrate integrate`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the verb and answers.
pub fn run(_args: &Args, _session: &Session) -> Result<Exit> {
    bail!("not there yet")
}
