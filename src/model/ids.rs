//! Maps and sets by object id, of which there may be hundreds of thousands.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use gix_hash::ObjectId;

/// A map by object id.
pub type IdMap<T> = HashMap<ObjectId, T, BuildHasherDefault<IdHasher>>;

/// A set of object ids.
pub type IdSet = HashSet<ObjectId, BuildHasherDefault<IdHasher>>;

/// An id is a digest already, so a part of it is as good as a digest of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(start) = bytes.first_chunk() {
            self.0 = u64::from_ne_bytes(*start);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
