//! Answers that are kept on disk because they are slow to find: a file that may be deleted at any
//! time, by anybody, and loses nothing.
//!
//! It lies in `<common dir>/orchestrate/cache/`, so that all worktrees share it. An entry is found by
//! the digest of everything that decides the answer; so nothing in here is ever out of date, and an
//! entry whose objects are gone is one that nobody asks for. A file that is not exactly what was
//! written, by its checksum, counts as none at all. It is replaced as a whole: of two who write at
//! once one may lose what it has found, and finds it again. Whoever may write to the repository could
//! forge an entry, as they could every other file in there; so nothing that changes a branch may rest
//! on one.

use std::collections::hash_map::Entry;
use std::io::{Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail, ensure};
use fs_err as fs;
use gix_hash::ObjectId;

use super::Repository;
use crate::model::ids::{IdMap, IdSet};

/// The first bytes of a file; another version would have others.
const MAGIC: &[u8] = b"git-orchestrate cache 3\n";

/// The most bytes of a file, unless a larger one was asked for. What was used last stays.
pub const MAX_BYTES: usize = 4 << 20;

/// The most bytes of one answer that are kept; in a large file it is this part of it.
const MAX_ANSWER: usize = 64 << 10;
const MAX_PART: usize = 16;

/// How keys are made, whatever the repository itself uses.
const DIGEST: gix_hash::Kind = gix_hash::Kind::Sha256;

/// At least how many bytes an answer usually takes with its key.
const USUAL: usize = 256;

/// How many bytes a checksum has.
const CHECKSUM: usize = 4;

/// The digest of everything that an answer depends on.
pub type Key = ObjectId;

/// An answer in a file.
#[derive(Debug)]
struct Place {
    key: Key,
    /// Where its bytes begin, and where they end.
    start: u32,
    end: u32,
    use_: Use,
}

/// The how many-th find or addition of this process an answer was last, counted from 1; 0 for none.
type Use = u32;

/// The answers of one kind.
#[derive(Debug)]
pub struct Cache {
    /// Where they are kept; `None` for nowhere.
    path: Option<PathBuf>,
    /// The most bytes that the file may have.
    limit: usize,
    /// What was in the file.
    content: Vec<u8>,
    /// Where in there each answer is, in its order.
    places: Vec<Place>,
    /// Which of them was found last. Who asks in the same order as the last time finds the next one
    /// beside it.
    last: usize,
    /// The place of each key; made once something is not beside the last one.
    index: Option<IdMap<usize>>,
    /// What is new, and what others have written meanwhile.
    answers: IdMap<(Vec<u8>, Use)>,
    /// The keys of what others have written meanwhile, in the order of their file.
    others: Vec<Key>,
    /// The newest use.
    uses: Use,
    /// Something is here that the file has not.
    is_new: bool,
}

impl Repository {
    /// The answers that are kept under `name`; none if the file is missing or damaged.
    pub fn cache(&self, name: &str) -> Cache {
        self.cache_up_to(name, MAX_BYTES)
    }

    /// The same in a file of up to `limit` bytes.
    pub fn cache_up_to(&self, name: &str, limit: usize) -> Cache {
        Cache::read(self.cache_directory().join(name), limit)
    }

    /// The same, read beside other work.
    pub fn cache_soon(&self, name: &str, limit: usize) -> JoinHandle<Cache> {
        let path = self.cache_directory().join(name);
        std::thread::spawn(move || Cache::read(path, limit))
    }

    /// Deletes everything that is kept.
    pub fn drop_cache(&self) -> Result<()> {
        let directory = self.cache_directory();
        match directory.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(fs::remove_dir_all(directory)?),
            Ok(_) => Ok(fs::remove_file(directory)?),
            Err(_) => Ok(()),
        }
    }

    fn cache_directory(&self) -> PathBuf {
        self.common_dir().join("orchestrate/cache")
    }
}

impl Cache {
    /// One that is empty and is kept nowhere.
    pub fn none() -> Cache {
        let (content, places, answers, others) = Default::default();
        let (last, index, uses, is_new) = (0, None, 0, false);
        Cache { path: None, limit: 0, content, places, last, index, answers, others, uses, is_new }
    }

    fn read(path: PathBuf, limit: usize) -> Cache {
        let (content, places) = read(&path, limit).unwrap_or_else(|error| {
            tracing::debug!("{} is not used: {error:#}", path.display());
            (Vec::new(), Vec::new())
        });
        Cache { path: Some(path), limit, content, last: places.len(), places, ..Cache::none() }
    }

    /// How many answers the file had.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// The answer to `key`, if it is known.
    pub fn find(&mut self, key: Key) -> Option<&[u8]> {
        self.uses += 1;
        if self.answers.contains_key(&key) {
            let (answer, use_) = self.answers.get_mut(&key)?;
            *use_ = self.uses;
            return Some(answer);
        }
        self.last = self.place(key)?;
        let place = &mut self.places[self.last];
        place.use_ = self.uses;
        self.content.get(place.range())
    }

