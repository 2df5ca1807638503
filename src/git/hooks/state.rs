//! Whether our hooks run, as far as files and settings show; [`probe`](super::probe) proves it.

use std::path::Path;

use anyhow::Result;

use super::manifest::Manifest;
use super::worktree_config::WorktreeConfig;
use super::{
    EVENTS, GUARD, HOOKS_PATH, NOWHERE, PREVIOUS_KEY, RUN_KEY, TASK_KEY, TaskIdentity, WORKTREE_KEY, files,
    hooks_dir, previous,
};
use crate::git::Repository;
use crate::git::config;
use crate::git::worktrees::LinkedWorktree;
use crate::model::facts::HooksState;
use crate::model::health::HookDefect;
use crate::model::health::hook_manager::Manager;
use crate::model::name::RunName;
use crate::model::plan::Plan;

/// Whether our hooks run in a worktree. Cheap: every command may ask.
pub fn state(repo: &Repository, worktree: &LinkedWorktree) -> HooksState {
    if !worktree.present {
        return HooksState::Broken("the worktree is not there".into());
    }
    match first_defect(repo, worktree) {
        Ok(None) => HooksState::Effective,
        Ok(Some(defect)) => HooksState::Broken(defect.to_string()),
        Err(error) => HooksState::Broken(format!("{error:#}")),
    }
}

/// Whether arming a worktree again would change nothing: its hooks run, are those of the program that
/// is installed now, and stand in for every hook that the user has by now. `plan` is that of its run.
pub fn is_up_to_date(repo: &Repository, worktree: &LinkedWorktree, plan: &Plan) -> Result<bool> {
    if state(repo, worktree) != HooksState::Effective {
        return Ok(false);
    }
    let events = super::wanted_events(repo, &Repository::open(&worktree.path)?, plan.protocol.guard);
    let manifest = Manifest::read(repo)?;
    Ok(files::is_current(repo, &manifest, &events)?
        && !super::is_guard_surplus(repo, &manifest, &events, &plan.run)?)
}

/// The events that our hooks are installed for.
pub fn installed_events(repo: &Repository) -> Result<Vec<String>> {
    let mut events = Manifest::read(repo)?.events;
    events.extend(EVENTS.iter().map(|&event| event.to_owned()));
    events.sort();
    events.dedup();
    Ok(events)
}

/// What is wrong with what all workers share: the files of the hooks, the program they are copies
/// of, and the settings that let a worktree select them.
pub fn shared_defects(repo: &Repository) -> Result<Vec<HookDefect>> {
    let shared = config::read_file(&repo.common_dir().join("config"))?;
    let mut defects = Vec::new();
    if !config::has_worktree_config(&shared) {
        defects.push(HookDefect::ExtensionOff);
    }
    if shared.string(HOOKS_PATH).is_some_and(|path| Path::new(&path.to_string()) == hooks_dir(repo)) {
        defects.push(HookDefect::Shared);
    }
    let manifest = Manifest::read(repo)?;
    defects.extend(files::defects(repo, &manifest, &installed_events(repo)?)?);
    defects.extend(files::staleness(repo, &manifest)?);
    defects.extend(files::strays(repo, &manifest)?);
    Ok(defects)
}

/// What is wrong with the own settings of this task's worktree, and which hooks of the user do not run
/// in it.
pub fn worktree_defects(
    repo: &Repository,
    worktree: &LinkedWorktree,
    identity: &TaskIdentity,
) -> Result<Vec<HookDefect>> {
    // While it selects other hooks, nothing is hidden by ours.
    if let Some(defect) = settings_defect(repo, worktree)? {
        return Ok(vec![defect]);
    }
    let config = WorktreeConfig::read(&worktree.git_dir)?;
    let says = |key, value: &str| config.value(key).as_deref() == Some(value);
    if !says(RUN_KEY, identity.run.as_str()) || !says(TASK_KEY, identity.task.as_str()) {
        return Ok(vec![HookDefect::Unnamed]);
    }
    let mut defects = Vec::new();
    let own = Repository::open(&worktree.path)?;
    let installed = Manifest::read(repo)?.events;
    let guard = own.config(RUN_KEY).is_some_and(|run| super::wants_guard(repo, &run));
    if guard && !installed.iter().any(|event| event == GUARD) {
        defects.push(HookDefect::Missing { event: GUARD.into() });
    }
    let hidden: Vec<String> =
        previous::events(&own).into_iter().filter(|event| !installed.contains(event)).collect();
    if !hidden.is_empty() {
        defects.push(HookDefect::Hidden { events: hidden });
    }
    let directory = previous::directory(&own);
    if !directory.exists() && directory != repo.common_dir().join("hooks") && directory != Path::new(NOWHERE)
    {
        let manager = Manager::of(&directory.to_string_lossy());
        let is_own = WorktreeConfig::read(&worktree.git_dir)?.value(PREVIOUS_KEY).is_some();
        defects.push(HookDefect::Uninstalled { directory, manager, is_own });
    }
    Ok(defects)
}

/// The task of a run that a worktree names as its own, in settings that are not copied from another one.
pub fn own_task(worktree: &LinkedWorktree, run: &RunName) -> Option<String> {
    let there = Repository::open(&worktree.path).ok()?;
    let is_own = there.config(RUN_KEY).as_deref() == Some(run.as_str())
        && super::is_own(there.config(WORKTREE_KEY).as_deref(), &worktree.git_dir);
    there.config(TASK_KEY).filter(|_| is_own)
}

/// Whether the worktree has settings of another one that select our hooks for a task.
pub fn is_copy(repo: &Repository, worktree: &LinkedWorktree) -> Result<bool> {
    let config = WorktreeConfig::read(&worktree.git_dir)?;
    let is_own = super::is_own(config.value(WORKTREE_KEY).as_deref(), &worktree.git_dir);
    Ok(config.selects(repo) && !is_own)
}

fn first_defect(repo: &Repository, worktree: &LinkedWorktree) -> Result<Option<HookDefect>> {
    let shared = config::read_file(&repo.common_dir().join("config"))?;
    if !config::has_worktree_config(&shared) {
        return Ok(Some(HookDefect::ExtensionOff));
    }
    if let Some(defect) = settings_defect(repo, worktree)? {
        return Ok(Some(defect));
    }
    let events: Vec<String> = EVENTS.iter().map(|&event| event.to_owned()).collect();
    Ok(files::defects(repo, &Manifest::read(repo)?, &events)?.into_iter().next())
}

fn settings_defect(repo: &Repository, worktree: &LinkedWorktree) -> Result<Option<HookDefect>> {
    let config = WorktreeConfig::read(&worktree.git_dir)?;
    let is_own = super::is_own(config.value(WORKTREE_KEY).as_deref(), &worktree.git_dir);
    Ok(match config.value(HOOKS_PATH) {
        None => Some(HookDefect::PathUnset),
        Some(value) if Path::new(&value) != hooks_dir(repo) => Some(HookDefect::PathOverwritten { value }),
        Some(_) if !is_own => Some(HookDefect::Copied),
        Some(_) if [RUN_KEY, TASK_KEY].iter().any(|key| config.value(key).is_none()) => {
            Some(HookDefect::Unnamed)
        }
        Some(_) => None,
    })
}
