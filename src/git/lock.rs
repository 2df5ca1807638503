//! Our own lock files, below `orchestrate/` of the common directory.
//!
//! git's configuration and worktree commands fail at once when two of them run, so ours take turns
//! first. The lock is the kernel's: it goes with the process that holds it, however that ends, and
//! never has to be broken by hand. The file itself stays and means nothing.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Repository;
use crate::model::hint;

/// How long to wait for another of our processes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Repository {
    /// The lock called `name`, shared by all worktrees; waits up to 30 seconds for it.
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let (path, file) = self.lock_file(name)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(hint::error(
                        format!(
                            "another process has held {} for {} seconds",
                            path.display(),
                            PATIENCE.as_secs()
                        ),
                        "wait for it, or end it; the lock goes with the process",
                    ));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }

    /// The same lock if nobody holds it; `None` at once if somebody does.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock>> {
        let (path, file) = self.lock_file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    fn lock_file(&self, name: &str) -> Result<(PathBuf, File)> {
        let directory = self.common_dir().join("orchestrate");
        fs_err::create_dir_all(&directory)?;
        let path = directory.join(format!("{name}.lock"));
        let file = File::options().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot open the lock {}", path.display()))?;
        Ok((path, file))
    }
}