    fn place(&mut self, key: Key) -> Option<usize> {
        let is_here = |place: &usize| self.places.get(*place).is_some_and(|place| place.key == key);
        let beside = [self.last.wrapping_sub(1), self.last + 1];
        beside.into_iter().find(is_here).or_else(|| self.index().get(&key).copied())
    }

    fn index(&mut self) -> &IdMap<usize> {
        let keys = self.places.iter().enumerate().map(|(at, place)| (place.key, at));
        self.index.get_or_insert_with(|| keys.collect())
    }

    /// Remembers an answer; one that is too long is left out.
    pub fn keep(&mut self, key: Key, answer: Vec<u8>) {
        if answer.len() <= MAX_ANSWER.max(self.limit / MAX_PART) {
            self.uses += 1;
            self.answers.insert(key, (answer, self.uses));
            self.is_new = true;
        }
    }

    /// Writes what is new to disk. A repository that cannot be written to has no cache.
    pub fn store(mut self) {
        let Some(path) = self.path.take().filter(|_| self.is_new) else { return };
        if let Err(error) = self.write(&path) {
            tracing::debug!("{} is not written: {error:#}", path.display());
        }
    }

    fn write(&mut self, path: &Path) -> Result<()> {
        // What others have written meanwhile stays.
        let (content, places) = read(path, self.limit).unwrap_or_default();
        for place in places {
            if self.index().contains_key(&place.key) {
                continue;
            }
            if let Entry::Vacant(free) = self.answers.entry(place.key) {
                free.insert((content[place.range()].to_vec(), 0));
                self.others.push(place.key);
            }
        }
        let directory = path.parent().context("a file lies in a directory")?;
        fs::create_dir_all(directory)?;
        ensure!(directory.symlink_metadata()?.is_dir(), "{} is a link", directory.display());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".new-");
        // Whoever may read the repository may read what is kept of it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(&self.content()?)?;
        file.persist(path)?;
        Ok(())
    }

    /// The file: what this process used first, the last use first of all, then what is left, up to the
    /// limit.
    fn content(&self) -> Result<Vec<u8>> {
        let here = self.places.iter().map(|place| (place.key, &self.content[place.range()], place.use_));
        let new = self.answers.iter().map(|(key, (answer, use_))| (*key, answer.as_slice(), *use_));
        let mut used: Vec<_> = here.clone().chain(new).filter(|(_, _, use_)| *use_ > 0).collect();
        used.sort_unstable_by_key(|(_, _, use_)| std::cmp::Reverse(*use_));
        let others = self.others.iter().map(|key| (*key, self.answers[key].0.as_slice(), 0));
        let mut content = MAGIC.to_vec();
        let mut seen = IdSet::default();
        for (key, answer, _) in used.into_iter().chain(here).chain(others) {
            if !seen.insert(key) {
                continue;
            }
            let length = u32::try_from(answer.len())?;
            if content.len() + DIGEST.len_in_bytes() + 4 + answer.len() + CHECKSUM > self.limit {
                break;
            }
            content.extend_from_slice(key.as_bytes());
            content.extend_from_slice(&length.to_be_bytes());
            content.extend_from_slice(answer);
        }
        let checksum = checksum(&content);
        content.extend_from_slice(&checksum);
        Ok(content)
    }
}

/// The digest of some bytes.
pub fn digest(bytes: &[u8]) -> Result<Key> {
    let mut hasher = gix_hash::hasher(DIGEST);
    hasher.update(bytes);
    hasher.try_finalize().context("cannot make a digest")
}

/// Tells what was damaged from what was written, and nothing else.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    crc32fast::hash(bytes).to_be_bytes()
}

/// What is in a file, and where in there each answer is, in its order; nothing if there is no file.
fn read(path: &Path, limit: usize) -> Result<(Vec<u8>, Vec<Place>)> {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(Default::default()) };
    ensure!(metadata.is_file(), "it is no regular file");
    ensure!(metadata.len() <= limit as u64, "it is too long");
    let mut content = Vec::with_capacity(usize::try_from(metadata.len())? + 1);
    fs::File::open(path)?.take(limit as u64).read_to_end(&mut content)?;
    let places = parse(&content)?;
    Ok((content, places))
}

fn parse(content: &[u8]) -> Result<Vec<Place>> {
    let width = DIGEST.len_in_bytes();
    let (body, found) = content.split_last_chunk().context("it is too short")?;
    ensure!(checksum(body) == *found, "its checksum is wrong");
    let Some(mut rest) = body.strip_prefix(MAGIC) else { bail!("it is of another version") };
    let mut places = Vec::with_capacity(body.len() / USUAL);
    while !rest.is_empty() {
        let (key, after) = rest.split_at_checked(width).context("a key is cut off")?;
        let (length, after) = after.split_first_chunk().context("a length is cut off")?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (answer, after) = after.split_at_checked(length).context("an answer is cut off")?;
        let end = body.len() - after.len();
        let (start, end) = (u32::try_from(end - answer.len())?, u32::try_from(end)?);
        places.push(Place { key: Key::try_from(key)?, start, end, use_: 0 });
        rest = after;
    }
    Ok(places)
}

impl Place {
    fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
