//! The settings that select our hooks for a worktree: written so that they can be taken back, and
//! taken back. The [manifest](super::manifest) remembers what undoes each file that is written.

use std::path::Path;

use anyhow::Result;

use super::manifest::Manifest;
use super::worktree_config::WorktreeConfig;
use super::{HOOKS_PATH, OUR_KEYS, PREVIOUS_KEY, record_name};
use crate::git::Repository;
use crate::git::config::{self, Scope};
use crate::git::config_edit::Edit;

/// The configuration that all worktrees share, relative to the common directory.
const SHARED_FILE: &str = "config";
/// The main worktree's own, and the name of every worktree's own.
const OWN_FILE: &str = "config.worktree";

/// Gives every worktree a configuration file of its own (`extensions.worktreeConfig`).
///
/// `core.bare` and `core.worktree` would then hold for all worktrees, so they move to the main
/// worktree's own file first, as git-worktree(1) asks. Their copy there is ignored until the
/// extension is on, and the shared file changes in one step, so a crash leaves either state.
pub(super) fn enable_worktree_config(repo: &Repository, manifest: &mut Manifest) -> Result<()> {
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
pub(super) fn restore_shared_config(repo: &Repository, manifest: &mut Manifest) -> Result<()> {
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

/// Lets the worktree have the hooks again that it would have without ours.
pub(super) fn unselect(repo: &Repository, own: &Repository, config: &WorktreeConfig) -> Result<()> {
    if !config.selects(repo) {
        return Ok(());
    }
    match config.value(PREVIOUS_KEY) {
        Some(before) => own.set_config(Scope::Worktree, HOOKS_PATH, &before),
        None => own.unset_config(Scope::Worktree, HOOKS_PATH, None),
    }
}

/// Takes our keys out of the settings of the worktree at `git_dir`.
pub(super) fn release(repo: &Repository, manifest: &mut Manifest, git_dir: &Path) -> Result<()> {
    let Some(name) = record_name(git_dir).map(settings_file) else { return Ok(()) };
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
pub(super) fn edit(
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

/// The file with a worktree's own settings, relative to the common directory.
pub(super) fn settings_file(admin: &str) -> String {
    format!("worktrees/{admin}/{OWN_FILE}")
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
