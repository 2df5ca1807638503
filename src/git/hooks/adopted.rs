//! Hooks that somebody put in the place of ours, and that run before ours from now on.
//!
//! A hook manager that is installed from inside of a worker's worktree asks git for the directory of
//! the hooks, is told ours, and writes there. Its hook is wanted, and so are ours: it moves to
//! `<common dir>/orchestrate/adopted/`, ours comes back, and runs it after the hook that would have
//! run without us. What was adopted stays when our hooks go, for nobody else keeps it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bstr::ByteSlice;

use super::previous;
use super::program::{PROBE, PROGRAM};
use crate::git::Repository;

/// The hook that was adopted for `event`, if it can be executed and is not the same as `previous`,
/// which runs anyhow.
pub fn hook(repo: &Repository, event: &str, previous: Option<&Path>) -> Option<PathBuf> {
    let path = directory(repo).join(event);
    if !previous::is_executable(&path) {
        return None;
    }
    let same = previous.is_some_and(|previous| {
        fs_err::read(previous).is_ok_and(|one| fs_err::read(&path).is_ok_and(|other| one == other))
    });
    (!same).then_some(path)
}

/// The events that a hook was adopted for.
pub(super) fn events(repo: &Repository) -> Vec<String> {
    let entries = fs_err::read_dir(directory(repo)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| previous::is_event(name)).collect()
}

/// Takes the file at `path` out of our directory: a hook of somebody's is kept and runs from now on, an
/// empty file and a copy of our own program are not missed.
pub(super) fn take_over(repo: &Repository, path: &Path, event: &str) -> Result<()> {
    match fs_err::metadata(path) {
        Ok(meta) if meta.len() > 0 && !is_our_program(path)? => {}
        _ => return Ok(()),
    }
    let directory = directory(repo);
    fs_err::create_dir_all(&directory)?;
    let adopted = directory.join(event);
    if adopted.exists() && fs_err::read(&adopted)? != fs_err::read(path)? {
        set_aside(&adopted)?;
    }
    Ok(fs_err::rename(path, adopted)?)
}

/// The newest one runs; nothing of the others is lost.
fn set_aside(adopted: &Path) -> Result<()> {
    let numbered = (2..).map(|number| adopted.with_extension(format!("kept-{number}")));
    let mut names = std::iter::once(adopted.with_extension("kept")).chain(numbered);
    let free = names.find(|name| fs_err::symlink_metadata(name).is_err()).unwrap_or_default();
    Ok(fs_err::rename(adopted, free)?)
}

/// Whether a file is a hook of ours, of whatever version: a line that names our program, or a binary
/// that answers probes.
fn is_our_program(path: &Path) -> Result<bool> {
    let content = fs_err::read(path)?;
    let first = content.lines().next().unwrap_or_default();
    Ok(match first.strip_prefix(b"#!") {
        Some(interpreter) => interpreter.ends_with(PROGRAM.as_bytes()),
        None => content.contains_str(PROBE),
    })
}

fn directory(repo: &Repository) -> PathBuf {
    repo.common_dir().join("orchestrate").join("adopted")
}
