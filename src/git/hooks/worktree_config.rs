//! A `config.worktree` as it is on disk, whoever opened the repository when.

use std::path::Path;

use anyhow::Result;

use super::{HOOKS_PATH, hooks_dir};
use crate::git::Repository;
use crate::git::config;

/// What the file holds.
pub(super) struct WorktreeConfig(gix::config::File);

impl WorktreeConfig {
    /// The file of the worktree at `git_dir`; an empty one if there is none.
    pub fn read(git_dir: &Path) -> Result<WorktreeConfig> {
        config::read_file(&git_dir.join("config.worktree")).map(WorktreeConfig)
    }

    /// The last value of a key.
    pub fn value(&self, key: &str) -> Option<String> {
        self.0.string(key).map(|value| value.to_string())
    }

    /// Whether it selects our hooks.
    pub fn selects(&self, repo: &Repository) -> bool {
        self.value(HOOKS_PATH).is_some_and(|path| Path::new(&path) == hooks_dir(repo))
    }

    /// Whether it sets nothing but `keys`.
    pub fn is_empty_without(&self, keys: &[String]) -> bool {
        let names = self.0.sections().flat_map(|section| {
            let name = section.header().name().to_string().to_lowercase();
            let values: Vec<String> = section
                .body()
                .value_names()
                .map(|value| format!("{name}.{}", value.to_lowercase()))
                .collect();
            values
        });
        names.into_iter().all(|name| keys.iter().any(|key| key.eq_ignore_ascii_case(&name)))
    }
}
