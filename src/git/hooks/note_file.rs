//! A JSON file below `orchestrate/` of the common directory, in which our hooks keep what they need
//! to know about themselves. It is complete under another name before it gets its own. That name is
//! always the same, so that a killed call leaves one file at most: whoever writes has a lock of ours.

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
        fs_err::create_dir_all(self.directory())?;
        let new = self.unfinished();
        let written = self.write_as(&new, value);
        if written.is_err() {
            let _ = fs_err::remove_file(&new);
        }
        written.with_context(|| format!("cannot write {}", self.0.display()))
    }

    fn write_as(&self, new: &Path, value: &impl Serialize) -> Result<()> {
        let file = fs_err::File::create(new)?;
        let mut writer = std::io::BufWriter::new(&file);
        serde_json::to_writer_pretty(&mut writer, value)?;
        std::io::Write::flush(&mut writer)?;
        drop(writer);
        file.sync_all()?;
        Ok(fs_err::rename(new, &self.0)?)
    }

    /// Removes it, if it is there, and what a killed call left of it.
    pub fn delete(&self) -> Result<()> {
        for path in [&self.0, &self.unfinished()] {
            if path.exists() {
                fs_err::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// How it is called before it is complete.
    fn unfinished(&self) -> PathBuf {
        self.0.with_extension("json.new")
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
