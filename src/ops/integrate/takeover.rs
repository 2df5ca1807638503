//! What a person left in the private worktree, and whether it can be taken over.
//!
//! Refused are markers that are left, and changes to paths that neither side of the merge touched:
//! such a change belongs to no task, and nobody would look for it in a merge.

use std::collections::BTreeSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::merges::{Incoming, Merged};
use crate::git::workbench::{Leftovers, Workbench};
use crate::model::change::{Entry, Kind};
use crate::model::integration::conflict::Side;
use crate::model::integration::hunk;
use crate::model::integration::marker::{self, Versions};
use crate::model::integration::message;
use crate::model::integration::progress::{Reason, Stopped};
use crate::ops::integrate::proceed::Work;
use crate::ops::integrate::refusal::{BenchTrouble, Marked, Refusal};
use crate::ops::integrate::trial;

/// The commit that the person's work amounts to.
pub fn candidate(
    work: &Work<'_>,
    bench: &Workbench<'_>,
    stopped: &Stopped,
) -> Result<Result<ObjectId, Refusal>> {
    let repo = work.scene.repo;
    let refused = |trouble| Ok(Err(Refusal::Bench { path: bench.path().to_owned(), trouble }));
    let head = bench.head()?;
    let left = bench.leftovers()?;
    let is_committed = head != stopped.onto;
    if !(left.unmerged.is_empty() && left.unstaged.is_empty()) {
        let Leftovers { unmerged, unstaged, submodules, .. } = left;
        let marked = Vec::new();
        return refused(BenchTrouble::Unfinished { unmerged, marked, unstaged, is_committed, submodules });
    }
    if work.runs_commands() && !left.untracked.is_empty() {
        return refused(BenchTrouble::Untracked { paths: left.untracked, is_committed });
    }
    if let Reason::Exec { .. } = stopped.reason {
        return committed(work, bench, stopped, head);
    }
    let made = if is_committed { Some(committed(work, bench, stopped, head)?) } else { None };
    if let Some(Err(refusal)) = made {
        return Ok(Err(refusal));
    }
    let tree_id = if is_committed { repo.commit(head)?.tree_id } else { bench.tree()? };
    if let Some(trouble) = Inspection::of(work, stopped, tree_id)?.trouble(is_committed)? {
        return refused(trouble);
    }
    match made {
        Some(made) => Ok(made),
        None => conclude_merge(work, bench, (stopped, tree_id)).map(Ok),
    }
}

/// The person committed: HEAD must hold both sides, and nothing may be left behind in the index.
fn committed(
    work: &Work<'_>,
    bench: &Workbench<'_>,
    stopped: &Stopped,
    head: ObjectId,
) -> Result<Result<ObjectId, Refusal>> {
    let repo = work.scene.repo;
    let refused = |trouble| Ok(Err(Refusal::Bench { path: bench.path().to_owned(), trouble }));
    for missing in [stopped.onto, stopped.tip] {
        if !repo.is_ancestor(missing, head)? {
            return refused(BenchTrouble::NoMerge { head, missing });
        }
    }
    let staged = bench.staged()?;
    if staged.is_empty() { Ok(Ok(head)) } else { refused(BenchTrouble::NotCommitted(staged)) }
}

/// Makes the merge commit of what is staged, with the message that lies beside it.
fn conclude_merge(
    work: &Work<'_>,
    bench: &Workbench<'_>,
    (stopped, tree_id): (&Stopped, ObjectId),
) -> Result<ObjectId> {
    let parents = [stopped.onto, stopped.tip];
    let message = match (bench.message()?, &stopped.reason) {
        (Some(message), _) => message,
        (None, Reason::Conflict(paths)) => message::of_resolution(paths, std::slice::from_ref(&stopped.task)),
        (None, _) => format!("Merge {}", stopped.task),
    };
    work.scene.repo.commit_tree(tree_id, &parents, &message)
}

/// A result held against what it was made from.
struct Inspection<'a> {
    work: &'a Work<'a>,
    branch: String,
    merged: Merged,
    base: ObjectId,
    onto: ObjectId,
    ours: ObjectId,
    theirs: ObjectId,
    result: ObjectId,
}

