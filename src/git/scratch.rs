//! Temporary directories and files of ours, which a later call removes if this one is killed.
//!
//! Each is locked for as long as the process lives, by the kernel, so the lock goes however that ends.
//! What is swept has the name that we give, is this user's, is old enough that neither a call that is
//! just making it nor a git that outlived its call can need it, and is locked by nobody. A directory
//! must also have our lock file in it: its name alone is no proof that nobody keeps things there.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use fs_err as fs;
use tempfile::{Builder, NamedTempFile, TempDir};

const PREFIX: &str = "git-orchestrate-";
const SUFFIX: &str = ".scratch";

/// The file in a directory that is locked.
const LOCK: &str = "git-orchestrate.lock";

/// What is younger stays.
const OLD: Duration = Duration::from_secs(600);

/// A temporary directory; removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    // Closed before the directory goes: elsewhere than on Unix an open file stays.
    _lock: File,
    directory: TempDir,
}

impl Scratch {
    /// A new one, which holds nothing but our lock file.
    pub fn new() -> Result<Scratch> {
        let directory = builder(|builder| builder.tempdir()).context("cannot make a temporary directory")?;
        let path = directory.path().join(LOCK);
        let lock = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        // Without locks on that file system nothing is ever swept there.
        let _ = lock.try_lock();
        Ok(Scratch { directory, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// A temporary file; removed when it is dropped.
pub fn file() -> Result<NamedTempFile> {
    let file = builder(|builder| builder.tempfile()).context("cannot make a temporary file")?;
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Removes what calls that were killed have left. What cannot be removed stays: it is in nobody's way.
pub fn sweep() {
    // What is made now is this user's.
    let Some(own) = file().ok().and_then(|file| file.as_file().metadata().ok()) else { return };
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_named = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_named && let Ok(meta) = fs::symlink_metadata(entry.path()) {
            let _ = remove(&entry.path(), &meta, &own);
        }
    }
}

fn builder<T>(make: impl Fn(&Builder<'_, '_>) -> std::io::Result<T>) -> std::io::Result<T> {
    make(Builder::new().prefix(PREFIX).suffix(SUFFIX))
}

fn remove(path: &Path, meta: &Metadata, own: &Metadata) -> std::io::Result<()> {
    let is_old = meta.modified()?.elapsed().is_ok_and(|age| age >= OLD);
    if !is_old || !has_same_owner(meta, own) || meta.is_symlink() {
        return Ok(());
    }
    let locked = if meta.is_dir() { path.join(LOCK) } else { path.to_owned() };
    if !fs::symlink_metadata(&locked)?.is_file() {
        return Ok(());
    }
    let lock = File::open(&locked)?;
    if lock.try_lock().is_err() {
        return Ok(());
    }
    if meta.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

#[cfg(unix)]
fn has_same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.uid() == other.uid()
}

/// Everybody has a temporary directory of his own there.
#[cfg(not(unix))]
fn has_same_owner(_one: &Metadata, _other: &Metadata) -> bool {
    true
}
