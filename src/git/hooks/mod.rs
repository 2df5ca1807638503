//! Our hooks in a repository: put in place for a worker's worktree, taken away, and looked at.
//!
//! The files lie in `<common dir>/orchestrate/hooks/`, where no hook manager looks unless it is run in
//! such a worktree, see [`adopted`], and a worktree selects them with `core.hooksPath` in its own
//! `config.worktree`. So the main worktree, the shared `core.hooksPath` and `.git/hooks` are never
//! written, and removing one key undoes it all. What the selected directory hides is run first by the
//! hook program itself, see [`previous`]. A person's own setting in the worktree is kept under another
//! key and comes back. The configuration can name hooks as well, from git 2.54 on, see [`configured`];
//! ours stay where they are, because git runs these last: so they see what all others staged, run once,
//! and are found in the same place whatever the version.
//!
//! The invariant: the key that selects the files is written last and removed first, so at every
//! moment either our complete hooks run, or those that would have run without us.

pub mod adopted;
pub mod baseline;
pub mod configured;
mod files;
pub mod glance;
mod manifest;
mod note_file;
pub mod previous;
pub mod probe;
mod program;
pub mod receive;
mod settings;
mod state;
mod witness;
mod worktree_config;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::git::Repository;
use crate::git::config;
use crate::git::worktrees::LinkedWorktree;
use crate::model::health::HookDefect;
use crate::model::name::{RunName, TaskName};

use baseline::Baseline;
use manifest::Manifest;
pub use program::find_program;
use settings::{edit, enable_worktree_config, release, restore_shared_config, settings_file, unselect};
pub use state::{
    installed_events, is_copy, is_up_to_date, own_task, shared_defects, state, worktree_defects,
};
use witness::Witness;
use worktree_config::WorktreeConfig;

/// The key of a worktree's configuration that names its run.
pub const RUN_KEY: &str = "orchestrate.run";
/// The key of a worktree's configuration that names its task.
pub const TASK_KEY: &str = "orchestrate.task";
/// The key that holds the name of the worktree's administrative directory: `git worktree add`
/// copies the whole file into a worktree that is made from this one, and a copy must not count.
pub const WORKTREE_KEY: &str = "orchestrate.worktree";
/// The key that keeps what `core.hooksPath` was in this worktree before.
pub const PREVIOUS_KEY: &str = "orchestrate.hooksPath";

const HOOKS_PATH: &str = "core.hooksPath";
/// A directory that holds no hooks, which people select to have none.
const NOWHERE: &str = "/dev/null";
const OUR_KEYS: [&str; 4] = [RUN_KEY, TASK_KEY, WORKTREE_KEY, PREVIOUS_KEY];

/// The events that we have something to say about.
pub const EVENTS: [&str; 8] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "pre-merge-commit",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "pre-push",
];

/// The event that is installed only where a plan asks for it: it runs many times a command.
pub const GUARD: &str = "reference-transaction";

/// Whose worktree it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskIdentity {
    /// The run.
    pub run: RunName,
    /// The task of that run.
    pub task: TaskName,
}

/// Makes our hooks run in a worktree, for a task. Doing it again brings everything up to date:
/// another version of the program, hooks of the user that appeared since, a changed identity. The
/// hooks are copies of `program`, see [`find_program`].
pub fn arm(
    repo: &Repository,
    worktree: &LinkedWorktree,
    identity: &TaskIdentity,
    program: &Path,
) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    let mut manifest = Manifest::read(repo)?;
    Baseline::keep_first(repo)?;
    let directory = hooks_dir(repo);
    let Some(directory) = directory.to_str() else {
        bail!("{} is not UTF-8, so git's configuration cannot name it", directory.display());
    };
    let Some(record) = record_name(&worktree.git_dir) else {
        bail!("{} is not UTF-8, so git's configuration cannot name it", worktree.git_dir.display());
    };
    let guard = wants_guard(repo, identity.run.as_str());
    let events = wanted_events(repo, &Repository::open(&worktree.path)?, guard);
    files::install(repo, &mut manifest, &events, program)?;
    if is_guard_surplus(repo, &manifest, &events, &identity.run)? {
        files::retire(repo, &mut manifest, GUARD)?;
    }
    enable_worktree_config(repo, &mut manifest)?;
    let settings =
        [(RUN_KEY, identity.run.as_str()), (TASK_KEY, identity.task.as_str()), (WORKTREE_KEY, record)];
    let was_armed = manifest.edits.contains_key(&settings_file(record));
    edit(repo, &mut manifest, &settings_file(record), &|file| {
        match file.string(HOOKS_PATH).map(|value| value.to_string()) {
            // Whoever switched our hooks off did not mean to choose hooks of the user's.
            Some(before) if before == NOWHERE && was_armed => {}
            Some(before) if before != directory => config::write_values(file, PREVIOUS_KEY, &[before])?,
            _ => {}
        }
        settings.iter().try_for_each(|(key, value)| config::write_values(file, key, &[value]))?;
        config::write_values(file, HOOKS_PATH, &[directory])
    })
}

/// Lets each worktree have a configuration of its own, which [`sweep`] takes back.
pub fn separate_config(repo: &Repository) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    enable_worktree_config(repo, &mut Manifest::read(repo)?)
}

