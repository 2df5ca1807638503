//! `git worker complete`: its arguments and its answer.

use anyhow::Result;

use crate::cli::consent;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::commit::Onto;
use crate::ops::complete::{self, Options, Outcome};
use crate::render::text;

/// Declare my task complete
///
/// Commits what is in scope, or nothing, as `[COMPLETE]`, after the plan's evidence commands passed.
/// Refused while the worktree has changes that the commit would leave out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is complete; a second one is the body [default: the task's title]
    #[arg(short, long = "message", value_name = "TEXT")]
    message: Vec<String>,
    /// An item of the summary; may be given several times [default: the checkpoints]
    #[arg(long, value_name = "TEXT")]
    summary: Vec<String>,
    /// What the integrator should know; may be given several times
    #[arg(long = "note", value_name = "TEXT")]
    notes: Vec<String>,
    /// Replace the last checkpoint, if it was not pushed yet
    #[arg(long)]
    amend: bool,
    /// Accept the evidence commands of the plan
    #[arg(long, short)]
    yes: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let repo = Repository::discover()?;
    let mut options = Options {
        words: args.message.clone(),
        summary: args.summary.clone(),
        notes: args.notes.clone(),
        onto: if args.amend { Onto::Amend } else { Onto::Tip },
        accepted: args.yes,
    };
    let mut outcome = complete::run(&repo, &options)?;
    if let Outcome::Asks(commands) = &outcome {
        consent::ask(session, commands)?;
        options.accepted = true;
        outcome = complete::run(&repo, &options)?;
    }
    if let Outcome::Commit { commit, violations } = &outcome {
        let exit = answer::committed(session, commit)?;
        for line in text::worker::violations(violations) {
            session.note(&line);
        }
        return Ok(exit);
    }
    for line in text::worker::not_completed(&outcome) {
        session.note(&line);
    }
    Ok(if matches!(outcome, Outcome::Already(_) | Outcome::Proven(_)) { Exit::Done } else { Exit::No })
}
