//! The mark of a call that is under way, and what one that was killed left locked.
//!
//! git's lock files outlive the process that made them, and every later write to the same ref or
//! configuration fails on them. A call marks itself before it writes; a mark that is found while our
//! kernel lock is held belongs to a call that died, or whose git did. Only then, and only locks of
//! files that such a call writes, of the same owner, made since it began, untouched for a moment and
//! held by no process that lives, are taken to be its own and removed. While a call lives, its mark
//! says who holds the lock, and since when.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use fs_err as fs;

use crate::git::Repository;
use crate::git::lock::Lock;
use crate::git::lock_holders::Hold;
use crate::git::scratch;
use crate::model::hint;
use crate::model::holder::Holder;

/// Nobody alive keeps such a lock for as long as this: they are held between two system calls.
const MOMENT: Duration = Duration::from_secs(1);

/// How long to wait for a git that may hold a lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// The mark, and the lock that keeps two such calls from running at once.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    common: PathBuf,
    /// The locks that it may leave if it goes wrong.
    locks: Vec<PathBuf>,
    has_ended: bool,
    _lock: Lock,
}

impl Claim {
    /// Clears up behind a call that was killed, and marks this one as `mark`. `files` are those that
    /// such a call writes, without `.lock`, relative to the common directory. A git that lives and may
    /// hold one of their locks is an error.
    pub fn take(repo: &Repository, lock: Lock, mark: &str, files: &[String]) -> Result<Claim> {
        scratch::sweep();
        let path = path(repo, mark);
        let common = repo.common_dir();
        let locks: Vec<PathBuf> = files.iter().map(|file| common.join(format!("{file}.lock"))).collect();
        if let Ok(mark) = fs::metadata(&path) {
            let began = mark.modified()?;
            for file in temporary(repo)?.iter().filter(|file| is_left(file, began)) {
                fs::remove_file(file)?;
            }
            let is_left = |lock: &&PathBuf| is_left(lock, began) && has_same_owner(lock, &mark);
            locks.iter().filter(is_left).try_for_each(|lock| clear(repo, lock))?;
        }
        fs::write(&path, format!("{}\n", std::process::id()))?;
        Ok(Claim { path, common: common.to_owned(), locks, has_ended: false, _lock: lock })
    }

    /// The call came to its end.
    pub fn end(mut self) {
        self.has_ended = true;
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

/// The mark goes before the lock, so nobody finds the mark of a call that ended well. It stays where a
/// git that this call started was killed and left a lock.
impl Drop for Claim {
    fn drop(&mut self) {
        let began = written(&self.path);
        let is_left = |lock: &PathBuf| written(lock).zip(began).is_some_and(|(lock, began)| lock >= began);
        let made = locks_of_worktrees(&self.common);
        if self.has_ended || !self.locks.iter().chain(&made).any(is_left) {
            // A mark that stays only makes the next call look for locks that are not there.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Who has marked himself as `mark`; `None` if nobody has, or he is just about to.
pub fn holder(repo: &Repository, mark: &str) -> Option<Holder> {
    let path = path(repo, mark);
    let process = fs::read_to_string(&path).ok()?.trim().parse().ok()?;
    let since = written(&path)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Holder { process, since: i64::try_from(since.as_secs()).ok()? })
}

/// Files of ours that had not got their names yet.
fn temporary(repo: &Repository) -> Result<Vec<PathBuf>> {
    let ours = repo.common_dir().join("orchestrate");
    let mut found = Vec::new();
    for directory in [ours.clone(), ours.join("hooks")].iter().filter(|directory| directory.is_dir()) {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_temporary =
                [".tmp", ".new-"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
            if is_temporary || entry.path().extension().is_some_and(|extension| extension == "new") {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// Every lock of a worktree, main or linked.
fn locks_of_worktrees(common: &Path) -> Vec<PathBuf> {
    let files = |directory: PathBuf| fs::read_dir(directory).into_iter().flatten().flatten();
    let records = files(common.join("worktrees"));
    let linked = records.flat_map(|record| files(record.path()));
    let all = linked.chain(files(common.to_owned())).map(|file| file.path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "lock")).collect()
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Removes a lock once nobody who lives may hold it; waits a little for who does.
fn clear(repo: &Repository, lock: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while let Some(made) = written(lock) {
        let message = match repo.lock_hold(lock) {
            Hold::Nobody if written(lock) == Some(made) => return Ok(fs::remove_file(lock)?),
            Hold::Nobody => continue,
            Hold::Process { process, command } => {
                format!("{} may be held by a git at work, process {process}: {command}", lock.display())
            }
            Hold::Unknown => format!("{} may be held by a git at work", lock.display()),
        };
        if Instant::now() > deadline {
            let remedy = "end that git, or let it end, then call this again; if no git is at work there, remove the file";
            return Err(hint::error(message, remedy));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[cfg(unix)]
fn has_same_owner(lock: &Path, mark: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(lock).is_ok_and(|lock| lock.uid() == mark.uid())
}

#[cfg(not(unix))]
fn has_same_owner(_lock: &Path, _mark: &std::fs::Metadata) -> bool {
    true
}

/// Whether a lock is there that was made since a call began that did not end, and is nobody's who
/// lives.
fn is_left(lock: &Path, began: SystemTime) -> bool {
    let Some(first) = written(lock).filter(|first| *first >= began) else { return false };
    let age = SystemTime::now().duration_since(first).unwrap_or_default();
    std::thread::sleep(MOMENT.saturating_sub(age));
    written(lock) == Some(first)
}
