//! Who wrote each side of a hunk: which tasks of the chain so far, or the base.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::blame::Place;
use crate::git::places;
use crate::model::change::Entry;
use crate::model::integration::author::{Author, Dispute, Written};
use crate::model::integration::conflict::{Conflict, Side};
use crate::model::integration::hunk::Section;
use crate::model::meeting::Span;
use crate::model::name::TaskName;
use crate::ops::integrate::gather::Scene;

/// Longer files are not looked into.
const MAX_BYTES: usize = 1 << 20;

/// A step that is tried, and whose commits are known.
pub struct Authors<'a> {
    scene: &'a Scene<'a>,
    /// What is merged into and what is merged.
    sides: [ObjectId; 2],
    /// Whose the commits are that nobody else claims, on each side; `None` for the branch itself.
    others: [Option<TaskName>; 2],
    own: HashMap<ObjectId, &'a TaskName>,
    /// Whether the base has a commit, as far as that was asked.
    bases: HashMap<ObjectId, bool>,
}

impl<'a> Authors<'a> {
    /// Of merging `tip`, the tip of a task, into `onto`.
    pub fn of(scene: &'a Scene<'a>, [onto, tip]: [ObjectId; 2], name: &TaskName) -> Authors<'a> {
        let tasks = scene.facts.tasks.iter();
        let own = tasks.flat_map(|task| task.commits.iter().map(|commit| (commit.id, &task.name)));
        let others = [None, Some(name.clone())];
        Authors { scene, sides: [onto, tip], others, own: own.collect(), bases: HashMap::new() }
    }

    /// The hunks of a conflict with their authors.
    pub fn disputes(&mut self, conflict: &Conflict, sections: &[Section]) -> Vec<Dispute> {
        // A forecast is worth having without them.
        let sides = self.written(conflict, sections).ok().flatten();
        let mut sides = sides.into_iter().flatten();
        let hunks = sections.iter().filter_map(|section| match section {
            Section::Hunk(hunk) => Some(hunk.clone()),
            Section::Text(_) => None,
        });
        hunks.map(|hunk| Dispute { hunk, sides: sides.next() }).collect()
    }

    fn written(&mut self, conflict: &Conflict, sections: &[Section]) -> Result<Option<Vec<[Written; 2]>>> {
        let scratch = self.scene.room.repository();
        let (Some(ours), Some(theirs)) = (conflict.stage(Side::Ours), conflict.stage(Side::Theirs)) else {
            return Ok(None);
        };
        let texts = [scratch.blob(ours.id)?, scratch.blob(theirs.id)?];
        if texts.iter().any(|text| text.len() > MAX_BYTES) {
            return Ok(None);
        }
        let Some(spans) = places::spans(sections, [&texts[0], &texts[1]]) else { return Ok(None) };
        let lines = |of: fn(&Span) -> &Range<usize>| spans.iter().map(|span| of(span).clone()).collect();
        let ours = self.side(0, (&conflict.paths[0], *ours), lines(|span| &span.ours))?;
        let theirs = self.side(1, (&conflict.paths[0], *theirs), lines(|span| &span.theirs))?;
        Ok(Some(ours.into_iter().zip(theirs).map(|(ours, theirs)| [ours, theirs]).collect()))
    }

    /// Who wrote these lines of one side.
    fn side(
        &mut self,
        side: usize,
        (path, entry): (&BString, Entry),
        ranges: Vec<Range<usize>>,
    ) -> Result<Vec<Written>> {
        let scratch = self.scene.room.repository();
        let Some(path) = self.path_there(side, path, entry)? else {
            return Ok(ranges.into_iter().map(|lines| Written { lines, by: Vec::new() }).collect());
        };
        // The lines may be the base's, but somebody has put them here.
        let base = scratch.commit(self.scene.start)?.tree_id;
        let is_renamed = scratch.tree_entry(base, path.as_bstr())?.is_none();
        // All at once: each commit's file is compared with its parents' once and not for every hunk.
        let inside = |lines: &Range<usize>| lines.start - 1..lines.end - 1;
        let of_lines = |lines: &Range<usize>| inside(lines).map(Place::Line).collect();
        let mut by = self.blame(side, &path, ranges.iter().map(of_lines).collect())?;
        let is_bases = |by: &BTreeSet<Author>| by.iter().all(|author| *author == Author::Base);
        let gaps = |(lines, by): (&Range<usize>, &BTreeSet<Author>)| {
            let Range { start, end } = inside(lines);
            if is_bases(by) { (start..=end).map(Place::Gap).collect() } else { Vec::new() }
        };
        let removed = self.blame(side, &path, ranges.iter().zip(&by).map(gaps).collect())?;
        for (by, mut removed) in by.iter_mut().zip(removed) {
            removed.remove(&Author::Base);
            if !removed.is_empty() {
                *by = removed;
            }
            if by.is_empty() {
                by.insert(Author::Base);
            }
            if is_renamed && is_bases(by) {
                by.clear();
            }
        }
        let written = |(lines, by): (_, BTreeSet<Author>)| Written { lines, by: by.into_iter().collect() };
        Ok(ranges.into_iter().zip(by).map(written).collect())
    }

    /// What the file is called on one side: the other may have renamed it.
    fn path_there(&self, side: usize, path: &BString, entry: Entry) -> Result<Option<BString>> {
        let scratch = self.scene.room.repository();
        let [own, other] = [self.sides[side], self.sides[1 - side]]
            .map(|id| scratch.commit(id).map(|commit| commit.tree_id));
        let (own, other) = (own?, other?);
        if scratch.tree_entry(own, path.as_bstr())?.is_some_and(|found| found.id == entry.id) {
            return Ok(Some(path.clone()));
        }
        let changes = scratch.diff_trees(own, other)?;
        let mut gone = changes.into_iter().filter(|change| change.new.is_none());
        Ok(gone.find(|change| change.old.is_some_and(|old| old.id == entry.id)).map(|change| change.path))
    }

    /// Who wrote the places of each group.
    fn blame(
        &mut self,
        side: usize,
        path: &BString,
        groups: Vec<Vec<Place>>,
    ) -> Result<Vec<BTreeSet<Author>>> {
        let scratch = self.scene.room.repository();
        let commit_id = self.sides[side];
        let places = groups.concat();
        let mut blamed =
            scratch.blame(commit_id, path.clone(), &places, &mut |id| self.is_of_base(id))?.into_iter();
        let mut known = HashMap::new();
        let mut authors = Vec::new();
        for group in groups {
            let mut by = BTreeSet::new();
            for found in blamed.by_ref().take(group.len()).collect::<BTreeSet<_>>() {
                let author = match found {
                    None => Author::Base,
                    Some(id) => match known.get(&id) {
                        Some(author) => Author::clone(author),
                        None => known.entry(id).or_insert(self.author(side, id)?).clone(),
                    },
                };
                by.insert(author);
            }
            authors.push(by);
        }
        Ok(authors)
    }

    fn author(&self, side: usize, id: ObjectId) -> Result<Author> {
        if let Some(name) = self.own.get(&id) {
            return Ok(Author::Task((*name).clone()));
        }
        let scratch = self.scene.room.repository();
        let merged = scratch.commit(id)?.parent_ids.get(1).and_then(|tip| self.own.get(tip));
        if let Some(name) = merged {
            return Ok(Author::Merge((*name).clone()));
        }
        if let Some(name) = &self.others[side] {
            return Ok(Author::Task(name.clone()));
        }
        for task in &self.scene.facts.tasks {
            if let Some(tip) = task.effective_tip()
                && scratch.is_ancestor(id, tip)?
            {
                return Ok(Author::Task(task.name.clone()));
            }
        }
        Ok(Author::Integration)
    }

    /// Whether the base branch has it, here or where it was fetched from.
    fn is_of_base(&mut self, id: ObjectId) -> Result<bool> {
        let scene = self.scene;
        if self.own.contains_key(&id) {
            return Ok(false);
        }
        if let Some(known) = self.bases.get(&id) {
            return Ok(*known);
        }
        let mut is_of_base = false;
        for tip in [&[scene.start, scene.facts.base_commit_id], &scene.facts.fetched_base_tips[..]].concat() {
            is_of_base = is_of_base || scene.room.repository().is_ancestor(id, tip)?;
        }
        self.bases.insert(id, is_of_base);
        Ok(is_of_base)
    }
}
