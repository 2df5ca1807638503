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
/// A task's branch may be rewritten, as a rebase does, as long as no work of it is gone. The integration
/// branch and the base take the work of complete tasks, and merges of it with the result that merging
/// gives; a conflict that a person has solved in `integrate`, or a branch that was taken over with
/// `--reuse`, is answered for by the orchestrator's journal, which is pushed with it or before. What
/// people commit to the base beside the run is theirs. While the plan of a run cannot be read, nothing
/// is taken that may belong to the run, by an older plan or by the names of the layouts, but the plan
/// that repairs it.
///
/// Push the plan first, or all together with `--atomic`: what comes before it, or at the same moment in
/// another push, is judged by no plan then. A task's branch is judged whole with its next push and when
/// it lands, an integration branch that is there already when the plan comes.
///
/// A hook that is there already is kept and runs first. Doing this again brings the hook up to date.
///
/// A run's first plan may come from anybody who can push, unless `orchestrate.planWriter` names who
/// writes plans here; later ones, only from those who are named. They alone then write the
/// orchestrator's journal, its backups and what it remembers, too; where nobody is named, whoever can
/// push writes these, and may answer for a merge so. The server does not know which worker is whose:
/// any of them can push any task's branch, journal and records, as long as these are well formed and
/// only grow. The name is compared with what the
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
