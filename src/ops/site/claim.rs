//! The mark of a start that is under way, and what one that was killed left locked.
//!
//! git's lock files outlive the process that made them, and every later write to the same ref or
//! configuration fails on them. A start marks itself before it writes; a mark that is found while
//! our kernel lock is held belongs to a start that died. Only then, and only locks of files that a
//! start writes, made since it began and untouched for a moment, are taken to be its own and removed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use fs_err as fs;

use crate::git::Repository;
use crate::git::lock::Lock;
use crate::model::journal::ORCHESTRATOR;
use crate::model::plan::Plan;
use crate::ops::replace::replace;

/// Nobody alive keeps such a lock for as long as this: they are held between two system calls.
const MOMENT: Duration = Duration::from_secs(1);

/// The mark, and the lock that keeps two starts from running at once. When this is dropped the mark
/// goes first, so nobody finds the mark of a start that ended well.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    _lock: Lock,
}

impl Claim {
    /// Waits for its turn, clears up behind a start that was killed, and marks this one.
    pub fn take(main: &Repository, plan: &Plan) -> Result<Claim> {
        let lock = main.lock("start")?;
        let path = main.common_dir().join("orchestrate/starting");
        if let Ok(began) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            for lock in locks(main, plan).iter().filter(|lock| is_left(lock, began)) {
                fs::remove_file(lock)?;
            }
        }
        replace(&path, format!("{}\n", std::process::id()).as_bytes())?;
        Ok(Claim { path, _lock: lock })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A mark that stays only makes the next start look for locks that are not there.
        let _ = fs::remove_file(&self.path);
    }
}

/// The locks of everything that a start of this plan writes.
fn locks(main: &Repository, plan: &Plan) -> Vec<PathBuf> {
    let common = main.common_dir();
    let run = format!("refs/orchestrate/{}", plan.run);
    let mut files = vec!["config".to_owned(), "packed-refs".into(), format!("{run}/plan")];
    files.push(format!("{run}/journal/{}", ORCHESTRATOR));
    for task in &plan.tasks {
        files.push(format!("refs/heads/{}", plan.layout.branch(&plan.run, task)));
        let path = plan.layout.worktree(&plan.run, task);
        let name = path.rsplit('/').next().unwrap_or(&path);
        files.extend(["HEAD", "config.worktree"].map(|file| format!("worktrees/{name}/{file}")));
    }
    files.into_iter().map(|file| common.join(format!("{file}.lock"))).filter(|lock| lock.exists()).collect()
}

/// Whether a lock was made since a start began that did not end, and is nobody's who lives.
fn is_left(lock: &Path, began: SystemTime) -> bool {
    let made = || fs::metadata(lock).and_then(|metadata| metadata.modified()).ok();
    let Some(first) = made().filter(|first| *first >= began) else { return false };
    let age = SystemTime::now().duration_since(first).unwrap_or_default();
    std::thread::sleep(MOMENT.saturating_sub(age));
    made() == Some(first)
}
