//! What a merge brought: how each path came out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::forks;
use super::ground::Ground;
use super::history::History;
use super::owner::Merge;
use crate::git::automatic;
use crate::model::change::{Entry, PathChange};
use crate::model::judge::access;
use crate::model::judge::merge::{Remerge, Side, SidePath, Theirs};
use crate::model::judge::paths as rules;
use crate::model::plan::Task;

/// How the paths came out on which the result and the parents are not all alike; `change` is what
/// the merge changes against `ours`.
pub(super) fn paths(
    ground: &Ground<'_>,
    (task, history): (&Task, &History<'_>),
    ours: ObjectId,
    merged: &[ObjectId],
    change: &[PathChange],
) -> Result<Vec<SidePath>> {
    let mut compared = merged
        .iter()
        .map(|&theirs| Compared::new(ground, ours, theirs))
        .collect::<Result<Vec<Compared>>>()?;
    let results: BTreeMap<&BStr, &PathChange> = change.iter().map(|one| (one.path.as_bstr(), one)).collect();
    let mut all: BTreeSet<BString> = change.iter().map(|one| one.path.clone()).collect();
    for side in &compared {
        all.extend(side.change.keys().chain(&side.disputed).cloned());
    }
    let our_tree_id = ground.repo.commit(ours)?.tree_id;
    let mut found = Vec::new();
    for path in all {
        let (our_entry, result) = match results.get(path.as_bstr()) {
            Some(one) => (one.old, one.new),
            None => {
                let same = ground.repo.tree_entry(our_tree_id, path.as_bstr())?;
                (same, same)
            }
        };
        let theirs =
            compared.iter_mut().map(|side| side.at(ground, path.as_bstr())).collect::<Result<Vec<_>>>()?;
        found.push(SidePath {
            path,
            result,
            ours: our_entry,
            theirs,
            automatic: Remerge::Unknown,
            inherited: None,
        });
    }
    ask_where_it_matters(ground, (task, history), ours, merged, &mut found)?;
    Ok(found)
}

/// One merged side, compared with where it forked.
struct Compared {
    tree_id: ObjectId,
    forks: Vec<ObjectId>,
    change: BTreeMap<BString, PathChange>,
    /// The paths on which several commits where it forked do not agree.
    disputed: BTreeSet<BString>,
}

impl Compared {
    fn new(ground: &Ground<'_>, ours: ObjectId, theirs: ObjectId) -> Result<Compared> {
        let tree_id = ground.repo.commit(theirs)?.tree_id;
        let forks = ground.repo.merge_bases(ours, theirs)?;
        let fork_tree_id = ground.repo.tree_of(forks.first().copied())?;
        let mut disputed = BTreeSet::new();
        for fork in forks.iter().skip(1) {
            let change = ground.repo.diff_trees(fork_tree_id, ground.repo.commit(*fork)?.tree_id)?;
            disputed.extend(change.into_iter().map(|one| one.path));
        }
        let change = ground.repo.diff_trees(fork_tree_id, tree_id)?;
        let change = change.into_iter().map(|one| (one.path.clone(), one)).collect();
        Ok(Compared { tree_id, forks, change, disputed })
    }

    fn at(&mut self, ground: &Ground<'_>, path: &BStr) -> Result<Theirs> {
        let disputed = self.disputed.contains(path);
        if disputed {
            let entry = ground.repo.tree_entry(self.tree_id, path)?;
            return Ok(Theirs { entry, base: forks::entry_of(ground, &self.forks, path)?, disputed });
        }
        if let Some(one) = self.change.get(path) {
            return Ok(Theirs { entry: one.new, base: one.old, disputed });
        }
        let same: Option<Entry> = ground.repo.tree_entry(self.tree_id, path)?;
        Ok(Theirs { entry: same, base: same, disputed })
    }
}

/// Lets git merge the sides again where the entries alone do not show that a path outside the
/// scope is what the merge makes of it: more than one side changed it, or a rename moved it. Where
/// it is not, only a change of the worker's own may have been put back.
fn ask_where_it_matters(
    ground: &Ground<'_>,
    (task, history): (&Task, &History<'_>),
    ours: ObjectId,
    merged: &[ObjectId],
    found: &mut [SidePath],
) -> Result<()> {
    let doubtful = |path: &SidePath| !path.is_plain() && rules::entry_for(task, path.path.as_bstr()).is_err();
    if !found.iter().any(doubtful) {
        return Ok(());
    }
    let merge = ground.repo.automatic_merge(ours, merged)?;
    for path in found.iter_mut().filter(|path| doubtful(path)) {
        path.automatic = match merge.entry(path.path.as_bstr())? {
            Some(entry) => Remerge::Clean(entry),
            // Both sides added lines at one place: the lines of both are what git's own union makes of it.
            None if joins(ground, path)? => Remerge::Clean(path.result),
            None => Remerge::Conflict,
        };
        if !path.is_faithful() {
            path.inherited = Some(history.inherited(ground, task, path.path.as_bstr())?);
        }
    }
    let mut ways = automatic::OTHERS.iter();
    while let Some(way) =
        ways.next().filter(|_| found.iter().any(|path| doubtful(path) && !path.is_faithful()))
    {
        // An old git does not know every way.
        let Ok(merge) = ground.repo.automatic_merge_by(*way, ours, merged) else { continue };
        for path in found.iter_mut().filter(|path| doubtful(path) && !path.is_faithful()) {
            if merge.entry(path.path.as_bstr())? == Some(path.result) {
                path.automatic = Remerge::Clean(path.result);
            }
        }
    }
    let is_taken = |path: &SidePath| path.is_contested() && !path.is_new();
    let mut taken: Vec<&mut SidePath> =
        found.iter_mut().filter(|path| doubtful(path) && !path.is_faithful() && is_taken(path)).collect();
    if taken.is_empty() {
        return Ok(());
    }
    // Where the base has a driver merge a file, it may have taken either side. Nobody's code runs here.
    for tip in ground.base_tips()? {
        let paths: Vec<&BStr> = taken.iter().map(|path| path.path.as_bstr()).collect();
        let driven = ground.repo.driven(tip, &paths)?;
        for path in taken.iter_mut().filter(|path| driven.contains(&path.path)) {
            path.automatic = Remerge::Clean(path.result);
        }
    }
    Ok(())
}

/// Whether a merge changes the task's files by itself, where git has a result of its own, or brings work
/// of the task from elsewhere. To resolve a conflict is no work: it has to be done.
pub(super) fn has_own_work(merge: &Merge<'_>, paths: &[SidePath], sides: &[Side]) -> Result<bool> {
    let is_ours = |path: &&SidePath| rules::entry_for(merge.task, path.path.as_bstr()).is_ok();
    if paths.iter().filter(is_ours).any(|path| path.result != path.ours) {
        for (_, side) in merge.own_sides(sides) {
            if side.has_own_work()? {
                return Ok(true);
            }
        }
    }
    let mut doubtful: Vec<&SidePath> = paths.iter().filter(is_ours).filter(|path| path.is_new()).collect();
    let merged: Vec<ObjectId> = sides.iter().map(|side| side.commit_id).collect();
    for way in [automatic::USUAL].iter().chain(&automatic::OTHERS) {
        if doubtful.is_empty() {
            break;
        }
        let Ok(automatic) = merge.ground.repo.automatic_merge_by(*way, merge.ours, &merged) else { continue };
        let mut left = Vec::new();
        for path in doubtful {
            let entry = automatic.entry(path.path.as_bstr())?;
            left.extend(entry.is_some_and(|entry| entry != path.result).then_some(path));
        }
        doubtful = left;
    }
    Ok(!doubtful.is_empty())
}

/// Whether a path of a merge of two sides has the lines that both added.
fn joins(ground: &Ground<'_>, path: &SidePath) -> Result<bool> {
    let ([side], Some(ours), Some(result)) = (path.theirs.as_slice(), path.ours, path.result) else {
        return Ok(false);
    };
    let Some(theirs) = side.entry else { return Ok(false) };
    let kinds = [Some(ours.kind), Some(theirs.kind), side.base.map(|base| base.kind)];
    if !result.kind.is_file() || kinds.iter().flatten().any(|kind| *kind != result.kind) {
        return Ok(false);
    }
    let base = side.base.map_or(Ok(Vec::new()), |base| ground.repo.blob(base.id))?;
    let [ours, theirs, result] = [ours, theirs, result].map(|entry| ground.repo.blob(entry.id));
    Ok(access::joins(&base, [&ours?, &theirs?], &result?))
}
