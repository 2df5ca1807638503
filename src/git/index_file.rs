//! The index file: its entries, and the trees that it remembers.
//!
//! git reads all of it for every answer. Here the usual formats (2 and 3) are hopped over from one
//! entry's header to the next without decoding anything; format 4 and split indices are rare, and
//! gix decodes them. The checksum is not verified, as git does not when it reads.
//!
//! The `TREE` extension holds the id of the tree that each directory would be committed as, as far
//! as nothing was staged there since; [`remembered_root`] finds the topmost at the end of the file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix::index::entry::Flags;
use gix::index::extension::{Tree, tree};
use gix_hash::ObjectId;

use crate::model::change::{Entry, Kind};

/// How much of the end of the file is searched, and how much if that was too little: the extensions of
/// a thousand directories fit into the first, of 25,000 into the second.
const TAILS: [u64; 2] = [1 << 15, 1 << 20];

/// What the index has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) enum Staged {
    /// A file, link or submodule.
    Entry(Entry),
    /// One of the sides of a conflict.
    Conflict(Entry),
    /// A path that `git add --intent-to-add` announced, and a commit leaves out.
    Announced,
    /// A whole directory outside of a sparse checkout; its path ends with a slash.
    Directory(ObjectId),
}

/// An index whose entries can be looked at one by one, in the order of their paths.
pub(in crate::git) struct Index {
    entries: Entries,
    /// The remembered trees; a node without a number of entries is out of date.
    pub(in crate::git) tree: Option<Tree>,
}

enum Entries {
    Raw(Raw),
    Decoded(Box<gix::index::State>),
}

/// The file as it is, and where in it each entry begins.
struct Raw {
    data: Vec<u8>,
    offsets: Vec<usize>,
    hash: gix_hash::Kind,
}

impl Index {
    /// The index at `path`, without entries if there is no such file.
    pub(in crate::git) fn read(path: &Path, hash: gix_hash::Kind) -> Result<Index> {
        if !path.exists() {
            let entries = Entries::Raw(Raw { data: Vec::new(), offsets: Vec::new(), hash });
            return Ok(Index { entries, tree: None });
        }
        let data = fs_err::read(path)?;
        if let Some((offsets, tree)) = scan(&data, hash) {
            return Ok(Index { entries: Entries::Raw(Raw { data, offsets, hash }), tree });
        }
        let decoded = gix::index::File::at(path, hash, true, gix::index::decode::Options::default());
        let state =
            decoded.with_context(|| format!("cannot read the index {}", path.display()))?.into_parts().0;
        let tree = state.tree().cloned();
        Ok(Index { entries: Entries::Decoded(Box::new(state)), tree })
    }

    /// How many entries there are; a path in conflict has up to three.
    pub(in crate::git) fn len(&self) -> usize {
        match &self.entries {
            Entries::Raw(raw) => raw.offsets.len(),
            Entries::Decoded(state) => state.entries().len(),
        }
    }

    /// The path of one entry.
    pub(in crate::git) fn path(&self, at: usize) -> &[u8] {
        match &self.entries {
            Entries::Raw(raw) => &raw.data[raw.header(at).path],
            Entries::Decoded(state) => state.entries()[at].path(state),
        }
    }

    /// What one entry is.
    pub(in crate::git) fn staged(&self, at: usize) -> Staged {
        match &self.entries {
            Entries::Raw(raw) => {
                let header = raw.header(at);
                staged(header.mode, header.id, header.in_conflict, header.announced)
            }
            Entries::Decoded(state) => {
                let entry = &state.entries()[at];
                let announced = entry.flags.contains(Flags::INTENT_TO_ADD);
                staged(entry.mode.bits(), entry.id, entry.stage_raw() != 0, announced)
            }
        }
    }
}

/// The tree that the whole index would be committed as, if the end of the file remembers one; no
/// entry is read for it. That it is in the object database is not certain.
pub(in crate::git) fn remembered_root(path: &Path, hash: gix_hash::Kind) -> Option<ObjectId> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let root = TAILS.into_iter().find_map(|most| {
        file.seek(SeekFrom::Start(length.saturating_sub(most))).ok()?;
        let mut tail = Vec::with_capacity(usize::try_from(length.min(most) + 1).ok()?);
        file.read_to_end(&mut tail).ok()?;
        let extensions = &tail[..tail.len().checked_sub(hash.len_in_bytes())?];
        // The name may be part of anything; it counts where a run of extensions begins.
        let mut found = extensions.find_iter(b"TREE").filter_map(|at| extension(&extensions[at..]));
        found.find_map(|tree| are_extensions(tree.rest).then(|| root_id(tree.content, hash)))
    });
    root.flatten()
}

