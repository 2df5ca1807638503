//! Configuration: what is in effect here, and careful writes.
//!
//! Reads see what was in effect when the repository was opened, included files and the worktree's
//! own file among it. Writes change one file, only when it would be different, and take our own
//! lock first, because parallel writers of git's configuration fail at once; a [`Repository`] that
//! was opened before does not see them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix::config::FileTransaction;
use gix::config::file::SectionId;

use super::{Repository, refs::pause};

/// How long a write is retried while a `git config` holds the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a configuration file holds; `None` where there is no such file.
pub(in crate::git) type Content = Option<Vec<u8>>;

/// The values of each key of one file, in its order. Sections and names are in lower case.
pub(in crate::git) type Entries = BTreeMap<String, Vec<BString>>;

/// Which file a value is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `config` of the common directory, which all worktrees share.
    Local,
    /// `config.worktree` of this worktree alone; needs `extensions.worktreeConfig`.
    Worktree,
}

impl Repository {
    /// The value in effect for `key` (the last one); `None` if there is none, or it is not UTF-8.
    pub fn config(&self, key: &str) -> Option<String> {
        self.gix.config_snapshot().string(key).and_then(text)
    }

    /// The value that was set last of two keys of one section that mean the same to git.
    pub fn config_last(&self, section: &str, names: [&str; 2]) -> Option<String> {
        let snapshot = self.gix.config_snapshot();
        let mut last = None;
        for section in snapshot.plumbing().sections_by_name(section).into_iter().flatten() {
            let body = section.body();
            let is_meant = |name: &String| names.iter().any(|one| name.eq_ignore_ascii_case(one));
            let found = body.value_names().filter(is_meant).last().and_then(|name| body.value(name));
            last = found.or(last);
        }
        text(last?)
    }

    /// All values of `key`, from the most general file to the most specific.
    pub fn config_all(&self, key: &str) -> Vec<BString> {
        values(self.gix.config_snapshot().plumbing(), key)
    }

    /// Makes `value` the only value of `key` in this file.
    pub fn set_config(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.edit_config(scope, key, |values| {
            values.clear();
            values.push(value.into());
        })
    }

    /// Removes `value`, or all values, of `key` from this file; nothing there is no error.
    pub fn unset_config(&self, scope: Scope, key: &str, value: Option<&str>) -> Result<()> {
        self.edit_config(scope, key, |values| values.retain(|old| value.is_some_and(|value| value != old)))
    }

    /// Has a whole configuration file hold what `new` makes of what it holds, under our lock and
    /// git's. It is written only when it would be different, byte for byte as `new` said, and with
    /// the permissions that it had.
    pub(in crate::git) fn rewrite_config(
        &self,
        path: &Path,
        new: impl FnOnce(Option<&Vec<u8>>) -> Result<Content>,
    ) -> Result<()> {
        let _lock = self.lock("config")?;
        if !path.exists() && !path.parent().is_some_and(Path::is_dir) {
            return Ok(());
        }
        // The transaction is only opened for git's lock, and dropped without being written.
        let _gits_lock = self.config_file(path.to_owned())?;
        let now = if path.exists() { Some(fs_err::read(path)?) } else { None };
        let new = new(now.as_ref())?;
        match &new {
            _ if new == now => Ok(()),
            None => Ok(fs_err::remove_file(path)?),
            Some(content) => replace(path, content),
        }
    }

