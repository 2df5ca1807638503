//! One violated rule, as data; each wording itself through `Display`.

use gix_hash::ObjectId;

/// Whether a finding stops anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Reported; nothing is refused for it.
    Warning,
    /// Refused where a hook runs, found where none does.
    Error,
}

/// One violated rule of the scope, message, identity or merge kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Whether it refuses.
    pub severity: Severity,
    /// The commit it was found in; `None` while it is not committed yet.
    pub commit_id: Option<ObjectId>,
    // violation: Violation
}

impl Finding {
    /// The rule's stable name, such as `scope/outside`, for records and machine formats.
    pub fn rule(&self) -> &'static str {
        "unknown"
    }

    /// What to do about it, one remedy a line; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        String::new()
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unknown")
    }
}
