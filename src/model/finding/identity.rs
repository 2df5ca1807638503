//! What can be wrong with where a commit is made.

use std::fmt;
use std::path::PathBuf;

use crate::model::branch::{self, Symbolic};
use crate::model::name::TaskName;
use crate::model::shell;

/// The wrong branch or worktree (S1-45, S1-46). Branches are short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityViolation {
    /// Another branch than the worktree's own is checked out.
    WrongBranch {
        /// The worktree's task.
        task: TaskName,
        /// What is checked out.
        actual: String,
        /// What should be.
        expected: String,
        /// What kind of branch it is.
        kind: WrongBranch,
    },
    /// HEAD names a commit, not a branch.
    Detached {
        /// The worktree's task.
        task: TaskName,
        /// The branch that should be checked out.
        expected: String,
    },
    /// The repository's data says that the worktree is somewhere else.
    MovedWorktree {
        /// The worktree's task.
        task: TaskName,
        /// Where the commit is being made.
        actual: String,
        /// Where the repository expects it.
        expected: String,
    },
    /// The branch is a symbolic ref: whoever commits to it moves another one.
    SymbolicBranch {
        /// The task's branch.
        branch: String,
        /// What it points to, and where it belongs.
        stands_for: Symbolic,
    },
    /// The branch has no history in common with the run's base.
    Unrelated {
        /// The task's branch.
        branch: String,
    },
    /// The base or the integration branch was committed to in a worker's worktree.
    Misplaced {
        /// The worktree's task.
        task: TaskName,
        /// The branch.
        branch: String,
        /// It is the run's base, else its integration branch.
        is_base: bool,
    },
    /// The plan does not have the task any more, but the task's branch has work that is nowhere else.
    Dropped {
        /// What it was called.
        task: TaskName,
        /// Its branch.
        branch: String,
        /// How many commits.
        commits: usize,
        /// The worktree that has it checked out; git deletes no branch that is.
        worktree: Option<PathBuf>,
    },
    /// The worktree's configuration names a task that the plan does not have.
    UnknownTask {
        /// As configured.
        task: String,
    },
}

/// Which wrong branch it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongBranch {
    /// The run's base, which workers never commit to.
    Base,
    /// The integration branch.
    Integration,
    /// Another task's branch.
    Task(TaskName),
    /// Any other.
    Other,
}

impl IdentityViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            IdentityViolation::WrongBranch { kind: WrongBranch::Base, .. }
            | IdentityViolation::Misplaced { is_base: true, .. } => "branch/base",
            IdentityViolation::Misplaced { .. } => "branch/integration",
            IdentityViolation::WrongBranch { .. } => "branch/wrong",
            IdentityViolation::Detached { .. } => "branch/detached",
            IdentityViolation::MovedWorktree { .. } => "worktree/moved",
            IdentityViolation::SymbolicBranch { .. } => "branch/symbolic",
            IdentityViolation::Unrelated { .. } => "branch/unrelated",
            IdentityViolation::Dropped { .. } => "branch/dropped",
            IdentityViolation::UnknownTask { .. } => "worktree/unknown-task",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            IdentityViolation::WrongBranch { expected, kind: WrongBranch::Other, .. } => {
                format!("git checkout {expected}; where it was renamed: git branch -m {expected}")
            }
            IdentityViolation::WrongBranch { expected, .. }
            | IdentityViolation::Detached { expected, .. } => {
                format!("git checkout {expected}")
            }
            IdentityViolation::MovedWorktree { .. } => {
                "work in the worktree itself; after moving it by hand run git worktree repair there".into()
            }
            IdentityViolation::SymbolicBranch { branch, stands_for } => {
                let name = shell::word(branch::full(branch));
                let mend = match stands_for.tip {
                    Some(tip) => format!("git update-ref --no-deref {name} {}", tip.to_hex_with_len(10)),
                    None => format!("git symbolic-ref --delete {name} && git orchestrate start"),
                };
                format!("make {branch} a branch of its own again: {mend}")
            }
            IdentityViolation::Misplaced { branch, .. } => {
                format!("have it reverted on {branch}; work belongs on the task's own branch")
            }
            IdentityViolation::Unrelated { .. } => "start the branch from the run's base".into(),
            IdentityViolation::Dropped { branch, worktree, .. } => {
                let taken = worktree.as_deref().map(shell::path).map_or_else(String::new, |path| {
                    format!("git worktree unlock {path}; git worktree remove {path} && ")
                });
                format!(
                    "start the run with a plan that has the task again; or, if nobody wants it: {taken}git branch -D {}",
                    shell::word(branch)
                )
            }
            IdentityViolation::UnknownTask { .. } => {
                "if the plan was amended without the task, ask who leads the run: its branch stays as it is"
                    .into()
            }
        }
    }
}

impl fmt::Display for IdentityViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdentityViolation::WrongBranch { task, actual, expected, kind } => {
                write!(
                    f,
                    "this worktree belongs to {task} on branch {expected}, but {actual} is checked out"
                )?;
                match kind {
                    WrongBranch::Base => f.write_str(", the base of the run"),
                    WrongBranch::Integration => f.write_str(", the run's integration branch"),
                    WrongBranch::Task(other) => write!(f, ", the branch of {other}"),
                    WrongBranch::Other => Ok(()),
                }
            }
            IdentityViolation::Detached { task, expected } => {
                write!(f, "this worktree belongs to {task} on branch {expected}, but HEAD is detached")
            }
            IdentityViolation::MovedWorktree { task, actual, expected } => {
                write!(f, "the worktree of {task} is {expected}, but the commit is being made in {actual}")
            }
            IdentityViolation::SymbolicBranch { branch, stands_for } => {
                write!(f, "{branch} is no branch of its own, it stands for {}", stands_for.target)
            }
            IdentityViolation::Unrelated { branch } => {
                write!(f, "{branch} has no history in common with the run's base")
            }
            IdentityViolation::Misplaced { task, branch, is_base } => {
                let role = if *is_base { "the base of the run" } else { "the run's integration branch" };
                write!(f, "{branch}, {role}, was committed to in the worktree of {task}")
            }
            IdentityViolation::Dropped { task, branch, commits, .. } => {
                let commits = match commits {
                    1 => "1 commit that is".to_owned(),
                    more => format!("{more} commits that are"),
                };
                write!(f, "{task} is not in the plan any more, and {branch} has {commits} nowhere else")
            }
            IdentityViolation::UnknownTask { task } => {
                write!(f, "this worktree belongs to {task}, which is no task of the plan")
            }
        }
    }
}
