//! The one program that all our hooks are: where it is installed, and how a file is known to hold it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::git::Repository;
use crate::model::hint;

/// What the program is called where it is installed.
pub(super) const PROGRAM: &str = "git-orchestrate-hook";

/// The variable that carries the number of a [`probe`](super::probe); our program answers it and does
/// nothing else.
pub const PROBE: &str = "GIT_ORCHESTRATE_PROBE";

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

/// Where the program of the hooks is installed: beside this one, else on PATH.
pub fn find_program() -> Result<PathBuf> {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).or_else(|| which::which(&name).ok()).ok_or_else(|| {
        hint::error(
            format!("cannot find the program {name}"),
            "it is installed together with git-orchestrate; install both again",
        )
    })
}

/// Whether a file holds what it held when the fingerprint was taken. Its content is only read where
/// size and time leave a doubt: this is asked for every worktree.
pub(super) fn is_as_seen(repo: &Repository, path: &Path, seen: &Fingerprint) -> Result<bool> {
    let Ok(meta) = fs_err::symlink_metadata(path) else { return Ok(false) };
    if !meta.is_file() || meta.len() != seen.size || seen.size == 0 {
        return Ok(false);
    }
    Ok(modified(&meta) == seen.modified || hash(repo, &fs_err::read(path)?)? == seen.id)
}

pub(super) fn fingerprint(repo: &Repository, path: &Path) -> Result<Fingerprint> {
    let meta = fs_err::metadata(path)?;
    Ok(Fingerprint { id: hash(repo, &fs_err::read(path)?)?, size: meta.len(), modified: modified(&meta) })
}

fn modified(meta: &std::fs::Metadata) -> u64 {
    let since = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|time| u64::try_from(time.as_nanos()).ok()).unwrap_or_default()
}

fn hash(repo: &Repository, bytes: &[u8]) -> Result<String> {
    let id = gix::objs::compute_hash(repo.object_hash(), gix::objs::Kind::Blob, bytes)?;
    Ok(id.to_string())
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = path.parent().expect("it lies in a directory of ours");
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    std::io::Write::write_all(&mut file, bytes)?;
    make_executable(file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

#[cfg(unix)]
fn make_executable(file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

#[cfg(not(unix))]
fn make_executable(_file: &File) -> Result<()> {
    Ok(())
}
