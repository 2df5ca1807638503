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
