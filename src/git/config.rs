//! Configuration: what is in effect here, and careful writes.
//!
//! Reads see what was in effect when the repository was opened, included files and the worktree's
//! own file among it. Writes change one file, only when it would be different, and take our own
//! lock first, because parallel writers of git's configuration fail at once; a [`Repository`] that
//! was opened before does not see them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bstr::{BStr, ByteSlice};
use gix::config::FileTransaction;
use gix::config::file::SectionId;

use super::{Repository, refs::pause};

/// How long a write is retried while a `git config` holds the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which file a value is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `config` of the common directory, which all worktrees share.
    Local,
    /// `config.worktree` of this worktree alone; needs [`Repository::enable_worktree_config`].
    Worktree,
}

impl Repository {
    /// The value in effect for `key` (the last one); `None` if there is none.
    pub fn config(&self, key: &str) -> Option<String> {
        self.gix.config_snapshot().string(key).map(|value| value.to_str_lossy().into_owned())
    }

    /// All values of `key`, from the most general file to the most specific.
    pub fn config_all(&self, key: &str) -> Vec<String> {
        values(self.gix.config_snapshot().plumbing(), key)
    }

    /// Makes `value` the only value of `key` in this file.
    pub fn set_config(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.edit_config(scope, key, |values| {
            values.clear();
            values.push(value.to_owned());
        })
    }

    /// Adds `value` to those of `key` in this file, unless it is among them.
    pub fn add_config(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.edit_config(scope, key, |values| {
            if !values.iter().any(|old| old == value) {
                values.push(value.to_owned());
            }
        })
    }

    /// Removes `value`, or all values, of `key` from this file; nothing there is no error.
    pub fn unset_config(&self, scope: Scope, key: &str, value: Option<&str>) -> Result<()> {
        self.edit_config(scope, key, |values| values.retain(|old| value.is_some_and(|value| value != old)))
    }

    /// Gives every worktree a configuration file of its own (`extensions.worktreeConfig`).
    ///
    /// `core.bare` and `core.worktree` would then hold for all worktrees, so they move to the main
    /// worktree's own file first, as git-worktree(1) asks. Their copy there is ignored until the
    /// extension is on, and the shared file changes in one step, so a crash leaves either state.
    pub fn enable_worktree_config(&self) -> Result<()> {
        let _lock = self.lock("config")?;
        let shared = self.common_dir().join("config");
        let mut file = self.config_file(shared)?;
        if has_worktree_config(&file) {
            return Ok(());
        }
        let moving = keys_of_main(&file);
        if !moving.is_empty() {
            let mut own = self.config_file(self.common_dir().join("config.worktree"))?;
            for key in &moving {
                let value = file.string(*key).unwrap_or_else(|| "true".into());
                own.set_raw_value(*key, value.as_bstr())?;
            }
            own.commit().context("cannot write the main worktree's configuration")?;
        }
        for key in moving {
            write_values(&mut file, key, &[])?;
        }
        file.set_raw_value("extensions.worktreeConfig", "true")?;
        file.commit().context("cannot write the shared configuration")
    }

    fn edit_config(&self, scope: Scope, key: &str, edit: impl Fn(&mut Vec<String>)) -> Result<()> {
        let path = self.config_path(scope)?;
        let edited = |file: &gix::config::File| {
            let old = values(file, key);
            let mut new = old.clone();
            edit(&mut new);
            (new != old).then_some(new)
        };
        if edited(&read_file(&path)?).is_none() {
            return Ok(());
        }
        let _lock = self.lock("config")?;
        let mut file = self.config_file(path)?;
        let doing = || format!("cannot write {key} to the configuration");
        let Some(new) = edited(&file) else { return Ok(()) };
        write_values(&mut file, key, &new).with_context(doing)?;
        file.commit().with_context(doing)
    }

    fn config_path(&self, scope: Scope) -> Result<PathBuf> {
        let shared = self.common_dir().join("config");
        match scope {
            Scope::Local => Ok(shared),
            Scope::Worktree => {
                if !has_worktree_config(&read_file(&shared)?) {
                    bail!("this repository has no configuration per worktree (extensions.worktreeConfig)");
                }
                Ok(self.git_dir().join("config.worktree"))
            }
        }
    }

    /// The file, under git's own lock for it; waits for a `git config` that is at work.
    fn config_file(&self, path: PathBuf) -> Result<FileTransaction> {
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            match self.gix.config_file_mut(&path) {
                Ok(file) => return Ok(file),
                Err(error) if error.can_retry_lenient() && Instant::now() < deadline => pause(attempt),
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot change {}", path.display()));
                }
            }
        }
        unreachable!("the loop ends by returning")
    }
}

/// The file as it is now, without those it includes; an empty one if there is none.
pub(in crate::git) fn read_file(path: &Path) -> Result<gix::config::File> {
    let doing = || format!("cannot read {}", path.display());
    if !path.try_exists().with_context(doing)? {
        return Ok(gix::config::File::default());
    }
    gix::config::File::from_path_no_includes(path.to_owned(), gix::config::Source::Local).with_context(doing)
}

/// Whether worktrees have configuration files of their own.
pub(in crate::git) fn has_worktree_config(shared: &gix::config::File) -> bool {
    shared.boolean("extensions.worktreeConfig").is_ok_and(|value| value == Some(true))
}

/// The keys of the shared file that are about the main worktree alone.
pub(in crate::git) fn keys_of_main(shared: &gix::config::File) -> Vec<&'static str> {
    let bare = shared.boolean("core.bare").is_ok_and(|value| value == Some(true));
    let keys = [("core.bare", bare), ("core.worktree", shared.string("core.worktree").is_some())];
    keys.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
}

fn values(file: &gix::config::File, key: &str) -> Vec<String> {
    let values = file.raw_values(key).unwrap_or_default();
    values.into_iter().map(|value| value.to_str_lossy().into_owned()).collect()
}

/// Makes `values` the values of `key`; a section that this empties goes.
fn write_values(file: &mut FileTransaction, key: &str, values: &[String]) -> Result<()> {
    let (section, name) = key.rsplit_once('.').with_context(|| format!("{key:?} is no configuration key"))?;
    let (section, subsection) = match section.split_once('.') {
        Some((section, subsection)) => (section, Some(BStr::new(subsection))),
        None => (section, None),
    };
    let named = file.sections_and_ids_by_name(section).into_iter().flatten();
    let same = named.filter(|(found, _)| found.header().subsection_name() == subsection);
    let ids: Vec<_> = same.map(|(_, id)| id).collect();
    for id in ids {
        remove_values(file, id, name);
    }
    if values.is_empty() {
        return Ok(());
    }
    let mut target = file.section_mut_or_create_new(section, subsection)?;
    for value in values {
        target.push(name, Some(BStr::new(value)))?;
    }
    Ok(())
}

/// Takes `name` out of one section, and the section out of the file if nothing else was in it.
fn remove_values(file: &mut FileTransaction, id: SectionId, name: &str) {
    let Some(mut section) = file.section_mut_by_id(id) else { return };
    let mut removed = false;
    while section.remove(name).is_some() {
        removed = true;
    }
    let text = section.to_bstring();
    let rest = text.splitn_str(2, "\n").nth(1).unwrap_or_default();
    if removed && rest.trim().is_empty() {
        file.remove_section_by_id(id);
    }
}
