//! How many lines a change adds and removes, as `git diff --numstat` counts.

use anyhow::Result;
use gix::diff::blob::{Algorithm, Diff, InternedInput, sources::byte_lines};

use super::Repository;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::report::Lines;

/// Larger files are not read.
const MAX_BYTES: usize = 1 << 22;

/// How far git looks for a NUL byte, which makes a file a binary one.
const LOOK: usize = 8_000;

impl Repository {
    /// Counts the lines of a change; what is no text, or too large to read, has none.
    pub fn line_counts(&self, change: &[PathChange]) -> Result<Lines> {
        let mut lines = Lines::default();
        for one in change {
            let (Some(old), Some(new)) = (self.text(one.old, MAX_BYTES)?, self.text(one.new, MAX_BYTES)?)
            else {
                continue;
            };
            let input = InternedInput::new(byte_lines(&old), byte_lines(&new));
            let diff = Diff::compute(Algorithm::Myers, &input);
            lines.added += diff.count_additions() as usize;
            lines.removed += diff.count_removals() as usize;
        }
        Ok(lines)
    }

    /// The content of a file or the target of a link; nothing where there is none, `None` for what is
    /// no text or has more than `most` bytes.
    pub(in crate::git) fn text(&self, entry: Option<Entry>, most: usize) -> Result<Option<Vec<u8>>> {
        let Some(entry) = entry else { return Ok(Some(Vec::new())) };
        if entry.kind == Kind::Submodule {
            return Ok(None);
        }
        let text = self.blob(entry.id)?;
        let is_text = text.len() <= most && !text.iter().take(LOOK).any(|byte| *byte == 0);
        Ok(is_text.then_some(text))
    }
}
