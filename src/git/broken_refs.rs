//! Files of refs that hold no ref: empty, as a crash or a full disk leaves them, or garbage.
//!
//! git passes over them with a warning. Here each is named with its file and with what it held last,
//! so that a person can put it right, and that one does not hide all others.

use std::fmt;
use std::path::{Path, PathBuf};

use gix_hash::ObjectId;

use super::Repository;
use crate::model::shell;

/// One such file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRef {
    /// The full name of the ref.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// What the ref held last, as its reflog tells.
    pub last: Option<ObjectId>,
}

impl BrokenRef {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        let remove = format!("rm {}", shell::path(&self.path));
        match self.last {
            Some(id) => format!("{remove} && git update-ref {} {id}", shell::word(&self.name)),
            None => format!("{remove}; git fetch brings the ref back if the remote has it"),
        }
    }
}

impl fmt::Display for BrokenRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} holds no object id, so there is no {}", self.path.display(), self.name)
    }
}

impl Repository {
    /// Those below a directory of refs, such as `refs/orchestrate/`, sorted by name.
    pub fn broken_refs(&self, prefix: &str) -> Vec<BrokenRef> {
        let mut files = Vec::new();
        files_below(&self.common_dir().join(prefix), &mut files);
        let mut found: Vec<BrokenRef> = files.iter().filter_map(|path| self.broken(path)).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// That of a ref by its full name.
    pub fn broken_ref(&self, name: &str) -> Option<BrokenRef> {
        self.broken(&self.common_dir().join(name))
    }

    fn broken(&self, path: &Path) -> Option<BrokenRef> {
        let name = path.strip_prefix(self.common_dir()).ok()?.to_str()?.to_owned();
        if name.ends_with(".lock") || !path.is_file() || holds_ref(path) {
            return None;
        }
        let last = self.reflog(&name).last().map(|one| one.new).filter(|id| self.contains(*id));
        Some(BrokenRef { name, path: path.to_owned(), last })
    }
}

fn files_below(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&entry.path(), files),
            _ => files.push(entry.path()),
        }
    }
}

/// Whether a file holds an object id or the name of another ref. One that is gone by now did.
fn holds_ref(path: &Path) -> bool {
    match fs_err::read(path) {
        Ok(content) => {
            let id = content.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            content.starts_with(b"ref:") || ObjectId::from_hex(id).is_ok()
        }
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}
