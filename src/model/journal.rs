//! What happened to a task without a commit on its branch: started, session, announced, failed.
//!
//! A journal is an append-only chain of commits with one writer. Each entry is a subject and
//! trailers; the kind is a word, so that an entry of a newer version is kept, shown and not
//! misread.

use gix_hash::ObjectId;

use crate::model::name::TaskName;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// To whom; `None` for what concerns the whole run.
    pub task: Option<TaskName>,
    /// Seconds since the epoch.
    pub time: i64,
    /// Who wrote it: a task's name or `orchestrator`.
    pub writer: String,
    /// In the writer's own words; may be empty.
    pub text: String,
    /// The commit that the entry speaks of, if any.
    pub commit_id: Option<ObjectId>,
}

/// What can happen without a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Branch and worktree were made.
    Started,
    /// A command of the set-up failed; the text says which and how.
    SetupFailed,
    /// A worker told the others something.
    Announced,
    /// The worker gave up (C-11).
    Failed,
    /// The time limit passed.
    TimedOut,
    /// A COMPLETE was taken back, so that work can go on (S1-52).
    Reopened,
    /// Evidence commands ran; `commit_id` is the tree they ran on and the text the result.
    Evidence,
    /// A step of an integration was done, stopped or undone.
    Integrated,
    /// A branch, worktree or configuration was removed.
    CleanedUp,
    /// A word that this version does not know.
    Other(String),
}
