//! What commits say and change, and which commits notes are on, kept on disk for answers that change
//! no branch.
//!
//! A commit and all that it leads to never change under one id, so an entry by that id is true for
//! ever, whatever becomes of branches. It says no more than the object store does: whoever could forge
//! an entry could put forged objects there as well, and neither is believed by what verifies or merges,
//! which reads and checks the objects themselves. Where history may be cut off, nothing is kept,
//! because an entry does not tell whether the commit is still here.

use std::panic::resume_unwind;
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use bstr::BString;
use gix_hash::ObjectId;

use super::Repository;
use super::cache::{Cache, Key, digest};
use super::objects::CommitObject;
use crate::model::change::{Entry, Kind, PathChange};

/// Where it is kept. Another way to write entries needs another name.
const NAME: &str = "commits-1";

/// The most bytes of the file: some two hundred thousand commits.
const MAX_BYTES: usize = 64 << 20;

/// What was kept, and what is new.
pub(in crate::git) struct Kept {
    cache: Option<Cache>,
    hash: gix_hash::Kind,
}

/// What was kept, while it is being read.
pub struct Soon(Option<JoinHandle<Cache>>);

impl Repository {
    /// Begins to read what is kept of commits; [`Repository::survey_kept`] takes it.
    pub fn kept_soon(&self) -> Soon {
        Soon((!self.is_shallow()).then(|| self.cache_soon(NAME, MAX_BYTES)))
    }
}

impl Kept {
    /// What is kept for a repository, once it is read.
    pub fn of(repo: &Repository, Soon(reading): Soon) -> Kept {
        let cache = reading.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        Kept { cache, hash: repo.object_hash() }
    }

    /// Nothing, and nothing will be.
    pub fn nothing(repo: &Repository) -> Kept {
        Kept { cache: None, hash: repo.object_hash() }
    }

    /// How many entries there are, and so about how many commits.
    pub fn count(&self) -> usize {
        self.cache.as_ref().map_or(0, Cache::count)
    }

    /// A commit and what it changes against its first parent, if it is known.
    pub fn commit(&mut self, id: ObjectId) -> Option<(CommitObject, Vec<PathChange>)> {
        let entry = self.cache.as_mut()?.find(key(id)?)?;
        Reader { rest: entry, hash: self.hash }.commit(id).ok()
    }

    /// Remembers a commit and what it changes.
    pub fn keep_commit(&mut self, commit: &CommitObject, changes: &[PathChange]) {
        if let (Some(cache), Some(key)) = (&mut self.cache, key(commit.id)) {
            let mut entry = Writer::default();
            entry.commit(commit, changes);
            cache.keep(key, entry.0);
        }
    }

    /// The commits with a note in the notes commit `notes_id` that the task `task` believes.
    pub fn noted(&mut self, notes_id: ObjectId, task: &str) -> Option<Vec<ObjectId>> {
        let entry = self.cache.as_mut()?.find(notes_key(notes_id, task)?)?;
        let ids = entry.chunks_exact(self.hash.len_in_bytes()).map(ObjectId::from_bytes_or_panic);
        Some(ids.collect())
    }

    /// Remembers them.
    pub fn keep_noted(&mut self, notes_id: ObjectId, task: &str, noted: &[ObjectId]) {
        if let (Some(cache), Some(key)) = (&mut self.cache, notes_key(notes_id, task)) {
            cache.keep(key, noted.iter().flat_map(|id| id.as_bytes().iter().copied()).collect());
        }
    }

    /// Writes what is new to disk.
    pub fn store(self) {
        if let Some(cache) = self.cache {
            cache.store();
        }
    }
}

/// An id is a digest already; one that is shorter than a key is filled up.
fn key(id: ObjectId) -> Option<Key> {
    let mut bytes = [0; 32];
    bytes.get_mut(..id.as_bytes().len())?.copy_from_slice(id.as_bytes());
    Key::try_from(&bytes[..]).ok()
}

