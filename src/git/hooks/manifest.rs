//! What installing our hooks changed in a repository, so that removing them changes it back.
//!
//! A file beside the hooks, because it describes files: when it is gone, so may they be, and the
//! next start writes both again. No answer about a run depends on it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::git::Repository;
use crate::git::config_edit::Edit;

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

/// What a file held when it was looked at, and how to see cheaply that nobody changed it since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    /// The id of its content as a blob.
    pub id: String,
    /// In bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since the epoch.
    pub modified: u64,
}

impl Manifest {
    /// The manifest as last written; an empty one if there is none or it makes no sense.
    pub fn read(repo: &Repository) -> Result<Manifest> {
        match fs_err::read(path(repo)) {
            // What does not parse says nothing; with an empty one everything is made anew.
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Manifest::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces the manifest.
    pub fn write(&self, repo: &Repository) -> Result<()> {
        let path = path(repo);
        let directory = path.parent().expect("it lies in a directory of ours");
        fs_err::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.as_file().sync_all()?;
        file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }

    /// Removes it.
    pub fn delete(repo: &Repository) -> Result<()> {
        let path = path(repo);
        if path.exists() {
            fs_err::remove_file(path)?;
        }
        Ok(())
    }
}

fn path(repo: &Repository) -> PathBuf {
    repo.common_dir().join("orchestrate").join("hooks.json")
}
