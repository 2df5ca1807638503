//! Linked worktrees: which there are, and adding, locking and removing them.
//!
//! The list is read from the repository's own records, without opening the worktrees; a record is
//! believed only as far as the worktree points back at it. What touches files is left to git, which
//! runs the user's hooks and filters and refuses what is not safe.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::lock_reason;
use crate::model::ref_text;

/// What git writes into the lock of a worktree that it is still making.
pub const INITIALIZING: &str = "initializing";

/// What a record holds before there can be anything of a person's in it.
const FIRST_FILES: [&str; 8] =
    ["locked", "gitdir", "commondir", "HEAD", "HEAD.lock", "refs", "logs", "config.worktree"];

/// A worktree besides the main one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedWorktree {
    /// What git calls it: the name of its directory below `worktrees/`.
    pub name: String,
    /// The top of its files.
    pub path: PathBuf,
    /// Its own git directory, with HEAD and index.
    pub git_dir: PathBuf,
    /// The full name of the branch that is checked out; `None` when HEAD is detached.
    pub branch: Option<String>,
    /// The commit that is checked out; `None` before a branch's first one.
    pub head: Option<ObjectId>,
    /// The reason it is locked for; `None` when it is not.
    pub lock: Option<String>,
    /// The files are there, and their `.git` points back at `git_dir`. A copied or moved worktree is
    /// not present, however much it looks like one.
    pub present: bool,
}

/// What a removal does to work that is not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It refuses.
    KeepChanges,
    /// It throws the work away.
    DiscardChanges,
}

impl LinkedWorktree {
    /// The reason that a person locked it for, perhaps an empty one: neither is the lock ours, nor is it
    /// that of a worktree that is still being made.
    pub fn foreign_lock(&self) -> Option<&str> {
        let reason = self.lock.as_deref().map(str::trim)?;
        Some(reason).filter(|reason| *reason != INITIALIZING && !lock_reason::is_ours(reason))
    }
}

impl Repository {
    /// All linked worktrees, sorted by path.
    pub fn worktrees(&self) -> Result<Vec<LinkedWorktree>> {
        let records = self.common_dir().join("worktrees");
        if !records.is_dir() {
            return Ok(Vec::new());
        }
        let mut worktrees = Vec::new();
        for record in fs_err::read_dir(records)? {
            worktrees.extend(self.linked_worktree(&record?.path())?);
        }
        worktrees.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(worktrees)
    }

    /// The linked worktree whose files are at `path`, if there is one. Reads only its own record where
    /// the worktree points at that.
    pub fn worktree_at(&self, path: &Path) -> Result<Option<LinkedWorktree>> {
        let path = resolved(path.to_owned());
        let records = resolved(self.common_dir().join("worktrees"));
        let record = read_path(&path.join(".git")).map(resolved);
        if let Some(record) = record.filter(|record| record.parent() == Some(&records))
            && let Some(found) = self.linked_worktree(&record)?.filter(|found| found.path == path)
        {
            return Ok(Some(found));
        }
        Ok(self.worktrees()?.into_iter().find(|worktree| worktree.path == path))
    }

    /// Checks out the branch, which must exist, in a new worktree; git's post-checkout hook runs.
    pub fn add_worktree(&self, path: &Path, branch: &str) -> Result<()> {
        let short = short_branch(branch)?;
        let args = [OsStr::new("worktree"), OsStr::new("add"), OsStr::new("--quiet"), OsStr::new("--")];
        let git = self.git().args(args).args([path.as_os_str(), OsStr::new(short)]);
        git.output().with_context(|| format!("cannot add the worktree {}", path.display())).map(drop)
    }

    /// Makes a worktree of the branch, which must exist, without any file of it. It stays locked as one
    /// that is being made. Only one at a time: git reads the records of all others, and fails where one
    /// is half written.
    pub fn add_bare_worktree(&self, path: &Path, branch: &str) -> Result<()> {
        let _lock = self.lock("worktrees")?;
        let short = short_branch(branch)?;
        let add = ["worktree", "add", "--quiet", "--no-checkout", "--lock", "--reason", INITIALIZING, "--"];
        let git = self.git().args(add).args([path]).args([short]);
        git.output().with_context(|| format!("cannot add the worktree {}", path.display())).map(drop)
    }

    /// Writes the files of a new worktree: those in these directories, as git's sparse checkout means
    /// it, or all. Each worktree must have a configuration of its own for the former.
    pub fn fill_worktree(&self, path: &Path, cone: Option<&[BString]>) -> Result<()> {
        if let Some(directories) = cone {
            let directories = directories.iter().map(|one| one.to_path()).collect::<Result<Vec<_>, _>>()?;
            let set = ["sparse-checkout", "set", "--cone", "--sparse-index", "--skip-checks", "--"];
            self.git().at(path).args(set).args(directories).output()?;
        }
        self.git().at(path).args(["reset", "--hard", "--quiet", "--no-recurse-submodules"]).output().map(drop)
    }

    /// Lets the post-checkout hook of a new worktree run, as `git worktree add` does at its end.
    pub fn tell_checked_out(&self, path: &Path, tip: ObjectId) -> Result<()> {
        let (nobody, tip) = (self.object_hash().null().to_string(), tip.to_string());
        let hook = ["hook", "run", "--ignore-missing", "post-checkout", "--", &nobody, &tip, "1"];
        self.git().at(path).args(hook).output().map(drop)
    }

