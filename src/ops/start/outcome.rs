//! What came of a start.

use std::path::PathBuf;

use gix_hash::ObjectId;

use super::{Base, Mode, Recorded};
use crate::model::name::{RunName, TaskName};
use crate::model::plan::Plan;
use crate::model::plan::cone::Held;
use crate::model::plan::encounter::Encounter;
use crate::model::site::{Obstacle, Site, Step};
use crate::ops::site::build::Built;
use crate::ops::traces::Trace;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was changed, because of these.
    Refused(Vec<Obstacle>),
    /// Nothing was changed, because the plan runs these commands and nobody accepted them yet.
    Asks(Vec<String>),
    /// What was done, or would be.
    Started(Box<Report>),
}

/// What was done, or would be.
#[derive(Debug)]
pub struct Report {
    /// Whether it was done.
    pub mode: Mode,
    /// The plan as recorded.
    pub plan: Plan,
    /// What the recording did.
    pub recorded: Recorded,
    /// The base of the run.
    pub base: Base,
    /// The main worktree.
    pub main: Checkout,
    /// Lines and values that shared files got.
    pub traces: Vec<Trace>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// One for each task, in the plan's order.
    pub sites: Vec<SiteReport>,
}

/// A worktree and what is checked out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its top.
    pub path: PathBuf,
    /// Short name of the branch; `None` if HEAD is detached.
    pub branch: Option<String>,
    /// The commit.
    pub tip: ObjectId,
    /// How much of its files is there.
    pub held: Held,
}

/// What was done for one task, or would be.
#[derive(Debug)]
pub struct SiteReport {
    /// The site as it was found.
    pub site: Site,
    /// What was to be done; empty if everything was there.
    pub steps: Vec<Step>,
    /// What became of it; empty for a dry run.
    pub built: Built,
    /// The branch's tip afterwards.
    pub tip: Option<ObjectId>,
}

/// What a person should know; none of it stops a start (S3-42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The main worktree has this many uncommitted paths, which no worker will see.
    MainDirty(usize),
    /// The main worktree has no branch checked out.
    MainDetached(ObjectId),
    /// The plan names another base than the run was started from.
    BaseKept {
        /// As the plan has it.
        written: String,
        /// As recorded.
        recorded: ObjectId,
    },
    /// The recorded plan had this task, the new one has not; its branch stays.
    Dropped(TaskName),
    /// A task may change the same path as one of another active run.
    Overlap {
        /// The other run.
        run: RunName,
        /// The tasks and the path.
        encounter: Encounter,
    },
    /// More tasks than were named may do so, as far as could be decided in time.
    MoreOverlaps(RunName),
}

impl Report {
    /// Whether nothing had to be done.
    pub fn is_unchanged(&self) -> bool {
        self.recorded == Recorded::Same
            && self.traces.is_empty()
            && self.sites.iter().all(|report| report.steps.is_empty())
    }

    /// Whether a task's site could not be built.
    pub fn has_failed(&self) -> bool {
        self.sites.iter().any(|report| report.built.failure.is_some())
    }

    /// Whether the hooks do not run in a worktree, although they are installed.
    pub fn is_disarmed(&self) -> bool {
        self.sites.iter().any(|report| report.built.disarmed.is_some())
    }
}
