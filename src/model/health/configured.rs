//! Hooks of a person's that the configuration names, from git 2.54 on (githooks(5)).

use std::path::PathBuf;

use bstr::BString;

/// One such hook, as git understands its settings. It runs before ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredHook {
    /// What the configuration calls it.
    pub name: BString,
    /// The events that it runs for, at least one.
    pub events: Vec<BString>,
    /// What is run; nothing if it is missing, which git takes for an error.
    pub command: Option<BString>,
    /// It was not switched off with `hook.<name>.enabled`.
    pub is_enabled: bool,
    /// The file that names the last event; `None` for the command line or the environment.
    pub file: Option<PathBuf>,
}

/// What becomes of the hooks that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    /// git runs them.
    Runs,
    /// This version of git does not know them.
    Ignores(String),
}
