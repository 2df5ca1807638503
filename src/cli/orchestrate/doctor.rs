//! `git orchestrate doctor`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::doctor::{self, Mode, Options};
use crate::render::text::colour::Colour;
use crate::render::{json, markdown, text};

/// Prove that the hooks fire everywhere, and mend what keeps them from it
///
/// Asks git in every worktree to run every hook, without committing, and looks for what is known to
/// switch hooks off, to hide those of the user, or to have git run commands that nobody asked for:
/// changed settings, moved and copied worktrees, files that hook managers put in place of ours,
/// locks and files that killed commands left. Names what to do about each.
///
/// Says where the hooks are, and which others the configuration names (hook.*.event, from git 2.54
/// on): git runs those before ours. What people set for themselves, such as an alias or an editor, is
/// told and no fault.
///
/// Writes nothing unless --repair or --accept is given. Ends with 1 if anything is wrong.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Mend what is ours and safe to mend; the rest is left to a person, with the command
    #[arg(long)]
    repair: bool,
    /// Take the settings that name commands for right as they are now
    #[arg(long, conflicts_with = "repair")]
    accept: bool,
    /// The run [default: all active ones]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let mode = match (args.repair, args.accept) {
        (true, _) => Mode::Repair,
        (_, true) => Mode::Accept,
        _ => Mode::Look,
    };
    let options = Options { run: args.run.clone(), mode, now: session.now };
    let outcome = doctor::run(&Repository::discover()?, &options)?;
    session.answer(&match args.format {
        Format::Text => text::doctor::report(&outcome, Colour::when(session.colour)),
        Format::Markdown => markdown::doctor::report(&outcome),
        Format::Json => json::doctor::report(&outcome),
    })?;
    Ok(if outcome.is_healthy() { Exit::Done } else { Exit::No })
}
