//! Which paths a task may change, and how.
//!
//! A scope is a list of entries; an entry is a [`Pattern`] and what may be done there. The first
//! entry that names a path exactly wins over those that match it by pattern, then the order of the
//! plan decides.

use crate::model::pattern::Pattern;

/// What may be done to the paths that an entry matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Anything.
    #[default]
    Edit,
    /// Only paths that are absent from the run's base.
    Create,
    /// Only added lines, each of which matches the expression if there is one (S1-58).
    Append {
        /// The regular expression as written, known to compile within the size limit.
        lines: Option<String>,
    },
}

/// One line of a task's scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeEntry {
    /// Which paths.
    pub pattern: Pattern,
    /// What may be done to them.
    pub access: Access,
    /// For people, such as "add imports only" (S1-27).
    pub why: Option<String>,
    /// Two tasks may overlap here: a warning instead of an error.
    pub shared: bool,
    /// Submodule entries are allowed here.
    pub submodule: bool,
}
