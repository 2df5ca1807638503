//! What can keep our hooks from running, or the user's.

use std::fmt;
use std::path::PathBuf;

use crate::model::finding::Severity;
use crate::model::health::Remedy;
use crate::model::health::hook_manager::Manager;
use crate::model::shell;

/// A hook of ours that does not run, or a hook of the user's that ours hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookDefect {
    /// Worktrees have no settings of their own any more, so none selects our hooks.
    ExtensionOff,
    /// The worktree does not select our hooks.
    PathUnset,
    /// The worktree selects other hooks.
    PathOverwritten {
        /// What it selects.
        value: String,
    },
    /// The settings are those of another worktree: `git worktree add` copied them.
    Copied,
    /// The worktree does not say whose it is; our hooks allow everything in one that is nobody's.
    Unnamed,
    /// A hook of ours is not there.
    Missing {
        /// Its event.
        event: String,
    },
    /// A hook of ours is empty: git runs that as a script that allows everything.
    Empty {
        /// Its event.
        event: String,
    },
    /// A hook of ours that git does not run, for it is not executable.
    NotExecutable {
        /// Its event.
        event: String,
    },
    /// Something else is in the place of a hook of ours.
    Replaced {
        /// Its event.
        event: String,
        /// Who probably did it.
        by: Option<Manager>,
    },
    /// Everything looks right, and still git runs nothing of ours.
    Silent {
        /// The events that were tried in vain.
        events: Vec<String>,
        /// What git said.
        said: String,
    },
    /// The file system does not let programs run.
    NoExec {
        /// Where our hooks are.
        directory: PathBuf,
    },
    /// The hooks are of another version than the installed program.
    Stale,
    /// The program that the hooks are made from is not installed beside this one.
    NoProgram,
    /// Hooks of the user that appeared since, and do not run here.
    Hidden {
        /// Their events.
        events: Vec<String>,
    },
    /// What a hook manager moved aside in our directory.
    Stray {
        /// The file.
        path: PathBuf,
        /// Whether it is a copy of ours, which nobody would miss.
        is_ours: bool,
    },
    /// The user's own hooks are configured in a directory that this worktree does not have.
    Uninstalled {
        /// The directory.
        directory: PathBuf,
        /// Whose directory it probably is.
        manager: Option<Manager>,
        /// Whether this worktree alone has the setting.
        is_own: bool,
    },
    /// The shared configuration selects our hooks, so the main worktree runs them as well.
    Shared,
}

impl HookDefect {
    /// The stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            HookDefect::ExtensionOff => "hooks/extension-off",
            HookDefect::PathUnset => "hooks/path-unset",
            HookDefect::PathOverwritten { .. } => "hooks/path-overwritten",
            HookDefect::Copied => "hooks/copied",
            HookDefect::Unnamed => "hooks/unnamed",
            HookDefect::Missing { .. } => "hooks/missing",
            HookDefect::Empty { .. } => "hooks/empty",
            HookDefect::NotExecutable { .. } => "hooks/not-executable",
            HookDefect::Replaced { .. } => "hooks/replaced",
            HookDefect::Silent { .. } => "hooks/silent",
            HookDefect::NoExec { .. } => "hooks/noexec",
            HookDefect::Stale => "hooks/stale",
            HookDefect::NoProgram => "hooks/no-program",
            HookDefect::Hidden { .. } => "hooks/hidden",
            HookDefect::Stray { .. } => "hooks/stray",
            HookDefect::Uninstalled { .. } => "hooks/uninstalled",
            HookDefect::Shared => "hooks/shared",
        }
    }

    /// An error where a hook of ours does not run.
    pub fn severity(&self) -> Severity {
        match self {
            HookDefect::Stale
            | HookDefect::NoProgram
            | HookDefect::Hidden { .. }
            | HookDefect::Stray { .. }
            | HookDefect::Uninstalled { .. }
            | HookDefect::Shared => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            HookDefect::Silent { .. } => Remedy::Words(
                "look what else decides: git config --show-origin --get-all core.hooksPath, and the \
                 variables GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS"
                    .into(),
            ),
            HookDefect::NoExec { .. } => Remedy::Words(
                "mount it without noexec, or move the repository; until then only verification holds".into(),
            ),
            HookDefect::NoProgram => {
                Remedy::Words("install git-orchestrate again; the hooks run without it until then".into())
            }
            HookDefect::Stray { is_ours: false, path } => Remedy::Words(format!("rm {}", shell::path(path))),
            HookDefect::Uninstalled { is_own: true, .. } => Remedy::Words(
                "install them there, or have them forgotten, in the worktree: git config --worktree --unset \
                 orchestrate.hooksPath"
                    .into(),
            ),
            HookDefect::Uninstalled { manager: Some(Manager::Husky), .. } => Remedy::Words(
                "if they are wanted here, run the package manager's install in this worktree".into(),
            ),
            HookDefect::Uninstalled { .. } => {
                Remedy::Words("if they are wanted here, install them in this worktree".into())
            }
            HookDefect::Shared => Remedy::run(["git", "config", "--local", "--unset-all", "core.hooksPath"]),
            _ => Remedy::Repair,
        }
    }
}

