//! What git has answered, on disk: under the digest of all that decides an answer.
//!
//! A file by itself: its three versions, its path, and the attributes on the way to it. A whole
//! merge: both commits, what they have in common, and the tree with the attributes. Both: the version
//! of git, unless git need not be asked. Nothing else can play a part, as the clean room has no
//! configuration but its own.

use std::cell::OnceCell;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::ground::{Unit, Whole};
use super::{Arena, Pair};
use crate::git::attributes::Attributes;
use crate::git::cache::{Cache, Key, digest};
use crate::git::merges::entry_kind;
use crate::model::change::{Entry, Kind};
use crate::model::integration::conflict::{self, Conflict, Side, Stage};
use crate::model::meeting::{Collision, Span};

/// What has to change when answers are computed or written in another way.
const VERSION: &[u8] = b"meetings 2";

/// The same for what is certain without git.
const PLAIN: &[u8] = b"plain 2";

/// The answers that are known.
pub(super) struct Answers<'c, 'a> {
    arena: &'c Arena<'a>,
    cache: &'c mut Cache,
    /// What every key of an answer of git begins with, once git was asked which it is.
    common: OnceCell<Vec<u8>>,
    attributes: Attributes<'c>,
    /// History may end where it does not really end, so that common ancestors are not all there is.
    is_cut_off: bool,
}

impl<'c, 'a> Answers<'c, 'a> {
    pub fn open(arena: &'c Arena<'a>, cache: &'c mut Cache) -> Result<Answers<'c, 'a>> {
        Ok(Answers {
            arena,
            cache,
            common: OnceCell::new(),
            attributes: Attributes::of(arena.reader, arena.attributes)?,
            is_cut_off: arena.reader.is_shallow(),
        })
    }

    fn common(&self) -> Result<Writer> {
        if let Some(common) = self.common.get() {
            return Ok(Writer(common.clone()));
        }
        let mut common = Writer::default();
        common.bytes(VERSION);
        common.bytes(&(self.arena.room)()?.git().args(["version"]).output()?);
        Ok(Writer(self.common.get_or_init(|| common.0).clone()))
    }

    pub fn of_unit(&mut self, unit: &Unit) -> Result<(Key, Option<Vec<Collision>>)> {
        let mut key = self.common()?;
        key.bytes(b"file");
        key.unit(unit);
        let mut attributes = Writer::default();
        self.attributes.above(unit.path.as_bstr())?.into_iter().for_each(|entry| attributes.entry(entry));
        key.bytes(&attributes.0);
        let key = digest(&key.0)?;
        Ok((key, self.find(key)))
    }

    /// What is certain of a text on which no attributes have a say, whatever git is used: as it is kept,
    /// else as `find` finds it; `None` inside where nothing is.
    pub fn of_plain(
        &mut self,
        unit: &Unit,
        find: impl FnOnce() -> Option<Vec<Collision>>,
    ) -> Result<Option<Vec<Collision>>> {
        if self.attributes.have_a_say(unit.path.as_bstr())? {
            return Ok(None);
        }
        let mut key = Writer::default();
        key.bytes(PLAIN);
        key.unit(unit);
        let key = digest(&key.0)?;
        match self.cache.find(key) {
            Some([]) => return Ok(None),
            Some([_, kept @ ..]) => {
                if let Ok(kept) = read(kept) {
                    return Ok(Some(kept));
                }
            }
            None => {}
        }
        let found = find();
        let answer = found.as_ref().map(|collisions| [b"!", write(collisions).as_slice()].concat());
        self.cache.keep(key, answer.unwrap_or_default());
        Ok(found)
    }

    /// `None` instead of a key where the answer must not be kept.
    pub fn of_whole(
        &mut self,
        (one, other): Pair,
        whole: &Whole,
    ) -> Result<(Option<Key>, Option<Vec<Collision>>)> {
        if self.is_cut_off && whole.bases.len() > 1 {
            return Ok((None, None));
        }
        let mut key = self.common()?;
        key.bytes(b"whole");
        let ids = [self.attributes.tree_id, one, other];
        ids.iter().chain(&whole.bases).for_each(|id| key.bytes(id.as_bytes()));
        let key = digest(&key.0)?;
        Ok((Some(key), self.find(key)))
    }

