//! What a commit changes, path by path: the raw list that every judgement is made on.
//!
//! Renames are off, so a rename is a removal and an addition and both sides count. Submodules are
//! entries like any other and are never ignored.

use std::collections::BTreeMap;

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

/// What a row of changes comes to, each made on the result of the one before; sorted by path. `None`
/// where one of them says two things of a path.
pub fn net<'a>(row: impl IntoIterator<Item = &'a [PathChange]>) -> Option<Vec<PathChange>> {
    let mut found: BTreeMap<&BString, (usize, Option<Entry>, Option<Entry>)> = BTreeMap::new();
    for (step, changes) in row.into_iter().enumerate() {
        for one in changes {
            let known = found.get(&one.path).copied();
            if known.is_some_and(|(last, _, new)| last == step || new != one.old) {
                return None;
            }
            let old = known.map_or(one.old, |(_, old, _)| old);
            found.insert(&one.path, (step, old, one.new));
        }
    }
    let differs = found.into_iter().filter(|(_, (_, old, new))| old != new);
    Some(differs.map(|(path, (_, old, new))| PathChange { path: path.clone(), old, new }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_come_to_what_is_left_of_them() {
        let entry =
            |digit: u8| (digit > 0).then(|| Entry { kind: Kind::File, id: ObjectId::from([digit; 20]) });
        let change =
            |path: &str, old, new| PathChange { path: path.into(), old: entry(old), new: entry(new) };
        let first = [change("b", 1, 2), change("c", 0, 5)];
        let second = [change("a", 0, 1), change("b", 2, 3), change("c", 5, 0)];
        let row = [&first[..], &second];
        assert_eq!(net(row), Some(vec![change("a", 0, 1), change("b", 1, 3)]), "c came and went");
        assert_eq!(net([&[change("a", 1, 2), change("a", 1, 3)][..]]), None, "a damaged tree");
        assert_eq!(net([&first[..], &[change("b", 4, 5)]]), None, "not in a row");
    }
}
