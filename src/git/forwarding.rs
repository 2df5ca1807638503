//! Fast-forwarding a checked-out branch so that it can be interrupted: what is half done is taken back.
//!
//! git writes the files first, then the index, and moves the branch last. A file of ours says what was
//! under way, for as long as that takes; it is written only once nothing was found in the way. Whoever
//! finds it with the branch still at its old place puts the files back, unless anything in them is
//! neither from the old commit nor from the new one: that is a person's, and all is left as it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};
use fs_err as fs;
use gix_hash::ObjectId;
use serde::{Deserialize, Serialize};

use super::Repository;
use super::program::Output;
use crate::model::change::{Entry, Kind, PathChange};

/// What is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Forwarding {
    /// The worktree, as git's own records have it.
    worktree: PathBuf,
    branch: String,
    old: String,
    new: String,
}

impl Repository {
    /// Takes the worktree and the branch that it has checked out from `old` to `new`.
    pub(in crate::git) fn fast_forward(
        &self,
        (worktree, branch): (&Path, &str),
        (old, new): (ObjectId, ObjectId),
        why: &str,
    ) -> Result<Output> {
        let (old, id) = (old.to_string(), new.to_string());
        let mark = Forwarding { worktree: worktree.into(), branch: branch.into(), old, new: id.clone() };
        fs::create_dir_all(self.common_dir().join("orchestrate"))?;
        fs::write(self.forwarding(), serde_json::to_vec(&mark)?)?;
        let git = self.safe_git(worktree);
        let git = git.args(["merge", "--quiet", "--ff-only", &id]).env("GIT_REFLOG_ACTION", why);
        let done = git.run_to_any_end()?;
        // A git that could not go on has left what it had done so far; without room for more, the next
        // call takes that back.
        if done.success() || (done.code.is_some() && self.take_back(&mark).is_ok()) {
            fs::remove_file(self.forwarding())?;
        }
        if done.code.is_none() {
            bail!("git merge was killed by a signal");
        }
        Ok(done)
    }

    /// Takes back what an interrupted fast-forward left. Nobody else may be integrating.
    pub fn settle_forwarding(&self) -> Result<()> {
        let Ok(text) = fs::read(self.forwarding()) else { return Ok(()) };
        if let Ok(mark) = serde_json::from_slice::<Forwarding>(&text) {
            self.take_back(&mark)
                .with_context(|| format!("cannot put {} back as it was", mark.worktree.display()))?;
        }
        Ok(fs::remove_file(self.forwarding())?)
    }

    /// The files that git locks in the worktree of an interrupted fast-forward, without `.lock`.
    pub fn forwarded_files(&self) -> Result<Vec<PathBuf>> {
        let Ok(text) = fs::read(self.forwarding()) else { return Ok(Vec::new()) };
        let Ok(mark) = serde_json::from_slice::<Forwarding>(&text) else { return Ok(Vec::new()) };
        if !mark.worktree.exists() {
            return Ok(Vec::new());
        }
        let git_dir = Repository::open(&mark.worktree)?.git_dir().to_owned();
        Ok(["HEAD", "ORIG_HEAD", "AUTO_MERGE", "index"].map(|file| git_dir.join(file)).into())
    }

    fn take_back(&self, mark: &Forwarding) -> Result<()> {
        let (old, new) = (ObjectId::from_hex(mark.old.as_bytes())?, ObjectId::from_hex(mark.new.as_bytes())?);
        let is_there = self.checked_out_at(&mark.branch)?.as_ref() == Some(&mark.worktree);
        if !is_there || self.ref_commit(&mark.branch)? != Some(old) {
            return Ok(());
        }
        let changes = self.diff_trees(self.commit(old)?.tree_id, self.commit(new)?.tree_id)?;
        let dirty = self.paths_in_the_way(&mark.worktree, &changes)?;
        let dirty = dirty.seen.into_iter().chain(dirty.unseen);
        let changes: HashMap<BString, PathChange> =
            changes.into_iter().map(|change| (change.path.clone(), change)).collect();
        let (mut made, mut changed) = (Vec::new(), Vec::new());
        for path in dirty {
            let Some(change) = changes.get(&path) else { return Ok(()) };
            let file = mark.worktree.join(path.to_path()?);
            if !self.is_from(&mark.worktree, &file, change)? {
                return Ok(());
            }
            match change.old {
                Some(_) => changed.push(path),
                None if fs::symlink_metadata(&file).is_ok() => made.push(file),
                None => {}
            }
        }
        made.into_iter().try_for_each(fs::remove_file)?;
        // With `-u`, git would also write over what it was told not to look at.
        let git = || self.safe_git(&mark.worktree);
        git().args(["read-tree", "--reset", &mark.old]).output()?;
        if changed.is_empty() {
            return Ok(());
        }
        // What is written though git was told to skip it would be no path that git knows.
        let restore = ["--literal-pathspecs", "restore", "--ignore-skip-worktree-bits"];
        let paths = ["--pathspec-from-file=-", "--pathspec-file-nul"];
        git().args(restore).args(paths).stdin(changed.join(&0)).output().map(drop)
    }

    /// Whether a file is as one side of the change has it, half written, or not there.
    fn is_from(&self, worktree: &Path, file: &Path, change: &PathChange) -> Result<bool> {
        let Ok(kind) = fs::symlink_metadata(file) else { return Ok(true) };
        let content = match () {
            () if kind.is_symlink() => fs::read_link(file)?.into_os_string().into_encoded_bytes(),
            () if kind.is_file() => fs::read(file)?,
            () => return Ok(false),
        };
        let blob = |side: Option<Entry>| match side {
            Some(entry) if entry.kind != Kind::Submodule => self.blob(entry.id).map(Some),
            _ => Ok(None),
        };
        if blob(change.new)?.is_some_and(|new| new.starts_with(&content))
            || blob(change.old)?.as_ref() == Some(&content)
        {
            return Ok(true);
        }
        // A filter may have written it otherwise.
        let path = change.path.to_path()?.as_os_str().to_owned();
        let git = self.git().at(worktree).args(["hash-object", "--path"]).args([path]).args(["--stdin"]);
        let id = ObjectId::from_hex(git.stdin(content).output()?.trim())?;
        Ok([change.old, change.new].into_iter().flatten().any(|side| side.id == id))
    }

    fn forwarding(&self) -> PathBuf {
        self.common_dir().join("orchestrate/forwarding.json")
    }
}