impl<'a> Inspection<'a> {
    fn of(work: &'a Work<'a>, stopped: &Stopped, result: ObjectId) -> Result<Inspection<'a>> {
        let scratch = work.scene.room.repository();
        let tree = |id| scratch.commit(id).map(|commit| commit.tree_id);
        let branch = work.scene.facts.task(&stopped.task).map_or("task", |task| &task.branch).to_owned();
        let merged = work.scene.room.merge(stopped.onto, Incoming { tip: stopped.tip, branch: &branch })?;
        let base = scratch.merge_bases(stopped.onto, stopped.tip)?.first().copied();
        let base = base.map_or(Ok(scratch.empty_tree()), tree)?;
        let (ours, theirs) = (tree(stopped.onto)?, tree(stopped.tip)?);
        let onto = stopped.onto;
        Ok(Inspection { work, branch, merged, base, onto, ours, theirs, result })
    }

    fn trouble(&self, is_committed: bool) -> Result<Option<BenchTrouble>> {
        let scratch = self.work.scene.room.repository();
        let touched = self.touched()?;
        let (mut marked, mut foreign) = (Vec::new(), Vec::new());
        for change in scratch.diff_trees(self.ours, self.result)? {
            if !touched.contains(&change.path) {
                foreign.push(change.path);
            } else if let Some(entry) = change.new
                && let Some(line) = self.marker_left(change.path.as_bstr(), entry)?
            {
                marked.push(Marked { path: change.path, line });
            }
        }
        let has_foreign = !foreign.is_empty();
        if !marked.is_empty() {
            let (unmerged, unstaged, submodules) = (Vec::new(), Vec::new(), Vec::new());
            let left = BenchTrouble::Unfinished { unmerged, marked, unstaged, is_committed, submodules };
            return Ok(Some(left));
        }
        let foreign = BenchTrouble::Foreign { paths: foreign, onto: self.onto, is_committed };
        Ok(has_foreign.then_some(foreign))
    }

    /// Every path that one of the sides changed, or that git itself would change or asks about.
    fn touched(&self) -> Result<BTreeSet<BString>> {
        let scratch = self.work.scene.room.repository();
        let mut touched = BTreeSet::new();
        for (old, new) in [(self.base, self.ours), (self.base, self.theirs), (self.ours, self.merged.tree_id)]
        {
            touched.extend(scratch.diff_trees(old, new)?.into_iter().map(|change| change.path));
        }
        let named = self.merged.conflicts.iter().flat_map(|conflict| {
            conflict.paths.iter().chain(conflict.stages.iter().map(|stage| &stage.path))
        });
        touched.extend(named.cloned());
        Ok(touched)
    }

    /// The line of a marker that was left in a file, unless the file is as one of the sides has it.
    fn marker_left(&self, path: &BStr, entry: Entry) -> Result<Option<usize>> {
        let scratch = self.work.scene.room.repository();
        let is_file = |entry: &Entry| matches!(entry.kind, Kind::File | Kind::Executable);
        if !is_file(&entry) || scratch.tree_entry(self.theirs, path)? == Some(entry) {
            return Ok(None);
        }
        let version = |side: Side, tree_id: ObjectId| -> Result<Vec<u8>> {
            let mut stages = self.merged.conflicts.iter().flat_map(|conflict| &conflict.stages);
            let stage = stages.find(|stage| stage.side == side && stage.path == path);
            let found = match stage {
                Some(stage) => Some(stage.entry),
                None => scratch.tree_entry(tree_id, path)?,
            };
            found.filter(is_file).map_or(Ok(Vec::new()), |entry| scratch.blob(entry.id))
        };
        let (ours, theirs) = (version(Side::Ours, self.ours)?, version(Side::Theirs, self.theirs)?);
        let laid_out = match scratch.tree_entry(self.merged.tree_id, path)?.filter(is_file) {
            Some(entry) => scratch.blob(entry.id)?,
            None => Vec::new(),
        };
        let labels = trial::labels(&self.branch);
        let size = hunk::marker_size(&laid_out, &labels).unwrap_or(marker::SIZE);
        // Where nobody can say which markers are git's, every line of either side may stay.
        let both = hunk::both_sides(&laid_out, &labels);
        let both = both.unwrap_or_else(|| [ours.as_slice(), &theirs].concat().into());
        let versions = Versions { ours: &ours, theirs: &theirs, both: &both };
        Ok(marker::left(&self.work.scene.repo.blob(entry.id)?, versions, size))
    }
}
