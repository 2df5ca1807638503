//! What a worktree has that its HEAD has not: staged, changed and new paths.
//!
//! One run of git-status(1), which knows about filters, submodules and ignored files. Renames are
//! off, so that each side of one is a path of its own.

use std::path::Path;

use anyhow::{Result, bail};
use bstr::{BString, ByteSlice};

use crate::git::Repository;

/// A path that differs between HEAD, the index and the worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncommitted {
    /// Relative to the top.
    pub path: BString,
    /// The index differs from HEAD.
    pub staged: bool,
    /// The worktree differs from the index; so does a path that git does not track.
    pub unstaged: bool,
    /// git does not track it.
    pub untracked: bool,
    /// A merge left it with conflicts.
    pub unmerged: bool,
}

impl Repository {
    /// The uncommitted paths of this worktree, sorted; ignored ones are left out.
    ///
    /// With `only`, what those paths name and what lies below them; they are relative to
    /// `directory`, and taken literally.
    pub fn uncommitted(&self, directory: &Path, only: &[String]) -> Result<Vec<Uncommitted>> {
        let status = ["--literal-pathspecs", "status", "--porcelain=v1", "-z", "--untracked-files=all"];
        let status = self.git().at(directory).args(status);
        let status = status.args(["--no-renames", "--ignore-submodules=none", "--"]).args(only).output()?;
        let mut found = Vec::new();
        for entry in status.split_str("\0").filter(|entry| !entry.is_empty()) {
            let ([x, y, b' '], path) =
                entry.split_first_chunk().map(|(code, path)| (*code, path)).unwrap_or_default()
            else {
                bail!("git status said {:?}", entry.as_bstr());
            };
            found.push(read(x, y, path));
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }
}

/// The codes of git-status(1), short format.
fn read(x: u8, y: u8, path: &[u8]) -> Uncommitted {
    let unmerged = x == b'U' || y == b'U' || (x, y) == (b'A', b'A') || (x, y) == (b'D', b'D');
    let untracked = x == b'?';
    Uncommitted {
        path: path.into(),
        staged: !untracked && x != b' ',
        unstaged: y != b' ',
        untracked,
        unmerged,
    }
}
