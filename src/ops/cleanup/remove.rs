//! Taking away what is proved to be safe.
//!
//! The order keeps every state that a kill can leave a good one: a backup ref before the branch, the
//! journal's word before the branch, the worktree before the branch that it has checked out, and the
//! shared traces last.

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::hooks;
use crate::git::refs::Moved;
use crate::git::view::REMOTES;
use crate::git::worktrees::{Force as WorktreeForce, LinkedWorktree};
use crate::model::branch;
use crate::model::cleanup::{self, Fate, Force, Item, Keep, Thing};
use crate::model::journal::{self, Entry, Event};
use crate::ops::cleanup::gather::{Scene, Site};
use crate::ops::cleanup::proof::{Branch, Standing};
use crate::ops::cleanup::{Mode, Options};
use crate::ops::{belongings, destination, run, traces};

/// The worktrees and branches of all tasks.
pub fn tasks(scene: &Scene<'_>, options: &Options) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for site in &scene.tasks {
        let mut keeps_worktree = None;
        if let Some(worktree) = &site.worktree {
            let fate = worktree_fate(scene, options, site, worktree)?;
            if let Fate::Kept(_) = fate {
                keeps_worktree = Some(Keep::WithWorktree);
            }
            let thing = Thing::Worktree(worktree.path.clone());
            items.push(Item { task: Some(site.task.name.clone()), thing, fate });
        }
        if let Some(tip) = site.task.tip {
            let keep = cleanup::branch(&site.evidence, options.force).or(keeps_worktree);
            let fate = match keep {
                Some(keep) => Fate::Kept(keep),
                None => branch_fate(scene, options, Some(site), (&site.task.branch, tip))?,
            };
            let thing = Thing::Branch(site.task.branch.clone());
            items.push(Item { task: Some(site.task.name.clone()), thing, fate });
        }
    }
    Ok(items)
}

/// The integration branch: only once it is in the base branch.
pub fn integration(scene: &Scene<'_>, options: &Options) -> Result<Option<Item>> {
    let (repo, branch) = (scene.repo, &scene.integration);
    // What was fetched of it is somebody else's.
    let Some(tip) = repo.ref_commit(&branch::full(branch))? else { return Ok(None) };
    let keep = match scene.facts.base_tip.filter(|_| options.force == Force::Proof) {
        Some(base) => not_landed(scene, tip, base)?,
        None if options.force == Force::Proof && !is_elsewhere(scene, tip)? => Some(not_in_base(scene)),
        None => None,
    };
    let fate = match (repo.checked_out_at(&branch::full(branch))?, keep) {
        (Some(path), _) => Fate::Kept(Keep::CheckedOut(path)),
        (None, Some(keep)) => Fate::Kept(keep),
        (None, None) => branch_fate(scene, options, None, (branch, tip))?,
    };
    Ok(Some(Item { task: None, thing: Thing::Branch(branch.clone()), fate }))
}

/// Why the work of the integration branch is not in the base branch.
fn not_landed(scene: &Scene<'_>, tip: ObjectId, base: ObjectId) -> Result<Option<Keep>> {
    let repo = scene.repo;
    let start = repo.commit(scene.facts.base_commit_id)?.tree_id;
    let changes = repo.diff_trees(start, repo.commit(tip)?.tree_id)?;
    Ok(match scene.prover.prove(Branch { tip, own: &[], changes: &changes }, base)? {
        Standing::Merged(_) => None,
        Standing::TakenBack => Some(Keep::TakenBack(scene.base())),
        Standing::Missing(_) => Some(not_in_base(scene)),
    })
}

fn not_in_base(scene: &Scene<'_>) -> Keep {
    Keep::NotLanded(destination::of(scene.repo, scene.recorded))
}

