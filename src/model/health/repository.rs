//! What can be wrong with what all worktrees share.

use std::fmt;
use std::path::PathBuf;

use crate::model::age::Age;
use crate::model::finding::Severity;
use crate::model::health::Remedy;
use crate::model::shell;

/// Something shared that is not as it was, or was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepositoryDefect {
    /// `core.bare` says the opposite of what it said when the hooks were installed.
    Bare {
        /// What it says now.
        is_bare: bool,
        /// The file that says it, relative to the common directory.
        file: String,
    },
    /// A setting that makes git run a command changed since the hooks were installed.
    Drift {
        /// The file, relative to the common directory.
        file: String,
        /// The key.
        key: String,
        /// The values then.
        before: Vec<String>,
        /// The values now.
        after: Vec<String>,
    },
    /// A file that changes what git shows or merges is not as it was.
    FileDrift {
        /// The file, relative to the common directory.
        file: String,
        /// What became of it.
        change: FileChange,
    },
    /// Replace refs that were not there.
    ReplaceRefs {
        /// The objects that are shown as others.
        objects: Vec<String>,
    },
    /// Nobody knows what the shared configuration was.
    NoBaseline,
    /// A lock that nobody seems to hold.
    StaleLock {
        /// The lock.
        path: PathBuf,
        /// How long it has been there.
        age: Age,
        /// Whether only programs of ours write what it guards.
        is_ours: bool,
    },
    /// A value of the configuration that a run needs is gone.
    MissingSetting {
        /// The run.
        run: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// A line of `info/exclude` that a run needs is gone.
    MissingExclude {
        /// The run.
        run: String,
        /// The line.
        line: String,
    },
    /// The file of a ref holds no ref.
    BrokenRef {
        /// The full name of the ref.
        name: String,
        /// The file.
        path: PathBuf,
        /// The command that gives the ref back what it held last, or else what brings it back.
        remedy: String,
    },
    /// A task that is not in the plan any more has a branch with work.
    DroppedTask {
        /// Which, in words.
        what: String,
        /// What to do about it.
        remedy: String,
    },
    /// A command of ours was killed.
    Unfinished(Unfinished),
    /// A file of ours that a killed command left.
    Leftover {
        /// The file.
        path: PathBuf,
    },
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// It was not there.
    Appeared,
    /// It holds something else.
    Changed,
    /// It is gone.
    Vanished,
}

/// A command of ours that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfinished {
    /// `git orchestrate start`.
    Start,
    /// `git orchestrate integrate` of this run.
    Integrate(String),
}

impl RepositoryDefect {
    /// The stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            RepositoryDefect::Bare { .. } => "repository/bare",
            RepositoryDefect::Drift { .. } => "drift/setting",
            RepositoryDefect::FileDrift { .. } => "drift/file",
            RepositoryDefect::ReplaceRefs { .. } => "drift/replace-refs",
            RepositoryDefect::NoBaseline => "drift/no-baseline",
            RepositoryDefect::StaleLock { .. } => "leftover/lock",
            RepositoryDefect::MissingSetting { .. } => "repository/setting",
            RepositoryDefect::MissingExclude { .. } => "repository/exclude",
            RepositoryDefect::BrokenRef { .. } => "repository/ref",
            RepositoryDefect::DroppedTask { .. } => "leftover/task",
            RepositoryDefect::Unfinished(_) => "leftover/unfinished",
            RepositoryDefect::Leftover { .. } => "leftover/file",
        }
    }

    /// An error where git itself fails or runs a command that it did not run before.
    pub fn severity(&self) -> Severity {
        match self {
            RepositoryDefect::Bare { .. }
            | RepositoryDefect::FileDrift { .. }
            | RepositoryDefect::ReplaceRefs { .. }
            | RepositoryDefect::StaleLock { .. }
            | RepositoryDefect::BrokenRef { .. } => Severity::Error,
            RepositoryDefect::Drift { key, .. } if !is_convenience(key) => Severity::Error,
            _ => Severity::Warning,
        }
    }

    /// Whether it may well be as somebody wants it, and is only told.
    pub fn is_remark(&self) -> bool {
        matches!(self, RepositoryDefect::Drift { key, .. } if is_convenience(key))
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            RepositoryDefect::StaleLock { is_ours: false, path, .. } => {
                Remedy::Words(format!("if no git command is running: rm {}", shell::path(path)))
            }
            RepositoryDefect::BrokenRef { remedy, .. } | RepositoryDefect::DroppedTask { remedy, .. } => {
                Remedy::Words(remedy.clone())
            }
            RepositoryDefect::Drift { key, file, .. } => Remedy::Words(format!(
                "look who wrote {key} into {file}; if it is as it should be: git orchestrate doctor --accept"
            )),
            RepositoryDefect::FileDrift { file, .. } => Remedy::Words(format!(
                "look into {file}; if it is as it should be: git orchestrate doctor --accept"
            )),
            RepositoryDefect::ReplaceRefs { .. } => Remedy::Words(
                "git replace -l shows them, git replace -d removes one; verification ignores them".into(),
            ),
            RepositoryDefect::NoBaseline => Remedy::run(["git", "orchestrate", "doctor", "--accept"]),
            RepositoryDefect::Unfinished(Unfinished::Start) => {
                Remedy::run(["git", "orchestrate", "start", "<plan file>"])
            }
            RepositoryDefect::Unfinished(Unfinished::Integrate(run)) => Remedy::Words(format!(
                "git orchestrate integrate --run {run} --continue, or --abort to take it back"
            )),
            _ => Remedy::Repair,
        }
    }
}

