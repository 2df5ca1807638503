//! `git orchestrate`: its arguments, one variant per verb.

pub mod brief;
pub mod cleanup;
pub mod completions;
pub mod conflicts;
pub mod demo;
pub mod doctor;
pub mod integrate;
pub mod man;
pub mod plan;
pub mod reindex;
pub mod report;
pub mod server;
pub mod start;
pub mod status;
pub mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::cli::exit::{Exit, finish};
use crate::cli::log;
use crate::cli::session::Session;

/// Let several workers build one feature at once, each in its own worktree
#[derive(Debug, Parser)]
#[command(name = "git-orchestrate", bin_name = "git orchestrate", version, max_term_width = 100)]
pub struct Program {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Plan(plan::Args),
    Start(start::Args),
    Brief(brief::Args),
    Status(status::Args),
    Conflicts(conflicts::Args),
    Verify(verify::Args),
    Integrate(integrate::Args),
    Report(report::Args),
    Cleanup(cleanup::Args),
    Doctor(doctor::Args),
    Reindex(reindex::Args),
    Server(server::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The whole program.
pub fn main() -> ExitCode {
    log::start();
    let matches = Program::command().get_matches();
    let program = Program::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let asked = matches.subcommand().and_then(|(_, verb)| verb.try_get_one::<String>("run").ok().flatten());
    let session = Session { asked: asked.cloned(), ..Session::from_environment() };
    let result = dispatch(program.verb, &session);
    finish(&session, result)
}

fn dispatch(verb: Verb, session: &Session) -> anyhow::Result<Exit> {
    match verb {
        Verb::Plan(args) => plan::run(&args, session),
        Verb::Start(args) => start::run(&args, session),
        Verb::Brief(args) => brief::run(&args, session),
        Verb::Status(args) => status::run(&args, session),
        Verb::Conflicts(args) => conflicts::run(&args, session),
        Verb::Verify(args) => verify::run(&args, session),
        Verb::Integrate(args) => integrate::run(&args, session),
        Verb::Report(args) => report::run(&args, session),
        Verb::Cleanup(args) => cleanup::run(&args, session),
        Verb::Doctor(args) => doctor::run(&args, session),
        Verb::Reindex(args) => reindex::run(&args, session),
        Verb::Server(args) => server::run(&args, session),
        Verb::Demo(args) => demo::run(&args, session),
        Verb::Completions(args) => completions::run(&args, session),
        Verb::Man(args) => man::run(&args, session),
    }
}
