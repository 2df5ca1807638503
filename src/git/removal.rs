//! Removing a worktree so that it can be interrupted: what is half removed is made whole again.
//!
//! git deletes the files first and the record last. A file of ours names the record for as long as
//! that takes; it is written only after it was decided that the worktree may go. Whoever finds it
//! writes the files again from the index, which git still has, so that the worktree can be looked at
//! once more before it goes. Files that are there are never overwritten.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use fs_err as fs;
use gix_hash::ObjectId;
use serde::{Deserialize, Serialize};

use super::Repository;
use super::worktrees::{Force, LinkedWorktree};
use crate::model::change::{Entry, Kind};

/// How the file is called, before the name of the record.
const PREFIX: &str = "removing-";

/// What is being removed.
#[derive(Debug, Serialize, Deserialize)]
struct Removal {
    path: PathBuf,
    /// The commit that was checked out, in hexadecimal.
    head: String,
}

impl Repository {
    /// Removes the worktree and its record; a locked one is refused.
    pub fn remove_worktree(&self, path: &Path, force: Force) -> Result<()> {
        let mark = match self.worktree_at(path)? {
            Some(found) => Some(self.mark_removal(&found)?),
            None => None,
        };
        let git = self.git().args(["worktree", "remove"]);
        let git = if force == Force::DiscardChanges { git.args(["--force"]) } else { git };
        let done = git.args(["--"]).args([path]).run_to_any_end()?;
        // A git that refuses has changed nothing; one that fails half-way says which file it was.
        let is_half_done = done.code.is_none() || done.stderr.contains_str("failed to delete");
        if !is_half_done {
            mark.map_or(Ok(()), fs::remove_file)?;
        }
        done.must_succeed().with_context(|| format!("cannot remove the worktree {}", path.display()))
    }

    /// Removes a worktree that is still being made, lock and all. What an interruption leaves of it is
    /// still one that is being made.
    pub fn remove_unfinished(&self, path: &Path) -> Result<()> {
        let done = self.git().args(["worktree", "remove", "--force", "--force", "--"]).args([path]).output();
        done.with_context(|| format!("cannot remove the worktree {}", path.display())).map(drop)
    }

    /// Makes whole what an interrupted removal left, or ends it where no file was left.
    pub fn settle_removals(&self) -> Result<()> {
        let directory = self.common_dir().join("orchestrate");
        if !directory.is_dir() {
            return Ok(());
        }
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if let Some(name) = entry.file_name().to_string_lossy().strip_prefix(PREFIX) {
                let mark = serde_json::from_slice::<Removal>(&fs::read(entry.path())?).ok();
                self.settle_removal(&self.common_dir().join("worktrees").join(name), mark.as_ref())?;
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn settle_removal(&self, record: &Path, mark: Option<&Removal>) -> Result<()> {
        let listed = self.worktrees()?.into_iter().find(|one| one.git_dir == record);
        match listed {
            Some(one) if one.path.exists() => return self.restore_worktree(&one.path, record),
            _ if record.exists() => self.delete_record(record)?,
            _ => {}
        }
        // git deletes the record even where it could not delete a file.
        let Some(Removal { path, head }) = mark.filter(|mark| mark.path.is_dir()) else { return Ok(()) };
        let head = ObjectId::from_hex(head.as_bytes())?;
        self.clear_known(path, &mut BString::default(), self.commit(head)?.tree_id)?;
        // The directory that holds all worktrees goes when it is empty, too.
        path.parent().map_or(Ok(()), remove_if_empty)
    }

    /// Removes what is as the commit has it, and the directories that this empties; the rest is
    /// somebody's.
    fn clear_known(&self, directory: &Path, below: &mut BString, tree_id: ObjectId) -> Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let (path, length) = (entry.path(), below.len());
            below.extend_from_slice(entry.file_name().as_encoded_bytes());
            let is_link = below.as_slice() == b".git";
            if entry.file_type()?.is_dir() {
                below.push(b'/');
                self.clear_known(&path, below, tree_id)?;
            } else if is_link || self.is_same(&path, self.tree_entry(tree_id, below.as_bstr())?)? {
                fs::remove_file(&path)?;
            }
            below.truncate(length);
        }
        remove_if_empty(directory)
    }

    fn is_same(&self, path: &Path, entry: Option<Entry>) -> Result<bool> {
        let Some(entry) = entry.filter(|entry| entry.kind != Kind::Submodule) else { return Ok(false) };
        let content = match entry.kind {
            Kind::Symlink => {
                fs::read_link(path).map(|target| target.into_os_string().into_encoded_bytes()).ok()
            }
            _ => Some(fs::read(path)?),
        };
        Ok(content.is_some_and(|content| self.blob(entry.id).is_ok_and(|blob| blob == content)))
    }

    /// Writes the missing files of a worktree from the index of its record, with whatever was staged
    /// in it; without an index, as they are in the commit.
    pub fn restore_worktree(&self, path: &Path, record: &Path) -> Result<()> {
        fs::create_dir_all(path)?;
        self.point_back(path, record)?;
        let git = || self.safe_git(path);
        if !record.join("index").exists() {
            return git().args(["reset", "--hard", "--quiet", "--no-recurse-submodules"]).output().map(drop);
        }
        // It fails where a file differs, too, which is how that one shall stay.
        let said = git().args(["checkout-index", "--all", "--quiet"]).run()?;
        let missing = git().args(["ls-files", "--deleted"]).output()?;
        if missing.is_empty() {
            return Ok(());
        }
        said.must_succeed().with_context(|| format!("cannot write the files of {}", path.display()))
    }

    /// Makes the worktree lead to its record, if it leads nowhere.
    pub fn point_back(&self, path: &Path, record: &Path) -> Result<()> {
        let link = path.join(".git");
        if fs::metadata(&link).is_ok_and(|file| file.len() > 0) {
            return Ok(());
        }
        Ok(fs::write(link, format!("gitdir: {}\n", record.display()))?)
    }

    fn mark_removal(&self, worktree: &LinkedWorktree) -> Result<PathBuf> {
        let directory = self.common_dir().join("orchestrate");
        fs::create_dir_all(&directory)?;
        let mark = directory.join(format!("{PREFIX}{}", worktree.name));
        let head = worktree.head.map(|id| id.to_string()).unwrap_or_default();
        fs::write(&mark, serde_json::to_vec(&Removal { path: worktree.path.clone(), head })?)?;
        Ok(mark)
    }
}

fn remove_if_empty(directory: &Path) -> Result<()> {
    match fs::remove_dir(directory) {
        Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(error.into()),
        _ => Ok(()),
    }
}
