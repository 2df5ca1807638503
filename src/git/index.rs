//! What is staged: a tree against the index in effect.
//!
//! The same as `git diff-index --cached --raw --no-renames --ignore-submodules=none
//! --ita-invisible-in-index`, in a fraction of the time. Most indices remember the tree that they
//! would be committed as, and comparing two trees costs what differs. Otherwise the entries are
//! walked along the tree, and directories whose remembered tree is the same are skipped unread.

use std::cmp::Ordering;
use std::ops::Range;

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix::index::extension::Tree;
use gix::objs::tree::{EntryRef, name_order};
use gix_hash::ObjectId;

use super::Repository;
use super::diff::{Comparison, leaf};
use super::index_file::{Index, Staged, remembered_root};
use crate::model::change::PathChange;

/// The entries below one directory.
struct Part<'a> {
    index: &'a Index,
    range: Range<usize>,
    /// What the index remembers of the directory.
    tree: Option<&'a Tree>,
}

/// What an index has under one name of a directory.
struct Name<'a> {
    name: &'a BStr,
    is_directory: bool,
}

impl Repository {
    /// What a commit would change against HEAD, by the index in effect (`GIT_INDEX_FILE` in hooks).
    ///
    /// A path in conflict is a change, whatever its sides are; its new side is theirs if there is one.
    pub fn staged(&self) -> Result<Vec<PathChange>> {
        self.staged_against(self.tree_of(self.head()?.commit_id())?)
    }

    /// What the index in effect would change against this tree.
    pub fn staged_against(&self, tree_id: ObjectId) -> Result<Vec<PathChange>> {
        let path = self.gix.index_path();
        if let Some(root) = remembered_root(&path, self.object_hash())
            && let Ok(changes) = self.diff_trees(tree_id, root)
        {
            return Ok(changes);
        }
        let index = Index::read(&path, self.object_hash())?;
        let mut comparison = Comparison::new(self);
        let part = Part { index: &index, range: 0..index.len(), tree: index.tree.as_ref() };
        comparison.staged(Some(tree_id), part)?;
        comparison.found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(comparison.found)
    }
}

impl Comparison<'_> {
    /// Compares one directory: its tree, if it has one, and its part of the index.
    fn staged(&mut self, tree_id: Option<ObjectId>, mut part: Part<'_>) -> Result<()> {
        if part.tree.is_some_and(|tree| tree.num_entries.is_some() && Some(tree.id) == tree_id) {
            return Ok(());
        }
        let data = self.read(tree_id)?;
        let mut entries = self.entries(&data)?.into_iter().peekable();
        loop {
            let name = part.name(self.path.len());
            let order = match (&name, entries.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(name), Some(entry)) => name.cmp(entry),
            };
            let entry = entries.next_if(|_| order.is_ge());
            match name.filter(|_| order.is_le()) {
                None => self.entry(entry, None)?,
                Some(name) if name.is_directory => self.staged_directory(name.name, entry, &mut part)?,
                Some(name) => self.staged_leaf(name.name, entry, &mut part),
            }
        }
    }

    fn staged_directory(
        &mut self,
        name: &BStr,
        old: Option<EntryRef<'_>>,
        part: &mut Part<'_>,
    ) -> Result<()> {
        let old = old.map(|entry| entry.oid.to_owned());
        self.below(name, |this| {
            let below = part.split_off(&this.path, name);
            if below.range.len() == 1
                && let Staged::Directory(id) = below.index.staged(below.range.start)
            {
                return this.trees(old, Some(id));
            }
            this.staged(old, below)
        })
    }

    fn staged_leaf(&mut self, name: &BStr, old: Option<EntryRef<'_>>, part: &mut Part<'_>) {
        let old = old.and_then(leaf);
        match part.take_leaf() {
            Staged::Entry(new) => self.leaf(name, old, Some(new)),
            Staged::Announced => self.leaf(name, old, None),
            Staged::Conflict(theirs) => {
                let path = [self.path.as_slice(), name].concat().into();
                self.found.push(PathChange { path, old, new: Some(theirs) });
            }
            Staged::Directory(_) => {}
        }
    }
}

impl<'a> Part<'a> {
    /// The first name of what is left, in a directory whose path has `length` bytes.
    fn name(&self, length: usize) -> Option<Name<'a>> {
        let rest = self.range.clone().next().map(|at| &self.index.path(at)[length..])?;
        let slash = rest.find_byte(b'/');
        Some(Name { name: rest[..slash.unwrap_or(rest.len())].into(), is_directory: slash.is_some() })
    }

    /// Takes what is below `path`, the directory `name` of this one, off the front. The number of
    /// entries that the index remembers is only believed where the paths confirm it.
    fn split_off(&mut self, path: &[u8], name: &[u8]) -> Part<'a> {
        let Range { start, end } = self.range;
        let nodes = self.tree.map_or(&[][..], |tree| tree.children.as_slice());
        let tree = nodes.binary_search_by(|node| node.name.as_slice().cmp(name)).ok().map(|at| &nodes[at]);
        let is_below = |at: usize| self.index.path(at).starts_with(path);
        let remembered = tree.and_then(|tree| tree.num_entries).map(|count| start + count as usize);
        let middle = match remembered {
            Some(at) if at > start && at <= end && is_below(at - 1) && (at == end || !is_below(at)) => at,
            _ => start + partition_point(start..end, is_below),
        };
        self.range.start = middle;
        Part { index: self.index, range: start..middle, tree }
    }

    /// Takes all entries of the first path off the front; of a conflict, the last side counts.
    fn take_leaf(&mut self) -> Staged {
        let first = self.range.start;
        let path = self.index.path(first);
        let same = self.range.clone().take_while(|at| self.index.path(*at) == path).count().max(1);
        self.range.start = first + same;
        self.index.staged(self.range.start - 1)
    }
}

impl Name<'_> {
    fn cmp(&self, entry: &EntryRef<'_>) -> Ordering {
        name_order(self.name, self.is_directory, entry.filename, entry.mode.is_tree())
    }
}

/// How many numbers at the front of the range fulfil the condition, if those that do come first.
fn partition_point(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low - range.start
}
