//! Why an integration, a landing or an undo was refused.

use std::path::PathBuf;

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::holder::Holder;
use crate::model::integration::destination::Destination;
use crate::model::integration::in_the_way::InTheWay;
use crate::model::integration::progress::Stopped;
use crate::model::integration::roster::LeftOut;
use crate::model::name::{RunName, TaskName};
use crate::ops::integrate::outcome::Breach;
use crate::ops::integrate::withdrawn::Withdrawn;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// These tasks cannot take part.
    NotReady(Vec<LeftOut>),
    /// No task can take part.
    NothingToMerge(Vec<LeftOut>),
    /// These tasks are not in the integration branch yet, so it cannot land.
    NotIntegrated {
        /// What was asked.
        landing: Landing,
        /// Which.
        tasks: Vec<TaskName>,
        /// The commands that were run last, where one of the tasks fails one.
        commands: Vec<String>,
    },
    /// The branch holds commits that no integration made and no person took over.
    Unanswered {
        /// What was asked.
        landing: Landing,
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
    /// The run was not started from a branch that is here, so there is nothing to land on.
    NoBaseBranch(Destination),
    /// The base has moved since everything was merged and tested.
    BaseMoved {
        /// What was asked.
        landing: Landing,
        /// Short name of the base branch.
        base: String,
        /// How many commits the base has that the integration branch has not.
        commits: usize,
        /// Whose step was the first, if there is one.
        first: Option<TaskName>,
        /// What was run on the result that would have landed.
        tested: Vec<String>,
    },
    /// These evidence commands of the plan have not passed on what would land.
    Unproven {
        /// What was asked.
        landing: Landing,
        /// The commands.
        commands: Vec<String>,
    },
    /// Tasks whose work would land break the rules as the plan has them now, and nobody took that over.
    Violating {
        /// What was asked.
        landing: Landing,
        /// Which, and what is wrong.
        tasks: Vec<LeftOut>,
    },
    /// Tasks whose work would land took their COMPLETE back since, and no person took that over.
    Withdrawn {
        /// What was asked.
        landing: Landing,
        /// Which.
        tasks: Vec<Withdrawn>,
        /// What `--undo` takes so that their work is not on the branch, where a step is known.
        first: Option<String>,
    },
    /// These commands of `--exec` ran before, but have not passed on what the branch holds.
    Untested {
        /// What was asked.
        landing: Landing,
        /// What happened since they ran.
        since: Since,
        /// The commands.
        commands: Vec<String>,
    },
}

/// How a landing was asked for: what is to be typed next has to repeat it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// Short name of the integration branch.
    pub branch: String,
    /// Whether it is the one that the layout names.
    pub is_usual: bool,
    /// Whether it was to land without what is not complete.
    pub only_complete: bool,
}

/// What has made a tested branch an untested one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Steps were taken back.
    Undo,
    /// Somebody has added to it.
    Hand {
        /// A person has taken that over.
        is_taken_over: bool,
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
    /// It exists, and is not as the last integration left it (S1-75).
    Exists {
        /// Where it is.
        tip: ObjectId,
        /// What breaks rules there.
        breaches: Vec<Breach>,
    },
    /// It is a symbolic ref: moving it would move another one.
    Symbolic,
    /// This worktree has it checked out, and would have to go back.
    CheckedOut(PathBuf),
    /// This worktree has it checked out and is not clean.
    Unclean {
        /// Where it is.
        worktree: PathBuf,
        /// What is in the way there.
        things: InTheWay,
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
        /// Whether the person has committed already, so that adding is not enough.
        is_committed: bool,
        /// What the sides have of submodules that are not marked as resolved.
        submodules: Vec<(BString, ObjectId)>,
    },
    /// Commands are to run, and would see these paths, which are in no tree.
    Untracked {
        /// Which.
        paths: Vec<BString>,
        /// Whether the merge is committed already.
        is_committed: bool,
    },
    /// HEAD does not hold both sides.
    NoMerge {
        /// Where HEAD is.
        head: ObjectId,
        /// The side that it has not, or one of them.
        missing: ObjectId,
    },
    /// Paths are changed although neither side of the merge touched them.
    Foreign {
        /// Which.
        paths: Vec<BString>,
        /// What everything is merged into, which has them as they are to be.
        onto: ObjectId,
        /// Whether the person has committed already.
        is_committed: bool,
    },
    /// A commit holds both sides, and these paths are staged on top of it.
    NotCommitted(Vec<BString>),
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