/// Whether a branch that is none of the run's has the work, where the run has no base branch, or none any
/// more: nothing is lost then.
fn is_elsewhere(scene: &Scene<'_>, tip: ObjectId) -> Result<bool> {
    let repo = scene.repo;
    let own = scene.tasks.iter().map(|site| &site.task.branch).chain([&scene.integration]);
    let own: Vec<String> = own.map(|name| format!("/{name}")).collect();
    for prefix in [branch::PREFIX, REMOTES] {
        for (name, _) in repo.refs_under(prefix)? {
            if own.iter().any(|own| name.ends_with(own.as_str())) {
                continue;
            }
            if let Some(there) = repo.ref_commit(&name)?
                && repo.is_ancestor(tip, there)?
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What the run left in shared places; the run is over then.
pub fn traces(scene: &Scene<'_>, options: &Options) -> Result<Vec<Item>> {
    let (repo, run) = (scene.repo, &scene.recorded.plan.run);
    if options.mode == Mode::DryRun {
        return Ok(Vec::new());
    }
    repo.workbench(run).remove()?;
    let foreign = hooks::sweep(repo)?;
    let taken = traces::undo(repo, run)?;
    if run::is_active(&repo.read_journals(run)?) {
        let entry = Entry::new(Event::CleanedUp, journal::ORCHESTRATOR);
        repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    }
    let kept = |path| Item { task: None, thing: Thing::HookFile(path), fate: Fate::Kept(Keep::Foreign) };
    let mut items: Vec<Item> = foreign.into_iter().map(kept).collect();
    if !taken.is_empty() {
        let fate = Fate::removed(None);
        items.push(Item { task: None, thing: Thing::Traces, fate });
    }
    Ok(items)
}

fn worktree_fate(
    scene: &Scene<'_>,
    options: &Options,
    site: &Site,
    worktree: &LinkedWorktree,
) -> Result<Fate> {
    if let Some(keep) = cleanup::worktree(&site.evidence, options.force) {
        return Ok(Fate::Kept(keep));
    }
    if options.mode == Mode::DryRun {
        return Ok(Fate::removed(None));
    }
    let (repo, run, name) = (scene.repo, &scene.recorded.plan.run, &site.task.name);
    let mut backup = None;
    let uncommitted = site.evidence.worktree.as_ref().is_some_and(|one| !one.uncommitted.is_empty());
    if uncommitted && worktree.present {
        let id = repo.snapshot(&worktree.path, &format!("Uncommitted work of {name} at its clean-up"))?;
        backup = Some(repo.keep_backup(run, name.as_str(), id)?);
    }
    if let (Some(head), false) =
        (worktree.head, site.evidence.worktree.as_ref().is_none_or(|one| one.head_is_safe))
    {
        backup = Some(repo.keep_backup(run, name.as_str(), head)?);
    }
    let also = belongings::keep(repo, run, name.as_str(), &worktree.git_dir)?;
    match take_worktree(repo, worktree, options.force) {
        Ok(()) => Ok(Fate::Removed { backup, also }),
        Err(error) => {
            // What stays is as it was: guarded against a prune while it is away.
            if let Some(reason) = &worktree.lock {
                repo.lock_worktree(&worktree.path, reason)?;
            }
            Ok(Fate::Kept(Keep::Refused(format!("{error:#}"))))
        }
    }
}

/// Git itself looks once more whether anything is uncommitted, unless a copy that `start` made would
/// be in its way, or a submodule, of which it takes no worktree.
fn take_worktree(repo: &Repository, worktree: &LinkedWorktree, force: Force) -> Result<()> {
    repo.unlock_worktree(&worktree.path)?;
    let has_copies = worktree.present && !repo.dirty_paths(&worktree.path)?.is_empty();
    let how = if has_copies || force == Force::Insisted || repo.has_submodules(worktree)? {
        WorktreeForce::DiscardChanges
    } else {
        WorktreeForce::KeepChanges
    };
    repo.remove_worktree(&worktree.path, how)?;
    tidy_parent(repo, worktree)
}

/// The directory that held it goes if it is empty, ours, and no other worktree belongs there that is
/// only away.
fn tidy_parent(repo: &Repository, worktree: &LinkedWorktree) -> Result<()> {
    let top = repo.main_workdir();
    let Some(parent) = worktree.path.parent().filter(|parent| top.as_deref() != Some(*parent)) else {
        return Ok(());
    };
    let is_ours = top.is_some_and(|top| parent.starts_with(top));
    let is_needed = repo.worktrees()?.iter().any(|other| other.path.starts_with(parent));
    if is_ours && !is_needed && fs_err::read_dir(parent)?.next().is_none() {
        fs_err::remove_dir(parent)?;
    }
    Ok(())
}

fn branch_fate(
    scene: &Scene<'_>,
    options: &Options,
    site: Option<&Site>,
    (branch, tip): (&str, ObjectId),
) -> Result<Fate> {
    let (repo, run) = (scene.repo, &scene.recorded.plan.run);
    if options.mode == Mode::DryRun {
        return Ok(Fate::removed(None));
    }
    let backup = repo.keep_backup(run, site.map_or("integration", |site| site.task.name.as_str()), tip)?;
    if let Some(site) = site {
        let is_merged = cleanup::is_merged(&site.evidence);
        let event = if is_merged { Event::CleanedUp } else { Event::Abandoned };
        let entry = Entry {
            task: Some(site.task.name.clone()),
            commit_id: Some(tip),
            text: format!("removed {branch}"),
            ..Entry::new(event, journal::ORCHESTRATOR)
        };
        repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    }
    if repo.delete_ref(&branch::full(branch), tip)? != Moved::Done {
        return Ok(Fate::Kept(Keep::Moved));
    }
    forget_tracking(repo, branch)?;
    Ok(Fate::removed(Some(backup)))
}

/// `branch.<name>.*` goes with the branch, as `git branch -d` has it.
fn forget_tracking(repo: &Repository, branch: &str) -> Result<()> {
    let section = format!("branch.{branch}");
    let _lock = repo.lock("config")?;
    let gone = repo.git().args(["config", "--local", "--remove-section", &section]).run()?;
    tracing::debug!(branch, said = %gone.stderr.trim().as_bstr(), "forgot what the branch tracked");
    Ok(())
}
