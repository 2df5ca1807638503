//! `git orchestrate integrate`: its arguments and its answer.

use anyhow::Result;

use crate::cli::consent;
use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::branch;
use crate::ops::integrate::{self, Action, Options, Outcome};
use crate::render::{json, markdown, text};

/// Merge finished work in dependency order
///
/// Merges every finished task, in dependency order, into a branch that starts at the base branch.
/// It stops at the first conflict and lays the merge out in a private worktree; your own checkout is
/// never touched. A task that is not complete, or that breaks the rules, is refused.
///
/// A conflict that you resolved in an earlier attempt of the run is resolved the same way again,
/// where both sides have the same versions of its files; where only the lines in question are the
/// same, your resolution is filled in and waits for `git add`. This is read from the merges
/// that you made; git's own rerere cache is neither read nor written.
///
/// The forecast of --dry-run goes on after a step that needs you: with the resolution it proposes,
/// or else with the files as git left them, markers included. What depends on that is said to.
///
/// What a task builds on comes first, then set-up, then the order in which the fewest steps conflict:
/// searched through for up to 12 tasks that may go at once, found by a heuristic beyond.
///
/// With --exec, and with the evidence commands of the plan, the branch moves only for results that
/// pass. A command that fails runs once more. The task whose step breaks it is named and left out, and
/// so is what builds on it; the others go on, and the answer is 1. A task that a command of --exec has
/// blamed stays out of later calls, until its branch moves or --exec is given again. Evidence is looked
/// up for the exact tree first, and asked for once, at the end, where there is no --exec. All results
/// stand in the run's journal.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run [default: this worktree's, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Walk all steps and show every conflict; change nothing
    #[arg(long, group = "action")]
    dry_run: bool,
    /// Take what you resolved, and go on; a call that was killed goes on when it is given again, too
    #[arg(long = "continue", group = "action")]
    go_on: bool,
    /// Leave this task [default: the one it stopped at] and its dependents out, and go on
    #[arg(long, value_name = "TASK", num_args = 0..=1, group = "action")]
    #[expect(clippy::option_option, reason = "clap's form of an option with an optional value")]
    skip: Option<Option<String>>,
    /// Put the integration branch back to where it was before
    #[arg(long, group = "action")]
    abort: bool,
    /// Put the integration branch back to before this step, given as a task or a merge commit
    /// [default: the last step]; an integration in progress ends with it, as with --abort
    #[arg(long, value_name = "STEP", num_args = 0..=1, group = "action")]
    #[expect(clippy::option_option, reason = "clap's form of an option with an optional value")]
    undo: Option<Option<String>>,
    /// Merge the finished integration branch into the base branch, if that has not moved since
    #[arg(long, group = "action")]
    land: bool,
    /// Leave out what is not complete, and what builds on it
    #[arg(long)]
    only_complete: bool,
    /// Merge into this branch instead of the layout's
    #[arg(long, value_name = "BRANCH", value_parser = branch::parse)]
    into: Option<String>,
    /// Go on with an integration branch that somebody changed
    #[arg(long)]
    reuse: bool,
    /// Resolve conflicts in which both sides added the same line, and have the plan's commands make
    /// generated files anew
    #[arg(long)]
    resolve_trivial: bool,
    /// Ask again about a conflict that you resolved in an earlier attempt
    #[arg(long)]
    no_replay: bool,
    /// Run this command on the result of each step, and leave out whose step fails; may be given
    /// several times
    #[arg(long, value_name = "COMMAND")]
    exec: Vec<String>,
    /// Run the commands after so many steps only, and find the step to blame by halving; what lies
    /// between is not tested by itself [default: 1 with --exec]
    #[arg(long, value_name = "STEPS", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    batch: Option<usize>,
    /// Accept the commands of the plan
    #[arg(long, short)]
    yes: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Args {
    fn action(&self) -> Action {
        match self {
            Args { dry_run: true, .. } => Action::Predict,
            Args { go_on: true, .. } => Action::Continue,
            Args { skip: Some(task), .. } => Action::Skip(task.clone()),
            Args { abort: true, .. } => Action::Abort,
            Args { undo: Some(step), .. } => Action::Undo(step.clone()),
            Args { land: true, .. } => Action::Land,
            _ => Action::Begin,
        }
    }
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let mut repo = Repository::discover()?;
    if repo.is_workbench() {
        // A person resolves there and calls there what takes it away.
        repo = repo.from_common_dir()?;
        std::env::set_current_dir(repo.common_dir())?;
    }
    let mut options = Options {
        run: args.run.clone(),
        now: session.now,
        action: args.action(),
        into: args.into.clone(),
        only_complete: args.only_complete,
        resolve_trivial: args.resolve_trivial,
        reuse: args.reuse,
        no_replay: args.no_replay,
        exec: args.exec.clone(),
        batch: args.batch,
        accepted: args.yes,
    };
    let unaccepted = integrate::unaccepted(&repo, &options)?;
    if !unaccepted.is_empty() && !options.accepted {
        consent::ask(session, &unaccepted)?;
        options.accepted = true;
    }
    let outcome = integrate::run(&repo, &options)?;
    match (args.format, &outcome) {
        (Format::Text, Outcome::Refused(refusal)) => {
            session.note(text::integrate::refused(refusal).trim_end())
        }
        (Format::Text, _) => session.answer(&text::integrate::outcome(&outcome))?,
        (Format::Markdown, _) => session.answer(&markdown::integrate::outcome(&outcome))?,
        (Format::Json, _) => session.answer(&json::integrate::outcome(&outcome))?,
    }
    Ok(exit(&outcome))
}

/// 0 when everything that takes part is merged, or would be; 1 when a person is needed, or somebody was
/// left out because a command failed.
fn exit(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Refused(_) => Exit::No,
        Outcome::Report(report) if report.steps.iter().any(|step| step.result.is_stuck()) => Exit::No,
        Outcome::Report(report) if report.has_failed() => Exit::No,
        Outcome::Report(_) | Outcome::Aborted(_) | Outcome::Undone(_) | Outcome::Landed(_) => Exit::Done,
    }
}
