//! What became of an integration, as values.

use std::path::PathBuf;

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::cleanup::Also;
use crate::model::integration::checklist::Checklist;
use crate::model::integration::clash::Clash;
use crate::model::integration::order::{Edge, Reason};
use crate::model::integration::progress::Stopped;
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::integration::sequence::Method;
use crate::model::name::{RunName, TaskName};
use crate::ops::integrate::refusal::Refusal;

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing was done, for this reason.
    Refused(Refusal),
    /// The steps that were made or predicted.
    Report(Box<Report>),
    /// The integration branch is back where it was.
    Aborted(Aborted),
    /// The integration branch is back at an earlier step.
    Undone(Undone),
    /// The base branch has the work.
    Landed(Landed),
}

/// The steps of an integration.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Of which run.
    pub run: RunName,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Short name of the branch that is merged into.
    pub branch: String,
    /// What the branch grows from.
    pub origin: Origin,
    /// The commit that this integration starts from.
    pub start: ObjectId,
    /// Where the branch is now; `None` if it does not exist. For a prediction, where it is before.
    pub tip: Option<ObjectId>,
    /// In order.
    pub steps: Vec<Step>,
    /// How the order with the fewest conflicts was found; `None` where nobody collides.
    pub method: Option<Method>,
    /// Who does not take part.
    pub left_out: Vec<LeftOut>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// What passed at the second try only.
    pub retried: Vec<Retried>,
    /// What waits for a person.
    pub stopped: Option<Stopped>,
    /// Where the person works on it.
    pub workbench: Option<PathBuf>,
    /// The newest commits as git draws them, once everything is merged.
    pub graph: Option<BString>,
    /// Once everything is merged.
    pub checklist: Option<Checklist>,
}

impl Report {
    /// Whether somebody was left out because a command failed.
    pub fn has_failed(&self) -> bool {
        self.left_out.iter().any(|one| matches!(one.obstacle, Obstacle::Failed { .. }))
    }
}

/// A command that failed once and passed when it ran again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retried {
    /// On whose result; `None` for what was there before.
    pub task: Option<TaskName>,
    /// The command.
    pub command: String,
}

/// What a person should know about an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The order could not respect this.
    Ignored(Edge),
    /// The remote's base branch has commits that the base here has not (S1-75).
    BaseBehind {
        /// Such as `origin/main`.
        remote: String,
        /// How many.
        commits: usize,
        /// Whose branches bring some of them along.
        tasks: Vec<TaskName>,
    },
    /// This could not be read; nothing is claimed about it.
    Unknown(String),
    /// What a person had made at a step that is not waiting any more.
    Kept(Kept),
    /// The branch that is merged into has work already for which its task is left out.
    Holds {
        /// Short name of the branch.
        branch: String,
        /// What breaks rules there.
        breaches: Vec<Breach>,
    },
}

/// A commit on a branch that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Whose branch it is of.
    pub task: TaskName,
    /// Which.
    pub commit_id: ObjectId,
    /// The rule's stable name.
    pub rule: &'static str,
}

/// What an integration branch grows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is new; holds the base as the plan writes it.
    Base(String),
    /// It was there before.
    Itself,
}

/// One task's merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which task.
    pub task: TaskName,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// Why it is at this place in the order.
    pub why: Reason,
    /// How it came out.
    pub result: StepResult,
}

/// How a step came out.
#[derive(Debug, Clone, PartialEq)]
pub enum StepResult {
    /// It was merged before (S1-79).
    UpToDate,
    /// Clean; the merge commit, unless it is a prediction.
    Clean(Option<ObjectId>),
    /// Trivial conflicts were resolved; the merge commit, unless it is a prediction.
    Resolved {
        /// The merge commit.
        commit_id: Option<ObjectId>,
        /// What was resolved, with the resolutions.
        clashes: Vec<Clash>,
    },
    /// A person resolved it; the merge commit.
    Concluded(ObjectId),
    /// It conflicts.
    Conflict(Vec<Clash>),
    /// It would change paths that nobody who takes part may change, or bring names together that are one on
    /// some systems.
    OutsideScope(Vec<Stray>),
    /// This command failed on the result.
    ExecFailed {
        /// The command.
        command: String,
        /// Its exit code; `None` for a signal.
        code: Option<i32>,
    },
    /// It was not tried, because an earlier one stopped.
    Waiting,
    /// Clean or not, predicted as if the earlier conflicts left their markers in the files.
    Tentative(Box<StepResult>),
}

impl StepResult {
    /// Whether a person must do something about it.
    pub fn is_stuck(&self) -> bool {
        match self {
            StepResult::Conflict(_) | StepResult::OutsideScope(_) | StepResult::ExecFailed { .. } => true,
            StepResult::Tentative(inner) => inner.is_stuck(),
            _ => false,
        }
    }
}

/// A path that a step would change and that nobody who takes part may change, or whose name it may not
/// have beside another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Relative to the top of the repository.
    pub path: BString,
    /// The newest commit that changes it and is no task's, with its subject; `None` where the merge
    /// itself does it, for example by following a directory that was renamed.
    pub changed_by: Option<(ObjectId, BString)>,
    /// The tasks in whose scope it is; none of them takes part.
    pub owners: Vec<TaskName>,
    /// The path that has the same name where case or Unicode form is ignored, and is there already.
    pub meets: Option<BString>,
}

/// An integration that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aborted {
    /// Short name of the branch.
    pub branch: String,
    /// Where it is again; `None` if it is gone again.
    pub restored: Option<ObjectId>,
    /// The ref that keeps what was merged so far, if anything was.
    pub backup: Option<String>,
    /// What a person had made at the step that it stopped at.
    pub kept: Option<Kept>,
}

/// What a person made in the private worktree, and what is not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The ref that keeps it.
    pub backup: String,
    /// What else is kept that only the private worktree knew of.
    pub also: Vec<Also>,
    /// Where the private worktree was.
    pub bench: PathBuf,
}

/// An integration branch that went back to before a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Short name of the branch.
    pub branch: String,
    /// Where it is.
    pub tip: ObjectId,
    /// Whose steps it does not hold any more, the newest first.
    pub tasks: Vec<TaskName>,
    /// The ref that keeps what it held.
    pub backup: String,
    /// An integration was in progress, and ended with it.
    pub ended: bool,
    /// What a person had made at the step that it stopped at.
    pub kept: Option<Kept>,
    /// The commands of `--exec` that ran before, and have not passed on what is left.
    pub untested: Vec<String>,
}

/// The base branch has the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Short name of the base branch.
    pub base: String,
    /// Short name of the integration branch.
    pub branch: String,
    /// The base branch's tip.
    pub tip: ObjectId,
    /// It had the work already.
    pub up_to_date: bool,
}
