//! What is wrong with a repository that keeps the rules from being applied, as data.
//!
//! A [`Symptom`] is about the machine room: hooks that do not fire, worktrees that are not where git
//! believes, settings that name commands and changed. Rules that a commit breaks are
//! [findings](crate::model::finding). Like those, a symptom words itself, has a stable name, and
//! says what to do next.

pub mod configured;
pub mod hook_manager;
pub mod hooks;
pub mod repository;
pub mod worktree;

use std::fmt;
use std::path::PathBuf;

pub use hooks::HookDefect;
pub use repository::RepositoryDefect;
pub use worktree::WorktreeDefect;

use crate::model::finding::Severity;
use crate::model::name::TaskName;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// Where.
    pub place: Place,
    /// What.
    pub defect: Defect,
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In what all worktrees share.
    Repository,
    /// In one worktree.
    Worktree {
        /// The top of its files.
        path: PathBuf,
        /// Whose it is; `None` if it is no task's.
        task: Option<TaskName>,
    },
}

/// The kinds of defects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// A hook of ours that does not run, or a hook of the user's that ours hides.
    Hooks(HookDefect),
    /// A worktree that is not what git's records say.
    Worktree(WorktreeDefect),
    /// Something shared.
    Repository(RepositoryDefect),
}

/// What to do about a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// `git orchestrate doctor --repair` mends it.
    Repair,
    /// A person decides, and then types this command, one word each.
    Run(Vec<String>),
    /// A person decides; no one command does it.
    Words(String),
}

impl Remedy {
    /// The command of these words.
    pub(crate) fn run<const N: usize>(words: [&str; N]) -> Remedy {
        Remedy::Run(words.map(str::to_owned).to_vec())
    }
}

impl Defect {
    /// A stable name for machine formats.
    pub fn rule(&self) -> &'static str {
        match self {
            Defect::Hooks(one) => one.rule(),
            Defect::Worktree(one) => one.rule(),
            Defect::Repository(one) => one.rule(),
        }
    }

    /// An error where rules are not applied or git itself fails, else a warning.
    pub fn severity(&self) -> Severity {
        match self {
            Defect::Hooks(one) => one.severity(),
            Defect::Worktree(one) => one.severity(),
            Defect::Repository(one) => one.severity(),
        }
    }

    /// Whether it may well be as somebody wants it, and is only told.
    pub fn is_remark(&self) -> bool {
        matches!(self, Defect::Repository(one) if one.is_remark())
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Defect::Hooks(one) => one.remedy(),
            Defect::Worktree(one) => one.remedy(),
            Defect::Repository(one) => one.remedy(),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Defect::Hooks(one) => one.fmt(f),
            Defect::Worktree(one) => one.fmt(f),
            Defect::Repository(one) => one.fmt(f),
        }
    }
}

macro_rules! defect_from {
    ($($variant:ident($type:ident)),*) => {$(
        impl From<$type> for Defect {
            fn from(one: $type) -> Defect {
                Defect::$variant(one)
            }
        }
    )*};
}

defect_from! { Hooks(HookDefect), Worktree(WorktreeDefect), Repository(RepositoryDefect) }
