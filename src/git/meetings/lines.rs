//! Which lines of a file two commits have changed since they parted.

use std::ops::Range;

use anyhow::Result;
use bstr::BStr;
use gix::diff::blob::{Algorithm, Diff, InternedInput, sources::byte_lines};
use gix_hash::ObjectId;

use super::Pair;
use crate::git::Repository;
use crate::model::change::Entry;
use crate::model::contact::Lines;

/// Files of more bytes than this are not compared line by line.
const MAX_BYTES: usize = 1 << 20;

impl Repository {
    /// The lines of `path` that each side has changed, in its own version: counted from 1, the end
    /// not included; an empty range says that lines were removed there. Nothing for what is no text.
    pub fn changed_lines(&self, (one, other): Pair, path: &BStr) -> Result<(Lines, Lines)> {
        let entry = |commit_id: ObjectId| self.tree_entry(self.commit(commit_id)?.tree_id, path);
        let base = match self.merge_bases(one, other)?.first() {
            Some(base) => entry(*base)?,
            None => None,
        };
        Ok((self.lines(base, entry(one)?)?, self.lines(base, entry(other)?)?))
    }

    fn lines(&self, old: Option<Entry>, new: Option<Entry>) -> Result<Lines> {
        let (Some(old), Some(new)) = (self.text_of(old)?, self.text_of(new)?) else { return Ok(Vec::new()) };
        let input = InternedInput::new(byte_lines(&old), byte_lines(&new));
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        let range = |range: Range<u32>| range.start as usize + 1..range.end as usize + 1;
        Ok(diff.hunks().map(|hunk| range(hunk.after)).collect())
    }

    /// The content of a file of text; an absent one is empty, and `None` is no text.
    fn text_of(&self, entry: Option<Entry>) -> Result<Option<Vec<u8>>> {
        match entry.is_none_or(|entry| entry.kind.is_file()) {
            true => self.text(entry, MAX_BYTES),
            false => Ok(None),
        }
    }
}
