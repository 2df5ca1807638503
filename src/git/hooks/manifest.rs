//! What installing our hooks changed in a repository, so that removing them changes it back.
//!
//! A file beside the hooks, because it describes files: when it is gone, so may they be, and the
//! next start writes both again. No answer about a run depends on it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::note_file::NoteFile;
use super::program::Fingerprint;
use super::witness::Witness;
use crate::git::Repository;
use crate::git::config_edit::Edit;

/// The file that holds it, beside the hooks' directory.
pub(super) const FILE: &str = "hooks.json";

/// The manifest of one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The names that were installed.
    pub events: Vec<String>,
    /// The program that they all are.
    pub program: Fingerprint,
    /// The installed program that it was copied from.
    pub source: Fingerprint,
    /// We switched `extensions.worktreeConfig` on.
    pub enabled_worktree_config: bool,
    /// How the configuration files that were written are made as they were, by their names relative
    /// to the common directory.
    #[serde(default)]
    pub edits: BTreeMap<String, Edit>,
    /// The keys that moved from the shared configuration to the main worktree's for that.
    pub moved: Vec<String>,
}

impl Manifest {
    /// The manifest as last written; an empty one if there is none or it makes no sense, with which
    /// everything is made anew.
    pub fn read(repo: &Repository) -> Result<Manifest> {
        Ok(file(repo).read_sense()?.unwrap_or_default())
    }

    /// Replaces the manifest.
    pub fn write(&self, repo: &Repository) -> Result<()> {
        file(repo).write(self)
    }

    /// Removes it.
    pub fn delete(repo: &Repository) -> Result<()> {
        Witness::delete(repo.common_dir());
        file(repo).delete()
    }
}

fn file(repo: &Repository) -> NoteFile {
    NoteFile::of(repo, FILE)
}