impl fmt::Display for HookDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HookDefect::ExtensionOff => f.write_str("extensions.worktreeConfig is off"),
            HookDefect::PathUnset => f.write_str("core.hooksPath is not set in the worktree"),
            HookDefect::PathOverwritten { value } => overwritten(f, value),
            HookDefect::Copied => f.write_str("the settings of the worktree were copied from another one"),
            HookDefect::Unnamed => f.write_str(
                "the worktree does not say whose it is, so the hooks do not judge it as its task's",
            ),
            HookDefect::Missing { event } => write!(f, "the hook {event} is missing"),
            HookDefect::Empty { event } => write!(f, "the hook {event} is empty, which allows everything"),
            HookDefect::NotExecutable { event } => write!(f, "the hook {event} is not executable"),
            HookDefect::Replaced { event, by: None } => {
                write!(f, "the hook {event} was replaced by something else")
            }
            HookDefect::Replaced { event, by: Some(by) } => {
                write!(f, "the hook {event} was replaced by {by}")
            }
            HookDefect::Silent { events, said } => {
                write!(f, "git runs no hook of ours for {}", events.join(", "))?;
                if said.is_empty() { Ok(()) } else { write!(f, ": {said}") }
            }
            HookDefect::NoExec { directory } => {
                write!(f, "no program can be run in {}; it is probably mounted noexec", directory.display())
            }
            HookDefect::Stale => f.write_str("the hooks are of another version than the installed program"),
            HookDefect::NoProgram => f.write_str("the program git-orchestrate-hook is not installed"),
            HookDefect::Hidden { events } => {
                write!(f, "hooks that appeared since do not run here: {}", events.join(", "))
            }
            HookDefect::Stray { path, is_ours } => {
                let what = if *is_ours { "a hook of ours" } else { "a file" };
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                write!(f, "a hook manager left {what} as {name} among our hooks")
            }
            HookDefect::Uninstalled { directory, manager, .. } => {
                let whose = manager.map_or_else(|| "the user".to_owned(), |manager| manager.to_string());
                write!(f, "the hooks of {whose} are not here: there is no {}", directory.display())
            }
            HookDefect::Shared => f.write_str("the shared core.hooksPath selects the hooks of the workers"),
        }
    }
}

fn overwritten(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    write!(f, "core.hooksPath of the worktree is {value}")?;
    if let Some(manager) = Manager::of(value) {
        write!(f, ", which {manager} set")?;
    }
    if !std::path::Path::new(value).is_absolute() && !value.starts_with('~') {
        f.write_str(" and which depends on where git runs")?;
    }
    Ok(())
}
