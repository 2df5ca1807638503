//! What git tracks, and what it leaves alone: the index and the ignore files of a worktree.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};

use super::Repository;
use super::program::Program;

impl Repository {
    /// The paths in the index below a directory, which is relative to the top; one path if it is a
    /// file or a submodule, none if git tracks nothing there.
    pub fn tracked_below(&self, directory: &BStr) -> Result<Vec<BString>> {
        let list = ["--literal-pathspecs", "ls-files", "--cached", "-z", "--"];
        let list = self.plain_git().args(list).args([directory.to_os_str()?]);
        let output = list.output()?;
        let mut paths: Vec<BString> =
            output.split_str("\0").filter(|path| !path.is_empty()).map(BString::from).collect();
        // A path in conflict stands there once for each side.
        paths.dedup();
        Ok(paths)
    }

    /// Those of the paths, which are relative to the top, that git ignores: no ordinary commit would
    /// take them in. A path that is tracked is not ignored, nor one that git cannot tell of, because it
    /// never allows such a name. One process, and another one after each name of that kind.
    pub fn ignored<'p>(&self, paths: impl IntoIterator<Item = &'p BStr>) -> Result<HashSet<BString>> {
        let paths: Vec<&BStr> = paths.into_iter().collect();
        let mut ignored = HashSet::new();
        let mut open = paths.as_slice();
        while !open.is_empty() {
            // This command takes names, not patterns; the dot keeps a colon from being a sign.
            let names: Vec<u8> =
                open.iter().flat_map(|path| [b"./", path.as_bytes(), b"\0"].concat()).collect();
            let check = ["check-ignore", "--stdin", "-z", "--verbose", "--non-matching"];
            let output = self.plain_git().args(check).stdin(names).run()?;
            let words: Vec<&[u8]> = output.stdout.split_str("\0").collect();
            let mut answered = 0;
            for (path, answer) in open.iter().zip(words.chunks_exact(4)) {
                answered += 1;
                let pattern = answer[2];
                if !pattern.is_empty() && !pattern.starts_with(b"!") {
                    ignored.insert((*path).to_owned());
                }
            }
            open = open.get(answered + 1..).unwrap_or_default();
        }
        Ok(ignored)
    }

    /// git without the monitor that a configuration may name.
    fn plain_git(&self) -> Program {
        self.git().args(["-c", "core.fsmonitor=false"])
    }
}
