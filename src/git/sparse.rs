//! Sparse checkouts in git's cone mode: which directories a worktree has, and more of them.
//!
//! git-sparse-checkout(1) says how a cone is written to `info/sparse-checkout`. Git itself leaves every
//! file as it is that lies where a widened checkout would write one.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use bstr::{BString, ByteSlice};

use super::Repository;
use crate::model::plan::cone::Held;

impl Repository {
    /// Whether this worktree holds only a part of the files.
    pub fn is_sparse(&self) -> bool {
        self.gix.config_snapshot().boolean("core.sparseCheckout") == Some(true)
    }

    /// How much of the files the worktree has that this repository is opened in.
    pub fn held(&self) -> Result<Held> {
        let is_cone = self.gix.config_snapshot().boolean("core.sparseCheckoutCone") == Some(true);
        let file = self.git_dir().join("info/sparse-checkout");
        Ok(match () {
            () if !self.is_sparse() || !file.exists() => Held::All,
            () if is_cone => Held::Below(directories(&fs_err::read(file)?)),
            () => Held::Matching,
        })
    }

    /// Adds directories to what a worktree has, or all that there is.
    pub fn widen_worktree(&self, path: &Path, directories: Option<&[BString]>) -> Result<()> {
        let git = self.git().at(path).args(["sparse-checkout"]);
        let Some(directories) = directories else { return git.args(["disable"]).output().map(drop) };
        let directories = directories.iter().map(|one| one.to_path()).collect::<Result<Vec<_>, _>>()?;
        git.args(["add", "--skip-checks", "--"]).args(directories).output().map(drop)
    }
}

/// A directory of which only the files are there is followed by the line that says so.
fn directories(text: &[u8]) -> BTreeSet<BString> {
    let lines: Vec<&[u8]> = text.lines().collect();
    let is_whole = |line: &&[u8]| !lines.contains(&[b"!".as_slice(), *line, b"*/"].concat().as_slice());
    let names = lines.iter().copied().filter(is_whole);
    names.filter_map(|line| Some(plain(line.strip_prefix(b"/")?.strip_suffix(b"/")?))).collect()
}

/// Without the backslashes before what would be a wildcard.
fn plain(pattern: &[u8]) -> BString {
    let mut bytes = pattern.iter();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.extend(if *byte == b'\\' { bytes.next() } else { Some(byte) });
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cone_is_read_as_git_writes_it() {
        let text = "/*\n!/*/\n/a/\n!/a/*/\n/w x/\n!/w x/*/\n/#e/\n/a/b/\n/c\\*d/\n/q\"r/\n/w x/\\[y]/\n";
        let found = directories(text.as_bytes());
        let expect = ["#e", "a/b", "c*d", "q\"r", "w x/[y]"].map(BString::from);
        assert_eq!(found, BTreeSet::from(expect));
        assert_eq!(directories(b"/*\n!/*/\n"), BTreeSet::new());
    }
}
