//! Who asks: the worker whose worktree an agent works in, if there is one.
//!
//! An agent's program starts its hooks where it was started itself, and says besides where the agent
//! is now. The first of these places that is a worker's decides: an agent that was started in a
//! worker's worktree stays that worker, wherever it goes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::git::Repository;
use crate::ops::run;

/// Finds the repository as the first of the places that belongs to a task sees it; `None` if none
/// does: then there is no scope to ask about.
pub fn find(places: &[PathBuf]) -> Result<Option<Repository>> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for top in places.iter().filter_map(|place| top(place)) {
        if seen.contains(&top) {
            continue;
        }
        let repo = Repository::open(&top)?;
        if run::claimed_task(&repo).is_some() {
            return Ok(Some(repo));
        }
        seen.push(top);
    }
    Ok(None)
}

/// The top of the worktree that a directory is in, which need not exist yet.
fn top(place: &Path) -> Option<PathBuf> {
    place.ancestors().find(|directory| directory.join(".git").exists()).map(Path::to_owned)
}
