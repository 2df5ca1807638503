//! Where the objects of a push wait while `pre-receive` judges it.
//!
//! git(1) and git-receive-pack(1): the new objects lie in a directory of their own, which the hook's
//! environment names, and move to the repository when the hook agrees. gix looks at none of these
//! variables. A push that only deletes brings no objects, and then none of them is set.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The object directories that git's environment names, absolute, the quarantine first.
pub fn object_directories() -> Result<Vec<PathBuf>> {
    let Some(own) = std::env::var_os("GIT_OBJECT_DIRECTORY") else { return Ok(Vec::new()) };
    let others = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
    let mut directories = vec![absolute(Path::new(&own))?];
    for other in std::env::split_paths(&others).filter(|path| !path.as_os_str().is_empty()) {
        directories.push(absolute(&other)?);
    }
    Ok(directories)
}

fn absolute(directory: &Path) -> Result<PathBuf> {
    fs_err::canonicalize(directory)
        .with_context(|| format!("cannot find the objects of the push in {}", directory.display()))
}
