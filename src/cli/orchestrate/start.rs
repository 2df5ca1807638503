//! `git orchestrate start`: its arguments and its answer.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::cli::consent;
use crate::cli::exit::{self, Exit};
use crate::cli::orchestrate::plan::refusal;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::hint;
use crate::model::plan::Plan;
use crate::model::plan::finding::{Form, PlanFinding, Problem};
use crate::ops::plan_file::{self, PlanFile};
use crate::ops::start::{self, Consent, Mode, Options, Outcome, Progress, Report};
use crate::ops::{plan, run};
use crate::render::text;
use crate::render::text::colour::Colour;

/// Set up branches, worktrees and hooks from a plan
///
/// Records the plan, and makes a branch and a worktree with hooks for each task. What is there
/// already is kept; doing it again does what is missing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan; `-` reads standard input [default: orchestrate.toml in the main worktree, else the plan as recorded]
    file: Option<PathBuf>,
    /// The run, if no plan file says it; with a file, the name that the run gets
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Only this task; may be given several times
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Make branch and worktree anew; the old tip is kept under a backup ref [default: every task]
    #[arg(long, value_name = "TASK", num_args = 0..)]
    recreate: Option<Vec<String>>,
    /// Print the commands instead
    #[arg(long)]
    dry_run: bool,
    /// Accept the commands that the plan runs
    #[arg(long, short)]
    yes: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let repo = Repository::discover()?;
    let (plan, input) = match read_plan(args, &repo, session)? {
        Ok(read) => read,
        Err(exit) => return Ok(exit),
    };
    let mut options = Options {
        plan,
        input,
        tasks: args.tasks.clone(),
        recreate: args.recreate.clone(),
        mode: if args.dry_run { Mode::DryRun } else { Mode::Do },
        consent: if args.yes { Consent::Given } else { Consent::Outstanding },
    };
    let mut outcome = start::run(&repo, &options, &mut progress(session))?;
    if let Outcome::Asks(commands) = &outcome {
        consent::ask(session, commands)?;
        options.consent = Consent::Given;
        outcome = start::run(&repo, &options, &mut progress(session))?;
    }
    match outcome {
        Outcome::Started(report) => answer(session, *report),
        Outcome::Refused(obstacles) => {
            session.note(text::start::obstacles(&obstacles).trim_end());
            Ok(Exit::No)
        }
        Outcome::Asks(commands) => Err(hint::error(
            format!("the plan has {} commands that were not accepted", commands.len()),
            "look at the plan again, and accept them with --yes",
        )),
    }
}

fn answer(session: &Session, mut report: Report) -> Result<Exit> {
    let session = &Session { asked: Some(report.plan.run.to_string()), ..session.clone() };
    for warning in &report.warnings {
        session.note(&format!("warning: {}", text::start::warning(warning)));
    }
    session.answer(&text::start::report(&report))?;
    let is_disarmed = report.is_disarmed();
    let failures = report.sites.iter_mut().filter_map(|site| {
        let failure = site.built.failure.take()?;
        Some(failure.context(format!("cannot set up {}", site.site.task)))
    });
    let failures: Vec<_> = failures.collect();
    failures.iter().for_each(|failure| session.note(&exit::explain(failure)));
    Ok(match () {
        () if !failures.is_empty() => Exit::Error,
        () if is_disarmed => Exit::No,
        () => Exit::Done,
    })
}

/// The plan and the text it came from, or how to end if it has errors. All findings are shown.
fn read_plan(args: &Args, repo: &Repository, session: &Session) -> Result<Result<(Plan, Vec<u8>), Exit>> {
    let default = repo.main_workdir().and_then(|top| plan_file::at_top(&top));
    let file = match (&args.file, default) {
        (Some(path), _) if path.as_os_str() == "-" => PlanFile::take("stdin", std::io::stdin().lock())?,
        (Some(path), _) => PlanFile::open(path)?,
        (None, Some(path)) if args.run.is_none() => PlanFile::open(&path)?,
        (None, _) => {
            let recorded = run::choose(repo, args.run.as_deref()).context("no plan file was named")?;
            return Ok(Ok((recorded.plan, Vec::new())));
        }
    };
    let options = plan::Options { file: Some(file.clone()), run: args.run.clone() };
    let reading = plan::run(Some(repo), &options)?.reading;
    // Whether to work in parallel at all is decided by now.
    let is_late = |one: &&PlanFinding| matches!(one.problem, Problem::Form(Form::FewTasks(_)));
    let findings: Vec<_> = reading.findings.iter().filter(|one| !is_late(one)).cloned().collect();
    if let Some(findings) = text::plan::findings(&findings, Colour::Off) {
        session.note(findings.trim_end());
    }
    let plan = reading.usable().map(|plan| (plan.clone(), file.text.into_bytes()));
    Ok(plan.ok_or_else(|| refusal(&reading)))
}

/// Tells how far a start came that takes longer than a second, at a terminal.
fn progress(session: &Session) -> impl FnMut(&Progress<'_>) {
    let began = Instant::now();
    let watched = std::io::stderr().is_terminal();
    move |progress| {
        if watched && began.elapsed() > Duration::from_secs(1) {
            session.note(&format!("{}/{} {}", progress.done + 1, progress.total, progress.task));
        }
    }
}
