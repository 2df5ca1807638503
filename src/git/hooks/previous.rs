//! The hooks that would run in a worktree if ours were not there.
//!
//! `core.hooksPath` of a worktree replaces all other hooks, whatever their event. So the directory
//! that git would have used is found again here, from every setting but ours, and our program runs
//! the hook of the same name there before it does anything itself. A path is put together as git
//! does it, byte by byte, for it is what the hook sees as its own name.

use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use gix::config::Source;
use gix::config::path::interpolate;

use super::{HOOKS_PATH, PREVIOUS_KEY, hooks_dir};
use crate::git::Repository;

/// The hooks of githooks(5) that run in a working repository, without the [`EXPENSIVE`] ones.
pub(super) const CLIENT_EVENTS: [&str; 15] = [
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

/// The hooks that run many times a command. Ours stand in for them only where git would run one.
pub(super) const EXPENSIVE: [&str; 2] = ["reference-transaction", "post-index-change"];

/// What git would do about an event without us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Previous {
    /// There is no hook.
    None,
    /// There is one, and git only tells that it is not executable.
    Ignored(PathBuf),
    /// It would execute this, relative to the directory that it runs hooks in.
    Hook(PathBuf),
}

/// The directory that git would take hooks from, without our setting.
pub fn directory(repo: &Repository) -> PathBuf {
    let top = repo.workdir().unwrap_or(repo.git_dir());
    top.join(configured(repo).unwrap_or_else(|| repo.common_dir().join("hooks")))
}

/// What git would do about `event` without ours: find_hook() of git's hook.c. A relative directory
/// is taken from the current one, which git has changed before it runs a hook.
pub fn hook(repo: &Repository, event: &str) -> Previous {
    let path = path_of(repo, event);
    match access(&path) {
        Access::Absent => Previous::None,
        Access::Denied => Previous::Ignored(path),
        Access::Executable => Previous::Hook(path),
    }
}

/// Whether a person wants to hear of hooks that are not executable: `advice.ignoredHook`, `GIT_ADVICE`.
pub fn wants_advice(repo: &Repository) -> bool {
    let off = |text: &str| matches!(text.to_lowercase().as_str(), "false" | "no" | "off" | "0" | "");
    let wanted = repo.gix.config_snapshot().boolean("advice.ignoredHook").unwrap_or(true);
    wanted && !std::env::var("GIT_ADVICE").is_ok_and(|value| off(&value))
}

/// The events that something may have to run for, or to be told about. A relative directory may come
/// and go with what is checked out, so then that is every event.
pub(super) fn events(repo: &Repository) -> Vec<String> {
    let directory = directory(repo);
    let mut events: Vec<String> = Vec::new();
    if configured(repo).is_some_and(|path| path.is_relative()) {
        events.extend(CLIENT_EVENTS.iter().map(|&event| event.to_owned()));
    }
    let entries = fs_err::read_dir(&directory).into_iter().flatten().flatten();
    let names =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_event(name));
    events.extend(names.filter(|name| match access(&directory.join(name)) {
        Access::Absent => false,
        Access::Denied => !EXPENSIVE.contains(&name.as_str()),
        Access::Executable => true,
    }));
    events.sort();
    events.dedup();
    events
}

/// Whether a file of this name can be the hook of an event, of today or of a later git.
pub(super) fn is_event(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
}

/// The path that git makes for the hook, as strbuf_git_path() does: one `./` at its beginning is dropped.
fn path_of(repo: &Repository, event: &str) -> PathBuf {
    let Some(directory) = configured(repo) else { return repo.common_dir().join("hooks").join(event) };
    let mut path = directory.into_os_string();
    path.push("/");
    path.push(event);
    let rest = <[u8]>::from_os_str(&path).and_then(|path| path.strip_prefix(b"./"));
    rest.map(|rest| rest.trim_start_with(|c| c == '/').to_path_lossy().into_owned()).unwrap_or(path.into())
}

/// The value of `core.hooksPath` that counted before ours, with `~` resolved. What names our own
/// directory in other scopes was copied from a worker's setting, and is not the user's.
fn configured(repo: &Repository) -> Option<PathBuf> {
    let snapshot = repo.gix.config_snapshot();
    let config = snapshot.plumbing();
    let is_file = |source| !matches!(source, Source::Env | Source::Cli | Source::Api | Source::EnvOverride);
    let set = match is_conditional(config) {
        true => ask_git(repo),
        false => config.raw_values_filter(HOOKS_PATH, |meta| is_file(meta.source)).unwrap_or_default(),
    };
    let kept = config.raw_values_filter(PREVIOUS_KEY, |meta| meta.source == Source::Worktree);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let context = interpolate::Context { home_dir: home.as_deref(), ..Default::default() };
    let resolve = |value: BString| match value.is_empty() {
        true => Some(PathBuf::new()),
        false => gix::config::Path::from(value).interpolate(context).ok(),
    };
    let ours = hooks_dir(repo);
    let values = set.into_iter().chain(kept.unwrap_or_default());
    values.rev().filter_map(resolve).find(|path| !is_same_directory(path, &ours))
}

/// Whether a file is included on a condition that gix may see otherwise than git: it compares
/// `gitdir` with the common directory, also in a linked worktree. A plain directory above the
/// repository, which is what most people write, is above both. Nor does gix follow `[INCLUDE]`.
fn is_conditional(config: &gix::config::File) -> bool {
    let is_above = |pattern: &[u8]| {
        pattern.ends_with(b"/") && pattern.find_byteset(b"*?[\\").is_none() && !pattern.contains_str(".git")
    };
    let is_doubtful = |name: &[u8], condition: Option<&BStr>| {
        let is_included = name.eq_ignore_ascii_case(b"include");
        if is_included || !name.eq_ignore_ascii_case(b"includeif") {
            return is_included && name != b"include";
        }
        let condition = condition.unwrap_or_default();
        let pattern = condition.splitn_str(2, ":").nth(1);
        name != b"includeIf" || condition.starts_with(b"gitdir") && !pattern.is_some_and(is_above)
    };
    config.sections().any(|section| {
        let header = section.header();
        is_doubtful(header.name(), header.subsection_name())
    })
}

/// The values in git's own order, without those of the command line.
fn ask_git(repo: &Repository) -> Vec<BString> {
    let args = ["config", "--null", "--show-scope", "--get-all", HOOKS_PATH];
    let Ok(said) = repo.git().args(args).run() else { return Vec::new() };
    let words: Vec<&[u8]> = said.stdout.split_str("\0").collect();
    let pairs = words.chunks_exact(2).filter(|pair| pair[0] != b"command");
    pairs.map(|pair| BString::from(pair[1])).collect()
}

fn is_same_directory(a: &Path, b: &Path) -> bool {
    a == b || fs_err::canonicalize(a).is_ok_and(|a| fs_err::canonicalize(b).is_ok_and(|b| a == b))
}

/// What git's access(2) for execution says about a file, or a directory: git makes no difference.
pub(super) enum Access {
    Absent,
    Denied,
    Executable,
}

#[cfg(unix)]
pub(super) fn access(path: &Path) -> Access {
    use rustix::fs::{self, Access as Wanted};
    match fs::access(path, Wanted::EXEC_OK) {
        Ok(()) => Access::Executable,
        Err(rustix::io::Errno::ACCESS) => Access::Denied,
        Err(_) => Access::Absent,
    }
}

#[cfg(not(unix))]
pub(super) fn access(path: &Path) -> Access {
    if path.is_file() { Access::Executable } else { Access::Absent }
}

/// Whether git would run the file.
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file() && matches!(access(path), Access::Executable)
}