    fn edit_config(&self, scope: Scope, key: &str, edit: impl Fn(&mut Vec<BString>)) -> Result<()> {
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

/// The text of a configuration file, understood; its own includes are not followed.
pub(in crate::git) fn parse(content: &[u8]) -> Result<gix::config::File> {
    let source = gix::config::file::Metadata::from(gix::config::Source::Local);
    let file = gix::config::File::from_bytes_no_includes(content, source, Default::default());
    file.context("cannot read a configuration file")
}

/// The text of a file once `change` was made; the same text where that changes no setting.
pub(in crate::git) fn changed(
    content: &[u8],
    change: &dyn Fn(&mut gix::config::File) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut file = parse(content)?;
    let before = entries(&file);
    change(&mut file)?;
    Ok(if entries(&file) == before { content.to_vec() } else { file.to_bstring().into() })
}

/// Adds a value to those of `key`, unless it is among them; the others stay where they are.
pub(in crate::git) fn add_value(file: &mut gix::config::File, key: &str, value: &str) -> Result<()> {
    if values(file, key).iter().any(|old| old == value) {
        return Ok(());
    }
    let (section, name) = key.rsplit_once('.').with_context(|| format!("{key:?} is no configuration key"))?;
    let (section, subsection) = match section.split_once('.') {
        Some((section, subsection)) => (section, Some(BStr::new(subsection))),
        None => (section, None),
    };
    let mut target = file.section_mut_or_create_new(section, subsection)?;
    target.push(name, Some(BStr::new(value)))?;
    Ok(())
}

/// All settings of a file.
pub(in crate::git) fn entries(file: &gix::config::File) -> Entries {
    let mut entries = Entries::new();
    for section in file.sections() {
        let header = section.header();
        let mut prefix = header.name().to_string().to_lowercase();
        if let Some(sub) = header.subsection_name() {
            prefix = format!("{prefix}.{sub}");
        }
        let names: BTreeSet<String> = section.body().value_names().map(|name| name.to_lowercase()).collect();
        for name in names {
            let values = section.body().values(&name);
            entries.entry(format!("{prefix}.{name}")).or_default().extend(values);
        }
    }
    entries
}

/// Gives the main worktree's own file what the shared one says about that worktree alone.
pub(in crate::git) fn move_to_main(shared: &gix::config::File, own: &mut gix::config::File) -> Result<()> {
    for key in keys_of_main(shared) {
        let value = shared.string(key).unwrap_or_else(|| "true".into());
        own.set_raw_value(key, value.as_bstr())?;
    }
    Ok(())
}

/// Switches the extension on in the shared file, and takes out of it what [`move_to_main`] moves.
pub(in crate::git) fn switch_on(shared: &mut gix::config::File) -> Result<()> {
    for key in keys_of_main(shared) {
        write_values::<&str>(shared, key, &[])?;
    }
    shared.set_raw_value("extensions.worktreeConfig", "true")?;
    Ok(())
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

fn values(file: &gix::config::File, key: &str) -> Vec<BString> {
    file.raw_values(key).unwrap_or_default()
}

fn text(value: BString) -> Option<String> {
    String::from_utf8(value.into()).ok()
}

/// Makes `values` the values of `key`; a section that this empties goes.
pub(in crate::git) fn write_values<T: AsRef<[u8]>>(
    file: &mut gix::config::File,
    key: &str,
    values: &[T],
) -> Result<()> {
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
        target.push(name, Some(BStr::new(value.as_ref())))?;
    }
    Ok(())
}

/// Takes `name` out of one section, and the section out of the file if nothing else was in it.
fn remove_values(file: &mut gix::config::File, id: SectionId, name: &str) {
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

/// Puts new content in the place of a file in one step, keeping its permissions.
fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let doing = || format!("cannot write {}", path.display());
    let path = &fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = path.parent().with_context(doing)?;
    let mut file = tempfile::Builder::new().prefix(".config-").tempfile_in(directory)?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).with_context(doing)?;
    set_permissions(path, &file)?;
    file.persist(path).with_context(doing)?;
    Ok(())
}

/// A temporary file is private; git makes its configuration as the umask says.
#[cfg(unix)]
fn set_permissions(old: &Path, new: &tempfile::NamedTempFile) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let model = fs_err::metadata(old).or_else(|_| fs_err::metadata(old.with_file_name("HEAD")));
    let permissions =
        model.map_or_else(|_| std::fs::Permissions::from_mode(0o644), |meta| meta.permissions());
    Ok(new.as_file().set_permissions(permissions)?)
}

#[cfg(not(unix))]
fn set_permissions(_old: &Path, _new: &tempfile::NamedTempFile) -> Result<()> {
    Ok(())
}
