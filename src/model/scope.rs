//! Which paths a task may change, and how.
//!
//! A scope is a list of entries; an entry is a [`Pattern`] and what may be done there. The first
//! entry that names a path exactly wins over those that match it by pattern, then the order of the
//! plan decides.

use bstr::BStr;

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

/// The entry that decides about a path, if any entry has it in scope: the first that names exactly
/// this path, else the first that matches it.
pub fn lookup<'s>(scope: &'s [ScopeEntry], path: &BStr) -> Option<&'s ScopeEntry> {
    let exact = scope.iter().find(|entry| entry.pattern.literal() == Some(path));
    exact.or_else(|| scope.iter().find(|entry| entry.pattern.matches(path)))
}

impl ScopeEntry {
    /// An entry that says nothing but which paths.
    pub fn of(pattern: Pattern) -> ScopeEntry {
        ScopeEntry { pattern, access: Access::Edit, why: None, shared: false, submodule: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], path: &str, expect: Option<&str>) {
        let entry = |text: &&str| ScopeEntry::of(Pattern::parse(text).expect("a pattern"));
        let scope: Vec<ScopeEntry> = patterns.iter().map(entry).collect();
        let found = lookup(&scope, path.into()).map(|entry| entry.pattern.as_str());
        assert_eq!(found, expect, "{path} in {patterns:?}");
    }

    #[test]
    fn the_exact_entry_wins() {
        check(&["models/", "models/__init__.py"], "models/__init__.py", Some("models/__init__.py"));
        check(&["models/", "models/*.py"], "models/user.py", Some("models/"));
        check(&["models/"], "modelsx/user.py", None);
        check(&[], "models/user.py", None);
    }
}
