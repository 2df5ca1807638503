//! The commit that is being made: which tree it will have, and which further parents.
//!
//! The tree is that of the index in effect, which in hooks is often not the worktree's own: for
//! `git commit -a` and `git commit -- <path>` it is a temporary one that only `GIT_INDEX_FILE` names.

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::Repository;

impl Repository {
    /// The commits that a merge which is not concluded yet will have as further parents. Where an
    /// annotated tag is merged, git writes down the tag.
    pub fn merge_heads(&self) -> Vec<ObjectId> {
        let text = fs_err::read(self.git_dir().join("MERGE_HEAD")).unwrap_or_default();
        let named = text.lines().filter_map(|line| ObjectId::from_hex(line.trim()).ok());
        named.map(|id| self.untagged(id).unwrap_or(id)).collect()
    }

    /// What a tag, or a tag of a tag, stands for.
    fn untagged(&self, id: ObjectId) -> Option<ObjectId> {
        Some(self.gix.find_object(id).ok()?.peel_tags_to_end().ok()?.id)
    }

    /// The tree that the index in effect stands for.
    pub fn pending_tree(&self) -> Result<ObjectId> {
        // A copy, because git writes the index again to keep what it learned, and this one is not
        // ours to write.
        let index = self.gix.index_path();
        let copy = super::scratch::file()?;
        fs_err::copy(&index, copy.path())?;
        let tree = self.git().args(["write-tree"]).env("GIT_INDEX_FILE", copy.path()).output()?;
        ObjectId::from_hex(tree.trim()).context("git write-tree named no tree")
    }
}
