//! What a clean-up took and what it left, worded once.

use crate::model::cleanup::{Also, Fate, Item, Thing};
use crate::model::name::RunName;
use crate::ops::cleanup::Mode;
use crate::ops::publish::Told;
use crate::render::escape::terminal;

/// What the thing is called.
pub fn thing(thing: &Thing) -> String {
    match thing {
        Thing::Worktree(path) => format!("worktree {}", terminal(path.display().to_string())),
        Thing::HookFile(path) => format!("hook {}", terminal(path.display().to_string())),
        Thing::Branch(branch) => format!("branch {}", terminal(branch)),
        Thing::RemoteBranch { remote, branch } => {
            format!("branch {} of {}", terminal(branch), terminal(remote))
        }
        Thing::Traces => "configuration of the run".into(),
    }
}

/// `removed` or `kept`, and `would remove` or `would keep`.
pub fn verb(item: &Item, mode: Mode) -> &'static str {
    match (&item.fate, mode) {
        (Fate::Kept(_), Mode::Do) => "kept",
        (Fate::Kept(_), Mode::DryRun) => "would keep",
        (Fate::Removed { .. }, Mode::Do) => "removed",
        (Fate::Removed { .. }, Mode::DryRun) => "would remove",
    }
}

/// Why it stays, or what of it is kept, escaped; `None` where there is nothing to say.
pub fn reason(item: &Item) -> Option<String> {
    match &item.fate {
        Fate::Kept(keep) => Some(terminal(keep.to_string())),
        Fate::Removed { also, .. } if also.is_empty() => None,
        Fate::Removed { also, .. } => {
            let kept = |one: &Also| format!("its {} is kept at {}", one.what, one.backup);
            Some(terminal(also.iter().map(kept).collect::<Vec<_>>().join(", ")))
        }
    }
}

/// What can be done about it; `None` for what goes, and where there is nothing to add.
pub fn hint(item: &Item) -> Option<String> {
    match &item.fate {
        Fate::Kept(keep) => Some(terminal(keep.hint())).filter(|hint| !hint.is_empty()),
        Fate::Removed { .. } => None,
    }
}

/// Whether the others know of it.
pub fn told(told: &Told) -> String {
    match told {
        Told::Yes { remote } => format!("told {} what is gone", terminal(remote)),
        Told::No { remote } => format!("{} does not know what is gone", terminal(remote)),
    }
}

/// How they learn of it.
pub fn tell(run: &RunName, told: &Told) -> Option<String> {
    let Told::No { remote } = told else { return None };
    Some(format!("git push {} refs/orchestrate/{run}/journal/orchestrator", terminal(remote)))
}
