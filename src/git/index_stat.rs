//! The stat data in an index file, to be compared and replaced where it stands.
//!
//! In every format an entry begins with 40 bytes that say what the file was like when git last saw
//! it: times, device, inode, mode, owner, size. Format 4 shares the beginnings of paths; the rest is
//! as in 2 and 3. So an index for the same files in another place is the same bytes with other stat
//! data, and a new checksum.

use std::ops::Range;

use anyhow::Result;
use bstr::{BString, ByteSlice};

use super::index_file::{be16, be32, extension};

/// The modes of entries, without permissions.
const KIND: u32 = 0o170_000;

/// An index file with the place of each entry's stat data.
#[derive(Debug)]
pub(in crate::git) struct StatIndex {
    data: Vec<u8>,
    /// The entries, in the order of their paths.
    pub(in crate::git) entries: Vec<Place>,
    hash: gix_hash::Kind,
}

/// Where an entry is.
#[derive(Debug)]
pub(in crate::git) struct Place {
    at: usize,
    /// Relative to the top.
    pub(in crate::git) path: BString,
    /// What is there.
    pub(in crate::git) kind: Checked,
}

/// What a checkout puts at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) enum Checked {
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link.
    Link,
    /// The directory of a submodule.
    Submodule,
    /// Nothing: it is outside of a sparse checkout.
    Absent,
}

/// What git remembers of a file; each number cut down to 32 bits, as in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::git) struct Stat {
    /// Seconds and nanoseconds of the last change of the inode.
    pub(in crate::git) changed: [u32; 2],
    /// Seconds and nanoseconds of the last change of the content.
    pub(in crate::git) modified: [u32; 2],
    /// The device, and the inode on it.
    pub(in crate::git) inode: [u32; 2],
    /// User and group.
    pub(in crate::git) owner: [u32; 2],
    /// Bytes.
    pub(in crate::git) size: u32,
}

impl StatIndex {
    /// Finds the entries; `None` for an index that is not whole in itself, or not in a known format.
    pub(in crate::git) fn parse(data: Vec<u8>, hash: gix_hash::Kind) -> Option<StatIndex> {
        let end = data.len().checked_sub(hash.len_in_bytes())?;
        let body = &data[..end];
        let version =
            be32(body, 4).filter(|version| (2..=4).contains(version) && body.starts_with(b"DIRC"))?;
        let count = be32(body, 8)? as usize;
        let mut entries: Vec<Place> = Vec::with_capacity(count.min(body.len() / 60));
        let mut at = 12;
        for _ in 0..count {
            let before = entries.last().map(|entry| &entry.path);
            let (place, next) = place(body, at, version, before, hash)?;
            entries.push(place);
            at = next;
        }
        let kept = extensions(body, at)?;
        let mut data = data;
        data.truncate(end);
        let tail: Vec<u8> = kept.into_iter().flat_map(|range| data[range].to_vec()).collect();
        data.truncate(at);
        data.extend(tail);
        Some(StatIndex { data, entries, hash })
    }

    /// What git saw at an entry.
    pub(in crate::git) fn stat(&self, entry: &Place) -> Stat {
        let [changed, modified, inode] = [0, 8, 16].map(|offset| self.pair(entry.at + offset));
        Stat { changed, modified, inode, owner: self.pair(entry.at + 28), size: self.word(entry.at + 36) }
    }

    /// The same index with this stat data for each entry in turn; where there is `None`, git looks at
    /// the file again.
    pub(in crate::git) fn with(&self, stats: &[Option<Stat>]) -> Result<Vec<u8>> {
        let mut data = self.data.clone();
        for (entry, stat) in self.entries.iter().zip(stats) {
            let stat = stat.unwrap_or_default();
            let mut put = |offset: usize, words: &[u32]| {
                for (nth, word) in words.iter().enumerate() {
                    let at = entry.at + offset + 4 * nth;
                    data[at..at + 4].copy_from_slice(&word.to_be_bytes());
                }
            };
            put(0, &stat.changed);
            put(8, &stat.modified);
            put(16, &stat.inode);
            put(28, &stat.owner);
            put(36, &[stat.size]);
        }
        let mut hasher = gix_hash::hasher(self.hash);
        hasher.update(&data);
        data.extend_from_slice(hasher.try_finalize()?.as_slice());
        Ok(data)
    }

    fn word(&self, at: usize) -> u32 {
        be32(&self.data, at).expect("the entry was read whole")
    }

    fn pair(&self, at: usize) -> [u32; 2] {
        [self.word(at), self.word(at + 4)]
    }
}

/// Reads the entry at `at`, and where the next one begins.
fn place(
    body: &[u8],
    at: usize,
    version: u32,
    before: Option<&BString>,
    hash: gix_hash::Kind,
) -> Option<(Place, usize)> {
    let flags_at = at + 40 + hash.len_in_bytes();
    let flags = be16(body, flags_at)?;
    let is_extended = flags & 0x4000 != 0;
    let extended = if is_extended { be16(body, flags_at + 2)? } else { 0 };
    let start = flags_at + if is_extended { 4 } else { 2 };
    let (path, next) = if version == 4 {
        let (dropped, start) = number(body, start)?;
        let before = before.map_or(&b""[..], |path| path.as_slice());
        let shared = &before[..before.len().checked_sub(dropped)?];
        let end = start + body.get(start..)?.find_byte(0)?;
        ([shared, &body[start..end]].concat(), end + 1)
    } else {
        let end = start + body.get(start..)?.find_byte(0)?;
        (body[start..end].to_vec(), at + ((end - at + 8) & !7))
    };
    let mode = be32(body, at + 24)?;
    let is_merged = flags & 0x3000 == 0;
    let kind = match mode & KIND {
        _ if extended & 0x4000 != 0 => Checked::Absent,
        0o120_000 => Checked::Link,
        0o160_000 => Checked::Submodule,
        0o100_000 if mode & 0o100 != 0 => Checked::Executable,
        0o100_000 => Checked::File,
        _ => return None,
    };
    is_merged.then_some((Place { at, path: path.into(), kind }, next))
}

/// A number as format 4 writes it, seven bits a byte, and where it ends.
fn number(body: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut byte = *body.get(at)?;
    let (mut value, mut at) = (usize::from(byte & 0x7f), at + 1);
    while byte & 0x80 != 0 {
        byte = *body.get(at)?;
        value = (value.checked_add(1)?.checked_mul(128)?).checked_add(usize::from(byte & 0x7f))?;
        at += 1;
    }
    Some((value, at))
}

/// The extensions that hold for the same files elsewhere: the remembered trees, and the mark of sparse
/// directories. Another one that must be understood, such as that of a split index, makes it `None`.
fn extensions(body: &[u8], mut at: usize) -> Option<Vec<Range<usize>>> {
    let mut kept = Vec::new();
    while at < body.len() {
        let found = extension(&body[at..])?;
        let end = body.len() - found.rest.len();
        match found.name {
            b"TREE" | b"sdir" => kept.push(at..end),
            name if name[0].is_ascii_lowercase() => return None,
            _ => {}
        }
        at = end;
    }
    Some(kept)
}
