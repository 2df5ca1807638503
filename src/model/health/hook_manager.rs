//! Hook managers, known by the traces that they leave.

use std::fmt;

/// A program that puts hooks into repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// husky: a relative, untracked directory in the shared `core.hooksPath`.
    Husky,
    /// lefthook: moves what it finds to `<event>.old`.
    Lefthook,
    /// pre-commit: moves what it finds to `<event>.legacy`.
    PreCommit,
    /// prek: as pre-commit, and writes into whatever directory `core.hooksPath` names.
    Prek,
}

impl Manager {
    /// The manager that a hook's text, or the name of its directory, speaks of.
    pub fn of(text: &str) -> Option<Manager> {
        let known = [
            ("husky", Manager::Husky),
            ("lefthook", Manager::Lefthook),
            ("prek", Manager::Prek),
            ("pre-commit.com", Manager::PreCommit),
            ("INSTALL_PYTHON", Manager::PreCommit),
        ];
        known.into_iter().find(|(word, _)| text.contains(word)).map(|(_, manager)| manager)
    }
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Manager::Husky => "husky",
            Manager::Lefthook => "lefthook",
            Manager::PreCommit => "pre-commit",
            Manager::Prek => "prek",
        })
    }
}
