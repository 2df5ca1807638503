//! What only the record of a worktree holds: it goes with the worktree, and no branch has it.
//!
//! That is work which an operation has put aside until it ends, and commits that only a ref of the
//! worktree's own names.

use std::path::Path;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::Repository;
use super::program::Program;
use super::reflog::Move;
use crate::model::branch;

/// The refs that each worktree has for itself.
const OWN_REFS: [&str; 3] = ["refs/worktree", "refs/bisect", "refs/rewritten"];

/// Where an operation notes what it has put aside, and how it is called.
const ASIDE: [(&str, &str); 3] =
    [("rebase-merge/autostash", "rebase"), ("rebase-apply/autostash", "rebase"), (MERGE, "merge")];

/// A ref where the repository keeps its refs in another way than in files.
const MERGE: &str = "MERGE_AUTOSTASH";

/// Uncommitted work that an operation has put aside until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// `rebase` or `merge`.
    pub operation: &'static str,
    /// What git-stash(1) would have made.
    pub commit_id: ObjectId,
}

impl Repository {
    /// The work that stopped operations have put aside in the worktree with this git directory.
    pub fn put_aside(&self, git_dir: &Path) -> Result<Vec<Aside>> {
        let mut found: Vec<Aside> = Vec::new();
        for (file, operation) in ASIDE {
            let noted = match fs_err::read(git_dir.join(file)) {
                Ok(noted) => noted.into(),
                Err(_) if file == MERGE => {
                    self.git_of(git_dir).args(["rev-parse", "--verify", "--quiet", file]).run()?.stdout
                }
                Err(_) => continue,
            };
            if let Some(commit_id) = ObjectId::from_hex(noted.trim()).ok().filter(|id| self.contains(*id)) {
                found.push(Aside { operation, commit_id });
            }
        }
        Ok(found)
    }

    /// The refs of a worktree's own that name commits which no other ref has, by full name.
    pub fn lone_refs(&self, git_dir: &Path) -> Result<Vec<(String, ObjectId)>> {
        let listed = self.git_of(git_dir).args(["for-each-ref", "--format=%(objectname) %(refname)"]);
        let mut found = Vec::new();
        for line in listed.args(OWN_REFS).output()?.lines() {
            let Some((id, name)) = line.split_once_str(" ") else { continue };
            let id = ObjectId::from_hex(id)?;
            let others = ["--not", "--single-worktree", "--all"];
            let others = self
                .git_of(self.common_dir())
                .args(["rev-list", "--max-count=1", &id.to_string()])
                .args(others);
            if !others.output()?.is_empty() {
                found.push((name.to_str_lossy().into_owned(), id));
            }
        }
        Ok(found)
    }

    /// The newest commits that were made in a worktree on no branch, and that no ref has: only the reflog
    /// of its HEAD still knows them.
    pub fn lone_commits(&self, git_dir: &Path) -> Result<Vec<ObjectId>> {
        let mut made = made_by_hand(&self.head_reflog(git_dir));
        if made.is_empty() {
            return Ok(Vec::new());
        }
        let branches = self.refs_under(branch::PREFIX)?;
        let on_branches = self.past_of(branches.iter().map(|(name, _)| name.as_str()));
        made.retain(|id| on_branches.binary_search(id).is_err() && self.is_commit(*id));
        let mut lone: Vec<ObjectId> = Vec::new();
        for id in made.into_iter().rev() {
            let others = lone.iter().map(ToString::to_string);
            let new = self.git_of(self.common_dir()).args(["rev-list", "--max-count=1", &id.to_string()]);
            let new = new.args(["--not", "--single-worktree", "--all"]).args(others);
            if !new.output()?.is_empty() {
                lone.push(id);
            }
        }
        Ok(lone)
    }

    /// git in a git directory, whether there is a worktree to it or not.
    pub(super) fn git_of(&self, git_dir: &Path) -> Program {
        self.git().at(git_dir).env("GIT_DIR", git_dir).env("GIT_WORK_TREE", git_dir)
    }
}

/// The commits that were made, oldest first, without those that an amend replaced, and without the steps
/// of a rebase that ended on its branch or was taken back. One that ended elsewhere says nothing of it.
fn made_by_hand(moves: &[Move]) -> Vec<ObjectId> {
    let (mut made, mut is_rebasing) = (Vec::new(), false);
    for one in moves {
        let is_rebase = one.message.starts_with(b"rebase");
        let says = |word: &str| is_rebase && one.message.contains_str(word);
        let is_left = one.message.starts_with(b"checkout: ") || one.is_reset();
        if is_rebasing && is_left {
            is_rebasing = false;
            made.push(one.old);
        }
        is_rebasing = (is_rebasing || says("(start)")) && !says("(finish)") && !says("(abort)");
        if is_rebasing || is_rebase || !one.is_commit() {
            continue;
        }
        if one.message.starts_with(b"commit (amend)") {
            made.retain(|id| *id != one.old);
        }
        made.push(one.new);
    }
    made
}
