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
pub(super) enum Outcome {
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

/// How three versions of a file of text merge; `None` where only git knows.
pub(super) fn outcome(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Outcome> {
    let texts = [base, ours, theirs];
    if texts.iter().any(|text| text.len() > MAX_BYTES || text.contains(&0)) {
        return None;
    }
    let versions = texts.map(|text| text.lines_with_terminator().collect::<Vec<_>>());
    let [base, ours, theirs] = &versions;
    let is_unique = |line: &&[u8]| {
        versions.iter().all(|version| version.iter().filter(|one| *one == line).take(2).count() == 1)
    };
    let (mine, other) = (Change::between(base, ours), Change::between(base, theirs));
    let (first, second) = if mine.old.start <= other.old.start { (&mine, &other) } else { (&other, &mine) };
    if first.old.end < second.old.start {
        let between = &base[first.old.end..second.old.start];
        return between.iter().take(TRIES).any(is_unique).then_some(Outcome::Merges);
    }
    let place = mine.old.clone();
    let before = place.start.checked_sub(1).and_then(|line| base.get(line));
    let is_enclosed = before.into_iter().chain(base.get(place.end)).all(is_unique);
    let changed = [&base[place.clone()], &ours[mine.new.clone()], &theirs[other.new.clone()]];
    let is_one = place == other.old && is_enclosed && share_nothing(changed);
    let is_line =
        |line: &&[u8]| line.ends_with(b"\n") && !MARKERS.iter().any(|one| line.starts_with_str(one));
    let is_certain = is_one && versions.iter().flatten().all(is_line);
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
        assert_eq!(outcome(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()), expect);
        let swapped = expect.map(|one| match one {
            Outcome::Merges => Outcome::Merges,
            Outcome::Collides(Span { ours, theirs }) => {
                Outcome::Collides(Span { ours: theirs, theirs: ours })
            }
        });
        assert_eq!(outcome(base.as_bytes(), theirs.as_bytes(), ours.as_bytes()), swapped, "the other way");
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
        assert_eq!(outcome(b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\n\0\n"), None);
        assert_eq!(outcome(b"a", b"b", b"c"), None, "a line is not complete");
        assert_eq!(outcome(b"a\n", b"=======\n", b"c\n"), None, "it looks like a marker");
        assert_eq!(outcome(b"a\nb\nc", b"A\nb\nc", b"a\nb\nC"), Some(Outcome::Merges));
    }
}