    /// Locks the worktree, so that `git worktree prune` keeps its record while it is away: the file of
    /// gitrepository-layout(5), which is there with all of the reason or not at all.
    pub fn lock_worktree(&self, path: &Path, reason: &str) -> Result<()> {
        let found = self.worktree_at(path)?;
        let found = found.with_context(|| format!("git does not list the worktree {}", path.display()))?;
        if found.lock.as_deref() == Some(reason.trim()) {
            return Ok(());
        }
        let whole = found.git_dir.join("locked.lock");
        fs_err::write(&whole, format!("{}\n", reason.trim()))?;
        Ok(fs_err::rename(whole, found.git_dir.join("locked"))?)
    }

    /// Takes the lock off, if there is one.
    pub fn unlock_worktree(&self, path: &Path) -> Result<()> {
        match self.worktree_at(path)? {
            Some(found) if found.lock.is_some() => Ok(fs_err::remove_file(found.git_dir.join("locked"))?),
            _ => Ok(()),
        }
    }

    /// The records below `worktrees/` that a `git worktree add` for this path may have left before they
    /// named it, or half deleted: named as it names them, and without anything but what it writes first.
    pub fn incomplete_records(&self, path: &Path) -> Result<Vec<PathBuf>> {
        let records = self.common_dir().join("worktrees");
        let (Some(name), true) = (path.file_name(), records.is_dir()) else { return Ok(Vec::new()) };
        let name = name.to_string_lossy();
        let mut found = Vec::new();
        for record in fs_err::read_dir(records)? {
            let record = record?;
            let own = record.file_name().to_string_lossy().into_owned();
            let number = own.strip_prefix(&*name).filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
            if number.is_some() && is_unfinished(&record.path(), path)? {
                found.push(record.path());
            }
        }
        Ok(found)
    }

    /// Deletes a record so that it can be interrupted: the file that names its worktree goes last.
    pub fn delete_record(&self, record: &Path) -> Result<()> {
        for entry in fs_err::read_dir(record)? {
            let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
            match entry?.is_dir() {
                true => fs_err::remove_dir_all(path)?,
                false if path.ends_with("gitdir") => {}
                false => fs_err::remove_file(path)?,
            }
        }
        Ok(fs_err::remove_dir_all(record)?)
    }

    /// Reads one record; `None` if it is too incomplete for git to call it a worktree.
    fn linked_worktree(&self, record: &Path) -> Result<Option<LinkedWorktree>> {
        let (Some(dot_git), Some(head)) = (read_path(&record.join("gitdir")), read(&record.join("HEAD")))
        else {
            return Ok(None);
        };
        if !record.join("commondir").exists() {
            return Ok(None);
        }
        let path = resolved(dot_git.parent().unwrap_or(&dot_git).to_owned());
        let (branch, head) = match head.trim().strip_prefix(b"ref:") {
            Some(name) => {
                let name = ref_text::text(name.trim().as_bstr());
                let tip = self.ref_commit(&name).unwrap_or_default();
                (Some(name), tip)
            }
            None => (None, ObjectId::from_hex(head.trim()).ok()),
        };
        let lock = read(&record.join("locked")).map(|reason| reason.trim().to_str_lossy().into_owned());
        let name = record.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let present = points_back(&path, record);
        Ok(Some(LinkedWorktree { name, path, git_dir: record.to_owned(), branch, head, lock, present }))
    }
}

/// What follows `refs/heads/`.
pub(in crate::git) fn short_branch(branch: &str) -> Result<&str> {
    branch.strip_prefix("refs/heads/").with_context(|| format!("{branch} is no branch"))
}

/// Whether git never came to the end of this record, or somebody is half through with deleting it.
fn is_unfinished(record: &Path, path: &Path) -> Result<bool> {
    let named = read_path(&record.join("gitdir"));
    let is_whole = named.is_some() && ["HEAD", "commondir"].iter().all(|file| record.join(file).exists());
    if is_whole {
        return Ok(false);
    }
    if let Some(link) = named {
        return Ok(link.parent().is_some_and(|top| resolved(top.to_owned()) == path));
    }
    if read(&record.join("locked")).is_some_and(|lock| !INITIALIZING.as_bytes().starts_with(lock.trim())) {
        return Ok(false);
    }
    for entry in fs_err::read_dir(record)? {
        let name = entry?.file_name();
        if !FIRST_FILES.iter().any(|first| name == *first) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the worktree's `.git` file leads to the record that leads to the worktree.
fn points_back(worktree: &Path, record: &Path) -> bool {
    read_path(&worktree.join(".git")).is_some_and(|target| resolved(target) == resolved(record.to_owned()))
}

/// The path that a file of git's names, after `gitdir: ` if it has that; a relative one counts from
/// where the file is. `None` if there is no such file, or nothing in it.
pub(in crate::git) fn read_path(file: &Path) -> Option<PathBuf> {
    let text = read(file)?;
    let path = text.strip_prefix(b"gitdir: ").unwrap_or(&text).trim_end_with(|c| c == '\n' || c == '\r');
    (!path.is_empty()).then_some(())?;
    Some(file.parent()?.join(path.to_path().ok()?))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    fs_err::read(path).ok()
}

/// The path without links and dots, as far as it exists.
fn resolved(path: PathBuf) -> PathBuf {
    fs_err::canonicalize(&path).unwrap_or(path)
}
