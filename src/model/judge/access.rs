//! `access = "append"`: only added lines, each of an allowed form (S1-58).
//!
//! A file only gained lines when the old lines are all still there, in their order. Then the added
//! ones are the new lines minus the old ones, each counted as often as it occurs, whatever script a
//! diff would choose; so nothing here depends on a diff's taste. A line is compared without its
//! line feed, because appending to a file that does not end in one changes no line; a carriage
//! return is part of its line, as it is for git.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use regex::bytes::{Regex, RegexBuilder};

use crate::model::finding::path::PathRule;

/// The most memory that an expression of a plan may take when it is compiled.
const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// The largest file, in bytes, that is compared line by line.
const LARGEST: usize = 64 << 20;

/// How much of a file git looks at to see whether it is text.
const SNIFFED: usize = 8000;

/// How many places are tried at which lines may have been added.
const PLACES: usize = 16;

/// How the lines of a file differ from those it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineChange {
    /// Both sides are text.
    Text {
        /// In the order of the new file.
        added: Vec<AddedLine>,
        /// How many lines are gone or stand in another order.
        removed: usize,
    },
    /// It was removed, is binary on one side, no regular file any more, or too large to compare.
    NotText,
}

/// A line that is only in the new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedLine {
    /// Counted from 1.
    pub number: usize,
    /// Without its line end.
    pub text: BString,
}

impl LineChange {
    /// Compares two versions of a file; a new file has an empty old one.
    pub fn between(old: &[u8], new: &[u8]) -> LineChange {
        if [old, new].iter().any(|side| side.len() > LARGEST || side[..side.len().min(SNIFFED)].contains(&0))
        {
            return LineChange::NotText;
        }
        let mut left = counts(old);
        let mut added = Vec::new();
        for (number, line) in (1..).zip(lines(new)) {
            match left.get_mut(line) {
                Some(count) if *count > 0 => *count -= 1,
                _ => added.push(AddedLine { number, text: line.into() }),
            }
        }
        let gone: usize = left.values().sum();
        let removed = if keeps_order(old, new) { 0 } else { gone.max(1) };
        LineChange::Text { added, removed }
    }
}

/// What is wrong with a change under `access = "append"`, where `lines` is the expression of the
/// scope. At most one removal and one line are named: the first.
pub fn judge(lines: Option<&str>, change: &LineChange) -> Vec<PathRule> {
    let LineChange::Text { added, removed } = change else { return vec![PathRule::NotText] };
    let mut broken = Vec::new();
    if *removed > 0 {
        broken.push(PathRule::Removed { lines: *removed });
    }
    let Some(expression) = lines else { return broken };
    let regex = compile(expression);
    // Many languages end a line at a carriage return, too, so none may hide anything behind it.
    let allowed = |line: &AddedLine| {
        line.text
            .split_str("\r")
            .all(|part| part.trim().is_empty() || regex.as_ref().is_some_and(|regex| regex.is_match(part)))
    };
    if let Some(line) = added.iter().find(|line| !allowed(line)) {
        broken.push(PathRule::Line {
            number: line.number,
            line: line.text.clone(),
            expected: expression.to_owned(),
        });
    }
    broken
}

/// The lines that others have brought to a file, each with how often it must be there.
pub struct Others(HashMap<BString, usize>);

impl Others {
    /// Those of the file where the task's work begins.
    pub fn begin(text: &[u8]) -> Others {
        Others(counts(text).into_iter().map(|(line, count)| (line.into(), count)).collect())
    }

    /// A merge brought what became of `base` on another side.
    pub fn merge(&mut self, base: &[u8], theirs: &[u8]) {
        let (base, theirs) = (counts(base), counts(theirs));
        for line in base.keys().chain(theirs.keys()) {
            let [was, is] = [&base, &theirs].map(|side| side.get(line).copied().unwrap_or_default());
            let count = self.0.entry((*line).into()).or_default();
            *count = if is > was { is.max(*count) } else { count.saturating_sub(was - is) };
        }
    }

    /// How many of them are not in `new`; only such as `old` had, if that is given.
    pub fn missing(&self, old: Option<&[u8]>, new: &[u8]) -> usize {
        let (old, new) = (old.map(counts), counts(new));
        let missing = |(line, count): (&BString, &usize)| {
            let at = |side: &HashMap<&[u8], usize>| side.get(line.as_slice()).copied().unwrap_or_default();
            let had = old.as_ref().map_or(*count, |old| at(old).min(*count));
            had.saturating_sub(at(&new))
        };
        self.0.iter().map(missing).sum()
    }
}

