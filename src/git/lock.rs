//! Our own lock files, below `orchestrate/` of the common directory.
//!
//! git's configuration and worktree commands fail at once when two of them run, so ours take turns
//! first. The lock is the kernel's: it goes with the process that holds it, however that ends, and
//! never has to be broken by hand. The file itself means nothing, though its holder may sign it, and is
//! swept away when a run is over; so whoever got the lock looks whether the file still has its name.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Repository;
use crate::model::hint;

/// How long to wait for another of our processes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Writes the id of this process into the file, for whoever waits and asks who holds it.
    pub fn sign(&self) {
        // Where it cannot be written, the holder is not named; it holds the lock all the same.
        let _ = self.file.set_len(0).and_then(|()| writeln!(&self.file, "{}", std::process::id()));
    }
}

impl Repository {
    /// The lock called `name`, shared by all worktrees; waits up to 30 seconds for it.
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(lock);
            }
            if Instant::now() > deadline {
                let path = self.lock_path(name);
                let seconds = PATIENCE.as_secs();
                return Err(hint::error(
                    format!("another process has held {} for {seconds} seconds", path.display()),
                    "wait for it, or end it; the lock goes with the process",
                ));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The same lock if nobody holds it; `None` at once if somebody does.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock>> {
        let path = self.lock_path(name);
        loop {
            let file = open(&path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Some(Lock { path, file })),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }

    /// Removes the files of locks that nobody holds, and the directory if nothing else is in it.
    pub fn sweep_locks(&self) -> Result<()> {
        let directory = self.common_dir().join("orchestrate");
        if !directory.is_dir() {
            return Ok(());
        }
        for entry in fs_err::read_dir(&directory)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let Some(name) = name.strip_suffix(".lock") else { continue };
            if let Some(lock) = self.try_lock(name)? {
                fs_err::remove_file(&lock.path)?;
            }
        }
        match fs_err::remove_dir(&directory) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    fn lock_path(&self, name: &str) -> PathBuf {
        self.common_dir().join("orchestrate").join(format!("{name}.lock"))
    }
}

/// The file; its directory may be swept away between the two calls.
fn open(path: &Path) -> Result<File> {
    loop {
        match File::options().create(true).truncate(false).write(true).open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs_err::create_dir_all(path.parent().unwrap_or(path))?;
            }
            opened => return opened.with_context(|| format!("cannot open the lock {}", path.display())),
        }
    }
}

/// Whether the open file is the one that has this name now.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let same = |open: std::fs::Metadata, named: std::fs::Metadata| {
        (open.dev(), open.ino()) == (named.dev(), named.ino())
    };
    file.metadata().ok().zip(path.metadata().ok()).is_some_and(|(open, named)| same(open, named))
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}
