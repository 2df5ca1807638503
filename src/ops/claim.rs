//! The mark of a call that is under way, and what one that was killed left locked.
//!
//! git's lock files outlive the process that made them, and every later write to the same ref or
//! configuration fails on them. A call marks itself before it writes; a mark that is found while our
//! kernel lock is held belongs to a call that died. Only then, and only locks of files that such a
//! call writes, made since it began and untouched for a moment, are taken to be its own and removed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use fs_err as fs;

use crate::git::Repository;
use crate::git::lock::Lock;
use crate::ops::replace::replace;

/// Nobody alive keeps such a lock for as long as this: they are held between two system calls.
const MOMENT: Duration = Duration::from_secs(1);

/// The mark, and the lock that keeps two such calls from running at once. When this is dropped the
/// mark goes first, so nobody finds the mark of a call that ended well.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    _lock: Lock,
}

impl Claim {
    /// Clears up behind a call that was killed, and marks this one as `mark`. `files` are those that
    /// such a call writes, without `.lock`, relative to the common directory.
    pub fn take(repo: &Repository, lock: Lock, mark: &str, files: &[String]) -> Result<Claim> {
        let path = path(repo, mark);
        if let Ok(began) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            let locks = files.iter().map(|file| repo.common_dir().join(format!("{file}.lock")));
            for lock in locks.filter(|lock| is_left(lock, began)) {
                fs::remove_file(lock)?;
            }
        }
        replace(&path, format!("{}\n", std::process::id()).as_bytes())?;
        Ok(Claim { path, _lock: lock })
    }
}

/// Where the mark of this name is.
pub fn path(repo: &Repository, mark: &str) -> PathBuf {
    repo.common_dir().join("orchestrate").join(mark)
}

/// Whether a call left its mark and does not run any more, for nobody holds its kernel lock.
pub fn is_abandoned(repo: &Repository, lock: &str, mark: &str) -> Result<bool> {
    Ok(path(repo, mark).exists() && repo.try_lock(lock)?.is_some())
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A mark that stays only makes the next call look for locks that are not there.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a lock is there that was made since a call began that did not end, and is nobody's who
/// lives.
fn is_left(lock: &Path, began: SystemTime) -> bool {
    let made = || fs::metadata(lock).and_then(|metadata| metadata.modified()).ok();
    let Some(first) = made().filter(|first| *first >= began) else { return false };
    let age = SystemTime::now().duration_since(first).unwrap_or_default();
    std::thread::sleep(MOMENT.saturating_sub(age));
    made() == Some(first)
}
