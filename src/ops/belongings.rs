//! What only the record of a worktree holds is kept under backup refs before the worktree goes.

use std::path::Path;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::cleanup::Also;
use crate::model::name::RunName;

/// Keeps the work that stopped operations have put aside, what is staged where the files are gone, the
/// commits that only a ref of the worktree's own names, and those that were made on a detached HEAD.
/// `git_dir` is the worktree's, `whose` a task's name or what else has one.
pub fn keep(repo: &Repository, run: &RunName, whose: &str, git_dir: &Path) -> Result<Vec<Also>> {
    let mut kept = keep_unless(repo, run, (whose, git_dir), |_| Ok(false))?;
    for id in repo.lone_commits(git_dir)? {
        let backup = repo.keep_backup(run, &format!("detached/{whose}"), id)?;
        kept.push(Also { what: "detached HEAD".into(), backup });
    }
    Ok(kept)
}

/// The same without what is staged where that `is_known`, and without what was made on a detached HEAD.
pub fn keep_unless(
    repo: &Repository,
    run: &RunName,
    (whose, git_dir): (&str, &Path),
    is_known: impl Fn(ObjectId) -> Result<bool>,
) -> Result<Vec<Also>> {
    let mut kept = Vec::new();
    for aside in repo.put_aside(git_dir)? {
        let backup = repo.keep_backup(run, &format!("autostash/{whose}"), aside.commit_id)?;
        kept.push(Also { what: "autostash".into(), backup });
    }
    if let Some(id) =
        repo.snapshot_of_gone(git_dir, &format!("What was staged in the worktree of {whose}"))?
        && !is_known(id)?
    {
        let backup = repo.keep_backup(run, &format!("staged/{whose}"), id)?;
        kept.push(Also { what: "index".into(), backup });
    }
    for (what, id) in repo.lone_refs(git_dir)? {
        let backup = repo.keep_backup(run, &format!("worktree-refs/{whose}"), id)?;
        kept.push(Also { what, backup });
    }
    Ok(kept)
}
