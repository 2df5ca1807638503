//! `git worker needs`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::needs::{self, Options};

/// Record that something of another task is missing
///
/// Commits `[NEEDS:<task>/<item>]` with what is staged, or without changes. Work goes on; the item is
/// there once its task is complete and merged with `git worker merge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is missing, such as task-2/AnalyticsEvent
    #[arg(value_name = "TASK/ITEM")]
    item: String,
    /// What it is for; a second one is the body
    #[arg(short, long = "message", value_name = "TEXT")]
    message: Vec<String>,
    /// Something that is done already; may be given several times
    #[arg(long, value_name = "TEXT")]
    completed: Vec<String>,
    /// Something that waits for the item; may be given several times
    #[arg(long, value_name = "TEXT")]
    blocked_on: Vec<String>,
    /// What you go on with, such as "Continuing with mock data"
    #[arg(long, value_name = "TEXT")]
    continuing: Option<String>,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        item: args.item.clone(),
        words: args.message.clone(),
        completed: args.completed.clone(),
        blocked_on: args.blocked_on.clone(),
        closing: args.continuing.clone(),
    };
    let outcome = needs::run(&Repository::discover()?, &options)?;
    if !outcome.declared {
        let task = &outcome.task;
        session.note(&format!(
            "note: the plan does not say that you need this of {task}; it counts as discovered"
        ));
    }
    answer::committed(session, &outcome.commit)
}
