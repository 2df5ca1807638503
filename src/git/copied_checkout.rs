//! Filling a new worktree with the files of one that git has just filled.
//!
//! `git worktree add` spends its time on finding, inflating, filtering and writing what the worktree
//! before it got already, one file after the other. Files that are still as git wrote them, by the
//! stat data in its index, are copied instead, by all processors at once, and the index with them.
//! What is not as git wrote it is left for git to write. The new worktree stays locked as one that is
//! being made until the whole is done, so that a start that was killed in between is finished.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result, bail};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::Repository;
use super::index_stat::{Checked, Stat, StatIndex};

/// How many bytes of files are held in memory for the next copy.
const MEMORY: u64 = 1 << 29;

/// Larger files are copied by the system, which may share their blocks.
const LARGE: u64 = 1 << 20;

/// How many shares of the files each processor gets.
const SHARES: usize = 8;

/// A checkout that others are copied from.
#[derive(Debug)]
pub struct Original {
    top: PathBuf,
    commit_id: ObjectId,
    index: StatIndex,
    /// What the small files have in them, each read for the first copy.
    contents: Vec<OnceLock<Content>>,
    /// How many bytes of that there are.
    held: AtomicU64,
}

/// What is at a path.
#[derive(Debug)]
enum Content {
    File { bytes: Vec<u8>, executable: bool },
    Link(PathBuf),
}

impl Repository {
    /// The worktree at `top`, in which git has just checked out this commit, as something to copy;
    /// `None` where a copy is not certain to be what git would write.
    pub fn original(&self, top: &Path, commit_id: ObjectId) -> Result<Option<Original>> {
        let folds_case = self.config("core.ignoreCase").is_some_and(|value| value == "true");
        let Some(linked) = self.worktree_at(top)?.filter(|_| cfg!(unix) && !folds_case) else {
            return Ok(None);
        };
        let index = StatIndex::parse(fs_err::read(linked.git_dir.join("index"))?, self.object_hash());
        Ok(index.map(|index| {
            let contents = index.entries.iter().map(|_| OnceLock::new()).collect();
            Original { top: top.to_owned(), commit_id, index, contents, held: AtomicU64::new(0) }
        }))
    }

    /// Checks out the branch in a new worktree as [`Repository::add_worktree`] does, by copying. The
    /// worktree stays locked as one that is being made.
    pub fn copy_worktree(&self, original: &Original, path: &Path, branch: &str) -> Result<()> {
        self.add_bare_worktree(path, branch)?;
        let linked = self.worktree_at(path)?.context("git does not list the worktree that it added")?;
        let stats = original.copy(path)?;
        let index = original.index.with(&stats)?;
        let whole = linked.git_dir.join("index.lock");
        fs_err::write(&whole, index)?;
        fs_err::rename(whole, linked.git_dir.join("index"))?;
        if stats.contains(&None) {
            self.fill_worktree(path, None)?;
        }
        self.tell_checked_out(path, original.commit_id)
    }
}

impl Original {
    /// Whether it is a checkout of this commit.
    pub fn is_of(&self, commit_id: ObjectId) -> bool {
        self.commit_id == commit_id
    }

    /// Copies all files; the stat data of the copies, `None` for what was not as git wrote it.
    fn copy(&self, to: &Path) -> Result<Vec<Option<Stat>>> {
        let entries = self.index.entries.len();
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut stats = vec![None; entries];
        // Neighbours share directories, so each share is a run of them; there are several for each
        // worker, so that all end at about the same time.
        let share = entries / (workers * SHARES) + 1;
        let shares = Mutex::new(stats.chunks_mut(share).enumerate());
        let work = || -> Result<()> {
            let next = || shares.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some((nth, stats)) = next() {
                for (entry, stat) in (nth * share..).zip(stats) {
                    *stat = self.copy_entry(entry, to)?;
                }
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let mut ended = workers.into_iter().map(|worker| worker.join());
            ended.try_for_each(|done| done.unwrap_or_else(|_| bail!("copying stopped")))
        })?;
        Ok(stats)
    }

