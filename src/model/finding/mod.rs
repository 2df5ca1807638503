//! One violated rule, as data; each wording itself through `Display`.
//!
//! The words hold paths and subjects as they are; whoever shows a finding passes it through
//! `render::escape`. Every rule has a stable name for records and machine formats, and a hint that
//! says what to do next.

pub mod identity;
pub mod merge;
pub mod message;
pub mod object;
pub mod path;
pub mod push;
pub mod rules;
pub mod state;

use std::fmt;

use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

pub use identity::IdentityViolation;
pub use merge::MergeViolation;
pub use message::MessageViolation;
pub use object::ObjectViolation;
pub use path::PathViolation;
pub use push::PushViolation;
pub use state::StateViolation;

use crate::model::name::TaskName;

/// Whether a finding stops anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Reported; nothing is refused for it.
    Warning,
    /// Refused where a hook runs, found where none does.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One violated rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it refuses.
    pub severity: Severity,
    /// The commit it was found in; `None` while it is not committed yet, or concerns the branch.
    pub commit_id: Option<ObjectId>,
    /// Which rule, and how it is violated.
    pub violation: Violation,
}

/// The kinds of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A changed path that the task may not change so.
    Path(PathViolation),
    /// A message that breaks the protocol.
    Message(MessageViolation),
    /// The wrong branch or worktree.
    Identity(IdentityViolation),
    /// A merge of the wrong thing, or with the wrong result.
    Merge(MergeViolation),
    /// The right commit at the wrong time.
    State(StateViolation),
    /// An object that git itself would refuse.
    Object(ObjectViolation),
    /// A ref that is pushed where or how it must not be.
    Push(PushViolation),
}

impl Finding {
    /// A finding that is not in a commit yet.
    pub fn new(severity: Severity, violation: impl Into<Violation>) -> Finding {
        Finding { severity, commit_id: None, violation: violation.into() }
    }

    /// A finding that refuses.
    pub fn error(violation: impl Into<Violation>) -> Finding {
        Finding::new(Severity::Error, violation)
    }

    /// A finding that is only reported.
    pub fn warning(violation: impl Into<Violation>) -> Finding {
        Finding::new(Severity::Warning, violation)
    }

    /// The same finding, in a commit.
    pub fn at(self, commit_id: ObjectId) -> Finding {
        Finding { commit_id: Some(commit_id), ..self }
    }

    /// Whether it refuses.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The rule's stable name, such as `scope/outside`, for records and machine formats.
    pub fn rule(&self) -> &'static str {
        match &self.violation {
            Violation::Path(one) => one.rule(),
            Violation::Message(one) => one.rule(),
            Violation::Identity(one) => one.rule(),
            Violation::Merge(one) => one.rule(),
            Violation::State(one) => one.rule(),
            Violation::Object(one) => one.rule(),
            Violation::Push(one) => one.rule(),
        }
    }

    /// What to do about it, one remedy a line; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        match &self.violation {
            Violation::Path(one) => one.hint(),
            Violation::Message(one) => one.hint(),
            Violation::Identity(one) => one.hint(),
            Violation::Merge(one) => one.hint(),
            Violation::State(one) => one.hint(),
            Violation::Object(one) => one.hint(),
            Violation::Push(one) => one.hint(),
        }
    }

    /// The path that it is about, if it is about one.
    pub fn path(&self) -> Option<&BStr> {
        match &self.violation {
            Violation::Path(one) => Some(one.path.as_bstr()),
            Violation::Merge(MergeViolation::Altered { path, .. }) => Some(path.as_bstr()),
            _ => None,
        }
    }

    /// The line that it is about in the new file, counted from 1, if it is about one.
    pub fn line(&self) -> Option<usize> {
        match &self.violation {
            Violation::Path(PathViolation { rule: path::PathRule::Line { number, .. }, .. }) => Some(*number),
            _ => None,
        }
    }

    /// The other task whose scope holds the path, if there is one.
    pub fn owner(&self) -> Option<&TaskName> {
        match &self.violation {
            Violation::Path(one) => one.owner.as_ref().map(|owner| &owner.task),
            _ => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.violation {
            Violation::Path(one) => one.fmt(f),
            Violation::Message(one) => one.fmt(f),
            Violation::Identity(one) => one.fmt(f),
            Violation::Merge(one) => one.fmt(f),
            Violation::State(one) => one.fmt(f),
            Violation::Object(one) => one.fmt(f),
            Violation::Push(one) => one.fmt(f),
        }
    }
}

macro_rules! violation_from {
    ($($variant:ident($type:ident)),*) => {$(
        impl From<$type> for Violation {
            fn from(one: $type) -> Violation {
                Violation::$variant(one)
            }
        }
    )*};
}

violation_from! {
    Path(PathViolation), Message(MessageViolation), Identity(IdentityViolation),
    Merge(MergeViolation), State(StateViolation), Object(ObjectViolation), Push(PushViolation)
}

/// Bytes of the repository in a sentence: what is not UTF-8 shows as `\xff`, so that two names
/// that differ never read the same.
pub(crate) struct Shown<'a>(pub &'a BStr);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}
