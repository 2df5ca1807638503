//! Why something stays in a clean-up, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::inner::{self, Inner};
use crate::model::integration::destination::Destination;
use crate::model::shell;

/// Why something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// The work of these commits is neither in the base nor in the integration branch; newest first.
    Unmerged(Vec<Missing>),
    /// The same, of a task that the plan does not have any more, or has elsewhere.
    Dropped(Vec<Missing>),
    /// It was merged into this branch, and a revert took it back.
    TakenBack(String),
    /// The task has no commits yet; its worker may be about to begin.
    NotBegun,
    /// The integration branch is not in the base branch; holds where its work has to go.
    NotLanded(Destination),
    /// Paths in the worktree are not committed.
    Uncommitted(Vec<BString>),
    /// A stopped operation has uncommitted work put aside, and only the worktree knows of it.
    Aside {
        /// `rebase` or `merge`.
        operation: &'static str,
        /// The worktree.
        top: PathBuf,
    },
    /// Repositories of their own are in the worktree; no commit of ours could hold their work.
    Within(Vec<Inner>),
    /// The worktree has something else checked out, whose commits are not merged.
    OtherHead,
    /// The directory is not there; it may only be away for a moment.
    Missing,
    /// It is a symbolic ref, so deleting it means something else.
    Symbolic,
    /// Another worktree has it checked out.
    CheckedOut(PathBuf),
    /// The worktree that has it checked out stays.
    WithWorktree,
    /// The remote's base branch does not have the commits that would go.
    RemoteUnmerged(String),
    /// The remote branch has commits that are not here.
    RemoteUnknown,
    /// A person has locked it.
    Locked {
        /// Why; empty if they did not say.
        reason: String,
        /// The worktree.
        top: PathBuf,
    },
    /// The command was called in it.
    Here,
    /// Somebody moved it while it was looked at.
    Moved,
    /// Somebody else wrote it.
    Foreign,
    /// Git refused; in its own words.
    Refused(String),
}

/// A commit whose work was found nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub commit_id: ObjectId,
    /// The first line of its message.
    pub subject: BString,
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Keep::Unmerged(missing) => write!(f, "its commits are merged nowhere: {}", commits(missing)),
            Keep::Dropped(missing) => {
                write!(f, "the plan has it no more, and its commits are merged nowhere: {}", commits(missing))
            }
            Keep::TakenBack(branch) => write!(f, "its work was merged into {branch} and taken back there"),
            Keep::NotBegun => f.write_str("its task has not begun"),
            Keep::NotLanded(there) => write!(f, "it is not in {} yet", there.base),
            Keep::Uncommitted(paths) => write!(f, "not committed: {}", listed(paths)),
            Keep::Aside { operation, .. } => {
                write!(f, "a {operation} has stopped in it, with uncommitted work in its autostash")
            }
            Keep::Within(inner) => {
                let paths: Vec<BString> = inner.iter().map(|one| one.path.clone()).collect();
                write!(f, "a repository of its own is in it: {}", listed(&paths))
            }
            Keep::OtherHead => f.write_str("it has something else checked out that is merged nowhere"),
            Keep::Missing => f.write_str("its directory is not there, perhaps only for now"),
            Keep::Symbolic => f.write_str("it is a symbolic ref"),
            Keep::CheckedOut(path) => write!(f, "it is checked out in {}", path.display()),
            Keep::WithWorktree => f.write_str("its worktree stays"),
            Keep::RemoteUnmerged(base) => write!(f, "{base} does not have its commits"),
            Keep::RemoteUnknown => f.write_str("it has commits that are not here"),
            Keep::Locked { reason, .. } if reason.is_empty() => f.write_str("somebody has locked it"),
            Keep::Locked { reason, .. } => write!(f, "somebody has locked it: {reason}"),
            Keep::Here => f.write_str("you are in it"),
            Keep::Moved => f.write_str("somebody moved it just now"),
            Keep::Foreign => f.write_str("somebody else wrote it"),
            Keep::Refused(said) => write!(f, "git refused: {said}"),
        }
    }
}

impl Keep {
    /// One remedy; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        let hint = match self {
            Keep::Aside { operation, top } => {
                let git = format!("git -C {} {operation}", shell::path(top));
                return format!(
                    "{git} --continue, or {git} --abort; or --force (keeps the autostash under a backup ref)"
                );
            }
            Keep::Locked { top, .. } => return format!("git worktree unlock {}", shell::path(top)),
            Keep::Unmerged(_) => "git orchestrate integrate, or --force (keeps a backup ref)",
            Keep::NotBegun => "start with a plan that has not got the task, or --force",
            Keep::Dropped(_) => "start with a plan that has it again, or --force (keeps a backup ref)",
            Keep::TakenBack(_) => "revert the revert to have it again, or --force (keeps a backup ref)",
            Keep::NotLanded(there) => return there.remedy(),
            Keep::Uncommitted(_) => "commit it, or --force (keeps a backup ref)",
            Keep::Within(all) => return inner::remedy(all),
            Keep::OtherHead => "--force (keeps a backup ref), or check its task's branch out there",
            Keep::CheckedOut(_) => "check something else out there",
            Keep::Symbolic => "remove it: git symbolic-ref --delete refs/heads/<branch>",
            Keep::Missing => "bring it back, or --force",
            Keep::RemoteUnmerged(_) => "push the base branch first",
            Keep::RemoteUnknown => "git fetch",
            Keep::Foreign => "nothing runs it any more; look at it and remove it",
            Keep::Here => "call it from the main worktree",
            Keep::Moved => "clean up again",
            Keep::WithWorktree | Keep::Refused(_) => "",
        };
        hint.into()
    }
}

/// How many things are named before the others are only counted.
const NAMED: usize = 3;

fn listed(paths: &[BString]) -> String {
    first(paths.iter().map(|path| shown(path.as_bstr())))
}

fn commits(missing: &[Missing]) -> String {
    let told =
        |one: &Missing| format!("{} {}", one.commit_id.to_hex_with_len(7), shown(one.subject.as_bstr()));
    first(missing.iter().map(told))
}

/// The first few and how many more there are.
fn first(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(NAMED);
    let mut named: Vec<String> = all.take(NAMED).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

fn shown(path: &BStr) -> String {
    path.to_str_lossy().into_owned()
}
