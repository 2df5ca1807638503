//! What became of an integration, as values.

use std::path::PathBuf;

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::cleanup::Also;
use crate::model::holder::Holder;
use crate::model::integration::checklist::Checklist;
use crate::model::integration::clash::Clash;
use crate::model::integration::order::{Edge, Reason};
use crate::model::integration::progress::Stopped;
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::integration::sequence::Method;
use crate::model::name::{RunName, TaskName};

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

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// These tasks cannot take part.
    NotReady(Vec<LeftOut>),
    /// No task can take part.
    NothingToMerge(Vec<LeftOut>),
    /// These tasks are not in the integration branch yet, so it cannot land.
    NotIntegrated(Vec<TaskName>),
    /// The branch holds commits that no integration made and no person took over.
    Unanswered {
        /// Its short name.
        branch: String,
        /// Whether it is the one that the layout names.
        is_usual: bool,
        /// Newest first.
        commits: Vec<Unanswered>,
    },
    /// Another process integrates this run right now.
    Busy(RunName, Option<Holder>),
    /// An integration began and did not end; it may wait for a person.
    InProgress(Option<Stopped>),
    /// What waits at a stopped step is not to be merged any more.
    Outdated {
        /// Whose step.
        task: TaskName,
        /// Why not.
        why: Outdated,
    },
    /// There is none to continue, skip in or abort.
    NotInProgress,
    /// A branch cannot be moved.
    Branch {
        /// Its short name.
        branch: String,
        /// Why not.
        trouble: BranchTrouble,
    },
    /// What lies in the private worktree cannot be taken over.
    Bench {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        trouble: BenchTrouble,
    },
    /// A command fails on what everything is merged into, so no task is to blame.
    Broken {
        /// What it fails on.
        commit_id: ObjectId,
        /// The command.
        command: String,
        /// Its exit code; `None` for a signal.
        code: Option<i32>,
    },
    /// The run was not started from a branch, so there is nothing to land on.
    NoBaseBranch,
    /// The base has moved since everything was merged and tested.
    BaseMoved {
        /// Short name of the base branch.
        base: String,
        /// Short name of the integration branch.
        branch: String,
        /// How many commits the base has that the integration branch has not.
        commits: usize,
        /// Whose step was the first, if there is one.
        first: Option<TaskName>,
        /// What was run on the result that would have landed.
        tested: Vec<String>,
    },
    /// These evidence commands of the plan have not passed on what would land.
    Unproven {
        /// Short name of the integration branch.
        branch: String,
        /// The commands.
        commands: Vec<String>,
    },
    /// Tasks whose work would land break the rules as the plan has them now.
    Violating {
        /// Short name of the integration branch.
        branch: String,
        /// Which, and what is wrong.
        tasks: Vec<LeftOut>,
    },
    /// Steps were taken back, and these commands of `--exec` passed before that, but not on what is left.
    Untested {
        /// Short name of the integration branch.
        branch: String,
        /// The commands.
        commands: Vec<String>,
    },
}

/// Why work that was to be merged when a step stopped is not any more.
#[derive(Debug, Clone, PartialEq)]
pub enum Outdated {
    /// The plan has the task no more.
    Dropped,
    /// Its branch does not hold what was to be merged.
    Rewritten,
    /// It cannot take part any more.
    LeftOut(LeftOut),
}

/// A commit that nobody answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Which.
    pub commit_id: ObjectId,
    /// The first line of its message.
    pub subject: BString,
}

/// Why a branch cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchTrouble {
    /// It exists, at this commit, and is not as the last integration left it (S1-75).
    Exists(ObjectId),
    /// It is a symbolic ref: moving it would move another one.
    Symbolic,
    /// This worktree has it checked out, and would have to go back.
    CheckedOut(PathBuf),
    /// This worktree has it checked out and is not clean.
    Unclean {
        /// Where it is.
        worktree: PathBuf,
        /// What is not committed there.
        paths: Vec<BString>,
    },
    /// Somebody else moved it meanwhile.
    Moved,
    /// It does not exist, so it cannot land.
    Missing,
}

/// Why the person's work cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BenchTrouble {
    /// It is not finished.
    Unfinished {
        /// Paths that are not marked as resolved.
        unmerged: Vec<BString>,
        /// Where conflict markers are left.
        marked: Vec<Marked>,
        /// Paths that are changed and not staged.
        unstaged: Vec<BString>,
    },
    /// HEAD is this commit, which does not hold both sides.
    NoMerge(ObjectId),
    /// These paths are changed although neither side of the merge touched them.
    Foreign(Vec<BString>),
}

/// A conflict marker that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// In which file.
    pub path: BString,
    /// On which line, counted from 1.
    pub line: usize,
}

impl Refusal {
    /// A branch cannot be moved.
    pub(super) fn branch(branch: impl Into<String>, trouble: BranchTrouble) -> Refusal {
        Refusal::Branch { branch: branch.into(), trouble }
    }
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
    /// The commands of `--exec` that passed before, but not on what is left.
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
