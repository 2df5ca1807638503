//! What can be in the way of a site, and what a person can do about it.
//!
//! An obstacle is found before anything is changed, and all of them are reported at once.

use std::fmt;
use std::path::PathBuf;

use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::model::inner::{self, Inner};
use crate::model::name::RunName;
use crate::model::shell;

/// Why a site cannot be made what it should be without a person's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Whose site: a task's name, or what else needs a branch.
    pub whose: String,
    /// Short name of its branch.
    pub branch: String,
    /// What is in the way.
    pub kind: ObstacleKind,
}

/// What can be in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObstacleKind {
    /// The branch is another active run's.
    Taken(RunName),
    /// The task's work is on this branch, and the plan is amended to have it on another one.
    Renamed(String),
    /// The task was begun on this branch, and the plan is amended to have it on another task's.
    Displaced(String),
    /// The branch exists and does not descend from the base.
    OffBase,
    /// The branch is a symbolic ref to another one.
    Symbolic(String),
    /// The branch is gone, though work was recorded on it; holds the newest recorded commit.
    Lost(ObjectId),
    /// Git cannot have both this branch and that one.
    Barred(String),
    /// The branch is checked out in another place.
    Elsewhere(PathBuf),
    /// The directory exists and is not empty.
    Occupied(PathBuf),
    /// The worktree that was to be recreated has changes that would be lost.
    Dirty(PathBuf),
    /// The worktree that was to be recreated has repositories of their own in it.
    Within(Vec<Inner>),
    /// The worktree that was to be recreated is gone, and its index may hold changes.
    Gone(PathBuf),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Obstacle { whose, branch, kind } = self;
        match kind {
            ObstacleKind::Taken(run) => write!(f, "{whose}: branch {branch} belongs to run {run}"),
            ObstacleKind::Renamed(former) => {
                write!(f, "{whose}: the plan has it on branch {branch} now, and its work is on {former}")
            }
            ObstacleKind::Displaced(former) => write!(
                f,
                "{whose}: the plan has it on branch {branch} now, which was another task's; its own was {former}"
            ),
            ObstacleKind::OffBase => {
                write!(f, "{whose}: branch {branch} exists and does not descend from the base of the run")
            }
            ObstacleKind::Symbolic(target) => {
                write!(f, "{whose}: branch {branch} is a symbolic ref to {target}")
            }
            ObstacleKind::Lost(tip) => {
                write!(
                    f,
                    "{whose}: branch {branch} is gone, though work was recorded on it up to {}",
                    tip.to_hex_with_len(7)
                )
            }
            ObstacleKind::Barred(other) => {
                write!(
                    f,
                    "{whose}: branch {branch} cannot exist beside branch {other}: one name is a directory of the other"
                )
            }
            ObstacleKind::Elsewhere(path) => {
                write!(f, "{whose}: branch {branch} is checked out at {}", path.display())
            }
            ObstacleKind::Occupied(path) => {
                write!(f, "{whose}: {} exists and is not this task's worktree", path.display())
            }
            ObstacleKind::Dirty(path) => {
                write!(
                    f,
                    "{whose}: the worktree {} has changes that recreating it would lose",
                    path.display()
                )
            }
            ObstacleKind::Within(all) => {
                let paths: Vec<_> = all.iter().map(|one| one.path.to_str_lossy()).collect();
                write!(f, "{whose}: its worktree has a repository of its own in it: {}", paths.join(", "))
            }
            ObstacleKind::Gone(path) => {
                write!(f, "{whose}: the worktree {} is gone, and git still has its index", path.display())
            }
        }
    }
}

impl Obstacle {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let Obstacle { whose, branch, kind } = self;
        match kind {
            ObstacleKind::Taken(run) => format!(
                "choose a layout with the run in its names, such as layout = \"feature\"; or end the other one: git orchestrate cleanup --run {run}"
            ),
            ObstacleKind::Renamed(former) => format!(
                "to rename it: git branch -m {} {}, then start again; or leave the branch in the plan as it was",
                shell::word(former),
                shell::word(branch)
            ),
            ObstacleKind::Displaced(_) => {
                "leave the tasks in the plan in their former order, none left out and new ones last; or have \
                 {task} in the branch template"
                    .into()
            }
            ObstacleKind::OffBase => format!(
                "to set its commits aside under a backup ref and begin anew: --recreate {whose}; to keep it: git branch -m {branch} <new name>"
            ),
            ObstacleKind::Symbolic(_) => {
                format!("to remove the symbolic ref only: git symbolic-ref -d refs/heads/{branch}")
            }
            ObstacleKind::Lost(tip) => format!(
                "to go on from there: git branch {branch} {}; to begin anew, with that commit kept under a backup ref: --recreate {whose}",
                tip.to_hex_with_len(7)
            ),
            ObstacleKind::Barred(other) => {
                format!("rename one of them: git branch -m {other} <new name>, or another layout in the plan")
            }
            ObstacleKind::Elsewhere(_) => "switch that worktree to another branch, or remove it".into(),
            ObstacleKind::Occupied(_) => {
                "move it away, or choose another worktree template in the plan".into()
            }
            ObstacleKind::Dirty(_) => {
                "commit or stash the changes, or finish the merge or rebase, first".into()
            }
            ObstacleKind::Within(all) => inner::remedy(all),
            ObstacleKind::Gone(_) => "start without --recreate first: it writes the files again".into(),
        }
    }
}
