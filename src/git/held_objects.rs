//! Objects that are held in memory until they are needed on disk, and are not compressed there while they
//! are small.
//!
//! A forecast writes trees and commits for each step, of which most are only read again by itself. On
//! disk each would cost a temporary file and a compressor. What git has to read is written when a git
//! is started, and goes with the room.
//!
//! The objects of a note are as small: a few hundred bytes each, in a block of the disk each. To compress
//! one costs more than all else that a hook does after a commit, as a compressor clears a third of a
//! megabyte first. git compresses them when it packs them.

use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use gix::objs::{Kind, Write as _};
use gix_hash::ObjectId;
use tempfile::Builder;

use super::Repository;
use super::vanished::again;

/// The most bytes that take no more room on most disks than they would compressed.
const SMALL: usize = 4000;

/// What git calls the objects that it is writing, and removes when one was left behind.
const PREFIX: &str = "tmp_obj_";

/// The most bytes of a block that is not compressed (RFC 1951, section 3.2.4).
const MAX_BLOCK: usize = 0xffff;

/// A stream of the fastest compression, in the form that git takes for a loose object.
const HEADER: [u8; 2] = [0x78, 0x01];

impl Repository {
    /// From now on, what is written is held until a git has to read it.
    pub(in crate::git) fn hold_objects(&mut self) {
        self.gix.objects.enable_object_memory();
    }

    /// The same repository, but that what is written is held until [`Repository::share_objects`].
    pub(in crate::git) fn holding(&self) -> Repository {
        let mut holding = self.another();
        holding.hold_objects();
        holding
    }

    /// Writes what `holding` holds where others read it meanwhile; what is not [`SMALL`] as the object store
    /// does. An error is of the disk; what was held is lost then.
    pub(in crate::git) fn share_objects(&self, holding: &Repository) -> anyhow::Result<()> {
        let held = holding.gix.objects.reset_object_memory().unwrap_or_default();
        for (id, (kind, content)) in held.iter() {
            match content.len() <= SMALL {
                true => again(|| share(self.gix.objects.store_ref().path(), *id, *kind, content))?,
                false => again(|| self.gix.objects.write_buf(*kind, content).map(drop))?,
            }
        }
        Ok(())
    }

    /// Writes what is held to disk. Where that fails, it is held still.
    pub(in crate::git) fn write_held_objects(&self) -> Result<(), Error> {
        let Some(held) = self.gix.objects.reset_object_memory() else { return Ok(()) };
        let store = self.common_dir().join("objects");
        let mut outcome = Ok(());
        for (id, (kind, content)) in held.iter() {
            if outcome.is_ok() {
                outcome = write(&store, *id, *kind, content);
            }
            if outcome.is_err() {
                self.gix.objects.write_buf(*kind, content).map_err(Error::other)?;
            }
        }
        outcome
    }
}

fn write(store: &Path, id: ObjectId, kind: Kind, content: &[u8]) -> Result<(), Error> {
    let (directory, file) = place(store, id);
    let stream = loose(kind, content);
    match fs_err::write(&file, &stream) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs_err::create_dir_all(directory)?;
            fs_err::write(file, stream)
        }
        written => written,
    }
}

/// Writes an object as git does: nobody ever sees a part of it.
fn share(store: &Path, id: ObjectId, kind: Kind, content: &[u8]) -> anyhow::Result<()> {
    let (directory, path) = place(store, id);
    let mut builder = Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o444));
    let mut file =
        builder.tempfile_in(store).with_context(|| format!("cannot write to {}", store.display()))?;
    file.write_all(&loose(kind, content))?;
    match fs_err::create_dir(&directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// The directory of a loose object, and its file in there.
fn place(store: &Path, id: ObjectId) -> (PathBuf, PathBuf) {
    let name = id.to_string();
    let directory = store.join(&name[..2]);
    let file = directory.join(&name[2..]);
    (directory, file)
}

/// What the file of a loose object holds.
fn loose(kind: Kind, content: &[u8]) -> Vec<u8> {
    uncompressed(&[format!("{kind} {}\0", content.len()).as_bytes(), content].concat())
}

/// A zlib stream (RFC 1950) of blocks that are not compressed.
fn uncompressed(content: &[u8]) -> Vec<u8> {
    let mut stream = HEADER.to_vec();
    let mut blocks = content.chunks(MAX_BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a block is no longer than that");
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(checksum(content).to_be_bytes());
    stream
}

/// Adler-32. Within so many bytes no sum overflows.
fn checksum(content: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    const SAFE: usize = 5_552;
    let (mut one, mut two) = (1_u32, 0_u32);
    for part in content.chunks(SAFE) {
        for byte in part {
            one += u32::from(*byte);
            two += one;
        }
        (one, two) = (one % MODULUS, two % MODULUS);
    }
    two << 16 | one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_what_the_standard_says() {
        assert_eq!(checksum(b"Wikipedia"), 0x11e6_0398);
        let stream = uncompressed(b"abc");
        assert_eq!(stream, [0x78, 1, 1, 3, 0, 0xfc, 0xff, b'a', b'b', b'c', 2, 0x4d, 1, 0x27]);
        let long = uncompressed(&[7; MAX_BLOCK + 1]);
        assert_eq!((long[2], long[2 + 5 + MAX_BLOCK]), (0, 1), "only the last block says that it is");
    }
}
