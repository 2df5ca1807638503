//! The commit that is being made: which tree it will have, and what it leaves out.
//!
//! Both are answered for the index in effect, which in hooks is often not the worktree's own: for
//! `git commit -a` and `git commit -- <path>` it is a temporary one that only `GIT_INDEX_FILE` names.

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;

/// A file of the worktree that the commit leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Relative to the top of the repository.
    pub path: BString,
    /// Whether git knows it.
    pub kind: LeftOutKind,
}

/// Why a file is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOutKind {
    /// It differs from what the index holds.
    Modified,
    /// It is not in the index, and not ignored.
    Untracked,
}

impl Repository {
    /// The commits that a merge which is not concluded yet will have as further parents.
    pub fn merge_heads(&self) -> Vec<ObjectId> {
        let text = fs_err::read(self.git_dir().join("MERGE_HEAD")).unwrap_or_default();
        text.lines().filter_map(|line| ObjectId::from_hex(line.trim()).ok()).collect()
    }

    /// The tree that the index in effect stands for.
    pub fn pending_tree(&self) -> Result<ObjectId> {
        // A copy, because git writes the index again to keep what it learned, and this one is not
        // ours to write.
        let index = self.gix.index_path();
        let copy = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        fs_err::copy(&index, copy.path())?;
        let tree = self.git().args(["write-tree"]).env("GIT_INDEX_FILE", copy.path()).output()?;
        ObjectId::from_hex(tree.trim()).context("git write-tree named no tree")
    }

    /// The files of this worktree that a commit of the index in effect leaves out, sorted by path.
    pub fn left_out(&self) -> Result<Vec<LeftOut>> {
        let args = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"];
        let status = self.git().args(args).env("GIT_INDEX_FILE", self.gix.index_path()).output()?;
        let entries = status.split_str("\0").filter_map(|entry| match entry {
            [b'?', b'?', b' ', path @ ..] => Some((path, LeftOutKind::Untracked)),
            [_, b' ', b' ', ..] => None,
            [_, _, b' ', path @ ..] => Some((path, LeftOutKind::Modified)),
            _ => None,
        });
        Ok(entries.map(|(path, kind)| LeftOut { path: path.into(), kind }).collect())
    }
}
