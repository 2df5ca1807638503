//! Conflict markers that a person overlooked, told from lines that only look like them.
//!
//! What looks like one is what `git diff --check` takes for one. A file may hold such lines for good
//! reasons: a heading underlined with `=======`, a text about git. So a line counts only where the
//! file has more copies of it than the two sides of the merge account for.

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

/// As many characters as a marker has, unless the attribute `conflict-marker-size` says otherwise.
pub const SIZE: usize = 7;

/// The versions of a file that were merged; empty where there was none.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// That of what is merged into.
    pub ours: &'a [u8],
    /// That of what is merged.
    pub theirs: &'a [u8],
    /// What a merge that leaves no line of either side out would hold.
    pub both: &'a [u8],
}

/// The first line, counted from 1, that looks like a marker and that neither side accounts for.
pub fn left(file: &[u8], versions: Versions<'_>, size: usize) -> Option<usize> {
    let mut found: HashMap<&BStr, usize> = HashMap::new();
    for (number, line) in (1..).zip(file.lines()) {
        if looks_like_one(line, size) {
            let line = line.trim_end().as_bstr();
            let copies = found.entry(line).or_default();
            *copies += 1;
            if *copies > accounted(line, versions) {
                return Some(number);
            }
        }
    }
    None
}

/// The most copies of a line that a merge can have from its sides.
fn accounted(line: &BStr, versions: Versions<'_>) -> usize {
    let count = |file: &[u8]| file.lines().filter(|one| one.trim_end() == line.as_bytes()).count();
    [versions.ours, versions.theirs, versions.both].into_iter().map(count).max().unwrap_or(0)
}

fn looks_like_one(line: &[u8], size: usize) -> bool {
    let Some(mark) = line.first().filter(|mark| b"<|=>".contains(mark)) else { return false };
    let run = line.iter().take_while(|byte| *byte == mark).count();
    run == size && line.get(size).is_none_or(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, [ours, theirs, both]: [&str; 3], expect: Option<usize>) {
        let (ours, theirs, both) = (ours.as_bytes(), theirs.as_bytes(), both.as_bytes());
        let versions = Versions { ours, theirs, both };
        assert_eq!(left(file.as_bytes(), versions, SIZE), expect, "{file:?}");
    }

    #[test]
    fn what_no_side_accounts_for_is_left() {
        let sides = ["O\n", "T\n", "O\nT\n"];
        check("O\nT\n", sides, None);
        check("<<<<<<< task-1\nO\n||||||| base\n1\n=======\nT\n>>>>>>> task-2\n", sides, Some(1));
        check("O\n||||||| base\nT\n", sides, Some(2));
        check("O\n=======\r\nT\n", sides, Some(2));
        check("O\n>>>>>>> task-2", sides, Some(2));
        check("<<<<<<<\n", sides, Some(1));
    }

    #[test]
    fn what_the_sides_have_is_theirs() {
        let heading = "Title\n=======\n";
        check(heading, [heading, heading, heading], None);
        check(heading, [heading, "", ""], None);
        let (one, other) = ("A\n=======\n", "B\n=======\n");
        let both = format!("{one}{other}");
        check(&both, [one, other, &both], None);
        check(&both, [one, other, one], Some(4));
        let about_git = "<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> topic\n";
        check(about_git, [about_git; 3], None);
        check(&format!("{about_git}<<<<<<< task-1\n"), [about_git; 3], Some(6));
    }

    #[test]
    fn what_git_takes_for_text_is_text() {
        for line in ["========\n", "<<<<<<<x\n", " <<<<<<< x\n", "<<<<<< x\n", "-------\n", ""] {
            check(line, ["", "", ""], None);
        }
    }
}
