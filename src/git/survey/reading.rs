//! The commits of a run, read in one walk, and what each of them changes.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::kept::Kept;
use crate::git::objects::CommitObject;
use crate::git::walk::Reading;
use crate::model::change::PathChange;
use crate::model::ids::{IdMap, IdSet};

/// Every commit that a tip has and the base has not, and the tips for which that is not known, with why.
pub fn commits(
    repo: &Repository,
    base: ObjectId,
    tips: &IdSet,
    kept: &mut Kept,
) -> Result<(IdMap<Box<CommitObject>>, IdMap<String>)> {
    let mut sorted: Vec<ObjectId> = tips.iter().copied().collect();
    sorted.sort();
    if let Ok(Reading { mut commits, unread }) = repo.read_between(&[base], &sorted, kept) {
        for id in unread {
            commits.insert(id, Box::new(repo.commit(id)?));
        }
        return Ok((commits, IdMap::default()));
    }
    let (mut commits, mut cut_off) = (IdMap::default(), IdMap::default());
    for tip in sorted {
        if let Err(error) = walk_to(repo, base, tip, &mut commits) {
            cut_off.insert(tip, format!("{error:#}"));
        }
    }
    Ok((commits, cut_off))
}

/// As [`commits`], for one tip of a history that is cut off somewhere: the first-parent chain must
/// lead to the base, everything else is read as far as it is there.
fn walk_to(
    repo: &Repository,
    base: ObjectId,
    tip: ObjectId,
    commits: &mut IdMap<Box<CommitObject>>,
) -> Result<()> {
    let mut next = Some(tip).filter(|id| *id != base);
    let mut others = Vec::new();
    while let Some(id) = next {
        let commit = repo.commit(id)?;
        next = commit.parent_ids.first().copied().filter(|parent| *parent != base);
        others.extend(commit.parent_ids.iter().skip(1).copied());
        commits.insert(id, Box::new(commit));
    }
    while let Some(id) = others.pop() {
        if id == base || commits.contains_key(&id) {
            continue;
        }
        if let Ok(commit) = repo.commit(id) {
            others.extend(commit.parent_ids.iter().copied());
            commits.insert(id, Box::new(commit));
        }
    }
    Ok(())
}

/// The first-parent chain of a tip, as far as it is among the commits, oldest first.
pub fn first_parents(commits: &IdMap<Box<CommitObject>>, tip: ObjectId) -> Vec<ObjectId> {
    let mut chain = Vec::new();
    let mut next = commits.get(&tip);
    while let Some(commit) = next {
        chain.push(commit.id);
        next = commit.parent_ids.first().and_then(|parent| commits.get(parent));
    }
    chain.reverse();
    chain
}

/// What each of these commits changes against its first parent, and why that cannot be read of others.
pub fn changes<'a>(
    repo: &Repository,
    commits: &IdMap<Box<CommitObject>>,
    ids: impl Iterator<Item = &'a ObjectId>,
    kept: &mut Kept,
) -> (IdMap<Vec<PathChange>>, IdMap<String>) {
    let (mut changes, mut broken) = (IdMap::default(), IdMap::default());
    for id in ids {
        if changes.contains_key(id) {
            continue;
        }
        if let Some(change) = kept.take_changes(*id) {
            changes.insert(*id, change);
            continue;
        }
        let commit = &commits[id];
        let parent = commit.parent_ids.first().copied();
        let parent_tree_id = match parent.and_then(|parent| commits.get(&parent)) {
            Some(known) => Ok(known.tree_id),
            None => repo.tree_of(parent),
        };
        match parent_tree_id.and_then(|parent| repo.diff_trees(parent, commit.tree_id)) {
            Ok(change) => {
                kept.keep_commit(commit, &change);
                changes.insert(*id, change);
            }
            Err(error) => drop(broken.insert(*id, format!("{error:#}"))),
        }
    }
    (changes, broken)
}