    /// Copies one file; its stat data, or `None` if the original is not as git wrote it.
    fn copy_entry(&self, nth: usize, to: &Path) -> Result<Option<Stat>> {
        let entry = &self.index.entries[nth];
        let path = entry.path.to_path().context("a path that this system cannot have")?;
        let to = to.join(path);
        let doing = || format!("cannot write {}", to.display());
        match entry.kind {
            Checked::Absent => return Ok(Some(self.index.stat(entry))),
            Checked::Submodule => {
                fs_err::create_dir_all(&to)?;
                return Ok(Some(Stat::of(&fs_err::symlink_metadata(&to)?)));
            }
            Checked::Link | Checked::File | Checked::Executable => {}
        }
        if let Some(content) = self.contents[nth].get() {
            return content.write(&to).with_context(doing).map(Some);
        }
        let from = self.top.join(path);
        let Ok(found) = fs_err::symlink_metadata(&from) else { return Ok(None) };
        if Stat::of(&found) != self.index.stat(entry) {
            return Ok(None);
        }
        if found.len() > LARGE {
            return copy_large(&from, &to, &found).with_context(doing).map(Some);
        }
        let content = Content::read(&from, &found)?;
        let stat = content.write(&to).with_context(doing)?;
        if self.held.fetch_add(found.len(), Ordering::Relaxed) < MEMORY {
            // Nobody else copies this entry meanwhile.
            let _ = self.contents[nth].set(content);
        }
        Ok(Some(stat))
    }
}

impl Content {
    fn read(path: &Path, found: &Metadata) -> Result<Content> {
        if found.is_symlink() {
            return Ok(Content::Link(fs_err::read_link(path)?));
        }
        Ok(Content::File { bytes: fs_err::read(path)?, executable: is_executable(found) })
    }

    fn write(&self, path: &Path) -> std::io::Result<Stat> {
        match self {
            Content::Link(target) => {
                within_directory(path, || link(target, path))?;
                Ok(Stat::of(&std::fs::symlink_metadata(path)?))
            }
            Content::File { bytes, executable } => {
                let mut file = within_directory(path, || create(path, *executable))?;
                file.write_all(bytes)?;
                Ok(Stat::of(&file.metadata()?))
            }
        }
    }
}

/// Does something that makes a file; again after its directory was made, if that was missing.
fn within_directory<T>(path: &Path, make: impl Fn() -> std::io::Result<T>) -> std::io::Result<T> {
    match make() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            std::fs::create_dir_all(path.parent().unwrap_or(path))?;
            make()
        }
        done => done,
    }
}

/// The system copies what is large; where the file system can, both share their blocks.
fn copy_large(from: &Path, to: &Path, found: &Metadata) -> std::io::Result<Stat> {
    let mut source = File::open(from)?;
    let mut copy = within_directory(to, || create(to, is_executable(found)))?;
    std::io::copy(&mut source, &mut copy)?;
    Ok(Stat::of(&copy.metadata()?))
}

#[cfg(unix)]
fn is_executable(found: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(found) & 0o100 != 0
}

#[cfg(unix)]
fn create(path: &Path, executable: bool) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = if executable { 0o777 } else { 0o666 };
    File::options().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(unix)]
impl Stat {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the index keeps 32 bits of each"
    )]
    fn of(found: &Metadata) -> Stat {
        use std::os::unix::fs::MetadataExt;
        Stat {
            changed: [found.ctime() as u32, found.ctime_nsec() as u32],
            modified: [found.mtime() as u32, found.mtime_nsec() as u32],
            inode: [found.dev() as u32, found.ino() as u32],
            owner: [found.uid(), found.gid()],
            size: found.len() as u32,
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    //! Where files have no inodes nothing is copied: [`Repository::original`](super::Repository::original) finds none.

    use std::fs::{File, Metadata};
    use std::path::Path;

    use super::Stat;

    pub(super) fn is_executable(_: &Metadata) -> bool {
        false
    }

    pub(super) fn create(path: &Path, _: bool) -> std::io::Result<File> {
        File::create_new(path)
    }

    pub(super) fn link(_: &Path, _: &Path) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    impl Stat {
        pub(super) fn of(_: &Metadata) -> Stat {
            Stat::default()
        }
    }
}
#[cfg(not(unix))]
use elsewhere::{create, is_executable, link};
