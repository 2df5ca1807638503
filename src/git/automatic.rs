//! What git's own merge of two commits makes of their paths.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::change::Entry;

/// The result of a merge that nobody has touched.
#[derive(Debug, Clone)]
pub struct Automatic {
    tree_id: ObjectId,
    conflicts: HashSet<BString>,
}

impl Repository {
    /// Merges two commits as `git merge` would, without a worktree, an index or a moved ref.
    pub fn automatic_merge(&self, ours: ObjectId, theirs: ObjectId) -> Result<Automatic> {
        let args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z"];
        let merged = self.git().args(args).args([ours.to_string(), theirs.to_string()]).run()?;
        if !matches!(merged.code, Some(0 | 1)) {
            bail!("git cannot merge {theirs} into {ours}: {}", merged.stderr.trim().to_str_lossy());
        }
        let mut fields = merged.stdout.split_str("\0");
        let tree = fields.next().unwrap_or_default();
        Ok(Automatic {
            tree_id: ObjectId::from_hex(tree.trim()).context("git merge-tree named no tree")?,
            conflicts: fields.filter(|path| !path.is_empty()).map(BString::from).collect(),
        })
    }

    /// What that merge holds at `path`; `None` where it has a conflict.
    pub fn automatic_entry(&self, merge: &Automatic, path: &BStr) -> Result<Option<Option<Entry>>> {
        if merge.conflicts.contains(path) {
            return Ok(None);
        }
        self.tree_entry(merge.tree_id, path).map(Some)
    }
}
