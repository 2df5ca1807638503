//! What packed objects are made of, kept while a program runs.
//!
//! A pack stores most objects as what differs from another one, often from a long chain of others. The
//! versions of a tree or of a note are read one after the other and are based on each other, so the
//! one that was made last is most likely the base of the next.

use std::collections::HashMap;

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;

/// The most bytes that are kept; then all of them go.
const MAX_BYTES: usize = 8 << 20;

/// Larger objects would push out too many others.
const MAX_OBJECT: usize = 1 << 20;

/// Objects by their pack and their place in it.
#[derive(Default)]
pub(in crate::git) struct DeltaBases {
    objects: HashMap<(u32, u64), Object>,
    bytes: usize,
}

struct Object {
    kind: Kind,
    compressed_size: usize,
    data: Box<[u8]>,
}

impl DecodeEntry for DeltaBases {
    fn put(&mut self, pack_id: u32, offset: u64, data: &[u8], kind: Kind, compressed_size: usize) {
        if data.len() > MAX_OBJECT {
            return;
        }
        if self.bytes + data.len() > MAX_BYTES {
            self.objects.clear();
            self.bytes = 0;
        }
        self.bytes += data.len();
        self.objects.insert((pack_id, offset), Object { kind, compressed_size, data: data.into() });
    }

    fn get(&mut self, pack_id: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let object = self.objects.get(&(pack_id, offset))?;
        out.clear();
        out.extend_from_slice(&object.data);
        Some((object.kind, object.compressed_size))
    }
}
