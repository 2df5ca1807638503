//! What is staged: a tree against the index in effect.

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::head::Head;
use crate::model::change::{Entry, Kind, PathChange};

impl Repository {
    /// What a commit would change against HEAD, by the index in effect (`GIT_INDEX_FILE` in hooks).
    pub fn staged(&self) -> Result<Vec<PathChange>> {
        let head = match self.head()? {
            Head::Branch { tip, .. } => tip,
            Head::Detached(id) => Some(id),
        };
        let tree_id = head.map(|id| self.commit(id)).transpose()?.map(|commit| commit.tree_id);
        self.staged_against(tree_id.unwrap_or_else(|| self.empty_tree()))
    }

    /// What the index in effect holds in place of the tree.
    pub fn staged_against(&self, tree_id: ObjectId) -> Result<Vec<PathChange>> {
        let args = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev"];
        let more = ["--ignore-submodules=none", "--ita-invisible-in-index"];
        let git = self.git().args(args).args(more).args([tree_id.to_string()]);
        let raw = git.env("GIT_INDEX_FILE", self.gix.index_path()).output()?;
        let mut fields = raw.split_str("\0");
        let mut changes = Vec::new();
        while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
            let words: Vec<_> = meta.trim_start_with(|c| c == ':').split_str(" ").collect();
            let [old_mode, new_mode, old, new, _] = words[..] else { bail!("git diff-index said {meta:?}") };
            let path = BString::from(path);
            changes.push(PathChange { path, old: entry(old_mode, old)?, new: entry(new_mode, new)? });
        }
        Ok(changes)
    }
}

fn entry(mode: &[u8], id: &[u8]) -> Result<Option<Entry>> {
    let kind = match mode {
        b"100644" => Kind::File,
        b"100755" => Kind::Executable,
        b"120000" => Kind::Symlink,
        b"160000" => Kind::Submodule,
        _ => return Ok(None),
    };
    Ok(Some(Entry { kind, id: ObjectId::from_hex(id).context("git diff-index printed no id")? }))
}
