//! Files of which it is certain how they merge, whatever way git takes to compare lines.
//!
//! All that a side has changed lies between the lines that its file has in common with the base at the
//! beginning and at the end. A line that each version has exactly once, and that is among those, pairs
//! with itself in every comparison: no change can slide across it. So where such a line stands between
//! what the two sides have changed, both changes stay apart and the file merges. Where such lines
//! enclose what one side has replaced by lines of which nobody else has any, and all that the other
//! side has changed is among what was replaced, there is one conflict. Of everything else git is asked.

use std::collections::HashSet;
use std::ops::Range;

use bstr::ByteSlice;

use crate::model::meeting::Span;

/// Longer files are left to git.
const MAX_BYTES: usize = 1 << 20;

/// How many lines are tried as the one that stands between two changes.
const TRIES: usize = 20;

/// What git would write into a file with a conflict.
const MARKERS: [&[u8]; 4] = [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"];

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

    fn is_any(&self) -> bool {
        !self.old.is_empty() || !self.new.is_empty()
    }
}

/// A file that may be of text.
pub(in crate::git) struct Text {
    content: Vec<u8>,
    /// Where each line ends, with its line break.
    ends: Vec<usize>,
    /// git takes it for text, and it is not too long.
    is_text: bool,
    /// Each line is complete, and none looks as if git had written it into a conflict.
    is_plain: bool,
}

impl Text {
    pub fn new(content: Vec<u8>) -> Text {
        let is_text = content.len() <= MAX_BYTES && content.find_byte(0).is_none();
        let (mut ends, mut is_plain) = (Vec::new(), true);
        if is_text {
            let mut end = 0;
            for line in content.lines_with_terminator() {
                end += line.len();
                ends.push(end);
                is_plain &= !MARKERS.iter().any(|one| line.starts_with(one));
            }
            is_plain &= content.last().is_none_or(|last| *last == b'\n');
        }
        Text { content, ends, is_text, is_plain }
    }

    fn lines(&self) -> Vec<&[u8]> {
        let mut start = 0;
        let line = |end: &usize| &self.content[std::mem::replace(&mut start, *end)..*end];
        self.ends.iter().map(line).collect()
    }
}

/// Three versions of a file, line by line.
struct Versions<'t>([Vec<&'t [u8]>; 3]);

