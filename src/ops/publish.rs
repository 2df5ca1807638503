//! Pushing what one worker writes: its branch, its records, its journal.
//!
//! Each of these refs has this worker as its only writer and only ever grows, so nothing is ever
//! forced. Having no remote is a state, not a failure (S1-54).

use anyhow::Result;

use crate::git::journal::journal_ref;
use crate::git::plan_ref::notes_ref;
use crate::ops::desk::Desk;

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// There is nowhere to push to.
    NoRemote,
    /// The remote has everything now.
    Pushed {
        /// Such as `origin`.
        remote: String,
        /// Short name of the branch.
        branch: String,
    },
    /// git said why on the user's terminal; nothing local was changed.
    Failed {
        /// Such as `origin`.
        remote: String,
    },
}

/// Pushes the worker's refs, all or none.
pub fn publish(desk: &Desk) -> Result<Published> {
    let Some(remote) = desk.repo.run_remote() else { return Ok(Published::NoRemote) };
    let task = desk.task.name.as_str();
    let mut refs = vec![desk.ref_name()];
    for name in [notes_ref(desk.run(), &desk.task.name), journal_ref(desk.run(), task)] {
        if desk.repo.ref_target(&name)?.is_some() {
            refs.push(name);
        }
    }
    let refspecs = refs.iter().map(|name| format!("{name}:{name}"));
    let push = desk.repo.git().args(["push", "--quiet", "--atomic", &remote]).args(refspecs);
    Ok(match push.inherit()?.success() {
        true => Published::Pushed { remote, branch: desk.branch.clone() },
        false => Published::Failed { remote },
    })
}
