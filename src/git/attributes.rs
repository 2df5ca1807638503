//! The `.gitattributes` that count in a clean room, and whether they say anything of a path.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use crate::model::change::Entry;

/// What a path may be said to merge by without a driver of somebody's own: gitattributes(5).
const OF_GIT: [&[u8]; 6] = [b"unspecified", b"set", b"unset", b"text", b"binary", b"union"];

impl Repository {
    /// Those of some paths that merge by a driver of somebody's own, as the `.gitattributes` of a commit
    /// say. What such a driver does, nobody knows who does not run it.
    pub fn driven(&self, attributes: ObjectId, paths: &[&BStr]) -> Result<HashSet<BString>> {
        let room = CleanRoom::open(self, attributes)?;
        let ask = room.git().args(["check-attr", "-z", "--stdin", "merge"]).stdin(bstr::join("\0", paths));
        let said = ask.output()?;
        let words: Vec<&[u8]> = said.split_str("\0").collect();
        let driven = words.chunks_exact(3).filter(|one| !OF_GIT.contains(&one[2]));
        Ok(driven.map(|one| one[0].into()).collect())
    }
}

/// The files that say how paths merge.
pub(in crate::git) struct Attributes<'r> {
    repo: &'r Repository,
    /// The tree that they are in.
    pub tree_id: ObjectId,
    /// The one of each directory, as far as it was looked for.
    known: RefCell<HashMap<BString, Option<Entry>>>,
}

impl<'r> Attributes<'r> {
    /// Those in a commit or a tree.
    pub fn of(repo: &'r Repository, id: ObjectId) -> Result<Attributes<'r>> {
        Ok(Attributes { repo, tree_id: repo.tree_of_any(id)?, known: RefCell::default() })
    }

    /// What there is in each directory above `path`, from the top down.
    pub fn above(&self, path: &BStr) -> Result<Vec<Option<Entry>>> {
        let directories = std::iter::once(0).chain(path.find_iter("/").map(|slash| slash + 1));
        directories.map(|end| self.of_directory(path[..end].as_bstr())).collect()
    }

    /// Whether one of them could decide about `path`.
    pub fn have_a_say(&self, path: &BStr) -> Result<bool> {
        Ok(self.above(path)?.iter().any(Option::is_some))
    }

    fn of_directory(&self, directory: &BStr) -> Result<Option<Entry>> {
        let file = BString::from([directory.as_bytes(), b".gitattributes"].concat());
        if let Some(known) = self.known.borrow().get(&file) {
            return Ok(*known);
        }
        let entry = self.repo.tree_entry(self.tree_id, file.as_bstr())?;
        self.known.borrow_mut().insert(file, entry);
        Ok(entry)
    }
}