/// Whether `data` is one extension after the other, up to its last byte.
fn are_extensions(mut data: &[u8]) -> bool {
    while let Some(extension) = extension(data) {
        data = extension.rest;
    }
    data.is_empty()
}

/// One extension, and what follows it.
pub(in crate::git) struct Extension<'a> {
    pub(in crate::git) name: &'a [u8],
    pub(in crate::git) content: &'a [u8],
    pub(in crate::git) rest: &'a [u8],
}

/// Reads a name of four letters, four bytes of length, and that many bytes.
pub(in crate::git) fn extension(data: &[u8]) -> Option<Extension<'_>> {
    let (name, rest) = data.split_at_checked(4)?;
    let length = be32(rest, 0)? as usize;
    let (content, rest) = rest.get(4..)?.split_at_checked(length)?;
    name.iter().all(u8::is_ascii_alphabetic).then_some(Extension { name, content, rest })
}

/// The first node of a `TREE` extension: an empty name, a number of entries that is negative when the
/// node is out of date, a number of nodes below it, and the id.
fn root_id(tree: &[u8], hash: gix_hash::Kind) -> Option<ObjectId> {
    let (counts, rest) = tree.strip_prefix(b"\0")?.split_once_str("\n")?;
    let (entries, nodes) = counts.split_once_str(" ")?;
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !is_number(entries) || !is_number(nodes) {
        return None;
    }
    ObjectId::try_from(rest.get(..hash.len_in_bytes())?).ok()
}

/// Where the entries of an index of format 2 or 3 begin, and its remembered trees; `None` for every
/// other format, and for what is not as it should be.
fn scan(data: &[u8], hash: gix_hash::Kind) -> Option<(Vec<usize>, Option<Tree>)> {
    let end = data.len().checked_sub(hash.len_in_bytes())?;
    let data = &data[..end];
    if data.get(..4)? != b"DIRC" || !matches!(be32(data, 4)?, 2 | 3) {
        return None;
    }
    let count = be32(data, 8)? as usize;
    let mut offsets = Vec::with_capacity(count.min(data.len() / 62));
    let mut at = 12;
    for _ in 0..count {
        offsets.push(at);
        at = header(data, at, hash)?.end;
    }
    let mut tree = None;
    let mut rest = data.get(at..)?;
    while let Some(extension) = extension(rest) {
        match extension.name {
            b"TREE" => tree = tree::decode(extension.content, hash, None),
            b"link" => return None,
            _ => {}
        }
        rest = extension.rest;
    }
    rest.is_empty().then_some((offsets, tree))
}

/// One entry as the file has it.
struct Header {
    mode: u32,
    id: ObjectId,
    in_conflict: bool,
    announced: bool,
    path: Range<usize>,
    /// Where the next entry begins.
    end: usize,
}

impl Raw {
    fn header(&self, at: usize) -> Header {
        header(&self.data, self.offsets[at], self.hash).expect("the scan has been here")
    }
}

/// Reads the entry at `at`: 40 bytes of which only the mode matters, the id, 16 or 32 bits of flags,
/// the path, and NUL bytes up to the next multiple of eight.
fn header(data: &[u8], at: usize, hash: gix_hash::Kind) -> Option<Header> {
    let id = at + 40..at + 40 + hash.len_in_bytes();
    let flags = be16(data, id.end)?;
    let is_extended = flags & 0x4000 != 0;
    let extended = if is_extended { be16(data, id.end + 2)? } else { 0 };
    let start = id.end + if is_extended { 4 } else { 2 };
    let length = match flags & 0xfff {
        0xfff => data.get(start..)?.find_byte(0)?,
        length => length.into(),
    };
    let path = start..start + length;
    let end = at + ((path.end - at + 8) & !7);
    data.get(at..end)?;
    Some(Header {
        mode: be32(data, at + 24)?,
        id: ObjectId::try_from(data.get(id)?).ok()?,
        in_conflict: flags & 0x3000 != 0,
        announced: extended & 0x2000 != 0,
        path,
        end,
    })
}

fn staged(mode: u32, id: ObjectId, in_conflict: bool, announced: bool) -> Staged {
    let kind = match mode & 0o170_000 {
        0o040_000 => return Staged::Directory(id),
        0o120_000 => Kind::Symlink,
        0o160_000 => Kind::Submodule,
        _ if mode & 0o100 != 0 => Kind::Executable,
        _ => Kind::File,
    };
    match (in_conflict, announced) {
        (true, _) => Staged::Conflict(Entry { kind, id }),
        (false, true) => Staged::Announced,
        (false, false) => Staged::Entry(Entry { kind, id }),
    }
}

pub(in crate::git) fn be32(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

pub(in crate::git) fn be16(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?))
}
