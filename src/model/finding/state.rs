//! What can be wrong with when a commit is made.

use std::fmt;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::finding::Shown;
use crate::model::name::{ItemName, TaskName};

/// The right commit at the wrong time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateViolation {
    /// An own commit after COMPLETE (S1-52).
    AfterComplete {
        /// The COMPLETE.
        complete_commit_id: ObjectId,
    },
    /// `git commit --amend` on a commit that is not the task's.
    NotOwn {
        /// HEAD.
        commit_id: ObjectId,
    },
    /// COMPLETE while the worktree has changes that it leaves out (S1-53).
    Dirty {
        /// Modified or untracked.
        paths: Vec<BString>,
    },
    /// COMPLETE without the evidence that the plan asks for.
    NoEvidence {
        /// The commands that did not pass, or were not run, for this tree.
        commands: Vec<String>,
    },
    /// A needed task is not complete, or not merged (S4-22).
    Unmet {
        /// Which task.
        task: TaskName,
        /// What is needed of it, where the plan says.
        item: Option<ItemName>,
        /// How far it is.
        lacks: Lacks,
    },
}

/// What is missing of a needed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// It is not complete.
    Completion,
    /// It is complete, but not merged into this branch.
    Merge,
}

impl StateViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            StateViolation::AfterComplete { .. } => "state/after-complete",
            StateViolation::NotOwn { .. } => "state/amend",
            StateViolation::Dirty { .. } => "state/dirty",
            StateViolation::NoEvidence { .. } => "state/evidence",
            StateViolation::Unmet { .. } => "state/dependency",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            StateViolation::AfterComplete { .. } => "git worker reopen, if there is more to do".into(),
            StateViolation::NotOwn { .. } => {
                "leave --amend out: git commit makes a commit of its own on top of it".into()
            }
            StateViolation::Dirty { .. } => "commit or remove them first; git status shows them".into(),
            StateViolation::NoEvidence { .. } => {
                "git worker complete runs them and records the result".into()
            }
            StateViolation::Unmet { task, lacks: Lacks::Merge, .. } => {
                format!("git worker merge {}", task.short())
            }
            StateViolation::Unmet { task, lacks: Lacks::Completion, .. } => {
                format!("once {} is complete: git worker merge {}", task.short(), task.short())
            }
        }
    }
}

impl fmt::Display for StateViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateViolation::AfterComplete { complete_commit_id } => write!(
                f,
                "the task was declared complete in {}, so nothing may follow",
                complete_commit_id.to_hex_with_len(10)
            ),
            StateViolation::NotOwn { commit_id } => write!(
                f,
                "HEAD, {}, is no commit of this task, and --amend would replace it",
                commit_id.to_hex_with_len(10)
            ),
            StateViolation::Dirty { paths } => {
                let first = paths.first().map(|path| path.as_bstr()).unwrap_or_default();
                write!(f, "the worktree has changes that COMPLETE leaves out: {}", Shown(first))?;
                match paths.len().saturating_sub(1) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            StateViolation::NoEvidence { commands } => {
                write!(f, "COMPLETE needs evidence for exactly this tree: {}", commands.join(", "))
            }
            StateViolation::Unmet { task, item, lacks } => {
                match item {
                    Some(item) => write!(f, "{}/{item} is needed", task.short())?,
                    None => write!(f, "{} is needed", task.short())?,
                }
                f.write_str(match lacks {
                    Lacks::Completion => ", which is not complete",
                    Lacks::Merge => ", which is complete but not merged into this branch",
                })
            }
        }
    }
}
