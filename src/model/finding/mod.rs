//! One violated rule, as data; each wording itself through `Display`.
//!
//! The words hold paths and subjects as they are; whoever shows a finding passes it through
//! `render::escape`. Every rule has a stable name for records and machine formats, and a hint that
//! says what to do next.

pub mod cure;
pub mod identity;
pub mod merge;
pub mod message;
pub mod object;
pub mod path;
pub mod push;
pub mod rules;
mod severity;
mod shown;
pub mod state;
mod violation;

use std::fmt;

use bstr::BStr;
use gix_hash::ObjectId;

use cure::{FIRST, Source};
pub use identity::IdentityViolation;
pub use merge::MergeViolation;
pub use message::MessageViolation;
pub use object::ObjectViolation;
pub use path::PathViolation;
pub use push::PushViolation;
pub use severity::Severity;
pub(crate) use shown::Shown;
pub use state::StateViolation;
pub use violation::Violation;

use crate::model::name::TaskName;

/// One violated rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it refuses.
    pub severity: Severity,
    /// The commit it was found in; `None` while it is not committed yet, or concerns the branch.
    pub commit_id: Option<ObjectId>,
    /// Which rule, and how it is violated.
    pub violation: Violation,
    /// Where the path that it is about can be had as it should be; `None` while it is not committed,
    /// or where nothing puts it right alone.
    pub source: Option<Source>,
    /// The branch is declared complete, so that nothing is committed on it before that is taken back.
    pub is_after_complete: bool,
    /// Commits must list their files, as `git worker checkpoint` has it.
    pub needs_body: bool,
}

impl Finding {
    /// A finding that is not in a commit yet.
    pub fn new(severity: Severity, violation: impl Into<Violation>) -> Finding {
        let (violation, commit_id, source) = (violation.into(), None, None);
        let (is_after_complete, needs_body) = (false, false);
        Finding { severity, commit_id, violation, source, is_after_complete, needs_body }
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
        self.violation.rule()
    }

    /// What to do about it, one remedy a line; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        let told = match &self.violation {
            Violation::Merge(one) => one.hint(self.commit_id),
            other => other.hint(),
        };
        let restored = match self.restore() {
            Some(restore) => format!("to take it back: {restore}\n{told}\n{}", cure::commit()),
            None => told,
        };
        if !restored.lines().any(|line| line == cure::commit()) {
            return restored;
        }
        let first =
            if self.is_after_complete { format!("{FIRST}git worker reopen\n") } else { String::new() };
        match self.needs_body {
            true => first + &restored.replace(&cure::commit(), &cure::checkpoint()),
            false => first + &restored,
        }
    }

    /// The command that puts the path right that it is about.
    pub fn restore(&self) -> Option<String> {
        Some(cure::restore(self.source?, self.path()?))
    }

    /// The path that it is about, if it is about one.
    pub fn path(&self) -> Option<&BStr> {
        self.violation.path()
    }

    /// The line that it is about in the new file, counted from 1, if it is about one.
    pub fn line(&self) -> Option<usize> {
        self.violation.line()
    }

    /// The other task whose scope holds the path, if there is one.
    pub fn owner(&self) -> Option<&TaskName> {
        self.violation.owner()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.violation.fmt(f)
    }
}
