//! An error that also says what to do about it.
//!
//! The message says what is wrong, the hint what to type or change next; the edge prints the hint
//! on a line of its own. The message keeps the house's form: lower case, no full stop.

use std::fmt;

/// A message and the remedy. Made with [`error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hinted {
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hinted {}

/// An error that says `message` and, on a line of its own, `hint`.
pub fn error(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted { message: message.into(), hint: hint.into() }.into()
}

/// An error in one line, for a list: what is wrong, and in parentheses what to do about it.
pub fn in_line(error: &anyhow::Error) -> String {
    let hints = error.chain().filter_map(|cause| cause.downcast_ref::<Hinted>());
    hints.fold(format!("{error:#}"), |line, hinted| format!("{line} ({})", hinted.hint))
}

/// What to do about a fault of the machine that this message tells of, in the words of the system or
/// of git; `None` if it tells of none.
pub fn of_fault(message: &str) -> Option<&'static str> {
    const FAULTS: [(&str, &str); 7] = [
        ("No space left on device", FULL),
        ("Out of diskspace", FULL),
        ("Disk quota exceeded", "make room within your quota, then call it again; nothing was lost"),
        (
            "Read-only file system",
            "make the repository writable, then call it again; commands that only read work meanwhile",
        ),
        (
            "Permission denied",
            "look at who owns that file and its directory, and whether you may write there; then call it again",
        ),
        (
            "insufficient permission",
            "look at who owns that file and its directory, and whether you may write there; then call it again",
        ),
        ("Input/output error", "look after the disk, and run git fsck; then call it again"),
    ];
    FAULTS.iter().find(|(words, _)| message.contains(words)).map(|(_, hint)| *hint)
}

const FULL: &str = "make room on the disk, then call it again; nothing was lost";
