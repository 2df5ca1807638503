//! What a worktree holds beyond its HEAD, as a commit of its own. The worktree and its index stay
//! as they are: git works on a copy of the index.

use std::path::Path;

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use super::program::Program;

/// A worktree as it would be committed as a whole.
struct Held {
    tree_id: ObjectId,
    head: ObjectId,
}

impl Repository {
    /// A commit on top of the worktree's HEAD that holds everything that is not committed there,
    /// untracked files too and ignored ones not.
    pub fn snapshot(&self, worktree: &Path, message: &str) -> Result<ObjectId> {
        let held = held(|| self.git().at(worktree))?;
        self.commit_tree(held.tree_id, &[held.head], message)
    }
}

impl CleanRoom {
    /// The same for a worktree of `repo`, over whose objects the room is; what is written stays in
    /// the room.
    pub fn snapshot(&self, repo: &Repository, worktree: &Path) -> Result<ObjectId> {
        let store = |repo: &Repository| repo.common_dir().join("objects");
        let git = || {
            let git = repo.git().at(worktree).args(["-c", "core.hooksPath=/dev/null"]);
            git.env("GIT_OBJECT_DIRECTORY", store(self.repository()))
                .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", store(repo))
        };
        let held = held(git)?;
        self.trial_commit(held.tree_id, &[held.head])
    }
}

fn held(git: impl Fn() -> Program) -> Result<Held> {
    let index = git().args(["rev-parse", "--path-format=absolute", "--git-path", "index"]).output()?;
    let index = index.trim_end_with(|c| c == '\n').to_os_str_lossy().into_owned();
    let scratch = tempfile::Builder::new().prefix("git-orchestrate-").tempdir()?;
    let copy = scratch.path().join("index");
    fs_err::copy(index, &copy)?;
    git().env("GIT_INDEX_FILE", &copy).args(["add", "--all"]).output()?;
    let tree = git().env("GIT_INDEX_FILE", &copy).args(["write-tree"]).output()?;
    let head = git().args(["rev-parse", "--verify", "HEAD^{commit}"]).output()?;
    let id = |text: &BString| ObjectId::from_hex(text.trim()).context("git did not say an id");
    Ok(Held { tree_id: id(&tree)?, head: id(&head)? })
}
