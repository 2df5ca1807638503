//! What a branch has from others: by the base that it begins with, and by what it merged since.
//!
//! To put that back is no violation, and to take it away is one under `access = "append"`. What the
//! task's own side of a merge made is not from others; what that side merged is.

use std::collections::HashSet;

use anyhow::Result;
use bstr::BStr;
use gix_hash::ObjectId;

use super::forks;
use super::ground::Ground;
use super::history::History;
use super::owner::Merge;
use crate::model::change::Entry;
use crate::model::finding::cure::Source;
use crate::model::judge::merge::{Side, SideOf};
use crate::model::judge::paths;
use crate::model::plan::Task;

/// What a branch should have at one path from others.
#[derive(Clone, Copy)]
pub(super) struct Inheritance {
    pub entry: Option<Entry>,
    /// `None` where no command names it.
    pub source: Option<Source>,
}

/// What a branch has at one path from others.
pub(super) struct FromOthers {
    pub start: Option<Entry>,
    pub sides: Vec<BaseAndSide>,
}

/// What was at a path where a merged side forked, and what that side has there.
type BaseAndSide = [Option<Entry>; 2];

impl History<'_> {
    /// What the branch should have at `path` from others: what the newest merge brought there, whatever
    /// was made of it, else what was there where the task's commits begin. The own branch as another clone
    /// has it brings what it has from others itself.
    pub fn inherited(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<Option<Entry>> {
        Ok(self.inheritance(ground, task, path)?.entry)
    }

    /// The same, and where it can be had.
    pub fn inheritance(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<Inheritance> {
        let at = |id: ObjectId| {
            let entry = ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path)?;
            Ok(Inheritance { entry, source: Some(Source::Commit(id)) })
        };
        let mut start = self.newest;
        for past in self.newest_first(ground, task) {
            let past = past?;
            start = past.parent_ids().first().copied();
            // Below lies what a fast-forward or a reset put there.
            if past.is_own() && past.is_foreign(ground, task)? {
                return at(past.id());
            }
            let [ours, merged @ ..] = past.parent_ids() else { continue };
            if Brought::by(ground, *ours, merged, path)?.entries.is_empty() {
                continue;
            }
            let merge = Merge { ground, task, commit_id: Some(past.id()), ours: *ours };
            let mut others = Vec::new();
            for side in merge.sides(merged)? {
                let is_own = matches!(side.of, SideOf::Own | SideOf::OwnJudged);
                if is_own && merged.len() == 1 && !merge.brings_nothing_of_others(&side, path)? {
                    return History::inheritance_at(ground, task, side.commit_id, path);
                }
                if !merge.is_own_at(&side, path)? {
                    others.push(side.commit_id);
                }
            }
            let brought = Brought::by(ground, *ours, &others, path)?;
            let Some(&(side, entry)) = brought.entries.last() else { continue };
            let newest = Inheritance { entry, source: Some(Source::Commit(side)) };
            let decided = brought.entries.len() > 1 || brought.ours_changed && at(past.id())?.entry != entry;
            if !decided || paths::entry_for(task, path).is_ok() {
                return Ok(newest);
            }
            let Some(entry) = ground.repo.automatic_merge(*ours, merged)?.entry(path)? else {
                return Ok(newest);
            };
            let source = match merged {
                &[theirs] => Some(Source::Merge { ours: *ours, theirs }),
                _ => None,
            };
            return Ok(Inheritance { entry, source });
        }
        start.map_or(Ok(Inheritance { entry: None, source: None }), at)
    }

    /// The same for a commit on top of `newest`. Branches that merge each other ask again and again.
    pub fn inheritance_at(
        ground: &Ground<'_>,
        task: &Task,
        newest: ObjectId,
        path: &BStr,
    ) -> Result<Inheritance> {
        let key = (task.name.clone(), newest, path.to_owned());
        if let Some(known) = ground.inherited.borrow().get(&key) {
            return Ok(*known);
        }
        let inherited = History::before(Some(newest)).inheritance(ground, task, path)?;
        ground.inherited.borrow_mut().insert(key, inherited);
        Ok(inherited)
    }

    /// What others have brought to `path`: what was there where the task's commits begin, and of each
    /// merged side, newest first, what was there where it forked and what it has.
    pub fn brought(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<FromOthers> {
        let (start, sides) = self.brought_within(ground, task, path, None)?;
        let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
        Ok(FromOthers { start: start.map_or(Ok(None), at)?, sides })
    }

    /// The same, as far as the chain is `within` what a side of the task's own brings; and where it ends.
    fn brought_within(
        &self,
        ground: &Ground<'_>,
        task: &Task,
        path: &BStr,
        within: Option<&HashSet<ObjectId>>,
    ) -> Result<(Option<ObjectId>, Vec<BaseAndSide>)> {
        let between = |ours: ObjectId, theirs: ObjectId| -> Result<BaseAndSide> {
            let entry = ground.repo.tree_entry(ground.repo.commit(theirs)?.tree_id, path)?;
            Ok([forks::entry(ground, [ours, theirs], path)?, entry])
        };
        let (mut end, mut sides) = (self.newest, Vec::new());
        for past in self.newest_first(ground, task) {
            let past = past?;
            let is_beyond = within.is_some_and(|within| !within.contains(&past.id()));
            if is_beyond || past.is_own() && past.is_foreign(ground, task)? {
                end = Some(past.id());
                break;
            }
            end = past.parent_ids().first().copied();
            let [ours, merged @ ..] = past.parent_ids() else { continue };
            let merge = Merge { ground, task, commit_id: Some(past.id()), ours: *ours };
            let merged = merge.sides(merged)?;
            let is_own = |side: &&Side| matches!(side.of, SideOf::Own | SideOf::OwnJudged);
            for side in merged.iter().filter(|side| !is_own(side)) {
                sides.push(between(*ours, side.commit_id)?);
            }
            for (_, side) in merge.own_sides(&merged) {
                let is_new = |id: &&ObjectId| within.is_none_or(|within| within.contains(*id));
                let news = side.brought()?.iter().filter(is_new).copied().collect();
                let history = History::before(Some(side.commit_id));
                let (end, of_others) = history.brought_within(ground, task, path, Some(&news))?;
                sides.extend(of_others);
                // It may begin with more of the base, or of another task, than the own branch had.
                if let Some(end) = end {
                    sides.push(between(*ours, end)?);
                }
            }
        }
        Ok((end, sides))
    }
}

/// What the merged sides of a merge bring at one path.
struct Brought {
    /// Of each side that changed the path, unless another or the own side has the same.
    entries: Vec<(ObjectId, Option<Entry>)>,
    /// The own side changed it as well since it forked from one of these.
    ours_changed: bool,
}

impl Brought {
    fn by(ground: &Ground<'_>, ours: ObjectId, merged: &[ObjectId], path: &BStr) -> Result<Brought> {
        let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
        let our_entry = at(ours)?;
        let mut brought = Brought { entries: Vec::new(), ours_changed: false };
        for &theirs in merged {
            let entry = at(theirs)?;
            if entry == our_entry || brought.entries.iter().any(|(_, other)| *other == entry) {
                continue;
            }
            let fork = forks::entry(ground, [ours, theirs], path)?;
            if entry != fork {
                brought.entries.push((theirs, entry));
                brought.ours_changed |= our_entry != fork;
            }
        }
        Ok(brought)
    }
}
