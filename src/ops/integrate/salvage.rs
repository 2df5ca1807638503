//! What a person has made in the private worktree is kept before anything there goes.
//!
//! A resolution by hand, a file beside it and a commit of the person's own are nowhere else. Nothing
//! is kept of what we have laid out ourselves, nor of what the integration branch holds by now.

use anyhow::{Result, bail};
use bstr::{BString, ByteSlice as _};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::refs::Target;
use crate::git::workbench::{self, Workbench};
use crate::git::worktrees::LinkedWorktree;
use crate::model::change::Kind;
use crate::model::cleanup::Also;
use crate::model::hint;
use crate::model::inner;
use crate::model::integration::progress::Stopped;
use crate::model::name::RunName;
use crate::model::shell;
use crate::ops::belongings;
use crate::ops::integrate::outcome::Kept;

/// What these backups are called.
const WHAT: &str = "resolution";

/// Keeps what the person has made at a stop; `tip` is where the integration branch is. `None` where
/// there is nothing that is nowhere else.
pub fn keep(
    repo: &Repository,
    run: &RunName,
    stopped: &Stopped,
    tip: Option<ObjectId>,
) -> Result<Option<Kept>> {
    let bench = repo.workbench(run);
    let record = bench.record()?;
    record.as_ref().map_or(Ok(()), |record| check_within(repo, record))?;
    let is_known = |record: &LinkedWorktree, staged| is_known(repo, run, record, (stopped, tip, staged));
    let also = record.map_or(Ok(Vec::new()), |one| {
        belongings::keep_unless(repo, run, (WHAT, &one.git_dir), |staged| is_known(&one, staged))
    })?;
    let mut backups = made(repo, run, stopped, tip)?.into_iter().chain(also);
    let Some(Also { backup, .. }) = backups.next() else { return Ok(None) };
    Ok(Some(Kept { backup, also: backups.collect(), bench: bench.path().to_owned() }))
}

/// No commit holds the work of a submodule, whose repository goes with the worktree wherever its files are.
fn check_within(repo: &Repository, bench: &LinkedWorktree) -> Result<()> {
    // Damage is told of by who comes to it next.
    let paths = repo.uncommitted(&bench.path, &[]).ok().filter(|_| bench.present).unwrap_or_default();
    // What is staged of a submodule is a commit of it, which has to be published.
    let paths: Vec<BString> = paths.into_iter().filter(|one| one.unstaged).map(|one| one.path).collect();
    let mut within = repo.inner_repositories(bench, &paths)?;
    within.retain(|one| one.git_dir.is_some());
    if within.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = within.iter().map(|one| one.path.to_str_lossy()).collect();
    let place = shell::path(&bench.path);
    Err(hint::error(
        format!("cannot keep what is in {place}: {} is a repository of its own", named.join(", ")),
        inner::remedy(&within),
    ))
}

/// Whether what is staged where the files are gone is nothing new: a call that was killed may have kept it
/// before it took them away, and what we have laid out ourselves is nobody's work.
fn is_known(
    repo: &Repository,
    run: &RunName,
    record: &LinkedWorktree,
    (stopped, tip, staged): (&Stopped, Option<ObjectId>, ObjectId),
) -> Result<bool> {
    let tree = |id| repo.commit(id).map(|commit| commit.tree_id);
    let mut known = vec![repo.tree_of(tip)?, tree(stopped.onto)?, tree(stopped.tip)?];
    known.extend(workbench::laid_out(&record.git_dir)?);
    for (_, target) in repo.refs_under(&format!("refs/orchestrate/{run}/backup/{WHAT}/"))? {
        let Target::Object(id) = target else { continue };
        known.push(tree(id)?);
        known.extend(repo.commit(id)?.parent_ids.get(1).copied().map(tree).transpose()?);
    }
    let head = repo.commit(staged)?.parent_ids.first().copied().unwrap_or(stopped.onto);
    Ok(!holds_more(repo, (head, staged), &known)?)
}

