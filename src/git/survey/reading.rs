//! The commits of a run, read in one walk, and what each of them changes.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::kept::Kept;
use crate::git::objects::CommitObject;
use crate::git::walk::{Known, Reading};
use crate::model::change::PathChange;
use crate::model::few::Few;
use crate::model::ids::IdMap;

/// Every commit that a tip has and the base has not, and the tips for which that is not known, with why.
pub fn commits(
    repo: &Repository,
    base: ObjectId,
    tips: &[ObjectId],
    kept: &mut Kept,
) -> Result<(IdMap<Box<Known>>, IdMap<String>)> {
    if let Ok(Reading { mut commits, unread }) = repo.read_between(base, tips, kept) {
        for id in unread {
            commits.insert(id, read(repo, id)?);
        }
        return Ok((commits, IdMap::default()));
    }
    let (mut commits, mut cut_off) = (IdMap::default(), IdMap::default());
    for &tip in tips {
        if let Err(error) = walk_to(repo, base, tip, &mut commits) {
            cut_off.insert(tip, format!("{error:#}"));
        }
    }
    Ok((commits, cut_off))
}

/// As [`commits`], for one tip of a history that is cut off somewhere: the first-parent chain must
/// lead to the base, everything else is read as far as it is there.
fn walk_to(repo: &Repository, base: ObjectId, tip: ObjectId, commits: &mut IdMap<Box<Known>>) -> Result<()> {
    let mut next = Some(tip).filter(|id| *id != base);
    let mut others = Vec::new();
    while let Some(id) = next {
        let commit = read(repo, id)?;
        next = commit.parent_ids.first().copied().filter(|parent| *parent != base);
        others.extend(commit.parent_ids.iter().skip(1).copied());
        commits.insert(id, commit);
    }
    while let Some(id) = others.pop() {
        if id == base || commits.contains_key(&id) {
            continue;
        }
        if let Ok(commit) = read(repo, id) {
            others.extend(commit.parent_ids.iter().copied());
            commits.insert(id, commit);
        }
    }
    Ok(())
}

fn read(repo: &Repository, id: ObjectId) -> Result<Box<Known>> {
    Ok(Box::new(Known::of(repo.commit(id)?)))
}

/// The first-parent chain of a tip, as far as it is among the commits, oldest first.
pub fn first_parents(commits: &IdMap<Box<Known>>, tip: ObjectId) -> Vec<ObjectId> {
    let mut chain = Vec::new();
    let mut next = commits.get(&tip);
    while let Some(commit) = next {
        chain.push(commit.id);
        next = commit.parent_ids.first().and_then(|parent| commits.get(parent));
    }
    chain.reverse();
    chain
}

/// Notes which tasks have a record of each commit; `records` are the commits that each has one of.
pub fn recorders(commits: &mut IdMap<Box<Known>>, records: &[Vec<ObjectId>]) {
    for (task, records) in records.iter().enumerate() {
        for id in records {
            let Some(known) = commits.get_mut(id) else { continue };
            match &mut known.recorded_by {
                Some(few) => few.push(task),
                none => *none = Some(Few::one(task)),
            }
        }
    }
}

/// Finds out what each of these commits changes against its first parent; for others why that cannot be
/// read.
pub fn changes(
    repo: &Repository,
    commits: &mut IdMap<Box<Known>>,
    ids: Vec<ObjectId>,
    kept: &mut Kept,
) -> IdMap<String> {
    let (mut new, mut broken) = (Vec::new(), IdMap::default());
    for id in ids {
        let Some(known) = commits.get_mut(&id).filter(|known| known.change.is_none()) else { continue };
        known.change = known.kept.take();
        if known.change.is_some() {
            continue;
        }
        match change(repo, commits, &commits[&id]) {
            Ok(change) => {
                new.push(id);
                commits.entry(id).and_modify(|known| known.change = Some(change));
            }
            Err(error) => drop(broken.insert(id, format!("{error:#}"))),
        }
    }
    // Read oldest first, as trees that are alike are read together so; kept as the next walk will ask,
    // from the newest commit of the last line on.
    for known in new.iter().rev().filter_map(|id| commits.get(id)) {
        kept.keep_commit(known, known.change.as_deref().unwrap_or_default());
    }
    broken
}

fn change(repo: &Repository, commits: &IdMap<Box<Known>>, commit: &CommitObject) -> Result<Vec<PathChange>> {
    let parent = commit.parent_ids.first().copied();
    let parent_tree_id = match parent.and_then(|parent| commits.get(&parent)) {
        Some(known) => known.tree_id,
        None => repo.tree_of(parent)?,
    };
    repo.diff_trees(parent_tree_id, commit.tree_id)
}
