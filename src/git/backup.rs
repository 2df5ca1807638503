//! Backup refs: where a branch was before a command of ours deleted or moved it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::refs::{Moved, Target};
use crate::model::name::RunName;

/// How many names are tried before something else must be wrong.
const TRIES: usize = 10_000;

impl Repository {
    /// Keeps `commit_id` reachable as `refs/orchestrate/<run>/backup/<what>/<n>`, under the next
    /// free number; the full name. One that is kept already is not kept twice.
    pub fn keep_backup(&self, run: &RunName, what: &str, commit_id: ObjectId) -> Result<String> {
        let prefix = format!("refs/orchestrate/{run}/backup/{what}/");
        let kept = self.refs_under(&prefix)?;
        if let Some((name, _)) = kept.iter().find(|(_, target)| *target == Target::Object(commit_id)) {
            return Ok(name.clone());
        }
        for number in kept.len() + 1..TRIES {
            let name = format!("{prefix}{number}");
            if self.move_ref(&name, None, commit_id, "backup")? == Moved::Done {
                return Ok(name);
            }
        }
        bail!("cannot find a free name below {prefix}")
    }

    /// The newest of the kept tips of `what`; `None` if there is none.
    pub fn newest_backup(&self, run: &RunName, what: &str) -> Result<Option<ObjectId>> {
        let prefix = format!("refs/orchestrate/{run}/backup/{what}/");
        let number = |name: &str| name[prefix.len()..].parse::<usize>().ok();
        let kept = self.refs_under(&prefix)?;
        let newest = kept.iter().max_by_key(|(name, _)| number(name));
        newest.map_or(Ok(None), |(name, _)| self.ref_commit(name))
    }

    /// A commit on top of the worktree's HEAD that holds everything that is not committed there,
    /// untracked files too and ignored ones not. The worktree and its index stay as they are.
    pub fn snapshot(&self, worktree: &Path, message: &str) -> Result<ObjectId> {
        let git = || self.git().at(worktree);
        let index = git().args(["rev-parse", "--path-format=absolute", "--git-path", "index"]).output()?;
        let index = index.trim_end_with(|c| c == '\n').to_os_str_lossy().into_owned();
        let scratch = tempfile::Builder::new().prefix("git-orchestrate-").tempdir()?;
        let copy = scratch.path().join("index");
        fs_err::copy(index, &copy)?;
        git().env("GIT_INDEX_FILE", &copy).args(["add", "--all"]).output()?;
        let tree = git().env("GIT_INDEX_FILE", &copy).args(["write-tree"]).output()?;
        let head = git().args(["rev-parse", "--verify", "HEAD^{commit}"]).output()?;
        let id = |text: &BString| ObjectId::from_hex(text.trim()).context("git did not say an id");
        self.commit_tree(id(&tree)?, &[id(&head)?], message)
    }
}
