//! What a merge on a shared branch holds that merging its sides does not give.
//!
//! Most paths are decided by their entries alone: where one side changed a path, the merge has what
//! that side made of it. Only for the rest git merges the sides again, in a room where nobody's
//! configuration counts.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::objects::CommitObject;
use crate::model::change::{Entry, PathChange};

/// Those paths. A conflict has no result of git's, so a path that had one is always among them.
pub fn foreign_paths(repo: &Repository, merge: &CommitObject) -> Result<Vec<BString>> {
    let [ours, theirs @ ..] = merge.parent_ids.as_slice() else { return Ok(Vec::new()) };
    let our_tree_id = repo.commit(*ours)?.tree_id;
    let change = by_path(repo.diff_trees(our_tree_id, merge.tree_id)?);
    let sides: Vec<BTreeMap<BString, PathChange>> =
        theirs.iter().map(|theirs| side(repo, *ours, *theirs)).collect::<Result<_>>()?;
    let paths: BTreeSet<&BString> = change.keys().chain(sides.iter().flat_map(BTreeMap::keys)).collect();
    let mut doubtful = Vec::new();
    for path in paths {
        let our_entry = match change.get(path) {
            Some(one) => one.old,
            None => repo.tree_entry(our_tree_id, path.as_bstr())?,
        };
        let result = change.get(path).map_or(our_entry, |one| one.new);
        if !is_plain(our_entry, result, path.as_bstr(), &sides) {
            doubtful.push((path.clone(), result));
        }
    }
    if doubtful.is_empty() {
        return Ok(Vec::new());
    }
    let automatic = repo.automatic_merge(*ours, theirs)?;
    let mut foreign = Vec::new();
    for (path, result) in doubtful {
        if automatic.entry(path.as_bstr())? != Some(result) {
            foreign.push(path);
        }
    }
    Ok(foreign)
}

/// Whether at most one side changed the path, and the merge has what it made of it.
fn is_plain(
    ours: Option<Entry>,
    result: Option<Entry>,
    path: &BStr,
    sides: &[BTreeMap<BString, PathChange>],
) -> bool {
    let mut brought = sides.iter().filter_map(|side| side.get(path)).filter(|one| one.new != ours);
    match (brought.next(), brought.next()) {
        (None, _) => result == ours,
        (Some(one), None) => one.old == ours && result == one.new,
        _ => false,
    }
}

/// What a side changed since it forked.
fn side(repo: &Repository, ours: ObjectId, theirs: ObjectId) -> Result<BTreeMap<BString, PathChange>> {
    let fork = repo.merge_bases(ours, theirs)?.first().copied();
    Ok(by_path(repo.diff_trees(repo.tree_of(fork)?, repo.commit(theirs)?.tree_id)?))
}

fn by_path(change: Vec<PathChange>) -> BTreeMap<BString, PathChange> {
    change.into_iter().map(|one| (one.path.clone(), one)).collect()
}