/// Puts our hooks back where something else is in their place; what that is runs before them from now
/// on. For our hooks themselves: a look at each file where nothing was touched, and never a wait for
/// others. Returns what was wrong.
pub fn heal(repo: &Repository) -> Result<Vec<HookDefect>> {
    if Witness::still_holds(repo.common_dir()) {
        return Ok(Vec::new());
    }
    let defects = |manifest: &Manifest| files::defects(repo, manifest, &manifest.events);
    let manifest = Manifest::read(repo)?;
    let witness = Witness::look(repo.common_dir(), &manifest);
    if defects(&manifest)?.is_empty() {
        // What was read may be an older manifest than what was looked at.
        if let Some(witness) = witness.filter(|_| Manifest::read(repo).is_ok_and(|now| now == manifest)) {
            witness.keep(repo.common_dir());
        }
        return Ok(Vec::new());
    }
    let Some(_lock) = repo.try_lock("hooks")? else { return Ok(Vec::new()) };
    let manifest = Manifest::read(repo)?;
    let found = defects(&manifest)?;
    if !found.is_empty() {
        files::put_back(repo, &manifest)?;
    }
    Ok(found)
}

/// Takes our hooks and the task out of a worktree, and what all worktrees share once none needs it.
/// Returns what [`sweep`] does.
pub fn disarm(repo: &Repository, worktree: &LinkedWorktree) -> Result<Vec<PathBuf>> {
    {
        let _lock = repo.lock("hooks")?;
        release(repo, &mut Manifest::read(repo)?, &worktree.git_dir)?;
    }
    sweep(repo)
}

/// Removes the files and settings that the worktrees shared, unless one still uses them. For after
/// worktrees were removed, whose own settings went with them. Returns the files among our hooks that
/// somebody else wrote: they stay.
pub fn sweep(repo: &Repository) -> Result<Vec<PathBuf>> {
    let _lock = repo.lock("hooks")?;
    let mut copies = Vec::new();
    for worktree in repo.worktrees()? {
        let config = WorktreeConfig::read(&worktree.git_dir)?;
        if !config.selects(repo) {
            continue;
        }
        if is_own(config.value(WORKTREE_KEY).as_deref(), &worktree.git_dir) {
            return Ok(Vec::new());
        }
        copies.push(worktree.git_dir);
    }
    // Worktrees that were made from a worker's inherited its settings; nobody else undoes that.
    let mut manifest = Manifest::read(repo)?;
    copies.iter().try_for_each(|git_dir| release(repo, &mut manifest, git_dir))?;
    files::remove(repo, &manifest)?;
    if manifest.enabled_worktree_config {
        restore_shared_config(repo, &mut manifest)?;
    }
    Baseline::delete(repo)?;
    Manifest::delete(repo)?;
    Ok(files::all(repo))
}

/// Takes settings that were copied from a worker's worktree out of another one.
pub fn forget(repo: &Repository, worktree: &LinkedWorktree) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    release(repo, &mut Manifest::read(repo)?, &worktree.git_dir)
}

/// Removes the copies of our hooks that a hook manager moved aside, and what a killed
/// installation left.
pub fn clear_up(repo: &Repository) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    files::clear_up(repo, &Manifest::read(repo)?)
}

/// What an installation that was killed left among our hooks.
pub fn leftovers(repo: &Repository) -> Result<Vec<PathBuf>> {
    Ok(files::leftovers(repo, &Manifest::read(repo)?))
}

/// The directory of our hooks, absolute; it need not exist.
pub fn hooks_dir(repo: &Repository) -> PathBuf {
    repo.common_dir().join("orchestrate").join("hooks")
}

/// Every event for which something has to run in the worktree `own`.
fn wanted_events(repo: &Repository, own: &Repository, guard: bool) -> Vec<String> {
    let mut events: Vec<String> = EVENTS.iter().map(|&event| event.to_owned()).collect();
    events.extend(guard.then(|| GUARD.to_owned()));
    events.extend(previous::events(own));
    events.extend(adopted::events(repo));
    events
}

/// Whether the recorded plan of a run asks for the guard.
fn wants_guard(repo: &Repository, run: &str) -> bool {
    let recorded = RunName::new(run).ok().and_then(|run| repo.read_plan(&run).ok());
    recorded.is_some_and(|recorded| recorded.plan.protocol.guard)
}

/// Whether the guard is installed, though neither these events have it nor a worktree of another run
/// wants it.
fn is_guard_surplus(
    repo: &Repository,
    manifest: &Manifest,
    events: &[String],
    run: &RunName,
) -> Result<bool> {
    let has = |events: &[String]| events.iter().any(|event| event == GUARD);
    if !has(&manifest.events) || has(events) {
        return Ok(false);
    }
    for worktree in repo.worktrees()?.iter().filter(|worktree| worktree.present) {
        if !WorktreeConfig::read(&worktree.git_dir)?.selects(repo) {
            continue;
        }
        let own = Repository::open(&worktree.path)?;
        let other = own.config(RUN_KEY).filter(|other| other != run.as_str());
        let guard = other.is_some_and(|other| wants_guard(repo, &other));
        if has(&wanted_events(repo, &own, guard)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Lets a worktree have the hooks that it would have without us, until it is armed again: for commands
/// that install hooks, of which some refuse where `core.hooksPath` is set and others write into it.
pub fn rest(repo: &Repository, worktree: &LinkedWorktree) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    let own = Repository::open_git_dir(&worktree.git_dir)?;
    unselect(repo, &own, &WorktreeConfig::read(&worktree.git_dir)?)
}

/// Whether the settings of the worktree at `git_dir`, which name the record `named`, are its own and
/// not copied from another one.
pub fn is_own(named: Option<&str>, git_dir: &Path) -> bool {
    named.is_some() && named == record_name(git_dir)
}

/// The name under which git keeps a worktree: `<common dir>/worktrees/<name>`. None if it is not UTF-8,
/// which a configuration cannot hold unharmed.
fn record_name(git_dir: &Path) -> Option<&str> {
    git_dir.file_name()?.to_str()
}
