//! Files of which it is certain how they merge, whatever way git takes to compare lines.
//!
//! All that a side has changed lies between the lines that its file has in common with the base at the
//! beginning and at the end. A line that each version has exactly once, and that is among those, pairs
//! with itself in every comparison: no change can slide across it. So where such a line stands between
//! what the two sides have changed, both changes stay apart and the file merges; and where such lines
//! enclose the very lines that both sides have replaced by nothing they share, there is one conflict.
//! Of everything else git is asked.

use std::collections::HashSet;
use std::ops::Range;

use bstr::ByteSlice;

use crate::model::meeting::Span;

/// Longer files are left to git.
const MAX_BYTES: usize = 1 << 20;

/// How many lines are tried as the one that stands between two changes.
const TRIES: usize = 20;

/// What git would write into a file with a conflict.
const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// How a file merges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::git) enum Outcome {
    Merges,
    /// Both sides have changed the same lines, once.
    Collides(Span),
}

/// What one side has put in the place of what lines of the base.
#[derive(Debug)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

impl Change {
    fn between(old: &[&[u8]], new: &[&[u8]]) -> Change {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let ends = old[same..].iter().rev().zip(new[same..].iter().rev());
        let end = ends.take_while(|(old, new)| old == new).count();
        Change { old: same..old.len() - end, new: same..new.len() - end }
    }
}

/// Three versions of a file, line by line.
struct Versions<'t>([Vec<&'t [u8]>; 3]);

