//! The note on an own commit: what the checkpoint was and how it was judged.
//!
//! A record is a cache of what the commit itself says, plus who wrote it; nothing here is believed
//! over the commit (design.md section 3). The text is meant for `git log --notes`: lines of
//! `Key: value` in a fixed order; a reader skips the keys that it does not know.

use gix_hash::ObjectId;

use crate::model::finding::Severity;
use crate::model::name::{RunName, TaskName};

/// What a note says of its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The run that the commit belongs to.
    pub run: RunName,
    /// The task that it was made for; decides whose own commit it is after a fast-forward (S1-66).
    pub task: TaskName,
    /// The prefix as the subject has it, such as `[NEEDS:task-2/AnalyticsEvent]`; `None` for a
    /// merge, a revert, or a subject that has none.
    pub status: Option<String>,
    /// The tree that was judged.
    pub tree_id: ObjectId,
    /// How many paths the commit changed.
    pub paths: usize,
    /// What the judge found, in its order.
    pub findings: Vec<RecordedFinding>,
    /// The hook or command that wrote the record, such as `post-commit`.
    pub recorded_by: String,
    /// The commit that an amend or rebase replaced by this one.
    pub rewritten_from: Option<ObjectId>,
}

/// A finding as far as a record keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFinding {
    /// Whether it refuses.
    pub severity: Severity,
    /// The rule's name, such as `scope/outside`.
    pub rule: String,
    /// The finding's own words, on one line.
    pub text: String,
}
