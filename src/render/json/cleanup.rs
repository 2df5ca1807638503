//! A clean-up as JSON, version 1.

use serde::Serialize;

use crate::model::cleanup::{Also, Fate, Item, Thing};
use crate::ops::cleanup::{Mode, Report};
use crate::ops::publish::Told;
use crate::render::json::document;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document {
    /// 1.
    pub version: u32,
    /// The run's name.
    pub run: String,
    /// Nothing was changed.
    pub dry_run: bool,
    /// Nothing of the run is left but its records.
    pub over: bool,
    /// Whether the remote has what the journals say of it; `null` where it has no part in the run.
    pub told: Option<bool>,
    /// Each thing that was there.
    pub items: Vec<Entry>,
}

/// One thing and its fate.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Full name of the task; `null` for what is the run's.
    pub task: Option<String>,
    /// `worktree`, `branch`, `remote-branch` or `traces`.
    pub kind: &'static str,
    /// A path or a short branch name; `null` for traces.
    pub name: Option<String>,
    /// Of which remote.
    pub remote: Option<String>,
    /// Whether it is gone, or would be.
    pub removed: bool,
    /// The ref that keeps its commits.
    pub backup: Option<String>,
    /// What else was in it and is kept.
    pub also_kept: Vec<AlsoKept>,
    /// Why it stays.
    pub reason: Option<String>,
}

/// Something that only a worktree knew of, and that is kept.
#[derive(Debug, Serialize)]
pub struct AlsoKept {
    /// `autostash`, `index`, `detached HEAD`, or the full name of the ref that it was.
    pub what: String,
    /// The ref that keeps it.
    pub backup: String,
}

/// The document as text.
pub fn report(report: &Report) -> String {
    document(&Document {
        version: 1,
        run: report.run.to_string(),
        dry_run: report.mode == Mode::DryRun,
        over: report.is_over,
        told: report.told.as_ref().map(|told| matches!(told, Told::Yes { .. })),
        items: report.items.iter().map(entry).collect(),
    })
}

fn entry(item: &Item) -> Entry {
    let (kind, name, remote) = match &item.thing {
        Thing::Worktree(path) => ("worktree", Some(path.display().to_string()), None),
        Thing::HookFile(path) => ("hook", Some(path.display().to_string()), None),
        Thing::Branch(branch) => ("branch", Some(branch.clone()), None),
        Thing::RemoteBranch { remote, branch } => {
            ("remote-branch", Some(branch.clone()), Some(remote.clone()))
        }
        Thing::Traces => ("traces", None, None),
    };
    let (backup, also, reason) = match &item.fate {
        Fate::Removed { backup, also } => (backup.clone(), also.as_slice(), None),
        Fate::Kept(keep) => (None, &[][..], Some(keep.to_string())),
    };
    let task = item.task.as_ref().map(ToString::to_string);
    let kept = |one: &Also| AlsoKept { what: one.what.clone(), backup: one.backup.clone() };
    let also_kept = also.iter().map(kept).collect();
    Entry { task, kind, name, remote, removed: !item.is_kept(), backup, also_kept, reason }
}