impl<'t> Versions<'t> {
    /// `None` where git may not take one of them for text, or it is too long.
    fn of(texts: [&'t [u8]; 3]) -> Option<Versions<'t>> {
        let is_text = |text: &&[u8]| text.len() <= MAX_BYTES && !text.contains(&0);
        let lines = texts.map(|text| text.lines_with_terminator().collect());
        texts.iter().all(is_text).then_some(Versions(lines))
    }

    /// What ours and theirs have changed.
    fn changes(&self) -> [Change; 2] {
        let [base, ours, theirs] = &self.0;
        [Change::between(base, ours), Change::between(base, theirs)]
    }

    fn is_unique(&self, line: &&[u8]) -> bool {
        self.0.iter().all(|version| version.iter().filter(|one| *one == line).take(2).count() == 1)
    }

    /// Whether a line stands between two changes, the first before the second, that keeps them apart.
    fn is_kept_apart(&self, first: &Change, second: &Change) -> bool {
        let mut between = first.old.end..second.old.start;
        between.by_ref().take(TRIES).any(|line| self.is_unique(&self.0[0][line]))
    }
}

/// The result of a merge of three versions of a file of text, base, ours and theirs; `None` where it
/// is not certain, or not clean.
pub(in crate::git) fn merged(texts: [&[u8]; 3]) -> Option<Vec<u8>> {
    let versions = Versions::of(texts)?;
    let [base, ours, theirs] = &versions.0;
    let [mine, other] = versions.changes();
    let is_first = mine.old.start <= other.old.start;
    let (first, second) = if is_first { (&mine, &other) } else { (&other, &mine) };
    let (first_text, second_text) = if is_first { (ours, theirs) } else { (theirs, ours) };
    let parts = [
        &base[..first.old.start],
        &first_text[first.new.clone()],
        base.get(first.old.end..second.old.start)?,
        &second_text[second.new.clone()],
        &base[second.old.end..],
    ];
    versions.is_kept_apart(first, second).then(|| parts.concat().concat())
}

/// How three versions of a file of text merge, base, ours and theirs; `None` where only git knows.
pub(in crate::git) fn outcome(texts: [&[u8]; 3]) -> Option<Outcome> {
    let versions = Versions::of(texts)?;
    let [base, ours, theirs] = &versions.0;
    let [mine, other] = versions.changes();
    let (first, second) = if mine.old.start <= other.old.start { (&mine, &other) } else { (&other, &mine) };
    if first.old.end < second.old.start {
        return versions.is_kept_apart(first, second).then_some(Outcome::Merges);
    }
    let place = mine.old.clone();
    let before = place.start.checked_sub(1).and_then(|line| base.get(line));
    let is_enclosed = before.into_iter().chain(base.get(place.end)).all(|line| versions.is_unique(line));
    let changed = [&base[place.clone()], &ours[mine.new.clone()], &theirs[other.new.clone()]];
    let is_one = place == other.old && is_enclosed && share_nothing(changed);
    let is_line =
        |line: &&[u8]| line.ends_with(b"\n") && !MARKERS.iter().any(|one| line.starts_with_str(one));
    let is_certain = is_one && versions.0.iter().flatten().all(is_line);
    let counted = |range: Range<usize>| range.start + 1..range.end + 1;
    is_certain.then(|| Outcome::Collides(Span { ours: counted(mine.new), theirs: counted(other.new) }))
}

/// Whether there is something in each of these, and nothing in two of them.
fn share_nothing(parts: [&[&[u8]]; 3]) -> bool {
    let distinct = parts.map(|part| part.iter().copied().collect::<HashSet<_>>());
    let [one, two, three] = &distinct;
    distinct.iter().all(|part| !part.is_empty())
        && one.is_disjoint(two)
        && one.is_disjoint(three)
        && two.is_disjoint(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter is a line.
    #[track_caller]
    fn check(base: &str, ours: &str, theirs: &str, expect: Option<Outcome>) {
        let text = |letters: &str| letters.chars().map(|one| format!("{one}\n")).collect::<String>();
        let (base, ours, theirs) = (text(base), text(ours), text(theirs));
        let [base, ours, theirs] = [&base, &ours, &theirs].map(|text| text.as_bytes());
        assert_eq!(outcome([base, ours, theirs]), expect);
        let is_merged = merged([base, ours, theirs]).is_some();
        assert_eq!(is_merged, expect == Some(Outcome::Merges), "who knows that it merges knows the result");
        let swapped = expect.map(|one| match one {
            Outcome::Merges => Outcome::Merges,
            Outcome::Collides(Span { ours, theirs }) => {
                Outcome::Collides(Span { ours: theirs, theirs: ours })
            }
        });
        assert_eq!(outcome([base, theirs, ours]), swapped, "the other way");
    }

    #[test]
    fn a_unique_line_keeps_changes_apart() {
        check("abcde", "Abcde", "abcdE", Some(Outcome::Merges));
        check("abcde", "xabcde", "abcdex", Some(Outcome::Merges));
        check("abc", "Abc", "abC", Some(Outcome::Merges));
        check("a--b", "A--b", "a--B", None);
        check("a-c-e", "A-c-e", "a-c-E", Some(Outcome::Merges));
        check("abc", "bAbc", "abC", None); // another such line elsewhere
        check("ab", "Ab", "aB", None);
        check("ab", "Ab", "Ab", None);
    }

    #[test]
    fn both_changes_are_in_the_result() {
        let check = |texts: [&str; 3], expect: &str| {
            let [base, ours, theirs] = texts.map(str::as_bytes);
            for texts in [[base, ours, theirs], [base, theirs, ours]] {
                assert_eq!(merged(texts).as_deref(), Some(expect.as_bytes()));
            }
        };
        check(["a\nb\nc\n", "A\nx\nb\nc\n", "a\nb\n"], "A\nx\nb\n");
        check(["a\nb\nc", "b\nc", "a\nb\nc\n"], "b\nc\n");
    }

    #[test]
    fn the_same_lines_replaced_by_others_collide() {
        let span = |ours, theirs| Some(Outcome::Collides(Span { ours, theirs }));
        check("abc", "aBc", "aXYc", span(2..3, 2..4));
        check("a", "x", "y", span(1..2, 1..2));
        check("abcd", "axyd", "apqd", span(2..4, 2..4));
        check("abc", "aBc", "ac", None);
        check("abc", "aBxc", "aBYc", None); // they agree on a part
        check("abca", "aBca", "aXca", None);
        check("ac", "aBc", "aXc", None);
        check("abcd", "aBcd", "aXYd", None);
    }

    #[test]
    fn what_is_no_plain_text_is_left_to_git() {
        assert_eq!(outcome([b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\n\0\n"]), None);
        assert_eq!(outcome([b"a", b"b", b"c"]), None, "a line is not complete");
        assert_eq!(outcome([b"a\n", b"=======\n", b"c\n"]), None, "it looks like a marker");
        assert_eq!(outcome([b"a\nb\nc", b"A\nb\nc", b"a\nb\nC"]), Some(Outcome::Merges));
    }
}
