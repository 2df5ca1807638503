//! Patch ids: what a commit changes, wherever it was made. git computes them.
//!
//! `git patch-id` leaves out where in a file a hunk is. White space counts here (`--verbatim`): a
//! commit that only indents is work like any other.

use std::collections::HashMap;

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::clean_room::CleanRoom;

/// In which direction a commit is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// What it does.
    Done,
    /// What a revert of it would do.
    TakenBack,
}

impl CleanRoom {
    /// The patch id of each of these commits against its parent. A merge, and a commit that changes
    /// nothing, has none.
    pub fn patch_ids(&self, commits: &[ObjectId], way: Way) -> Result<HashMap<ObjectId, ObjectId>> {
        if commits.is_empty() {
            return Ok(HashMap::new());
        }
        let list: String = commits.iter().map(|id| format!("{id}\n")).collect();
        let diff =
            ["diff-tree", "--stdin", "-p", "-r", "--root", "--no-renames", "--full-index", "--no-prefix"];
        let back = if way == Way::TakenBack { Some("-R") } else { None };
        let patches = self.git().args(diff).args(back).stdin(list).output();
        let patches = patches.context("cannot read what the commits change")?;
        let said = self.git().args(["patch-id", "--verbatim"]).stdin(patches).output()?;
        let pair = |line: &[u8]| {
            let (patch, commit) = line.split_once_str(" ")?;
            Some((ObjectId::from_hex(commit.trim()).ok()?, ObjectId::from_hex(patch).ok()?))
        };
        said.lines().map(|line| pair(line).context("git wrote no patch id")).collect()
    }
}
