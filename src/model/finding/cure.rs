//! How a commit on top of a branch puts right what one below has done.
//!
//! A commit that was published is not taken away, and reverting one takes back all that it did. So the
//! paths that are wrong are put back, each as it should be, and nothing else is touched.

use std::fmt;

use bstr::BStr;
use gix_hash::ObjectId;

use crate::model::shell;

/// What a hint begins with that comes before all others.
pub const FIRST: &str = "first: ";

/// What a hint begins with that comes after all others.
pub const THEN: &str = "then: ";

/// Where a path can be had as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In a commit.
    Commit(ObjectId),
    /// In the first parent of a commit.
    Before(ObjectId),
    /// In git's own merge of two commits.
    Merge {
        /// The own side.
        ours: ObjectId,
        /// The merged one.
        theirs: ObjectId,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Commit(id) => write!(f, "{}", id.to_hex_with_len(10)),
            Source::Before(id) => write!(f, "{}~", id.to_hex_with_len(10)),
            Source::Merge { ours, theirs } => {
                f.write_str(&merged(ours.to_hex_with_len(10), theirs.to_hex_with_len(10)))
            }
        }
    }
}

/// The tree of git's own merge of two sides, as a shell finds it.
pub(super) fn merged(ours: impl fmt::Display, theirs: impl fmt::Display) -> String {
    format!("\"$(git merge-tree --write-tree {ours} {theirs} | head -n 1)\"")
}

/// The command that takes a path from a tree into the worktree and the index.
pub fn restore(source: impl fmt::Display, path: &BStr) -> String {
    format!("git restore -SW --source={source} -- {}", shell::pathspec(path))
}

/// The remedy that commits what other remedies have put back, and nothing else.
pub fn commit() -> String {
    format!("{THEN}git commit -m \"[CHECKPOINT] {WORDS}\"")
}

/// The same where a commit must list its files.
pub fn checkpoint() -> String {
    format!("{THEN}git worker checkpoint -m \"{WORDS}\"")
}

const WORDS: &str = "Put back what was there";
