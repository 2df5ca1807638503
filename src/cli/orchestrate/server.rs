//! `git orchestrate server`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::server::{self, Options};
use crate::render::text;

/// Have a repository judge what is pushed to it
///
/// Puts a `pre-receive` hook into the repository, a bare one as a rule, that judges every push as
/// `verify` would judge what it leaves behind: with the plans, branches and records of the push itself,
/// before any of them is taken. A push that breaks a rule is refused whole, and its sender is told
/// which ref, which commit and why. A repository without a plan is not affected, and neither is a
/// branch that belongs to no run.
///
/// A hook that is there already is kept and runs first. Doing this again brings the hook up to date.
///
/// A run's first plan may come from anybody who can push, unless `orchestrate.planWriter` names who
/// writes plans here; later ones, only from those who are named. The name is compared with what the
/// transport says in the first of these variables that is set: `REMOTE_USER`, `GITEA_PUSHER_NAME`,
/// `GL_USERNAME`, `GL_USER`, `USER`, `LOGNAME`; or in the one that `orchestrate.pusherVariable` names.
/// Whoever has a shell there can set any of them, and go around the hook: the name means something
/// only where pushers are confined to git-shell(1), a forced command of ssh, or a web server.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Take the hook away and put back the one that was there
    #[arg(long)]
    remove: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = if args.remove { Options::Remove } else { Options::Install };
    let outcome = server::run(&Repository::discover()?, options)?;
    session.answer(&text::server::report(&outcome))?;
    Ok(Exit::Done)
}
