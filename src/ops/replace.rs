//! Replacing a small file as a whole: a reader sees the old content or the new, never a part.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use fs_err as fs;

/// Writes `content` to `path` by way of a temporary file beside it, keeping the old permissions.
///
/// Directories that are missing are made. A symbolic link is followed: its target is replaced.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = path.parent().context("a file lies in a directory")?;
    fs::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)
        .with_context(|| format!("cannot write to {}", directory.display()))?;
    file.write_all(content).and_then(|()| file.as_file().sync_all())?;
    set_permissions(path, file.path())?;
    file.persist(path).with_context(|| format!("cannot replace {}", path.display()))?;
    Ok(())
}

/// A temporary file is private; what replaces a file may be read by those who could read that one.
#[cfg(unix)]
fn set_permissions(old: &Path, new: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = match fs::metadata(old) {
        Ok(metadata) => metadata.permissions(),
        Err(_) => std::fs::Permissions::from_mode(0o644),
    };
    Ok(fs::set_permissions(new, permissions)?)
}

#[cfg(not(unix))]
fn set_permissions(_old: &Path, _new: &Path) -> Result<()> {
    Ok(())
}
