//! What a whole message declares, by its first line.

use bstr::{BStr, ByteSlice};

use super::{Prefix, Subject, blank, subject};

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
    read(message).is_some_and(|subject| subject.reverts_complete())
}

impl Subject {
    /// Whether it is git's own revert of a COMPLETE.
    pub fn reverts_complete(&self) -> bool {
        matches!(self, Subject::Revert { of } if matches!(
            subject(of), Ok(Subject::Status { prefix: Prefix::Complete, .. })
        ))
    }
}
