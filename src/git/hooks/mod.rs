//! Our hooks in a repository: put in place for a worker's worktree, taken away, and looked at.
//!
//! The files lie in `<common dir>/orchestrate/hooks/`, where no hook manager looks unless it is run in
//! such a worktree, see [`adopted`], and a worktree selects them with `core.hooksPath` in its own
//! `config.worktree`. So the main worktree, the shared `core.hooksPath` and `.git/hooks` are never
//! written, and removing one key undoes it all. What the selected directory hides is run first by the
//! hook program itself, see [`previous`]. A person's own setting in the worktree is kept under another
//! key and comes back.
//!
//! The invariant: the key that selects the files is written last and removed first, so at every
//! moment either our complete hooks run, or those that would have run without us.

pub mod adopted;
pub mod baseline;
mod files;
mod manifest;
pub mod previous;
pub mod probe;
pub mod receive;
mod state;
mod worktree_config;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::git::Repository;
use crate::git::config::{self, Scope};
use crate::git::config_edit::Edit;
use crate::git::worktrees::LinkedWorktree;
use crate::model::health::HookDefect;
use crate::model::name::{RunName, TaskName};

use baseline::Baseline;
use manifest::Manifest;
pub use state::{installed_events, is_copy, is_up_to_date, shared_defects, state, worktree_defects};
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
/// The configuration that all worktrees share, relative to the common directory.
const SHARED_FILE: &str = "config";
/// The main worktree's own, and the name of every worktree's own.
const OWN_FILE: &str = "config.worktree";
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
/// another version of the program, hooks of the user that appeared since, a changed identity.
pub fn arm(repo: &Repository, worktree: &LinkedWorktree, identity: &TaskIdentity) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    let mut manifest = Manifest::read(repo)?;
    Baseline::keep_first(repo)?;
    let directory = hooks_dir(repo);
    let Some(directory) = directory.to_str() else {
        bail!("{} is not UTF-8, so git's configuration cannot name it", directory.display());
    };
    let guard = wants_guard(repo, identity.run.as_str());
    let events = wanted_events(repo, &Repository::open(&worktree.path)?, guard);
    files::install(repo, &mut manifest, &events)?;
    if is_guard_surplus(repo, &manifest, &events, &identity.run)? {
        files::retire(repo, &mut manifest, GUARD)?;
    }
    enable_worktree_config(repo, &mut manifest)?;
    let admin = admin_name(&worktree.git_dir);
    let settings =
        [(RUN_KEY, identity.run.as_str()), (TASK_KEY, identity.task.as_str()), (WORKTREE_KEY, &admin)];
    let was_armed = manifest.edits.contains_key(&settings_file(&admin));
    edit(repo, &mut manifest, &settings_file(&admin), &|file| {
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

/// Puts our hooks back where something else is in their place; what that is runs before them from now
/// on. For our hooks themselves: a few looks where nothing is wrong, and never a wait for others.
/// Returns what was wrong.
pub fn heal(repo: &Repository) -> Result<Vec<HookDefect>> {
    let defects = |manifest: &Manifest| files::defects(repo, manifest, &manifest.events);
    if defects(&Manifest::read(repo)?)?.is_empty() {
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
        if config.value(WORKTREE_KEY).as_deref() == Some(&admin_name(&worktree.git_dir)) {
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

fn enable_worktree_config(repo: &Repository, manifest: &mut Manifest) -> Result<()> {
    let shared = config::read_file(&repo.common_dir().join("config"))?;
    if config::has_worktree_config(&shared) {
        return Ok(());
    }
    for key in config::keys_of_main(&shared) {
        if !manifest.moved.iter().any(|moved| moved == key) {
            manifest.moved.push(key.to_owned());
        }
    }
    manifest.enabled_worktree_config = true;
    manifest.write(repo)?;
    if !config::keys_of_main(&shared).is_empty() {
        edit(repo, manifest, OWN_FILE, &|own| config::move_to_main(&shared, own))?;
    }
    edit(repo, manifest, SHARED_FILE, &config::switch_on)
}

/// Undoes [`enable_worktree_config`], if nobody else came to use it meanwhile.
fn restore_shared_config(repo: &Repository, manifest: &mut Manifest) -> Result<()> {
    let main = WorktreeConfig::read(repo.common_dir())?;
    let others = repo.worktrees()?;
    let in_use = others.iter().map(|worktree| WorktreeConfig::read(&worktree.git_dir));
    for config in in_use {
        if !config?.is_empty_without(&[]) {
            return Ok(());
        }
    }
    let mut known = manifest.moved.clone();
    known.extend(manifest.edits.get(OWN_FILE).map(Edit::keys_before).transpose()?.unwrap_or_default());
    if !main.is_empty_without(&known) {
        return Ok(());
    }
    let moved: Vec<(String, String)> =
        manifest.moved.iter().filter_map(|key| Some((key.clone(), main.value(key)?))).collect();
    take_back(repo, manifest, SHARED_FILE, &|shared| {
        config::write_values::<&str>(shared, "extensions.worktreeConfig", &[])?;
        moved.iter().try_for_each(|(key, value)| config::write_values(shared, key, &[value]))
    })?;
    take_back(repo, manifest, OWN_FILE, &|own| {
        moved.iter().try_for_each(|(key, _)| config::write_values::<&str>(own, key, &[]))
    })
}

/// Lets a worktree have the hooks that it would have without us, until it is armed again: for commands
/// that install hooks, of which some refuse where `core.hooksPath` is set and others write into it.
pub fn rest(repo: &Repository, worktree: &LinkedWorktree) -> Result<()> {
    let _lock = repo.lock("hooks")?;
    let own = Repository::open_git_dir(&worktree.git_dir)?;
    unselect(repo, &own, &WorktreeConfig::read(&worktree.git_dir)?)
}

fn unselect(repo: &Repository, own: &Repository, config: &WorktreeConfig) -> Result<()> {
    if !config.selects(repo) {
        return Ok(());
    }
    match config.value(PREVIOUS_KEY) {
        Some(before) => own.set_config(Scope::Worktree, HOOKS_PATH, &before),
        None => own.unset_config(Scope::Worktree, HOOKS_PATH, None),
    }
}

/// Takes our keys out of the settings of the worktree at `git_dir`.
fn release(repo: &Repository, manifest: &mut Manifest, git_dir: &Path) -> Result<()> {
    let name = settings_file(&admin_name(git_dir));
    let config = WorktreeConfig::read(git_dir)?;
    if config.is_empty_without(&[]) && !manifest.edits.contains_key(&name) {
        return Ok(());
    }
    let (selects, previous) = (config.selects(repo), config.value(PREVIOUS_KEY));
    let kept = manifest.edits.get(&name).map(|edit| edit.sets(PREVIOUS_KEY)).transpose()?;
    take_back(repo, manifest, &name, &|file| {
        if selects {
            let previous: Vec<&String> = previous.iter().collect();
            config::write_values(file, HOOKS_PATH, &previous)?;
        }
        OUR_KEYS.iter().try_for_each(|key| config::write_values::<&str>(file, key, &[]))
    })?;
    if kept == Some(true) && previous.is_none() {
        // A person had it forgotten, so it does not come back.
        Repository::open_git_dir(git_dir)?.unset_config(Scope::Worktree, HOOKS_PATH, None)?;
    }
    Ok(())
}

/// Changes a configuration file, and has the manifest remember how that is undone.
fn edit(
    repo: &Repository,
    manifest: &mut Manifest,
    name: &str,
    change: &dyn Fn(&mut gix::config::File) -> Result<()>,
) -> Result<()> {
    let earlier = manifest.edits.get(name).cloned();
    repo.edit_reversibly(name, earlier.as_ref(), change, &mut |edit| {
        manifest.edits.insert(name.to_owned(), edit);
        manifest.write(repo)
    })
}

/// Takes the change of a file back; where none is remembered `change` takes out what is ours.
fn take_back(
    repo: &Repository,
    manifest: &mut Manifest,
    name: &str,
    change: &dyn Fn(&mut gix::config::File) -> Result<()>,
) -> Result<()> {
    let Some(edit) = manifest.edits.get(name) else {
        return repo.rewrite_config(&repo.common_dir().join(name), |now| {
            let rest = now.map(|now| config::changed(now, change)).transpose()?;
            Ok(rest.filter(|rest| Some(rest) == now || !rest.trim_ascii().is_empty()))
        });
    };
    repo.undo_edit(edit)?;
    manifest.edits.remove(name);
    manifest.write(repo)
}

/// The file with a worktree's own settings, relative to the common directory.
fn settings_file(admin: &str) -> String {
    format!("worktrees/{admin}/{OWN_FILE}")
}

/// The name under which git keeps a worktree: `<common dir>/worktrees/<name>`.
pub fn admin_name(git_dir: &Path) -> String {
    git_dir.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
