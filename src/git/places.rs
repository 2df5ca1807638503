//! Where the hunks of a merged file are in the versions that it was made from.
//!
//! A merged file has more than its hunks from either side: what one side changed alone stands between
//! them, so lines of a version cannot be counted there. They are found by comparing the merged file,
//! each hunk in the words of one side, with that side's own version, and a place is told only if these
//! very lines are there.

use std::ops::Range;

use bstr::{BString, ByteSlice};
use gix::diff::blob::{Algorithm, Diff, InternedInput};

use crate::model::integration::hunk::{Hunk, Section};
use crate::model::meeting::Span;

/// Of which side the lines of a hunk are.
type Side = fn(&Hunk) -> &[BString];

/// The place of each hunk in both versions; `None` where one of them cannot be found.
pub fn spans(sections: &[Section], [ours, theirs]: [&[u8]; 2]) -> Option<Vec<Span>> {
    let ours = located(sections, |hunk| &hunk.ours, ours)?;
    let theirs = located(sections, |hunk| &hunk.theirs, theirs)?;
    Some(ours.into_iter().zip(theirs).map(|(ours, theirs)| Span { ours, theirs }).collect())
}

/// The lines of each hunk in the version of one side, counted from 1.
fn located(sections: &[Section], side: Side, version: &[u8]) -> Option<Vec<Range<usize>>> {
    let (mut merged, mut hunks): (Vec<&[u8]>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    for section in sections {
        let lines = match section {
            Section::Text(lines) => lines.as_slice(),
            Section::Hunk(hunk) => side(hunk),
        };
        if let Section::Hunk(_) = section {
            hunks.push(merged.len()..merged.len() + lines.len());
        }
        merged.extend(lines.iter().map(|line| without_end(line)));
    }
    let version: Vec<&[u8]> = version.lines_with_terminator().map(without_end).collect();
    let mut input = InternedInput::default();
    input.update_before(merged.iter().copied());
    input.update_after(version.iter().copied());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut free = 0;
    let place = |hunk: Range<usize>| {
        let lines = &merged[hunk.clone()];
        let is_here = |at: &usize| version.get(*at..at + lines.len()) == Some(lines);
        let likely = moved(&diff, hunk.start).max(free);
        let start = [likely].into_iter().chain(free..version.len()).find(is_here)?;
        free = start + lines.len();
        Some(start + 1..free + 1)
    };
    hunks.into_iter().map(place).collect()
}

/// Where a line is that stood at `line` before.
fn moved(diff: &Diff, line: usize) -> usize {
    let (mut before, mut after) = (0, 0);
    for hunk in diff.hunks() {
        if hunk.before.start as usize >= line {
            break;
        }
        (before, after) = (hunk.before.end as usize, hunk.after.end as usize);
    }
    after + line.saturating_sub(before)
}

/// Where a file ends without an end of line git gives it one between its markers.
fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::integration::hunk::{Labels, sections};

    #[track_caller]
    fn check(merged: &str, [ours, theirs]: [&str; 2], expect: &[(Range<usize>, Range<usize>)]) {
        let labels = Labels { ours: "HEAD".into(), theirs: "b".into() };
        let sections = sections(merged.as_bytes(), &labels).expect("the markers pair up");
        let found = spans(&sections, [ours.as_bytes(), theirs.as_bytes()]).expect("all are found");
        let found: Vec<_> = found.into_iter().map(|span| (span.ours, span.theirs)).collect();
        assert_eq!(found, expect, "{merged}");
    }

    #[test]
    fn a_hunk_is_where_its_side_has_it() {
        let hunk = "<<<<<<< HEAD\nO\n=======\nT\nU\n>>>>>>> b\n";
        check(&format!("a\n{hunk}z\n"), ["a\nO\nz\n", "a\nT\nU\nz\n"], &[(2..3, 2..4)]);
        // Each side has added lines that the other has not.
        check(&format!("n\nm\na\n{hunk}z\nx\n"), ["n\nm\na\nO\nz\n", "a\nT\nU\nz\nx\n"], &[(4..5, 2..4)]);
        check(&format!("a\nb\n{hunk}z\n"), ["a\nb\nO\nz\n", "a\nd\nb\nT\nU\nz\n"], &[(3..4, 4..6)]);
        // Two hunks with the same lines, and a file without an end.
        let both = format!("{hunk}=\n{hunk}");
        check(&both, ["O\n=\nO", "T\nU\n=\nT\nU"], &[(1..2, 1..3), (3..4, 4..6)]);
    }

    #[test]
    fn what_a_side_has_removed_is_a_place_without_lines() {
        let hunk = "<<<<<<< HEAD\n=======\nT\n>>>>>>> b\n";
        check(&format!("n\na\n{hunk}z\n"), ["n\na\nz\n", "a\nT\nz\n"], &[(3..3, 2..3)]);
        check(&format!("n\na\n{hunk}"), ["a\n", "n\na\nT\n"], &[(2..2, 3..4)]);
        check(hunk, ["", "T\n"], &[(1..1, 1..2)]);
    }

    #[test]
    fn lines_that_are_nowhere_have_no_place() {
        let labels = Labels { ours: "HEAD".into(), theirs: "b".into() };
        let merged = b"<<<<<<< HEAD\nO\n=======\nT\n>>>>>>> b\n";
        let sections = sections(merged, &labels).expect("the markers pair up");
        assert_eq!(spans(&sections, [b"other\n", b"T\n"]), None);
    }
}
