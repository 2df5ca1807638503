//! What was at a path where two sides of a merge forked.

use anyhow::Result;
use bstr::BStr;
use gix_hash::ObjectId;

use super::ground::Ground;
use crate::model::change::Entry;

/// The entry there. Two sides that have merged each other forked at several commits; where these do not
/// agree, git merges them first, and so does this.
pub(super) fn entry(
    ground: &Ground<'_>,
    [ours, theirs]: [ObjectId; 2],
    path: &BStr,
) -> Result<Option<Entry>> {
    let forks = ground.repo.merge_bases(ours, theirs)?;
    entry_of(ground, &forks, path)
}

/// The same where the forks are known.
pub(super) fn entry_of(ground: &Ground<'_>, forks: &[ObjectId], path: &BStr) -> Result<Option<Entry>> {
    let Some((&first, others)) = forks.split_first() else { return Ok(None) };
    let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
    let entry = at(first)?;
    for &other in others {
        if at(other)? != entry {
            let merged = ground.repo.automatic_merge(first, others)?;
            return Ok(merged.entry(path)?.unwrap_or(entry));
        }
    }
    Ok(entry)
}