/// Keeps the files there, and the commits of a person's own.
fn made(repo: &Repository, run: &RunName, stopped: &Stopped, tip: Option<ObjectId>) -> Result<Option<Also>> {
    let bench = repo.workbench(run);
    let kept = |backup| Also { what: WHAT.into(), backup };
    if !bench.exists() {
        // A call that was killed may have kept it, and taken it away.
        return Ok(earlier(repo, run, |id| repo.is_ancestor(stopped.onto, id))?.map(kept));
    }
    let found = unsaved(repo, &bench, stopped, tip).map_err(|error| {
        let place = shell::path(bench.path());
        hint::error(
            format!("cannot keep what is in {place}: {}", hint::in_line(&error)),
            format!("keep it yourself, then again: mv {place} {place}-aside"),
        )
    })?;
    let Some(commit_id) = found else { return Ok(None) };
    let new = content(repo, commit_id)?;
    let is_same = |id| Ok(content(repo, id)? == new);
    let backup = match earlier(repo, run, is_same)? {
        Some(backup) => backup,
        None => repo.keep_backup(run, WHAT, commit_id)?,
    };
    Ok(Some(kept(backup)))
}

/// What distinguishes one backup from another: what it holds, what it stands on, and what was only staged.
fn content(repo: &Repository, id: ObjectId) -> Result<(ObjectId, Option<ObjectId>, Option<ObjectId>)> {
    let commit = repo.commit(id)?;
    let staged = commit.parent_ids.get(1).map(|staged| repo.commit(*staged)).transpose()?;
    Ok((commit.tree_id, commit.parent_ids.first().copied(), staged.map(|staged| staged.tree_id)))
}

/// A commit that holds what is there and nowhere else.
fn unsaved(
    repo: &Repository,
    bench: &Workbench<'_>,
    stopped: &Stopped,
    tip: Option<ObjectId>,
) -> Result<Option<ObjectId>> {
    let message = format!("Left in the private worktree at {}", stopped.task);
    let snapshot = repo.snapshot(bench.path(), &message)?;
    let (tree_id, head) = (repo.commit(snapshot)?.tree_id, bench.head()?);
    // Of a repository within, a commit would hold only where its HEAD is.
    for change in repo.diff_trees(repo.commit(head)?.tree_id, tree_id)? {
        let is_module = change.new.is_some_and(|entry| entry.kind == Kind::Submodule);
        if is_module && bench.path().join(change.path.to_os_str_lossy()).join(".git").is_dir() {
            bail!("{} is a repository of its own", change.path);
        }
    }
    let mut is_head_safe = false;
    for safe in [Some(stopped.onto), Some(stopped.tip), tip].into_iter().flatten() {
        is_head_safe |= repo.is_ancestor(head, safe)?;
    }
    let laid_out = bench.laid_out()?;
    let staged = repo.commit(snapshot)?.parent_ids.get(1).copied();
    let mut known = vec![tree_id, repo.tree_of(tip)?];
    known.extend(laid_out);
    known.extend([repo.commit(stopped.onto)?.tree_id, repo.commit(stopped.tip)?.tree_id]);
    if let Some(staged) = staged
        && holds_more(repo, (head, staged), &known)?
    {
        return Ok(Some(snapshot));
    }
    if tree_id == repo.commit(head)?.tree_id {
        return Ok((!is_head_safe).then_some(head));
    }
    let is_ours = laid_out == Some(tree_id) || tree_id == repo.tree_of(tip)?;
    if is_head_safe && is_ours {
        return Ok(None);
    }
    // What a merge has staged is nothing of a person's.
    staged.map_or(Ok(snapshot), |_| repo.commit_tree(tree_id, &[head], &message)).map(Some)
}

/// Whether something was staged on top of `head` that no `known` tree has at that path.
fn holds_more(repo: &Repository, (head, staged): (ObjectId, ObjectId), known: &[ObjectId]) -> Result<bool> {
    let trees = [repo.commit(head)?.tree_id, repo.commit(staged)?.tree_id];
    for change in repo.diff_trees(trees[0], trees[1])?.into_iter().filter(|change| change.new.is_some()) {
        let mut is_known = false;
        for tree_id in known {
            is_known |= repo.tree_entry(*tree_id, change.path.as_bstr())? == change.new;
        }
        if !is_known {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest backup of this kind that has what is asked for.
fn earlier(
    repo: &Repository,
    run: &RunName,
    has: impl Fn(ObjectId) -> Result<bool>,
) -> Result<Option<String>> {
    let prefix = format!("refs/orchestrate/{run}/backup/{WHAT}/");
    let mut kept = repo.refs_under(&prefix)?;
    kept.sort_by_key(|(name, _)| name[prefix.len()..].parse::<usize>().ok());
    for (name, target) in kept.into_iter().rev() {
        if let Target::Object(id) = target
            && has(id)?
        {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