/// How many lines that others had brought, `inherited`, are not in the `result` of a merge, although
/// the merged side did not take them away since it forked at `base`.
pub fn lost(inherited: &[u8], base: &[u8], result: &[u8]) -> usize {
    let mut balance: HashMap<&[u8], [usize; 3]> = HashMap::new();
    for (place, text) in [inherited, base, result].into_iter().enumerate() {
        lines(text).for_each(|line| balance.entry(line).or_default()[place] += 1);
    }
    let missing = |[inherited, base, result]: &[usize; 3]| {
        let kept = inherited.saturating_sub(base.saturating_sub(*result));
        kept.saturating_sub(*result)
    };
    balance.values().map(missing).sum()
}

/// Whether a merge of two sides that each added lines at one place, the same one, has the lines of
/// both, in either order, and is otherwise as `base`.
pub fn joins(base: &[u8], [ours, theirs]: [&[u8]; 2], result: &[u8]) -> bool {
    if [base, ours, theirs, result].iter().any(|text| text.len() > LARGEST || text.contains(&0)) {
        return false;
    }
    let all = |text| lines(text).collect::<Vec<_>>();
    let (base, ours, theirs, result) = (all(base), all(ours), all(theirs), all(result));
    if result.len() + base.len() != ours.len() + theirs.len() || ours.len().min(theirs.len()) < base.len() {
        return false;
    }
    let common = |other: &[&[u8]]| base.iter().zip(other).take_while(|(a, b)| a == b).count();
    let highest = common(&ours).min(common(&theirs));
    // Where lines repeat, more than one place is possible; what follows differs little.
    (0..=highest).rev().take(PLACES).any(|place| {
        let (before, after) = base.split_at(place);
        let added = |side: &'_ [_]| side.strip_prefix(before)?.strip_suffix(after).map(<[_]>::to_vec);
        let (Some(ours), Some(theirs)) = (added(&ours), added(&theirs)) else { return false };
        [[&ours, &theirs], [&theirs, &ours]]
            .iter()
            .any(|[first, second]| result == [before, first, second, after].concat())
    })
}

/// The plan's reader compiled it once already, so failing here means that nothing is allowed.
fn compile(expression: &str) -> Option<Regex> {
    RegexBuilder::new(expression).size_limit(REGEX_SIZE_LIMIT).build().ok()
}

/// The lines of a file without their line feeds; what follows the last one is a line if it is not
/// empty.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.lines_with_terminator().map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

fn counts(text: &[u8]) -> HashMap<&[u8], usize> {
    let mut counts = HashMap::new();
    lines(text).for_each(|line| *counts.entry(line).or_default() += 1);
    counts
}

