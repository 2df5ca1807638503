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

/// Turns byte offsets of one text into places.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    /// The offset at which each line begins.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of `text`.
    pub fn of(text: &'t str) -> Lines<'t> {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// The place of a byte offset; one past the end is the end.
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before =
            self.text.as_bytes()[start..offset].iter().filter(|byte| (**byte as i8) >= -0x40).count();
        Place { line, column: before + 1 }
    }
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
}
