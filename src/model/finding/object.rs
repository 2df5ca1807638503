//! What can be wrong with an object, whatever it says: git's own strict check refuses it.
//!
//! Merging reads trees that no checkout takes, such as one with an entry `.git`, so what git says of
//! the new objects is heard before anything is merged.

use std::fmt;

use gix_hash::ObjectId;

/// A commit, tree, blob or tag that `git fsck --strict` calls broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectViolation {
    /// Which one; `None` where git does not say.
    pub id: Option<ObjectId>,
    /// In git's words, such as `hasDotgit: contains '.git'`.
    pub said: String,
}

impl ObjectViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        "object/malformed"
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        "make the commit again with git itself; git fsck --strict shows what is wrong".into()
    }
}

impl fmt::Display for ObjectViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "git refuses the object {}: {}", id.to_hex_with_len(10), self.said),
            None => write!(f, "git refuses what it holds: {}", self.said),
        }
    }
}
