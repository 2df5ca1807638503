//! What the plan asks for in each new worktree: copied files, a port of its own, commands.
//!
//! Nothing here stops a start: what could not be done is told, recorded in the journal, and left to
//! the worker (S3-12). Files that are in the worktree already stay as they are, so that a set-up
//! that was interrupted can be done again. No link of the worktree leads a copy outside of it.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::model::plan::{Port, Setup, Task};
use crate::model::port::{self, NoPort};
use crate::ops::plan_command::{self, Ended};

/// One thing that the set-up of a worktree did or could not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// An untracked file of the main worktree was copied.
    Copied(String),
    /// A file could not be copied, and why.
    NotCopied(String, String),
    /// The worktree got this port.
    Port(u32),
    /// The worktree has no port of its own, and why.
    NoPort(NoPort),
    /// A command succeeded.
    Ran(String),
    /// A command failed.
    Failed(Ended),
}

/// Sets up the worktree at `worktree` for a task; `main` is the main worktree that files come from.
pub fn run(setup: &Setup, task: &Task, main: &Path, worktree: &Path) -> Vec<Done> {
    let mut done = Vec::new();
    for path in &setup.copy {
        let port = setup.port.as_ref().filter(|port| port.file == *path);
        let copied = copy(path, main, worktree, |content| shift(port, task.number, content));
        done.extend(copied.unwrap_or_else(|error| vec![Done::NotCopied(path.clone(), format!("{error:#}"))]));
    }
    for command in &setup.run {
        done.push(match plan_command::run(command, worktree) {
            Ok(ended) if ended.is_success() => Done::Ran(command.clone()),
            Ok(ended) => Done::Failed(ended),
            Err(error) => {
                Done::Failed(Ended { command: command.clone(), code: None, tail: format!("{error:#}") })
            }
        });
    }
    done
}

/// Copies one file, changed by `change`; nothing is done if the main worktree has none, or the new
/// one has it already.
///
/// The copy appears under its name only when it is whole: a start that is killed in between does
/// not leave a file that the next one takes for done.
fn copy(
    path: &str,
    main: &Path,
    worktree: &Path,
    change: impl Fn(Vec<u8>) -> (Vec<u8>, Option<Done>),
) -> Result<Vec<Done>> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        bail!("it is not a path below the main worktree");
    }
    let from = main.join(path);
    match fs::metadata(&from) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => bail!("it is not a file"),
        Err(_) => return Ok(Vec::new()),
    }
    let to = place(path, worktree)?;
    if fs::symlink_metadata(&to).is_ok() {
        return Ok(Vec::new());
    }
    let (content, also) = change(fs::read(&from)?);
    let directory = to.parent().context("a file lies in a directory")?;
    let copy = tempfile::NamedTempFile::new_in(directory)?;
    fs::write(copy.path(), content)?;
    fs::set_permissions(copy.path(), fs::metadata(&from)?.permissions())?;
    copy.persist_noclobber(&to)?;
    Ok(std::iter::once(Done::Copied(path.to_owned())).chain(also).collect())
}

/// The content with the worktree's own port, if it is the file that has one.
fn shift(port: Option<&Port>, number: u32, content: Vec<u8>) -> (Vec<u8>, Option<Done>) {
    let Some(port) = port else { return (content, None) };
    let shifted = match std::str::from_utf8(&content) {
        Ok(text) => port::shift(text, &port.variable, number),
        Err(_) => Err(NoPort::NotText),
    };
    match shifted {
        Ok((text, port)) => (text.into_bytes(), Some(Done::Port(port))),
        Err(reason) => (content, Some(Done::NoPort(reason))),
    }
}

/// Where a copied file goes; its directories are made, and must lie inside the worktree.
fn place(path: &str, worktree: &Path) -> Result<PathBuf> {
    let mut directory = fs::canonicalize(worktree)?;
    let relative = Path::new(path);
    for part in relative.parent().into_iter().flat_map(Path::components) {
        directory.push(part);
        match fs::symlink_metadata(&directory) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => bail!("{} is not a directory", directory.display()),
            Err(_) => fs::create_dir(&directory)?,
        }
    }
    Ok(directory.join(relative.file_name().context("a file has a name")?))
}