impl<'t> Versions<'t> {
    /// `None` where git may not take one of them for text, or it is too long.
    fn of(texts: [&'t Text; 3]) -> Option<Versions<'t>> {
        texts.iter().all(|text| text.is_text).then(|| Versions(texts.map(Text::lines)))
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
pub(in crate::git) fn merged(texts: [&Text; 3]) -> Option<Vec<u8>> {
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
pub(in crate::git) fn outcome(texts: [&Text; 3]) -> Option<Outcome> {
    let versions = Versions::of(texts)?;
    let [base, ours, theirs] = &versions.0;
    let [mine, other] = versions.changes();
    let (first, second) = if mine.old.start <= other.old.start { (&mine, &other) } else { (&other, &mine) };
    if first.old.end < second.old.start {
        return versions.is_kept_apart(first, second).then_some(Outcome::Merges);
    }
    let place = first.old.start..mine.old.end.max(other.old.end);
    let before = place.start.checked_sub(1).and_then(|line| base.get(line));
    let is_enclosed = before.into_iter().chain(base.get(place.end)).all(|line| versions.is_unique(line));
    let spans = [ours, theirs].map(|version| place.start..version.len() - (base.len() - place.end));
    let parts = [&base[place.clone()], &ours[spans[0].clone()], &theirs[spans[1].clone()]];
    let is_replaced = (mine.old == place && is_alone(parts[1], [parts[0], parts[2]]))
        || (other.old == place && is_alone(parts[2], [parts[0], parts[1]]));
    let is_certain = is_enclosed
        && is_replaced
        && mine.is_any()
        && other.is_any()
        && texts.iter().all(|text| text.is_plain);
    let [ours, theirs] = spans.map(|range| range.start + 1..range.end + 1);
    is_certain.then_some(Outcome::Collides(Span { ours, theirs }))
}

/// Whether there is something in all three, and nothing of the first in one of the others.
fn is_alone(part: &[&[u8]], others: [&[&[u8]]; 2]) -> bool {
    let lines: HashSet<_> = part.iter().copied().collect();
    let is_apart = |other: &[&[u8]]| !other.is_empty() && !other.iter().any(|line| lines.contains(line));
    !part.is_empty() && others.into_iter().all(is_apart)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome(texts: [&[u8]; 3]) -> Option<Outcome> {
        super::outcome(texts.map(|text| Text::new(text.into())).each_ref())
    }

    fn merged(texts: [&[u8]; 3]) -> Option<Vec<u8>> {
        super::merged(texts.map(|text| Text::new(text.into())).each_ref())
    }

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
        check("b", "b", "a", None);
        check("abc", "aBc", "ac", None);
        check("abc", "aBxc", "aBYc", None); // they agree on a part
        check("abca", "aBca", "aXca", None);
        check("ac", "aBc", "aXc", None);
        check("abcd", "aBcd", "aXYd", span(2..4, 2..4));
    }

    #[test]
    fn what_one_side_replaced_whole_collides_with_all_that_the_other_changed_of_it() {
        let span = |ours, theirs| Some(Outcome::Collides(Span { ours, theirs }));
        check("abcdef", "x", "abCdef", span(1..2, 1..7));
        check("abcdef", "x", "AbcdeF", span(1..2, 1..7));
        check("abcdef", "x", "abcxef", None); // they agree on a line
        check("abcdef", "axyf", "abde", None); // not all of it was replaced
        check("abcdef", "axyf", "abef", span(2..4, 2..4));
        check("abcdef", "axyf", "abczdef", span(2..4, 2..7));
        check("abcdef", "axyf", "abcdezf", span(2..4, 2..7));
        check("abcdef", "axyf", "azbcdef", span(2..4, 2..7));
        check("abcdef", "axyf", "af", None); // all of it is gone
        check("abcdef", "axcf", "abcdEf", None); // a line of it is there still
        check("abcdea", "axya", "abCdea", None); // what encloses it is there twice
    }

    #[test]
    fn what_is_no_plain_text_is_left_to_git() {
        assert_eq!(outcome([b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\n\0\n"]), None);
        assert_eq!(outcome([b"a", b"b", b"c"]), None, "a line is not complete");
        assert_eq!(outcome([b"a\n", b"=======\n", b"c\n"]), None, "it looks like a marker");
        assert_eq!(outcome([b"a\nb\nc", b"A\nb\nc", b"a\nb\nC"]), Some(Outcome::Merges));
    }

    /// A version of `base`: stretches of it replaced by new lines, or by nothing.
    fn edited(base: &str, edits: &[(prop::sample::Index, usize, String)]) -> String {
        let mut letters: Vec<char> = base.chars().collect();
        for (at, length, new) in edits {
            let start = at.index(letters.len() + 1);
            let end = letters.len().min(start + length);
            letters.splice(start..end, new.chars());
        }
        letters.into_iter().collect()
    }

    /// What `git merge-file` makes of three versions: whether it merges, and its text.
    fn merge_file(texts: [&str; 3]) -> (bool, String) {
        let home = tempfile::tempdir().unwrap();
        let [base, ours, theirs] = ["base", "ours", "theirs"].map(|name| home.path().join(name));
        for (file, text) in [&base, &ours, &theirs].into_iter().zip(texts) {
            fs_err::write(file, text).unwrap();
        }
        let mut git = std::process::Command::new("git");
        let git = git.args(["merge-file", "-p"]).args([ours, base, theirs]).output().unwrap();
        (git.status.success(), String::from_utf8(git.stdout).unwrap())
    }

    fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, String)>> {
        prop::collection::vec((any::<prop::sample::Index>(), 0_usize..9, "[a-cp-z]{0,3}"), 1..3)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn what_is_certain_is_what_git_does(base in "[a-h]{1,8}", mine in edits(), other in edits()) {
            let text = |letters: &str| letters.chars().map(|one| format!("{one}\n")).collect::<String>();
            let texts = [base.clone(), edited(&base, &mine), edited(&base, &other)].map(|one| text(&one));
            let [base, ours, theirs] = [0, 1, 2].map(|place| texts[place].as_str());
            let bytes = [base, ours, theirs].map(str::as_bytes);
            let (is_clean, said) = merge_file([base, ours, theirs]);
            if let Some(merged) = merged(bytes) {
                prop_assert!(is_clean, "{said}");
                prop_assert_eq!(merged, said.clone().into_bytes());
            }
            match outcome(bytes) {
                None => {}
                Some(Outcome::Merges) => prop_assert!(is_clean, "{said}"),
                Some(Outcome::Collides(span)) => {
                    let part = |text: &str, lines: Range<usize>| {
                        text.lines().skip(lines.start - 1).take(lines.len()).map(|line| format!("{line}\n")).collect::<String>()
                    };
                    let before: String = part(ours, 1..span.ours.start);
                    let after: String = part(ours, span.ours.end..usize::MAX);
                    let (ours, theirs) = (part(ours, span.ours), part(theirs, span.theirs));
                    let sides: Vec<&str> = said.split_inclusive('\n').filter(|line| line.len() < 4).collect();
                    prop_assert_eq!(said.matches("<<<<<<< ").count(), 1);
                    prop_assert_eq!(sides.concat(), [before, ours, theirs, after].concat());
                }
            }
        }
    }
}
