//! What is checked out here, and which operation git has stopped in the middle of.

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::ref_text;

/// What HEAD names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch is checked out.
    Branch {
        /// Its full name, such as `refs/heads/main`.
        name: String,
        /// Its commit; `None` before the first one.
        tip: Option<ObjectId>,
    },
    /// A commit is checked out, without a branch.
    Detached(ObjectId),
}

/// What git would go on with at `--continue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A merge with conflicts, or with `--no-commit`.
    Merge,
    /// A rebase; HEAD is detached meanwhile.
    Rebase {
        /// The full name of the branch that moves at the end; `None` if it began detached.
        branch: Option<String>,
    },
    /// A cherry-pick.
    CherryPick,
    /// A revert.
    Revert,
    /// `git am`.
    Am,
    /// A bisection.
    Bisect,
}

impl Head {
    /// The commit that is checked out; `None` before a branch's first one.
    pub fn commit_id(&self) -> Option<ObjectId> {
        match self {
            Head::Branch { tip, .. } => *tip,
            Head::Detached(id) => Some(*id),
        }
    }
}

impl Repository {
    /// What this worktree has checked out.
    pub fn head(&self) -> Result<Head> {
        use gix::head::Kind;
        let head =
            self.gix.head().with_context(|| format!("cannot read HEAD of {}", self.git_dir().display()))?;
        Ok(match head.kind {
            Kind::Symbolic(reference) => {
                let name = ref_text::text(reference.name.as_bstr());
                let tip = self.ref_commit(&name)?;
                Head::Branch { name, tip }
            }
            Kind::Unborn(name) => Head::Branch { name: ref_text::text(name.as_bstr()), tip: None },
            Kind::Detached { target, .. } => Head::Detached(target),
        })
    }

    /// The operation that git has stopped in here, if any; a rebase wins over what it stopped in.
    pub fn operation(&self) -> Option<Operation> {
        use gix::state::InProgress;
        let Some(state) = self.gix.state() else { return self.sequence() };
        Some(match state {
            InProgress::Merge => Operation::Merge,
            InProgress::Rebase | InProgress::RebaseInteractive => {
                Operation::Rebase { branch: self.rebased_branch() }
            }
            InProgress::CherryPick | InProgress::CherryPickSequence => Operation::CherryPick,
            InProgress::Revert | InProgress::RevertSequence => Operation::Revert,
            InProgress::ApplyMailbox | InProgress::ApplyMailboxRebase => Operation::Am,
            InProgress::Bisect => Operation::Bisect,
        })
    }

    /// Between two picks of a sequence only the to-do list says what is going on.
    fn sequence(&self) -> Option<Operation> {
        let todo = fs_err::read(self.git_dir().join("sequencer/todo")).ok()?;
        Some(if todo.starts_with(b"revert") { Operation::Revert } else { Operation::CherryPick })
    }

    /// `head-name` holds the branch, or the words "detached HEAD".
    fn rebased_branch(&self) -> Option<String> {
        let read = |directory: &str| fs_err::read(self.git_dir().join(directory).join("head-name")).ok();
        let name: BString = read("rebase-merge").or_else(|| read("rebase-apply"))?.into();
        let name = name.trim_end();
        name.starts_with(b"refs/").then(|| ref_text::text(name.as_bstr()))
    }
}
