//! What git tracks, and what it leaves alone: the index and the ignore files of a worktree.

use anyhow::{Result, bail};
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

    /// Whether git ignores a path, which is relative to the top: no ordinary commit would take it in.
    /// A path that is tracked is not ignored.
    pub fn ignores(&self, path: &BStr) -> Result<bool> {
        // This command takes names, not patterns; the dot keeps a colon from being a sign.
        let name = [b"./", path.as_bytes()].concat();
        let check = self.plain_git().args(["check-ignore", "--quiet", "--"]).args([name.to_os_str()?]);
        let output = check.run()?;
        match output.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => bail!("git cannot tell whether it ignores {path}: {}", output.stderr.trim().as_bstr()),
        }
    }

    /// git without the monitor that a configuration may name.
    fn plain_git(&self) -> Program {
        self.git().args(["-c", "core.fsmonitor=false"])
    }
}