impl fmt::Display for RepositoryDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RepositoryDefect::Bare { is_bare: true, file } => {
                write!(f, "core.bare became true in {file}: git refuses to work in the main worktree")
            }
            RepositoryDefect::Bare { is_bare: false, file } => {
                write!(f, "core.bare became false in {file}, though the repository is bare")
            }
            RepositoryDefect::Drift { file, key, before, after } => {
                write!(f, "{key} of {file} was {} and is {} now", shown(before), shown(after))
            }
            RepositoryDefect::FileDrift { file, change } => match change {
                FileChange::Appeared => write!(f, "{file} is new"),
                FileChange::Changed => write!(f, "{file} changed"),
                FileChange::Vanished => write!(f, "{file} is gone"),
            },
            RepositoryDefect::ReplaceRefs { objects } => {
                write!(f, "replace refs show other objects in place of {}", objects.join(", "))
            }
            RepositoryDefect::NoBaseline => {
                f.write_str("what the shared configuration was at the start is not known")
            }
            RepositoryDefect::StaleLock { path, age, .. } => {
                write!(f, "the lock {} is {age} old", path.display())
            }
            RepositoryDefect::BrokenRef { name, path, .. } => {
                write!(f, "{} holds no object id, so there is no {name}", path.display())
            }
            RepositoryDefect::DroppedTask { what, .. } => f.write_str(what),
            RepositoryDefect::MissingSetting { run, key, value } => {
                write!(f, "{key} lacks {value}, which run {run} needs")
            }
            RepositoryDefect::MissingExclude { run, line } => {
                write!(f, "info/exclude lacks {line}, which run {run} needs")
            }
            RepositoryDefect::Unfinished(Unfinished::Start) => {
                f.write_str("git orchestrate start was killed before it came to its end")
            }
            RepositoryDefect::Unfinished(Unfinished::Integrate(run)) => {
                write!(f, "an integration of run {run} was killed before it came to its end")
            }
            RepositoryDefect::Leftover { path } => write!(f, "a killed command left {}", path.display()),
        }
    }
}

/// Whether a key, with section and name in lower case, names a command that git runs only for somebody
/// who calls it or sits at a terminal: what people set for themselves, at any time.
fn is_convenience(key: &str) -> bool {
    const KEYS: [&str; 4] = ["core.editor", "core.pager", "sequence.editor", "interactive.difffilter"];
    const SECTIONS: [&str; 4] = ["alias", "pager", "difftool", "mergetool"];
    let section = key.split('.').next().unwrap_or_default();
    KEYS.contains(&key) || SECTIONS.contains(&section)
}

fn shown(values: &[String]) -> String {
    if values.is_empty() { "not set".into() } else { values.join(", ") }
}
