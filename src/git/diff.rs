//! What differs between two trees: renames off, submodules like any other entry, sorted by path.
//!
//! The same as `git diff-tree -r --raw --no-renames --ignore-submodules=none`. Equal subtrees are
//! not read, so the cost grows with what differs.

use std::cmp::Ordering;

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;
use gix_hash::ObjectId;

use super::Repository;
use super::objects::{CommitObject, kind};
use super::vanished::again;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::ids::IdSet;

/// git gives up on deeper trees, too (`core.maxTreeDepth`).
const MAX_DEPTH: usize = 2048;

/// One comparison: where it stands, and what it has found.
pub(in crate::git) struct Comparison<'repo> {
    repo: &'repo Repository,
    pub(in crate::git) path: BString,
    depth: usize,
    /// In the order of paths.
    pub(in crate::git) found: Vec<PathChange>,
    /// The trees on the new side that differ.
    trees: Vec<ObjectId>,
}

impl Repository {
    /// The paths that differ between two trees; either may be [`Repository::empty_tree`].
    pub fn diff_trees(&self, old: ObjectId, new: ObjectId) -> Result<Vec<PathChange>> {
        let mut comparison = Comparison::new(self);
        comparison.trees(Some(old), Some(new))?;
        Ok(comparison.found)
    }

    /// What a commit changes against its first parent.
    pub fn change_of(&self, commit: &CommitObject) -> Result<Vec<PathChange>> {
        self.diff_trees(self.tree_of(commit.parent_ids.first().copied())?, commit.tree_id)
    }

    /// The objects that these commits bring: themselves, and what each has other than its first parent at
    /// the same path. They are given newest first.
    pub fn objects_of(&self, commits: &[ObjectId]) -> Result<IdSet> {
        let mut open: IdSet = commits.iter().copied().collect();
        let mut objects = IdSet::default();
        // Line by line from the oldest on, as trees that are alike are read together so.
        for newest in commits {
            let (mut line, mut next) = (Vec::new(), Some(*newest));
            while let Some(id) = next.filter(|id| open.remove(id)) {
                let commit = self.commit(id)?;
                next = commit.parent_ids.first().copied();
                line.push(commit);
            }
            let mut before = if line.is_empty() { continue } else { self.tree_of(next)? };
            for commit in line.into_iter().rev() {
                objects.insert(commit.id);
                self.add_objects(before, commit.tree_id, &mut objects)?;
                before = commit.tree_id;
            }
        }
        Ok(objects)
    }

    /// Adds what `new` has and `old` has not at the same path.
    fn add_objects(&self, old: ObjectId, new: ObjectId, objects: &mut IdSet) -> Result<()> {
        let mut comparison = Comparison::new(self);
        comparison.trees(Some(old), Some(new))?;
        objects.extend(comparison.trees);
        // What is of no known kind counts as a submodule, and may be here.
        let is_here = |entry: &Entry| entry.kind != Kind::Submodule || self.contains(entry.id);
        let new = comparison.found.into_iter().filter_map(|change| change.new);
        objects.extend(new.filter(is_here).map(|entry| entry.id));
        Ok(())
    }

    /// The files, links and submodules at a path of a tree or below it.
    pub fn files_at(&self, tree_id: ObjectId, path: &BStr) -> Result<Vec<BString>> {
        let Some((mode, id)) = self.lookup(tree_id, path)? else { return Ok(Vec::new()) };
        if !mode.is_tree() {
            return Ok(vec![path.to_owned()]);
        }
        let below = self.diff_trees(self.empty_tree(), id)?.into_iter();
        Ok(below.map(|one| BString::from(bstr::join("/", [path, one.path.as_bstr()]))).collect())
    }
}

