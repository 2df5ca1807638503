//! Where in a text something stands, as people count.

/// A position in a file. Columns count characters, as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

/// A value that knows where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> Located<T> {
    /// `value`, written at `place`.
    pub fn new(value: T, place: Place) -> Located<T> {
        Located { value, place }
    }
}

/// Turns byte offsets of one text into places, each in about the same time: a hostile text may be
/// one line of a million values.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    /// The offset at which each line begins.
    starts: Vec<usize>,
    /// How many characters begin before each multiple of [`STRIDE`] bytes.
    characters: Vec<usize>,
}

/// Bytes between two counts of characters.
const STRIDE: usize = 256;

impl<'t> Lines<'t> {
    /// The lines of `text`.
    pub fn of(text: &'t str) -> Lines<'t> {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut characters = vec![0];
        for piece in text.as_bytes().chunks(STRIDE) {
            let before = characters.last().copied().unwrap_or(0);
            characters.push(before + count(piece));
        }
        Lines { text, starts: std::iter::once(0).chain(after_breaks).collect(), characters }
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The place of a byte offset; one past the end is the end.
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = self.characters_before(offset) - self.characters_before(self.starts[line - 1]);
        Place { line, column: before + 1 }
    }

    /// Where a part begins. `part` is a slice of this text.
    pub fn place_of(&self, part: &str) -> Place {
        self.place((part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        self.characters[stride] + count(&self.text.as_bytes()[stride * STRIDE..offset])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns() {
        let lines = Lines::of("ab\r\né=x\n");
        let check =
            |offset, line, column| assert_eq!(lines.place(offset), Place { line, column }, "{offset}");
        check(0, 1, 1);
        check(1, 1, 2);
        check(4, 2, 1);
        check(6, 2, 2);
        check(9, 3, 1);
        check(99, 3, 1);
    }

    #[test]
    fn long_lines_are_counted_right() {
        let text = format!("{}\n{}x", "é".repeat(1000), "aé".repeat(1000));
        let lines = Lines::of(&text);
        assert_eq!(lines.place_of(&text[text.len() - 1..]), Place { line: 2, column: 2001 });
        assert_eq!(lines.place(1998), Place { line: 1, column: 1000 });
        assert_eq!(lines.place(2000), Place { line: 1, column: 1001 });
    }
}
