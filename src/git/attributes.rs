//! The `.gitattributes` that count in a clean room, and whether they say anything of a path.

use std::cell::RefCell;
use std::collections::HashMap;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::change::Entry;

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
