//! The four statuses that a subject begins with.

use std::borrow::Cow;
use std::fmt;

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

impl Prefix {
    /// As in a subject, brackets included.
    pub fn written(&self) -> Cow<'static, str> {
        match self {
            Prefix::Checkpoint => Cow::Borrowed("[CHECKPOINT]"),
            Prefix::Complete => Cow::Borrowed("[COMPLETE]"),
            Prefix::Blocked { reason } => Cow::Owned(format!("[BLOCKED:{reason}]")),
            Prefix::Needs { task, item } => Cow::Owned(format!("[NEEDS:{task}/{item}]")),
        }
    }
}

/// As in a subject, brackets included; parsing it again gives the same prefix.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written())
    }
}
