//! A clean room for questions of which most are answered by reading: it is laid out once something has
//! to be written in it, or asked of git there.

use std::cell::OnceCell;

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;

/// A clean room that need not be there yet.
#[derive(Debug)]
pub struct LateRoom<'r> {
    repo: &'r Repository,
    attributes: ObjectId,
    room: OnceCell<CleanRoom>,
}

impl<'r> LateRoom<'r> {
    /// What [`CleanRoom::open`] would open.
    pub fn new(repo: &'r Repository, attributes: ObjectId) -> LateRoom<'r> {
        LateRoom { repo, attributes, room: OnceCell::new() }
    }

    /// The room; laid out now if it is not there.
    pub fn room(&self) -> Result<&CleanRoom> {
        if self.room.get().is_none() {
            let room = CleanRoom::open(self.repo, self.attributes)?;
            return Ok(self.room.get_or_init(|| room));
        }
        Ok(self.room.get().expect("it is there"))
    }

    /// Where what the room would show can be read. Objects are the same outside, but not where history
    /// ends: the boundary of a shallow clone may be forged.
    pub fn reader(&self) -> Result<&Repository> {
        match self.room.get() {
            None if !self.repo.is_shallow() => Ok(self.repo),
            _ => Ok(self.room()?.repository()),
        }
    }

    /// The commit or tree whose `.gitattributes` count.
    pub(in crate::git) fn attributes(&self) -> ObjectId {
        self.attributes
    }
}
