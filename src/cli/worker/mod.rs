//! `git worker`: its arguments, one variant per verb.

pub mod agents;
pub mod announce;
pub mod answer;
pub mod blocked;
pub mod brief;
pub mod check;
pub mod checkpoint;
pub mod complete;
mod effective;
pub mod fail;
pub mod merge;
pub mod needs;
pub mod push;
pub mod reopen;
pub mod status;
pub mod tool_hook;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::exit::{Exit, finish};
use crate::cli::log;
use crate::cli::session::Session;

/// Work on one task of an orchestrated run, from inside its worktree
#[derive(Debug, Parser)]
#[command(name = "git-worker", bin_name = "git worker", version, max_term_width = 100)]
pub struct Program {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Status(status::Args),
    Brief(brief::Args),
    Check(check::Args),
    Checkpoint(checkpoint::Args),
    Needs(needs::Args),
    Blocked(blocked::Args),
    Complete(complete::Args),
    Reopen(reopen::Args),
    Merge(merge::Args),
    Announce(announce::Args),
    Push(push::Args),
    Fail(fail::Args),
}

/// The whole program.
pub fn main() -> ExitCode {
    log::start();
    let program = Program::parse();
    let session = Session::from_environment();
    effective::warn(&session);
    let result = dispatch(program.verb, &session);
    finish(&session, result)
}

fn dispatch(verb: Verb, session: &Session) -> anyhow::Result<Exit> {
    match verb {
        Verb::Status(args) => status::run(&args, session),
        Verb::Brief(args) => brief::run(&args, session),
        Verb::Check(args) => check::run(&args, session),
        Verb::Checkpoint(args) => checkpoint::run(&args, session),
        Verb::Needs(args) => needs::run(&args, session),
        Verb::Blocked(args) => blocked::run(&args, session),
        Verb::Complete(args) => complete::run(&args, session),
        Verb::Reopen(args) => reopen::run(&args, session),
        Verb::Merge(args) => merge::run(&args, session),
        Verb::Announce(args) => announce::run(&args, session),
        Verb::Push(args) => push::run(&args, session),
        Verb::Fail(args) => fail::run(&args, session),
    }
}
