//! The lock files of git in a repository: `<file>.lock`, which outlive a process that is killed.
//!
//! Every later write to the same file fails on one. Who made it is not known, only how long ago and
//! what it guards: our own refs are written by our programs alone, which hold a lock for a moment.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Repository;

/// One lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made, in seconds since the epoch.
    pub made: i64,
    /// Whether only programs of ours write what it guards.
    pub is_ours: bool,
}

/// The directories of refs that only our programs write.
const OUR_REFS: [&str; 2] = ["refs/orchestrate", "refs/notes/orchestrate"];

/// How deep refs may lie; a loop of links must not be followed for ever.
const DEEPEST: usize = 32;

impl Repository {
    /// All lock files that there are now, sorted by path.
    pub fn lock_files(&self) -> Vec<LockFile> {
        let common = self.common_dir();
        let mut paths = locks_in(common);
        below(&common.join("refs"), DEEPEST, &mut paths);
        let worktrees = fs_err::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
        for worktree in worktrees {
            paths.extend(locks_in(&worktree.path()));
            below(&worktree.path().join("refs"), DEEPEST, &mut paths);
        }
        paths.sort();
        let ours = |path: &Path| OUR_REFS.iter().any(|refs| path.starts_with(common.join(refs)));
        let found = paths.into_iter().filter_map(|path| {
            let made = fs_err::metadata(&path).ok()?.modified().ok()?;
            let made = made.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
            Some(LockFile { is_ours: ours(&path), made: i64::try_from(made).ok()?, path })
        });
        found.collect()
    }
}

fn locks_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_lock(path)).collect()
}

fn below(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if depth == 0 {
        return;
    }
    for entry in fs_err::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => below(&path, depth - 1, found),
            Ok(kind) if kind.is_file() && is_lock(&path) => found.push(path),
            _ => {}
        }
    }
}

fn is_lock(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "lock") && path.is_file()
}