/// Whether all old lines are among the new ones in their order.
fn keeps_order(old: &[u8], new: &[u8]) -> bool {
    let mut rest = lines(new);
    lines(old).all(|line| rest.any(|one| one == line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMPORTS: Option<&str> = Some("^(from|import) ");

    fn check(old: &str, new: &str, expect: &[&str]) {
        let broken = judge(IMPORTS, &LineChange::between(old.as_bytes(), new.as_bytes()));
        let said: Vec<String> = broken
            .into_iter()
            .map(|rule| match rule {
                PathRule::Removed { lines } => format!("-{lines}"),
                PathRule::Line { number, line, .. } => format!("{number}: {line}"),
                _ => "no text".into(),
            })
            .collect();
        assert_eq!(said, expect, "{old:?} to {new:?}");
    }

    #[test]
    fn only_allowed_lines_may_be_added() {
        check("", "import a\n", &[]);
        check("import a\n", "import a\nfrom b import c\n\n", &[]);
        check("import a\nimport c\n", "import a\nimport b\nimport c\n", &[]);
        check("import a", "import a\nimport b\n", &[]);
        check("import a\n", "import a\nimport b", &[]);
        check("import a\r\n", "import a\r\nimport b\r\n\r\n", &[]);
        check("import a\n", "import a\nimport a\n", &[]);
        check("import a\n", "import a\nx = 1\n", &["2: x = 1"]);
        check("x = 1\n", "x = 1\nx = 1\n", &["2: x = 1"]);
        check("import a\n", "import a\nx = 1\rimport b\n", &["2: x = 1\rimport b"]);
        check("import a\n", "import a\nimport b\rx = 1\n", &["2: import b\rx = 1"]);
    }

    #[test]
    fn no_line_may_go_or_move() {
        check("import a\nimport b\n", "import a\n", &["-1"]);
        check("import a\nx = 1\n", "x = 1\nimport a\n", &["-1"]);
        check("import a\n", "import b\n", &["-1"]);
        check("x = 1\n", "x = 2\n", &["-1", "1: x = 2"]);
        check("import a\r\nimport b\r\n", "import a\nimport b\n", &["-2"]);
        check("a\n", "", &["-1"]);
    }

    #[test]
    fn what_others_brought_is_lost_unless_the_other_side_took_it_away() {
        let check = |inherited: &str, base: &str, result: &str, expect: usize| {
            let found = lost(inherited.as_bytes(), base.as_bytes(), result.as_bytes());
            assert_eq!(found, expect, "{inherited:?} of {base:?} in {result:?}");
        };
        check("a\nb\n", "a\n", "a\nc\n", 1);
        check("a\nb\n", "a\n", "a\nc\nb\n", 0);
        check("a\n", "a\n", "c\n", 0);
        check("a\na\n", "a\n", "a\n", 1);
    }

    #[test]
    fn what_several_others_brought_must_stay() {
        let check = |sides: &[[&str; 2]], old: Option<&str>, new: &str, expect: usize| {
            let mut others = Others::begin(b"a\nb\n");
            sides.iter().for_each(|[base, theirs]| others.merge(base.as_bytes(), theirs.as_bytes()));
            let found = others.missing(old.map(str::as_bytes), new.as_bytes());
            assert_eq!(found, expect, "{sides:?}, {old:?} to {new:?}");
        };
        let (one, two) = (["a\nb\n", "a\nb\none\n"], ["a\nb\n", "two\na\nb\n"]);
        check(&[one, two], None, "two\na\nb\none\n", 0);
        check(&[one, two], None, "two\na\nb\n", 1);
        check(&[one, two], None, "a\nb\none\n", 1);
        check(&[one, two], Some("a\nb\none\n"), "a\nb\none\n", 0);
        check(&[one, ["a\nb\none\n", "a\nb\n"]], None, "a\nb\n", 0);
        check(&[one, ["a\nb\n", "b\n"]], None, "b\none\n", 0);
        check(&[one, one], None, "a\nb\none\n", 0);
        check(&[one], Some("a\nb\none\nown\n"), "a\nb\none\n", 0);
    }

    #[test]
    fn both_sides_are_joined_in_either_order() {
        let check = |base: &str, ours: &str, theirs: &str, result: &str, expect: bool| {
            let found = joins(base.as_bytes(), [ours.as_bytes(), theirs.as_bytes()], result.as_bytes());
            assert_eq!(found, expect, "{base:?}, {ours:?}, {theirs:?}: {result:?}");
        };
        check("a\n", "a\nx\n", "a\ny\n", "a\nx\ny\n", true);
        check("a\n", "a\nx\n", "a\ny\n", "a\ny\nx\n", true);
        check("a\nz\n", "a\nx\nz\n", "a\ny\nz\n", "a\ny\nx\nz\n", true);
        check("a", "a\nx", "a\ny\n", "a\nx\ny\n", true);
        check("", "x\n", "y\n", "x\ny\n", true);
        check("a\n", "a\nx\n", "a\ny\n", "a\nx\ny\nevil\n", false);
        check("a\n", "a\nx\nw\n", "a\ny\nv\n", "a\nx\ny\nw\nv\n", false);
        check("a\n", "a\nx\n", "a\ny\n", "a\nx\n", false);
        check("a\n", "a\nx\n", "a\ny\n", "a\nx\nx\n", false);
        check("a\nb\n", "x\nb\n", "a\ny\n", "x\ny\n", false);
    }

    #[test]
    fn what_is_no_text_has_no_lines() {
        check("", "a\0b", &["no text"]);
        check("\0", "import a\n", &["no text"]);
    }

    #[test]
    fn without_an_expression_any_line_may_be_added() {
        assert_eq!(judge(None, &LineChange::between(b"a\n", b"b\na\n")), []);
    }
}
