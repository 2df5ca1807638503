//! A JSON file below `orchestrate/` of the common directory, in which our hooks keep what they need
//! to know about themselves. It is complete under another name before it gets its own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::git::Repository;

/// One such file.
pub(super) struct NoteFile(PathBuf);

impl NoteFile {
    /// The file of this name; it need not exist.
    pub fn of(repo: &Repository, name: &str) -> NoteFile {
        NoteFile(repo.common_dir().join("orchestrate").join(name))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What it holds; `None` if it is not there, an error if it is not what [`NoteFile::write`] wrote.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        match self.text()? {
            Some(text) => {
                serde_json::from_slice(&text).with_context(|| format!("cannot read {}", self.0.display()))
            }
            None => Ok(None),
        }
    }

    /// The same, where one that makes no sense says nothing.
    pub fn read_sense<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        Ok(self.text()?.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// Puts it in place of another.
    pub fn write(&self, value: &impl Serialize) -> Result<()> {
        let directory = self.directory();
        fs_err::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.as_file().sync_all()?;
        file.persist(&self.0).with_context(|| format!("cannot write {}", self.0.display()))?;
        Ok(())
    }

    /// Removes it, if it is there.
    pub fn delete(&self) -> Result<()> {
        if self.0.exists() {
            fs_err::remove_file(&self.0)?;
        }
        Ok(())
    }

    /// The directory that it lies in.
    pub fn directory(&self) -> &Path {
        self.0.parent().expect("it lies in a directory of ours")
    }

    fn text(&self) -> Result<Option<Vec<u8>>> {
        match fs_err::read(&self.0) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
