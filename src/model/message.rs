//! The commit protocol: prefixes, descriptions and body sections (design.md section 5).

use crate::model::name::ItemName;

/// The status that an own commit declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prefix {
    /// `[CHECKPOINT]`: a sub-task is done, more follows.
    Checkpoint,
    /// `[COMPLETE]`: all is done.
    Complete,
    /// `[BLOCKED:<reason>]`: nothing can proceed.
    Blocked {
        /// As written.
        reason: String,
    },
    /// `[NEEDS:<task>/<item>]`: something of another task is missing; work goes on (S1-38).
    Needs {
        /// The other task, as written: a full name or a short one.
        task: String,
        /// What is needed of it.
        item: ItemName,
    },
}
