//! The index as it was before we staged anything, for when what we staged it for was refused.

use std::path::PathBuf;

use anyhow::{Context, Result};
use fs_err as fs;
use tempfile::{Builder, NamedTempFile};

use super::Repository;

/// A copy of the index; it goes when it is dropped.
#[derive(Debug)]
pub struct IndexBefore {
    copy: NamedTempFile,
    index: PathBuf,
}

impl Repository {
    /// The index as it is now; `None` if there is none.
    pub fn index_before(&self) -> Result<Option<IndexBefore>> {
        let index = self.gix.index_path();
        if !index.exists() {
            return Ok(None);
        }
        let directory = index.parent().context("an index is in a directory")?;
        let copy = Builder::new().prefix("orchestrate-index-").tempfile_in(directory)?;
        fs::copy(&index, copy.path())?;
        // git looks again into a file that is no older than the index.
        copy.as_file().set_modified(fs::metadata(&index)?.modified()?)?;
        Ok(Some(IndexBefore { copy, index }))
    }
}

impl IndexBefore {
    /// Makes it the index again, under git's own lock.
    pub fn put_back(self) -> Result<()> {
        let mut lock = self.index.clone().into_os_string();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        let doing = || format!("cannot put {} back as it was", self.index.display());
        self.copy.persist_noclobber(&lock).with_context(doing)?;
        fs::rename(&lock, &self.index).with_context(doing)
    }
}
