//! Backup refs: where a branch was before a command of ours deleted or moved it.

use anyhow::{Result, bail};
use gix_hash::ObjectId;

use super::Repository;
use super::refs::{Moved, Target};
use crate::model::name::RunName;

/// How many names are tried before something else must be wrong.
const TRIES: usize = 10_000;

impl Repository {
    /// Keeps `commit_id` reachable as `refs/orchestrate/<run>/backup/<what>/<n>`, under the next
    /// free number; the full name. One that is kept already is not kept twice.
    pub fn keep_backup(&self, run: &RunName, what: &str, commit_id: ObjectId) -> Result<String> {
        let prefix = format!("refs/orchestrate/{run}/backup/{what}/");
        let kept = self.refs_under(&prefix)?;
        if let Some((name, _)) = kept.iter().find(|(_, target)| *target == Target::Object(commit_id)) {
            return Ok(name.clone());
        }
        for number in kept.len() + 1..TRIES {
            let name = format!("{prefix}{number}");
            if self.move_ref(&name, None, commit_id, "backup")? == Moved::Done {
                return Ok(name);
            }
        }
        bail!("cannot find a free name below {prefix}")
    }

    /// The newest of the kept tips of `what`; `None` if there is none.
    pub fn newest_backup(&self, run: &RunName, what: &str) -> Result<Option<ObjectId>> {
        let prefix = format!("refs/orchestrate/{run}/backup/{what}/");
        let number = |name: &str| name[prefix.len()..].parse::<usize>().ok();
        let kept = self.refs_under(&prefix)?;
        let newest = kept.iter().max_by_key(|(name, _)| number(name));
        newest.map_or(Ok(None), |(name, _)| self.ref_commit(name))
    }
}