    pub fn keep(&mut self, key: Key, collisions: &[Collision]) {
        self.cache.keep(key, write(collisions));
    }

    /// An answer that cannot be read is none.
    fn find(&mut self, key: Key) -> Option<Vec<Collision>> {
        read(self.cache.find(key)?).ok()
    }
}

fn write(collisions: &[Collision]) -> Vec<u8> {
    let mut out = Writer::default();
    for Collision { conflict, spans } in collisions {
        out.bytes(conflict.kind.to_string().as_bytes());
        out.number(conflict.paths.len());
        conflict.paths.iter().for_each(|path| out.bytes(path));
        out.bytes(conflict.says.as_bytes());
        out.number(conflict.stages.len());
        for stage in &conflict.stages {
            out.bytes(&stage.path);
            out.number(stage.side as usize);
            out.entry(Some(stage.entry));
        }
        out.number(spans.len());
        for range in spans.iter().flat_map(|span| [&span.ours, &span.theirs]) {
            out.number(range.start);
            out.number(range.end);
        }
    }
    out.0
}

fn read(answer: &[u8]) -> Result<Vec<Collision>> {
    let mut input = Reader(answer);
    let mut collisions = Vec::new();
    while !input.0.is_empty() {
        let kind = conflict::Kind::named(input.bytes()?.to_str()?);
        let paths = input.list(|input| Ok(BString::from(input.bytes()?)))?;
        ensure!(!paths.is_empty(), "a conflict has no path");
        let says = input.bytes()?.to_str()?.to_owned();
        let stages = input.list(Reader::stage)?;
        let spans = input.list(|input| Ok(Span { ours: input.range()?, theirs: input.range()? }))?;
        collisions.push(Collision { conflict: Conflict { kind, paths, says, stages }, spans });
    }
    Ok(collisions)
}

/// Fields one after the other, each with its length, so that no two lists look the same.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&(number as u64).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn unit(&mut self, unit: &Unit) {
        self.bytes(&unit.path);
        [unit.base, unit.ours, unit.theirs].into_iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: Option<Entry>) {
        match entry {
            None => self.bytes(b""),
            Some(Entry { kind, id }) => {
                let mode = u64::from(gix::objs::tree::EntryMode::from(entry_kind(kind)).value());
                self.bytes(&[&mode.to_be_bytes(), id.as_bytes()].concat());
            }
        }
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Result<usize> {
        let (number, rest) = self.0.split_first_chunk().context("a number is cut off")?;
        self.0 = rest;
        Ok(usize::try_from(u64::from_be_bytes(*number))?)
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length).context("a field is cut off")?;
        self.0 = rest;
        Ok(bytes)
    }

    fn range(&mut self) -> Result<Range<usize>> {
        Ok(self.number()?..self.number()?)
    }

    /// Nothing is made room for beforehand, as the number may be anything.
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        (0..self.number()?).map(|_| one(self)).collect()
    }

    fn stage(&mut self) -> Result<Stage> {
        let path = BString::from(self.bytes()?);
        let side = match self.number()? {
            1 => Side::Base,
            2 => Side::Ours,
            3 => Side::Theirs,
            _ => bail!("an unmerged entry is of no side"),
        };
        let (mode, id) = self.bytes()?.split_first_chunk().context("an entry is cut off")?;
        let kind = match u64::from_be_bytes(*mode) {
            0o100_644 => Kind::File,
            0o100_755 => Kind::Executable,
            0o120_000 => Kind::Symlink,
            0o160_000 => Kind::Submodule,
            _ => bail!("an unmerged entry has no mode"),
        };
        Ok(Stage { path, side, entry: Entry { kind, id: ObjectId::try_from(id)? } })
    }
}
