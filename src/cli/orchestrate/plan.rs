//! `git orchestrate plan`: its arguments and its answer.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::plan::read::Reading;
use crate::model::plan::{Plan, write};
use crate::ops::plan::{self, Options, Outcome};
use crate::ops::plan_file::{self, Existing, PlanFile, Written};
use crate::ops::run::RUN_KEY;
use crate::render::escape;
use crate::render::text::colour::Colour;
use crate::render::{json, markdown, text};

/// Check a plan and show it: tasks, waves, order, overlaps
///
/// Reads a plan in TOML, or a workstream proposal in Markdown, and shows its tasks, scopes and
/// needs, in which waves they can run, and everything that is wrong with it. Exits with 1 if that
/// would stop `git orchestrate start`, with 2 if the file is no plan at all. Changes nothing unless --write is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan; `-` reads standard input [default: orchestrate.toml, else the plan as recorded]
    file: Option<PathBuf>,
    /// Write the plan as TOML to this file; `-` writes to standard output
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Replace the file that --write names if it is there
    #[arg(long, requires = "write")]
    force: bool,
    /// Print the set-up as the git commands that a person could type
    #[arg(long, conflicts_with = "write")]
    dry_run: bool,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The name of the run, if the plan does not say it; without a file, which run to show
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Print the JSON schema of the plan file, for editors
    #[arg(long, conflicts_with_all = ["file", "write", "dry_run", "run"])]
    schema: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    if args.schema {
        session.answer(json::plan::SCHEMA)?;
        return Ok(Exit::Done);
    }
    let repo = repository(args)?;
    let file = match &args.file {
        Some(path) if path.as_os_str() == "-" => Some(PlanFile::take("stdin", std::io::stdin().lock())?),
        Some(path) => Some(PlanFile::open(path)?),
        None => default_file(args, repo.as_ref())?,
    };
    let outcome = plan::run(repo.as_ref(), &Options { file, run: args.run.clone() })?;
    match outcome.reading.usable() {
        None => {
            session.answer(&shown(args, session, &outcome))?;
            return Ok(refusal(&outcome.reading));
        }
        Some(plan) if args.dry_run => dry_run(session, &outcome, plan)?,
        Some(plan) => match &args.write {
            Some(path) => return write_to(path, args, session, plan),
            None => session.answer(&shown(args, session, &outcome))?,
        },
    }
    Ok(Exit::Done)
}

/// How a program ends that was given this plan and cannot use it: a text that is no plan is an error,
/// a plan with findings gets the answer "no".
pub(super) fn refusal(reading: &Reading) -> Exit {
    if reading.is_malformed() { Exit::Error } else { Exit::No }
}

/// A plan in a file needs no repository; the recorded one does.
fn repository(args: &Args) -> Result<Option<Repository>> {
    match Repository::discover() {
        Ok(repo) => Ok(Some(repo)),
        Err(_) if args.file.is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// `orchestrate.toml` at the top, unless a run is meant: the one that was asked for, or the one
/// that this worktree belongs to.
fn default_file(args: &Args, repo: Option<&Repository>) -> Result<Option<PlanFile>> {
    let Some(repo) = repo else { return Ok(None) };
    if args.run.is_some() || repo.config(RUN_KEY).is_some() {
        return Ok(None);
    }
    repo.workdir().and_then(plan_file::at_top).map(|path| PlanFile::open(&path)).transpose()
}

fn shown(args: &Args, session: &Session, outcome: &Outcome) -> String {
    match args.format {
        Format::Text => text::plan::plan(outcome, Colour::when(session.colour)),
        Format::Markdown => markdown::plan::plan(outcome),
        Format::Json => json::plan::plan(outcome),
    }
}

fn dry_run(session: &Session, outcome: &Outcome, plan: &Plan) -> Result<()> {
    if let Some(warnings) = text::plan::findings(&outcome.reading.findings, Colour::Off) {
        session.note(warnings.trim_end());
    }
    Ok(session.answer(&text::plan::commands(plan))?)
}

fn write_to(path: &Path, args: &Args, session: &Session, plan: &Plan) -> Result<Exit> {
    let toml = write::toml(plan);
    if path.as_os_str() == "-" {
        session.answer(&toml)?;
        return Ok(Exit::Done);
    }
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let name = path.display();
    let said = match plan_file::write(path, &toml, existing)? {
        Written::Done => format!("wrote {name}"),
        Written::Same => format!("{name} is up to date"),
        Written::Kept => {
            session.note(&escape::terminal(format!(
                "refused: {name} is there already and holds something else"
            )));
            session.note("hint: choose another name, or replace it with --force");
            return Ok(Exit::No);
        }
    };
    session.note(&escape::terminal(said));
    Ok(Exit::Done)
}
