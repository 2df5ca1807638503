//! `git orchestrate cleanup`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::cleanup::Force;
use crate::ops::cleanup::{self, Mode, Options, Outcome, Remote};
use crate::ops::integrate::Refusal;
use crate::ops::publish::Told;
use crate::render::{json, markdown, text};

/// Remove what is merged, with proof
///
/// Removes the worktrees and branches of a run whose work is merged and committed, and the run's
/// configuration once nothing else is left. Whatever lacks that proof stays, and the exit code is 1
/// then. The plan, journals and records stay, and a backup ref for each branch.
///
/// Work counts as merged if its commits are in the base or the integration branch, if merging it
/// would add nothing, or if every change is there as a patch, as after a squash or a rebase. What
/// was merged and reverted does not count.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run [default: this worktree's, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Say what would be removed; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Remove the branches of the remote as well, where its base branch has their commits, and push the
    /// journals there that say so
    #[arg(long)]
    remote: bool,
    /// Remove also what is not merged or not committed; it is kept under backup refs. A worktree that
    /// somebody has locked stays, and so does one with a repository of its own in it
    #[arg(long)]
    force: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let repo = Repository::discover()?;
    let options = Options {
        run: args.run.clone(),
        mode: if args.dry_run { Mode::DryRun } else { Mode::Do },
        remote: if args.remote { Remote::Cleaned } else { Remote::Left },
        force: if args.force { Force::Insisted } else { Force::Proof },
    };
    let report = match cleanup::run(&repo, &options)? {
        Outcome::Report(report) => report,
        Outcome::InProgress(stopped) => return Ok(refused(session, &Refusal::InProgress(stopped))),
        Outcome::Busy(run, holder) => return Ok(refused(session, &Refusal::Busy(run, holder))),
    };
    session.answer(&match args.format {
        Format::Text => text::cleanup::report(&report),
        Format::Markdown => markdown::cleanup::report(&report),
        Format::Json => json::cleanup::report(&report),
    })?;
    let is_told = !matches!(report.told, Some(Told::No { .. }));
    Ok(if report.keeps_something() || !is_told { Exit::No } else { Exit::Done })
}

fn refused(session: &Session, refusal: &Refusal) -> Exit {
    session.note(text::integrate::refused(refusal).trim_end());
    Exit::No
}
