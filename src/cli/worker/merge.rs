//! `git worker merge`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::worker::answer;
use crate::git::Repository;
use crate::ops::merge::{self, End, Options};
use crate::render::text;

/// Merge a needed task into my branch
///
/// Merges the work of a task that you need into your branch, always with a merge commit. Conflicts
/// leave git's usual merge state: resolve, git add, git commit --no-edit.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The task, such as task-2
    task: String,

    /// Put uncommitted changes aside meanwhile, in this worktree only; new files stay
    #[arg(long)]
    autostash: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options { task: args.task.clone(), autostash: args.autostash };
    let outcome = merge::run(&Repository::discover()?, &options)?;
    for line in text::merge::notes(&outcome) {
        session.note(&line);
    }
    match &outcome.end {
        End::Merged { published, .. } => {
            session.answer(&text::merge::done(&outcome))?;
            published.iter().try_for_each(|outcome| answer::published(session, outcome).map(drop))?;
            Ok(Exit::Done)
        }
        End::UpToDate => Ok(Exit::Done),
        _ => Ok(Exit::No),
    }
}
