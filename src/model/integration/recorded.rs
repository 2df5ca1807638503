//! Whether two conflicts ask the same question, as `git rerere` has it: the same lines against the
//! same lines, whatever stands around them and whichever side is which.

use bstr::BString;

use crate::model::integration::hunk::{Hunk, Section};

/// Whether both files have the same hunks, in the same order.
pub fn ask_the_same(one: &[Section], other: &[Section]) -> bool {
    let (one, other): (Vec<_>, Vec<_>) = (hunks(one).collect(), hunks(other).collect());
    !one.is_empty() && one == other
}

/// The file with markers that do not tell who is who.
pub fn normal(sections: &[Section]) -> BString {
    let mut file = BString::default();
    for section in sections {
        match section {
            Section::Text(lines) => lines.iter().for_each(|line| file.extend_from_slice(line)),
            Section::Hunk(hunk) => {
                let [first, second] = sides(hunk);
                file.extend_from_slice(b"<<<<<<<\n");
                first.iter().for_each(|line| whole(&mut file, line));
                file.extend_from_slice(b"=======\n");
                second.iter().for_each(|line| whole(&mut file, line));
                file.extend_from_slice(b">>>>>>>\n");
            }
        }
    }
    file
}

fn hunks(sections: &[Section]) -> impl Iterator<Item = [&[BString]; 2]> {
    sections.iter().filter_map(|section| match section {
        Section::Hunk(hunk) => Some(sides(hunk)),
        Section::Text(_) => None,
    })
}

fn sides(hunk: &Hunk) -> [&[BString]; 2] {
    let mut sides = [hunk.ours.as_slice(), hunk.theirs.as_slice()];
    sides.sort();
    sides
}

/// A line of a file that does not end in a line's end gets one, so that a marker can follow.
fn whole(file: &mut BString, line: &BString) {
    file.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        file.extend_from_slice(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::integration::hunk::{Labels, sections};

    fn file(before: &str, ours: &str, theirs: &str) -> Vec<Section> {
        let labels = Labels { ours: "HEAD".into(), theirs: "x".into() };
        let text = format!("{before}<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> x\nend\n");
        sections(text.as_bytes(), &labels).expect("the markers pair up")
    }

    #[test]
    fn the_lines_in_question_decide() {
        let check = |one: [&str; 3], other: [&str; 3], expect: bool| {
            let [one, other] = [one, other].map(|[before, ours, theirs]| file(before, ours, theirs));
            assert_eq!(ask_the_same(&one, &other), expect, "{one:?} {other:?}");
        };
        check(["a\n", "O\n", "T\n"], ["b\n", "O\n", "T\n"], true);
        check(["a\n", "O\n", "T\n"], ["", "T\n", "O\n"], true);
        check(["a\n", "O\n", "T\n"], ["a\n", "O\n", "U\n"], false);
        assert!(!ask_the_same(&[], &[]), "where nothing is in question there is nothing to decide");
    }

    #[test]
    fn the_normal_form_names_nobody() {
        let expect = "a\n<<<<<<<\nO\n=======\nT\n>>>>>>>\nend\n";
        assert_eq!(normal(&file("a\n", "O\n", "T\n")), expect);
        assert_eq!(normal(&file("a\n", "T\n", "O\n")), expect);
    }
}