fn notes_key(notes_id: ObjectId, task: &str) -> Option<Key> {
    digest(&[b"notes ", notes_id.as_bytes(), task.as_bytes()].concat()).ok()
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn id(&mut self, id: ObjectId) {
        self.0.extend_from_slice(id.as_bytes());
    }

    fn commit(&mut self, commit: &CommitObject, changes: &[PathChange]) {
        self.id(commit.tree_id);
        self.number(commit.parent_ids.len());
        commit.parent_ids.iter().for_each(|id| self.id(*id));
        self.0.extend_from_slice(&commit.time.to_be_bytes());
        self.bytes(&commit.author);
        self.bytes(&commit.signature);
        self.bytes(&commit.message);
        self.number(usize::from(commit.encoding.is_some()));
        self.bytes(commit.encoding.as_deref().map_or(&[], |encoding| encoding.as_slice()));
        self.number(changes.len());
        for one in changes {
            self.bytes(&one.path);
            [one.old, one.new].into_iter().for_each(|entry| self.entry(entry));
        }
    }

    fn entry(&mut self, entry: Option<Entry>) {
        self.0.push(match entry.map(|entry| entry.kind) {
            None => 0,
            Some(Kind::File) => 1,
            Some(Kind::Executable) => 2,
            Some(Kind::Symlink) => 3,
            Some(Kind::Submodule) => 4,
        });
        entry.into_iter().for_each(|entry| self.id(entry.id));
    }
}

/// What is left to be read of an entry.
struct Reader<'a> {
    rest: &'a [u8],
    hash: gix_hash::Kind,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).context("it is cut off")?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into()?) as usize)
    }

    fn bytes(&mut self) -> Result<BString> {
        let length = self.number()?;
        Ok(self.take(length)?.into())
    }

    fn id(&mut self) -> Result<ObjectId> {
        Ok(ObjectId::try_from(self.take(self.hash.len_in_bytes())?)?)
    }

    /// There is room for exactly as many, as there are many lists of one. The number may be anything, so
    /// not for more than there can be.
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.number()?;
        let mut list = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }

    fn commit(mut self, id: ObjectId) -> Result<(CommitObject, Vec<PathChange>)> {
        let commit = CommitObject {
            id,
            tree_id: self.id()?,
            parent_ids: self.list(Reader::id)?,
            time: i64::from_be_bytes(self.take(8)?.try_into()?),
            author: self.bytes()?,
            signature: self.bytes()?,
            message: self.bytes()?,
            encoding: match (self.number()?, self.bytes()?) {
                (0, _) => None,
                (_, encoding) => Some(encoding),
            },
        };
        let change =
            |this: &mut Self| Ok(PathChange { path: this.bytes()?, old: this.entry()?, new: this.entry()? });
        let changes = self.list(change)?;
        Ok((commit, changes))
    }

    fn entry(&mut self) -> Result<Option<Entry>> {
        let kind = match self.take(1)?[0] {
            0 => return Ok(None),
            1 => Kind::File,
            2 => Kind::Executable,
            3 => Kind::Symlink,
            4 => Kind::Submodule,
            _ => bail!("an entry is of no kind"),
        };
        Ok(Some(Entry { kind, id: self.id()? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_reads_as_it_was_written() {
        let id = |digit: u8| ObjectId::from([digit; 20]);
        let entry = |kind, digit| Some(Entry { kind, id: id(digit) });
        let plain = CommitObject {
            id: id(1),
            tree_id: id(2),
            parent_ids: vec![id(3), id(4)],
            time: -5,
            author: "Ada".into(),
            signature: "Ada <a@b> 5 +0000".into(),
            message: "Two\nlines\n".into(),
            encoding: Some("".into()),
        };
        let root = CommitObject { parent_ids: Vec::new(), encoding: None, ..plain.clone() };
        let changes = [
            PathChange { path: "a".into(), old: None, new: entry(Kind::Symlink, 5) },
            PathChange { path: "b/\u{fc}".into(), old: entry(Kind::File, 6), new: None },
            PathChange { path: "c".into(), old: entry(Kind::Executable, 7), new: entry(Kind::Submodule, 8) },
        ];
        for (commit, changes) in [(plain, &changes[..]), (root, &[])] {
            let mut written = Writer::default();
            written.commit(&commit, changes);
            let reader = |rest| Reader { rest, hash: gix_hash::Kind::Sha1 };
            assert_eq!(
                reader(&written.0).commit(commit.id).expect("an entry"),
                (commit.clone(), changes.to_vec())
            );
            for length in 0..written.0.len() {
                assert!(reader(&written.0[..length]).commit(commit.id).is_err(), "cut off after {length}");
            }
        }
    }
}
