//! The commit protocol: prefixes, descriptions and body sections (design.md section 5).
//!
//! This is the grammar and nothing else: whether a NEEDS names a task of the plan, or a COMPLETE
//! comes at the right time, is for the [judge](crate::model::judge). A message is bytes until it
//! was found to be UTF-8; what is not, has no status.

pub mod blank;
pub mod body;
pub mod file;
pub mod subject;

use std::fmt;

use bstr::{BStr, ByteSlice};

pub use body::{Body, Section};
pub use subject::{Subject, subject};

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

/// As in a subject, brackets included; parsing it again gives the same prefix.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Prefix::Checkpoint => f.write_str("[CHECKPOINT]"),
            Prefix::Complete => f.write_str("[COMPLETE]"),
            Prefix::Blocked { reason } => write!(f, "[BLOCKED:{reason}]"),
            Prefix::Needs { task, item } => write!(f, "[NEEDS:{task}/{item}]"),
        }
    }
}

/// The first line of a message that has anything on it, without its line end.
///
/// Git itself skips leading blank lines when it looks for a subject.
pub fn first_line(message: &BStr) -> &BStr {
    let line = message.lines().find(|line| !blank::is_blank(line)).unwrap_or_default();
    blank::trim_end(line).as_bstr()
}

/// What the message's first line declares: a status or git's own revert. `None` where it is
/// neither, whatever is wrong with it; the [judge](crate::model::judge) says what that is.
pub fn read(message: &BStr) -> Option<Subject> {
    subject(first_line(message).to_str().ok()?).ok()
}

/// The status that the message declares, if its first line is well-formed.
pub fn status(message: &BStr) -> Option<Prefix> {
    match read(message)? {
        Subject::Status { prefix, .. } => Some(prefix),
        Subject::Revert { .. } | Subject::Reapply { .. } => None,
    }
}

/// Whether the message is git's own revert of a COMPLETE, which reopens the task (S1-51).
pub fn reverts_complete(message: &BStr) -> bool {
    matches!(read(message), Some(Subject::Revert { of }) if matches!(
        subject(&of), Ok(Subject::Status { prefix: Prefix::Complete, .. })
    ))
}
