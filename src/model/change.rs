//! What a commit changes, path by path: the raw list that every judgement is made on.
//!
//! Renames are off, so a rename is a removal and an addition and both sides count. Submodules are
//! entries like any other and are never ignored.

use bstr::BString;
use gix_hash::ObjectId;

/// The kind of a tree entry, as git stores it in the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file, mode 100644.
    File,
    /// A file with the executable bit, mode 100755.
    Executable,
    /// A symbolic link, mode 120000; its blob holds the target.
    Symlink,
    /// A submodule ("gitlink"), mode 160000; its id names a commit of another repository.
    Submodule,
}

impl Kind {
    /// Whether it is a regular file, executable or not.
    pub fn is_file(self) -> bool {
        matches!(self, Kind::File | Kind::Executable)
    }
}

/// One side of a changed path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// The object it names.
    pub id: ObjectId,
}

/// One path that differs between two trees, or between a tree and an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChange {
    /// Relative to the top of the repository, as bytes, with `/` between components.
    pub path: BString,
    /// What was there; `None` for an addition.
    pub old: Option<Entry>,
    /// What is there now; `None` for a deletion. Never `None` on both sides.
    pub new: Option<Entry>,
}
