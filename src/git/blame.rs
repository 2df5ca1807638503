//! Which commit wrote a line of a file, or took lines away: `git blame` for a few places, in process.
//!
//! A line comes from the first parent that has it, so a merge wrote only what neither side had. The
//! walk stops where history is of no interest any more, so its cost is that of the commits above.
//! Where a commit added the file and removed another one that it resembles, it was renamed.

use std::ops::Range;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix::diff::blob::{Algorithm, Diff, InternedInput, sources::byte_lines};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::change::Entry;

/// What somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// This line, counted from 0.
    Line(usize),
    /// What was taken away before this line.
    Gap(usize),
}

/// A file as a commit has it, and the places that it may have written.
struct Suspect {
    commit_id: ObjectId,
    path: BString,
    entry: Entry,
    /// Each with its number in the question.
    places: Vec<(usize, Place)>,
}

impl Repository {
    /// For each of the places of `path` in a commit, the commit that wrote it; `None` for one of which
    /// `is_old` says that nobody asks for it, or where the commit has no such file.
    pub fn blame(
        &self,
        commit_id: ObjectId,
        path: BString,
        places: &[Place],
        is_old: &mut dyn FnMut(ObjectId) -> Result<bool>,
    ) -> Result<Vec<Option<ObjectId>>> {
        let mut blamed = vec![None; places.len()];
        let places = places.iter().copied().enumerate().collect();
        let entry = self.tree_entry(self.commit(commit_id)?.tree_id, path.as_bstr())?;
        let mut left: Vec<Suspect> =
            entry.map(|entry| Suspect { commit_id, path, entry, places }).into_iter().collect();
        while let Some(mut suspect) = left.pop() {
            if is_old(suspect.commit_id)? {
                continue;
            }
            left.extend(self.pass_on(&mut suspect)?);
            for (number, _) in suspect.places {
                blamed[number] = Some(suspect.commit_id);
            }
        }
        Ok(blamed)
    }

    /// Hands the places to the parents that have them; what is left the commit wrote itself.
    fn pass_on(&self, suspect: &mut Suspect) -> Result<Vec<Suspect>> {
        let commit = self.commit(suspect.commit_id)?;
        let mut parents = Vec::new();
        for parent in commit.parent_ids {
            let parent_tree = self.commit(parent)?.tree_id;
            let same_path = self.tree_entry(parent_tree, suspect.path.as_bstr())?;
            parents.push((parent, parent_tree, same_path.map(|entry| (suspect.path.clone(), entry))));
        }
        let whole = |(commit_id, (path, entry)), suspect: &mut Suspect| {
            let places = std::mem::take(&mut suspect.places);
            Ok(vec![Suspect { commit_id, path, entry, places }])
        };
        let is_same = |found: &Option<(BString, Entry)>, suspect: &Suspect| {
            found.as_ref().is_some_and(|(_, entry)| entry.id == suspect.entry.id)
        };
        if let Some((id, _, found)) = parents.iter().find(|(.., found)| is_same(found, suspect)) {
            return whole((*id, found.clone().expect("it is the same")), suspect);
        }
        for (id, tree, found) in &mut parents {
            if found.is_none() {
                *found = self.renamed_from((*tree, commit.tree_id), suspect.entry)?;
            }
            if is_same(found, suspect) {
                return whole((*id, found.clone().expect("it is the same")), suspect);
            }
        }
        let text = self.blob(suspect.entry.id)?;
        let mut handed_over = Vec::new();
        for (commit_id, _, found) in parents {
            let Some((path, entry)) = found else { continue };
            let places = unchanged(&self.blob(entry.id)?, &text, &mut suspect.places);
            if !places.is_empty() {
                handed_over.push(Suspect { commit_id, path, entry, places });
            }
        }
        Ok(handed_over)
    }

    /// The file that is gone in the second tree and most resembles this new one, if half of it does.
    fn renamed_from(
        &self,
        (old, new): (ObjectId, ObjectId),
        entry: Entry,
    ) -> Result<Option<(BString, Entry)>> {
        let changes = self.diff_trees(old, new)?;
        let gone = changes.into_iter().filter(|change| change.new.is_none());
        let gone = gone.filter_map(|change| Some((change.path, change.old?)));
        let gone: Vec<(BString, Entry)> = gone.filter(|(_, old)| old.kind.is_file()).collect();
        if let Some(same) = gone.iter().find(|(_, old)| old.id == entry.id) {
            return Ok(Some(same.clone()));
        }
        let text = self.blob(entry.id)?;
        let mut best = None;
        for (path, old) in gone {
            let before = self.blob(old.id)?;
            let shared = shared_bytes(&before, &text);
            let is_half = shared * 2 >= before.len().max(text.len());
            if is_half && best.as_ref().is_none_or(|(most, _)| shared > *most) {
                best = Some((shared, (path, old)));
            }
        }
        Ok(best.map(|(_, found)| found))
    }
}

fn shared_bytes(before: &[u8], after: &[u8]) -> usize {
    let input = InternedInput::new(byte_lines(before), byte_lines(after));
    let diff = Diff::compute(Algorithm::Myers, &input);
    let is_shared = |(number, _): &(u32, &[u8])| !diff.is_removed(*number);
    (0..).zip(before.lines_with_terminator()).filter(is_shared).map(|(_, line)| line.len()).sum()
}

/// Takes those places out that a parent's text has, as they are there.
fn unchanged(before: &[u8], after: &[u8], places: &mut Vec<(usize, Place)>) -> Vec<(usize, Place)> {
    let input = InternedInput::new(byte_lines(before), byte_lines(after));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let usize_of = |range: Range<u32>| range.start as usize..range.end as usize;
    let hunks: Vec<[Range<usize>; 2]> =
        diff.hunks().map(|hunk| [usize_of(hunk.before), usize_of(hunk.after)]).collect();
    let mut passed = Vec::new();
    places.retain(|(number, place)| match before_change(&hunks, *place) {
        Some(earlier) => {
            passed.push((*number, earlier));
            false
        }
        None => true,
    });
    passed
}

/// The place before a change, given by the lines before and after it; `None` where the change made it.
fn before_change(hunks: &[[Range<usize>; 2]], place: Place) -> Option<Place> {
    let (Place::Line(at) | Place::Gap(at)) = place;
    // Hunks stand in order, and apart.
    let (above, below) = hunks.split_at(hunks.partition_point(|[_, new]| new.end <= at));
    let earlier = above.last().map_or(at, |[old, new]| at - new.end + old.end);
    let next = below.first();
    match place {
        Place::Line(_) => {
            let is_new = next.is_some_and(|[_, new]| new.contains(&at));
            (!is_new).then_some(Place::Line(earlier))
        }
        Place::Gap(_) => {
            let ends_here = above.last().filter(|[_, new]| new.end == at);
            let starts_here = next.filter(|[_, new]| new.start <= at);
            let removes = ends_here.into_iter().chain(starts_here).any(|[old, _]| !old.is_empty());
            let is_inside = starts_here.is_some_and(|[_, new]| new.start < at);
            (!removes && !is_inside).then_some(Place::Gap(earlier))
        }
    }
}
