//! Moving a branch that a person may have checked out.
//!
//! A branch that nobody has checked out moves by compare-and-swap. Moving one behind the back of a
//! worktree would make all its files look changed; there the worktree itself takes the new commit,
//! by fast-forward and only if nothing uncommitted is in the way. Either way the commit is on disk
//! before the branch names it, which git does not do by default.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::Repository;
use super::head::{Head, Operation};
use super::program::Program;
use super::refs::Target;
use crate::model::branch;
use crate::model::hint;
use crate::model::integration::in_the_way::InTheWay;

/// On disk before it is believed.
const ON_DISK: [&str; 2] = ["-c", "core.fsync=committed"];

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advanced {
    /// The branch has its new value.
    Done,
    /// Somebody else moved it first; nothing was changed.
    Lost {
        /// What it holds now.
        actual: Option<ObjectId>,
    },
    /// Something in the worktree that has it checked out is in the way; nothing was changed.
    Unclean {
        /// Where it is.
        worktree: PathBuf,
        /// What is in the way there.
        things: InTheWay,
    },
}

impl Repository {
    /// git in the worktree at `directory`, which writes to disk what it names, and runs nobody's hook.
    pub(in crate::git) fn safe_git(&self, directory: &Path) -> Program {
        self.git_without_hooks(directory).args(ON_DISK)
    }

    /// The worktree, main or linked, that has the branch checked out. One that has vanished without
    /// being locked does not count: git, too, forgets it.
    pub fn checked_out_at(&self, branch: &str) -> Result<Option<PathBuf>> {
        if let Some(main) = self.main_workdir() {
            let head = Repository::open(&main)?.head()?;
            if matches!(head, Head::Branch { name, .. } if name == branch) {
                return Ok(Some(main));
            }
        }
        if self.has_hidden_main() {
            let head = Repository::open_git_dir(self.common_dir())?.head()?;
            if matches!(head, Head::Branch { name, .. } if name == branch) {
                let why = format!(
                    "{} is checked out in the main worktree, which cannot be found from here: the git directory lies apart from it",
                    branch::short(branch)
                );
                return Err(hint::error(why, "do it in the main worktree"));
            }
        }
        let is_there = |one: &super::worktrees::LinkedWorktree| {
            one.branch.as_deref() == Some(branch) && (one.present || one.lock.is_some())
        };
        Ok(self.worktrees()?.into_iter().find(is_there).map(|one| one.path))
    }

    /// The worktree in which the branch is being rebased: git moves it there in the end.
    fn rebased_at(&self, branch: &str) -> Result<Option<PathBuf>> {
        let detached = self.worktrees()?.into_iter().filter(|one| one.present && one.branch.is_none());
        for path in self.main_workdir().into_iter().chain(detached.map(|one| one.path)) {
            // Nobody rebases where git refuses to go.
            let operation = Repository::open(&path).ok().and_then(|there| there.operation());
            if matches!(operation, Some(Operation::Rebase { branch: Some(name) }) if name == branch) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Moves the branch (full name) forward from `expected` (`None`: it must not exist) to `new`.
    pub fn advance_branch(
        &self,
        branch: &str,
        expected: Option<ObjectId>,
        new: ObjectId,
        why: &str,
    ) -> Result<Advanced> {
        if matches!(self.ref_target(branch)?, Some(Target::Symbolic(_))) {
            bail!("{branch} is a symbolic ref, so moving it would move another branch");
        }
        let actual = self.ref_commit(branch)?;
        if actual != expected {
            return Ok(Advanced::Lost { actual });
        }
        let moved = match self.checked_out_at(branch)? {
            Some(path) => {
                let old = expected.context("a branch that is checked out with a commit")?;
                let changes = self.diff_trees(self.commit(old)?.tree_id, self.commit(new)?.tree_id)?;
                let things = self.paths_in_the_way(&path, &changes)?;
                if !things.is_nothing() {
                    return Ok(Advanced::Unclean { worktree: path, things });
                }
                self.fast_forward((&path, branch), (old, new), why)?
            }
            None => {
                if let Some(path) = self.rebased_at(branch)? {
                    let why = format!("{} is being rebased in {}", branch::short(branch), path.display());
                    let remedy = "finish that first: git rebase --continue, or git rebase --abort";
                    return Err(hint::error(why, remedy));
                }
                let old = expected.unwrap_or_else(|| self.object_hash().null()).to_string();
                self.without_hooks(self.git())
                    .args(ON_DISK)
                    .args(["update-ref", "-m", why, branch, &new.to_string(), &old])
                    .run_to_any_end()?
            }
        };
        if moved.code.is_none() {
            bail!("git was killed by a signal while it moved {branch}");
        }
        // Whether it landed is what the branch says, not the exit code.
        let actual = self.ref_commit(branch)?;
        if actual == Some(new) {
            return Ok(Advanced::Done);
        }
        if actual != expected {
            return Ok(Advanced::Lost { actual });
        }
        let said = moved.stderr.trim().to_str_lossy().into_owned();
        let doing = format!("cannot move {branch} to {new}");
        // What we make is not signed, and nobody but the person may say that this will do.
        if said.contains("GPG signature") && self.config("merge.verifySignatures").is_some() {
            let remedy = "to take commits without a signature here: git config merge.verifySignatures false; \
                          then call this again";
            return Err(hint::error(format!("{doing}: {said}"), remedy));
        }
        Err(anyhow!(said)).context(doing)
    }

    /// Makes a commit as git makes it, by the configured identity, and syncs it to disk.
    pub fn commit_tree(&self, tree_id: ObjectId, parent_ids: &[ObjectId], message: &str) -> Result<ObjectId> {
        let mut git = self.git().args(["-c", "core.fsync=committed", "commit-tree", &tree_id.to_string()]);
        for parent in parent_ids {
            git = git.args(["-p", &parent.to_string()]);
        }
        let id =
            git.args(["-F", "-"]).env("GIT_NO_REPLACE_OBJECTS", "1").stdin(format!("{message}\n")).output();
        let id = id.context("cannot make the merge commit")?;
        ObjectId::from_hex(id.trim()).context("git did not say which commit it made")
    }
}
