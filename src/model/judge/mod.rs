//! The one judge: what is wrong with a commit on a task's branch, whoever asks.
//!
//! Hooks, `check`, `verify`, `status` and `integrate` all ask here; they differ only in where they
//! read and in what they do with the findings. The judge is a pure function: what it cannot see in
//! the change itself it gets as [`Known`], and what is not known is never guessed: a rule whose
//! fact is missing stays silent, and whoever gathers the facts makes sure that none is.

pub mod access;
pub mod identity;
pub mod links;
pub mod merge;
pub mod message;
pub mod paths;
#[cfg(test)]
mod sample;
pub mod side;
pub mod state;

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::{BStr, BString};
use gix_hash::ObjectId;

use crate::model::change::{Entry, PathChange};
use crate::model::finding::Finding;
use crate::model::judge::access::LineChange;
use crate::model::judge::identity::Place;
use crate::model::judge::merge::{Side, SidePath};
use crate::model::plan::{Plan, Task};

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The newest plan of the run.
    pub plan: &'a Plan,
    /// The task that the branch or worktree belongs to.
    pub task: &'a Task,
    /// What is about to be, or was, committed.
    pub step: Step<'a>,
    /// Where it is being committed; `None` for what is history already.
    pub place: Option<&'a Place>,
    /// The message as git will store it, or has; `None` while there is none yet.
    pub message: Option<&'a BStr>,
    /// What the change itself does not show.
    pub known: &'a Known,
}

/// The kinds of commits.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// An own commit: its change against its one parent.
    Own(&'a [PathChange]),
    /// A merge: the paths that differ between the result and any side, and the merged sides.
    Merge {
        /// Sorted by path.
        paths: &'a [SidePath],
        /// The second and later parents.
        sides: &'a [Side],
    },
}

/// Facts that the rules need besides the change. Gathered by `ops::verdict`, for the paths and
/// rules at hand only.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// For paths under `access = "create"`: those that the base has.
    pub in_base: HashSet<BString>,
    /// Those of them that the base has of this task, as nothing but notes says.
    pub noted_own: HashSet<BString>,
    /// For paths under `access = "append"`: which lines were added and removed.
    pub lines: HashMap<BString, LineChange>,
    /// For new or changed symbolic links, and those that they lead through: their targets.
    pub links: HashMap<BString, BString>,
    /// Of a merge: the paths at which what was merged is the task's own work.
    pub own: HashSet<BString>,
    /// For new names: another name of the result that is the same where case or form is ignored.
    pub collisions: HashMap<BString, BString>,
    /// The files that the task made and whose names a merge makes collide, each with what it brings.
    pub met: BTreeMap<BString, BString>,
    /// For paths outside the scope that were changed: what the branch inherited there from the
    /// base and from merges, so that putting it back is no violation.
    pub inherited: HashMap<BString, Option<Entry>>,
    /// The encoding that git declares the message to be in, where that is not its default.
    pub encoding: Option<BString>,
    /// The newest COMPLETE of the branch, unless it was reopened.
    pub complete: Option<ObjectId>,
    /// What a COMPLETE would leave out of the worktree; `None` where there is no worktree to see.
    pub dirty: Option<Vec<BString>>,
    /// The evidence commands that have not passed for this tree.
    pub no_evidence: Vec<String>,
    /// Needs that are not met.
    pub unmet: Vec<state::Unmet>,
    /// For COMPLETE: every path that the task's own commits changed, this one included (S1-40).
    pub cumulative: Option<Vec<BString>>,
}

/// Everything that is wrong, in the order identity, state, merge, paths, message.
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(place) = case.place {
        findings.extend(identity::judge(case.plan, case.task, place));
    }
    findings.extend(state::judge(case));
    match case.step {
        Step::Own(change) => findings.extend(paths::judge(case, change)),
        Step::Merge { paths, sides } => findings.extend(merge::judge(case, paths, sides)),
    }
    findings.extend(message::judge(case));
    findings
}
