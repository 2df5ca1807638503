//! What can be wrong with where a worktree is.

use std::fmt;
use std::path::PathBuf;

use gix_hash::ObjectId;

use crate::model::branch;
use crate::model::finding::Severity;
use crate::model::health::Remedy;
use crate::model::shell;

/// A worktree that is not what git's records say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorktreeDefect {
    /// A task has none, or its directory is gone.
    Missing,
    /// Its directory is there, but the `.git` file in it is gone or leads nowhere.
    Severed,
    /// The directory was moved, and git still believes it at the old place.
    Moved {
        /// Where it is now.
        to: PathBuf,
    },
    /// A directory that git does not know claims to be the worktree: a copy, which would commit to
    /// the same branch with another index.
    Copy {
        /// The copy.
        copy: PathBuf,
    },
    /// Nothing keeps `git worktree prune` from forgetting it while it is away.
    Unlocked,
    /// `git worktree add` was killed while it made this.
    HalfMade,
    /// The branch of its task is gone.
    NoBranch {
        /// Its short name.
        branch: String,
        /// Where it was last; `None` if nothing was done on it, or nothing tells.
        last: Option<ObjectId>,
    },
    /// The branch of its task is at a commit that is not in the repository.
    NoCommit {
        /// Its short name.
        branch: String,
        /// Where it was last that is in the repository, if that is known.
        last_here: Option<ObjectId>,
    },
}

impl WorktreeDefect {
    /// The stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            WorktreeDefect::Missing => "worktree/missing",
            WorktreeDefect::Severed => "worktree/severed",
            WorktreeDefect::Moved { .. } => "worktree/moved",
            WorktreeDefect::Copy { .. } => "worktree/copy",
            WorktreeDefect::Unlocked => "worktree/unlocked",
            WorktreeDefect::HalfMade => "worktree/half-made",
            WorktreeDefect::NoBranch { .. } => "worktree/no-branch",
            WorktreeDefect::NoCommit { .. } => "worktree/no-commit",
        }
    }

    /// An error where nobody can work.
    pub fn severity(&self) -> Severity {
        match self {
            WorktreeDefect::Unlocked => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            WorktreeDefect::Moved { .. } | WorktreeDefect::Unlocked => Remedy::Repair,
            WorktreeDefect::Missing => Remedy::Words(
                "git orchestrate start <plan file>; if it was moved: git worktree repair <where it is>"
                    .into(),
            ),
            WorktreeDefect::Severed => Remedy::run(["git", "worktree", "repair"]),
            WorktreeDefect::HalfMade => Remedy::run(["git", "orchestrate", "start", "<plan file>"]),
            WorktreeDefect::NoBranch { branch, last: Some(last) } => {
                Remedy::run(["git", "branch", branch, &last.to_string()])
            }
            WorktreeDefect::NoBranch { last: None, .. } => Remedy::run(["git", "orchestrate", "start"]),
            WorktreeDefect::NoCommit { branch, last_here } => {
                let mut words = "bring it back with git fetch --refetch from a clone that has it".to_owned();
                if let Some(id) = last_here {
                    let name = shell::word(branch::full(branch));
                    words +=
                        &format!("; or go back to where the branch was before: git update-ref {name} {id}");
                }
                Remedy::Words(words)
            }
            WorktreeDefect::Copy { copy } => Remedy::Words(format!(
                "work in the registered one; to keep the files of the copy: rm {}",
                shell::path(&copy.join(".git"))
            )),
        }
    }
}

impl fmt::Display for WorktreeDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorktreeDefect::Missing => f.write_str("the worktree is not there"),
            WorktreeDefect::Severed => f.write_str("the .git file of the worktree is gone or leads nowhere"),
            WorktreeDefect::Moved { to } => {
                write!(f, "the worktree was moved to {} behind git's back", to.display())
            }
            WorktreeDefect::Copy { copy } => write!(f, "{} is a copy of the worktree", copy.display()),
            WorktreeDefect::Unlocked => {
                f.write_str("the worktree is not locked, so pruning forgets it while it is away")
            }
            WorktreeDefect::HalfMade => f.write_str("the worktree was never finished"),
            WorktreeDefect::NoBranch { branch, .. } => write!(f, "the task's branch {branch} is gone"),
            WorktreeDefect::NoCommit { branch, .. } => {
                write!(f, "the task's branch {branch} is at a commit that is not here")
            }
        }
    }
}
