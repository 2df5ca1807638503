//! What the shared configuration was when our hooks were installed, as far as it names commands.
//!
//! Linked worktrees share configuration, so one worker can have the next `git status` of everybody
//! run a command. The baseline is a hint for [`doctor`](crate::model::health) and nothing else: it
//! lies below `orchestrate/` of the common directory, where a worker could change it, too. Without
//! it nothing is known about changes; verification is not affected, for it reads no configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::super::config;
use super::note_file::NoteFile;
use crate::git::Repository;
use crate::model::health::RepositoryDefect;
use crate::model::health::repository::FileChange;

/// Files outside of the configuration that change what git shows, merges or fetches.
const FILES: [&str; 3] = ["info/attributes", "info/grafts", "shallow"];

/// Keys without a subsection whose value is a command, or leads to one.
const KEYS: [&str; 17] = [
    "core.fsmonitor",
    "core.sshcommand",
    "core.pager",
    "core.editor",
    "core.askpass",
    "core.gitproxy",
    "core.hookspath",
    "core.attributesfile",
    "core.alternaterefscommand",
    "diff.external",
    "gpg.program",
    "credential.helper",
    "include.path",
    "init.templatedir",
    "interactive.difffilter",
    "sequence.editor",
    "uploadpack.packobjectshook",
];

/// The same for keys with a subsection of any name.
const KEYS_OF_ANY: [(&str, &str); 17] = [
    ("diff", "textconv"),
    ("diff", "command"),
    ("merge", "driver"),
    ("filter", "clean"),
    ("filter", "smudge"),
    ("filter", "process"),
    ("gpg", "program"),
    ("gpg", "defaultkeycommand"),
    ("credential", "helper"),
    ("includeif", "path"),
    ("difftool", "cmd"),
    ("mergetool", "cmd"),
    ("remote", "uploadpack"),
    ("remote", "receivepack"),
    ("remote", "vcs"),
    ("trailer", "command"),
    ("trailer", "cmd"),
];

/// Sections of which every key names a command.
const SECTIONS: [&str; 3] = ["alias", "pager", "hook"];

/// The settings of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    version: u32,
    is_bare: bool,
    /// By file, relative to the common directory, then by key.
    settings: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// The ids of the contents, as blobs.
    files: BTreeMap<String, String>,
    replaced: BTreeSet<String>,
}

impl Baseline {
    /// What is so now.
    pub fn of(repo: &Repository) -> Result<Baseline> {
        let common = repo.common_dir();
        let mut now = Baseline { version: 1, is_bare: bareness(common)?.0, ..Baseline::default() };
        let mut included = Vec::new();
        for (name, path) in config_files(common) {
            let settings = commands(&config::read_file(&path)?);
            let paths = settings.iter().filter(|(key, _)| key.starts_with("include"));
            included.extend(paths.flat_map(|(_, values)| values.clone()));
            // A worktree without such settings looks like one that is not there.
            if !settings.is_empty() {
                now.settings.insert(name, settings);
            }
        }
        for name in FILES.iter().map(|&name| name.to_owned()).chain(included) {
            if let Ok(content) = fs_err::read(common.join(&name)) {
                let id = gix::objs::compute_hash(repo.object_hash(), gix::objs::Kind::Blob, &content)?;
                now.files.insert(name, id.to_string());
            }
        }
        let replaced = repo.refs_under("refs/replace/")?;
        now.replaced =
            replaced.into_iter().map(|(name, _)| name["refs/replace/".len()..].to_owned()).collect();
        Ok(now)
    }

    /// The one that was kept; `None` if there is none, or none that can be read.
    pub fn read(repo: &Repository) -> Option<Baseline> {
        file(repo).read_sense().ok().flatten()
    }

    /// Keeps it in place of another.
    pub fn keep(&self, repo: &Repository) -> Result<()> {
        file(repo).write(self)
    }

    /// Keeps what is so now, unless there is one already.
    pub(super) fn keep_first(repo: &Repository) -> Result<()> {
        if Baseline::read(repo).is_some() { Ok(()) } else { Baseline::of(repo)?.keep(repo) }
    }

    /// Removes the kept one.
    pub(super) fn delete(repo: &Repository) -> Result<()> {
        file(repo).delete()
    }

