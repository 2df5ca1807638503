//! The hooks that would run in a worktree if ours were not there.
//!
//! `core.hooksPath` of a worktree replaces all other hooks, whatever their event. So the directory
//! that git would have used is found again here, from every setting but the worktree's own, and our
//! program runs the hook of the same name there before it does anything itself.

use std::path::{Path, PathBuf};

use gix::config::Source;

use super::{HOOKS_PATH, PREVIOUS_KEY, hooks_dir};
use crate::git::Repository;

/// The hooks of githooks(5) that run in a working repository, without the two that run many times a
/// command and are only chained where they exist already.
const CLIENT_EVENTS: [&str; 15] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "post-rewrite",
    "pre-auto-gc",
    "sendemail-validate",
];

/// The directory that git would take hooks from, without our setting.
pub fn directory(repo: &Repository) -> PathBuf {
    match configured(repo) {
        Some(path) => repo.workdir().unwrap_or(repo.git_dir()).join(path),
        None => repo.common_dir().join("hooks"),
    }
}

/// The hook for `event` that git would run without ours: it exists and is executable. Never one of
/// ours, however the settings point to them.
pub fn hook(repo: &Repository, event: &str) -> Option<PathBuf> {
    let directory = directory(repo);
    let same = |a: &Path, b: &Path| {
        fs_err::canonicalize(a).ok().is_some_and(|a| fs_err::canonicalize(b).ok() == Some(a))
    };
    let hook = directory.join(event);
    (is_executable(&hook) && !same(&directory, &hooks_dir(repo))).then_some(hook)
}

/// The events that something may have to run for. A relative directory may come and go with what is
/// checked out, so then that is every event.
pub(super) fn events(repo: &Repository) -> Vec<String> {
    let directory = directory(repo);
    let mut events: Vec<String> = Vec::new();
    if configured(repo).is_some_and(|path| path.is_relative()) {
        events.extend(CLIENT_EVENTS.iter().map(|&event| event.to_owned()));
    }
    let entries = fs_err::read_dir(&directory).into_iter().flatten().flatten();
    let names = entries.filter(|entry| is_executable(&entry.path())).map(|entry| entry.file_name());
    let plain = |name: &String| {
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
    };
    events.extend(names.filter_map(|name| name.into_string().ok()).filter(plain));
    events.sort();
    events.dedup();
    events
}

/// The value of `core.hooksPath` that counted before ours, with `~` resolved.
fn configured(repo: &Repository) -> Option<PathBuf> {
    let snapshot = repo.gix.config_snapshot();
    let config = snapshot.plumbing();
    let shared = |source: Source| {
        matches!(
            source,
            Source::GitInstallation | Source::System | Source::Git | Source::User | Source::Local
        )
    };
    let value = config
        .path_filter(PREVIOUS_KEY, |meta| meta.source == Source::Worktree)
        .or_else(|| config.path_filter(HOOKS_PATH, |meta| shared(meta.source)))?;
    let home = std::env::home_dir();
    let context = gix::config::path::interpolate::Context { home_dir: home.as_deref(), ..Default::default() };
    value.interpolate(context).ok()
}

/// Whether git would run the file.
#[cfg(unix)]
pub(super) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether git would run the file.
#[cfg(not(unix))]
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file()
}