impl<'repo> Comparison<'repo> {
    pub(in crate::git) fn new(repo: &'repo Repository) -> Comparison<'repo> {
        Comparison { repo, path: BString::default(), depth: 0, found: Vec::new(), trees: Vec::new() }
    }

    /// Compares the trees of the directory that the comparison stands in; `None` has no entries.
    pub(in crate::git) fn trees(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        self.trees.extend(new);
        let (old, new) = (self.read(old)?, self.read(new)?);
        let (mut olds, mut news) = (old.as_slice(), new.as_slice());
        loop {
            let same = self.in_common(olds, news);
            (olds, news) = (&olds[same..], &news[same..]);
            let (old, new) = (self.first(olds)?, self.first(news)?);
            let order = match (&old, &new) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((old, _)), Some((new, _))) => old.cmp(new),
            };
            let (old, new) = (old.filter(|_| order.is_le()), new.filter(|_| order.is_ge()));
            olds = old.map_or(olds, |(_, rest)| rest);
            news = new.map_or(news, |(_, rest)| rest);
            self.entry(old.map(|(old, _)| old), new.map(|(new, _)| new))?;
        }
    }

    /// The file, link or submodule at `name` of this directory differs.
    pub(in crate::git) fn leaf(&mut self, name: &BStr, old: Option<Entry>, new: Option<Entry>) {
        if old != new {
            let mut path = self.path.clone();
            path.extend_from_slice(name);
            self.found.push(PathChange { path, old, new });
        }
    }

    /// Does something with the directory `name` of this one.
    pub(in crate::git) fn below(
        &mut self,
        name: &BStr,
        visit: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let length = self.path.len();
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            bail!("a tree has more than {MAX_DEPTH} directories in each other");
        }
        visit(self)?;
        self.depth -= 1;
        self.path.truncate(length);
        Ok(())
    }

    /// The entries of a tree, as stored; nothing for no tree and for the empty one, which need not
    /// be in the object database.
    pub(in crate::git) fn read(&self, id: Option<ObjectId>) -> Result<Vec<u8>> {
        let Some(id) = id.filter(|id| *id != self.repo.empty_tree()) else { return Ok(Vec::new()) };
        match again(|| self.repo.gix.find_tree(id)) {
            Ok(mut tree) => Ok(tree.take_data()),
            Err(error) => Err(self.repo.unreadable(error.into(), "tree", id)),
        }
    }

    /// The entries of what [`Comparison::read`] has read.
    pub(in crate::git) fn entries<'a>(&self, data: &'a [u8]) -> Result<Vec<EntryRef<'a>>> {
        let decoded = TreeRefIter::from_bytes(data, self.repo.object_hash()).entries();
        decoded.with_context(|| self.damaged())
    }

    fn damaged(&self) -> String {
        format!("a tree at {:?} is damaged", self.path)
    }

    /// The first of these entries, and the others.
    fn first<'a>(&self, data: &'a [u8]) -> Result<Option<(EntryRef<'a>, &'a [u8])>> {
        let (first, rest) = data.split_at(self.end_of_first(data).unwrap_or(data.len()));
        let entry = TreeRefIter::from_bytes(first, self.repo.object_hash()).next().transpose();
        Ok(entry.with_context(|| self.damaged())?.map(|entry| (entry, rest)))
    }

    /// How many bytes of whole entries two trees begin with alike. Most of two large trees is passed so,
    /// without a look at each entry.
    fn in_common(&self, old: &[u8], new: &[u8]) -> usize {
        let same = same_bytes(old, new);
        let mut end = 0;
        while let Some(length) = self.end_of_first(&old[end..same]) {
            end += length;
        }
        end
    }

    /// Where the first entry ends, `<mode> <name>NUL<id>`; `None` if that is not in there.
    fn end_of_first(&self, data: &[u8]) -> Option<usize> {
        let end = data.find_byte(0)? + 1 + self.repo.object_hash().len_in_bytes();
        (end <= data.len()).then_some(end)
    }

    /// One name: both sides if they are of the same sort, else one of them.
    pub(in crate::git) fn entry(
        &mut self,
        old: Option<EntryRef<'_>>,
        new: Option<EntryRef<'_>>,
    ) -> Result<()> {
        let Some(either) = old.or(new) else { return Ok(()) };
        if either.mode.is_tree() {
            let id = |entry: Option<EntryRef<'_>>| entry.map(|entry| entry.oid.to_owned());
            return self.below(either.filename, |this| this.trees(id(old), id(new)));
        }
        self.leaf(either.filename, old.and_then(leaf), new.and_then(leaf));
        Ok(())
    }
}

/// How many bytes both begin with.
fn same_bytes(one: &[u8], other: &[u8]) -> usize {
    let (blocks, _) = one.as_chunks::<32>();
    let (others, _) = other.as_chunks::<32>();
    let start = 32 * blocks.iter().zip(others).take_while(|(one, other)| one == other).count();
    start + one[start..].iter().zip(&other[start..]).take_while(|(one, other)| one == other).count()
}

/// The entry as the model knows it; `None` for a directory.
pub(in crate::git) fn leaf(entry: EntryRef<'_>) -> Option<Entry> {
    Some(Entry { kind: kind(entry.mode)?, id: entry.oid.to_owned() })
}