    /// How `now` differs from this.
    pub fn drift(&self, now: &Baseline, repo: &Repository) -> Result<Vec<RepositoryDefect>> {
        let mut defects = Vec::new();
        if self.is_bare != now.is_bare {
            let (is_bare, file) = bareness(repo.common_dir())?;
            defects.push(RepositoryDefect::Bare { is_bare, file: file.into() });
        }
        let ours = super::hooks_dir(repo).display().to_string();
        for (file, key) in keys(self).union(&keys(now)) {
            let (before, after) = (self.values(file, key), now.values(file, key));
            // Our own key is looked at elsewhere; a worktree that is gone took its settings along.
            let is_ours =
                key == "core.hookspath" && (file.starts_with("worktrees/") || after == [ours.clone()]);
            if before != after && !is_ours && repo.common_dir().join(file).exists() {
                let (file, key) = (file.clone(), key.clone());
                defects.push(RepositoryDefect::Drift { file, key, before, after });
            }
        }
        let names: BTreeSet<&String> = self.files.keys().chain(now.files.keys()).collect();
        for name in names {
            let change = match (self.files.get(name), now.files.get(name)) {
                (None, Some(_)) => FileChange::Appeared,
                (Some(_), None) => FileChange::Vanished,
                (before, after) if before != after => FileChange::Changed,
                _ => continue,
            };
            defects.push(RepositoryDefect::FileDrift { file: name.clone(), change });
        }
        let objects: Vec<String> = now.replaced.difference(&self.replaced).cloned().collect();
        if !objects.is_empty() {
            defects.push(RepositoryDefect::ReplaceRefs { objects });
        }
        Ok(defects)
    }

    fn values(&self, file: &str, key: &str) -> Vec<String> {
        self.settings.get(file).and_then(|settings| settings.get(key)).cloned().unwrap_or_default()
    }
}

fn keys(baseline: &Baseline) -> BTreeSet<(String, String)> {
    let of_file = |(file, settings): (&String, &BTreeMap<String, Vec<String>>)| {
        settings.keys().map(|key| (file.clone(), key.clone())).collect::<Vec<_>>()
    };
    baseline.settings.iter().flat_map(of_file).collect()
}

/// What `core.bare` is for the main worktree, and the file that says so.
fn bareness(common: &Path) -> Result<(bool, &'static str)> {
    let shared = config::read_file(&common.join("config"))?;
    let bare = |file: &gix::config::File| file.boolean("core.bare").ok().flatten();
    if config::has_worktree_config(&shared) {
        let own = config::read_file(&common.join("config.worktree"))?;
        if let Some(is_bare) = bare(&own) {
            return Ok((is_bare, "config.worktree"));
        }
    }
    Ok((bare(&shared).unwrap_or_default(), "config"))
}

/// The configuration files of the repository: the shared one, and those of all worktrees.
fn config_files(common: &Path) -> Vec<(String, PathBuf)> {
    let mut names = vec!["config".to_owned(), "config.worktree".to_owned()];
    let worktrees = fs_err::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
    names.extend(
        worktrees.map(|entry| format!("worktrees/{}/config.worktree", entry.file_name().to_string_lossy())),
    );
    names.into_iter().map(|name| (name.clone(), common.join(name))).collect()
}

/// The settings that name commands.
fn commands(file: &gix::config::File) -> BTreeMap<String, Vec<String>> {
    let named = config::entries(file)
        .into_iter()
        .filter(|(key, values)| names_command(key) || updates_by_command(key, values));
    named.map(|(key, values)| (key, values.iter().map(ToString::to_string).collect())).collect()
}

/// Whether the value of a key is run as a command or leads to one. Section and name are in lower case.
fn names_command(key: &str) -> bool {
    let (Some((section, rest)), Some((_, name))) = (key.split_once('.'), key.rsplit_once('.')) else {
        return false;
    };
    let has_sub = rest != name;
    SECTIONS.contains(&section)
        || !has_sub && KEYS.contains(&key)
        || has_sub && KEYS_OF_ANY.contains(&(section, name))
}

/// `submodule.<name>.update` may be a command, which begins with `!`, besides git's own words.
fn updates_by_command(key: &str, values: &[impl AsRef<[u8]>]) -> bool {
    let is_update = key.starts_with("submodule.") && key.ends_with(".update");
    is_update && values.iter().any(|value| value.as_ref().starts_with(b"!"))
}

fn file(repo: &Repository) -> NoteFile {
    NoteFile::of(repo, "settings.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_command_is_known() {
        let check = |key: &str, expect: bool| assert_eq!(names_command(key), expect, "{key}");
        check("core.fsmonitor", true);
        check("core.bare", false);
        check("diff.pdf.textconv", true);
        check("diff.a.b.textconv", true);
        check("diff.external", true);
        check("merge.ours.driver", true);
        check("merge.ours.name", false);
        check("filter.lfs.process", true);
        check("alias.st", true);
        check("hook.mine.command", true);
        check("remote.origin.url", false);
    }

    #[test]
    fn a_submodule_is_updated_by_a_command_or_not() {
        assert!(updates_by_command("submodule.lib.update", &["merge", "!touch x"]));
        assert!(!updates_by_command("submodule.lib.update", &["rebase"]));
        assert!(!updates_by_command("submodule.lib.url", &["!x"]));
    }
}
