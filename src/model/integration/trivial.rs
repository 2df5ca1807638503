//! Conflicts that a machine may resolve when a person asks for it (S1-83).
//!
//! Two workers who add the same line, one of them with a remark behind it, do not disagree. The
//! resolution keeps one copy, without the remark. Anything that differs in more than blanks at the
//! end and a trailing comment is not trivial, and one such hunk makes the whole file not trivial.

use bstr::{BStr, BString, ByteSlice};

use crate::model::integration::comment;
use crate::model::integration::hunk::Section;
use crate::model::integration::resolution::{File, How, Resolution};

/// The resolution of a file, if every hunk of it is trivial; `None` also if it has no hunk.
pub fn resolve(path: &BStr, sections: &[Section]) -> Option<Resolution> {
    let mut content = BString::default();
    let mut kept = Vec::new();
    for section in sections {
        match section {
            Section::Text(lines) => content.extend(lines.iter().flat_map(|line| line.iter().copied())),
            Section::Hunk(hunk) => {
                let lines = same_lines(path, &hunk.ours, &hunk.theirs)?;
                content.extend(lines.iter().flat_map(|line| line.iter().copied()));
                kept.push(lines);
            }
        }
    }
    let files = vec![(path.to_owned(), File::Text(content))];
    (!kept.is_empty()).then_some(Resolution { how: How::SameLines, files, kept })
}

/// One copy of the lines that both sides have; `None` if they really differ.
fn same_lines(path: &BStr, ours: &[BString], theirs: &[BString]) -> Option<Vec<BString>> {
    if ours.len() != theirs.len() || ours.is_empty() {
        return None;
    }
    ours.iter().zip(theirs).map(|(ours, theirs)| same_line(path, ours, theirs)).collect()
}

/// Our copy if both are equal but for blanks; else the line without its comment, if that is equal.
fn same_line(path: &BStr, ours: &BString, theirs: &BString) -> Option<BString> {
    if ours.trim_end() == theirs.trim_end() {
        return Some(ours.clone());
    }
    let code = comment::strip(path, ours);
    if code.is_empty() || code != comment::strip(path, theirs) {
        return None;
    }
    let mut line = BString::from(code);
    line.extend_from_slice(line_end(ours));
    Some(line)
}

fn line_end(line: &[u8]) -> &[u8] {
    match line {
        [.., b'\r', b'\n'] => b"\r\n",
        [.., b'\n'] => b"\n",
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::integration::hunk::{Labels, sections};

    fn check(path: &str, ours: &str, theirs: &str, expect: Option<&str>) {
        let file = format!("top\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> work/x\nend\n");
        let labels = Labels { ours: "HEAD".into(), theirs: "work/x".into() };
        let sections = sections(file.as_bytes(), &labels).expect("the markers pair up");
        let expect = expect.map(|kept| vec![(path.into(), File::Text(format!("top\n{kept}end\n").into()))]);
        let found = resolve(path.into(), &sections).map(|resolution| resolution.files);
        assert_eq!(found, expect, "{ours:?} {theirs:?}");
    }

    #[test]
    fn the_same_line_with_a_remark_is_kept_once_without_it() {
        let plain = "from models.analytics import AnalyticsEvent\n";
        let remark = "from models.analytics import AnalyticsEvent  # Added by task-1\n";
        check("models/__init__.py", plain, remark, Some(plain));
        check("models/__init__.py", remark, plain, Some(plain));
        check("models/__init__.py", remark, "from models.analytics import AnalyticsEvent # x\n", Some(plain));
    }

    #[test]
    fn blanks_at_the_end_make_no_difference() {
        check("notes.txt", "a\nb\n", "a  \nb\t\n", Some("a\nb\n"));
        check("a.py", "x\r\n", "x\n", Some("x\r\n"));
    }

    #[test]
    fn what_really_differs_is_not_trivial() {
        check("a.py", "x = 1\n", "x = 2\n", None);
        check("a.py", "x = 1\n", "  x = 1\n", None);
        check("a.py", "x = 1\n", "x = 1\ny = 2\n", None);
        check("a.py", "", "x = 1\n", None);
        check("a.py", "# one remark\n", "# another remark\n", None);
        check("a.md", "# one\n", "# one # two\n", None);
    }

    #[test]
    fn one_hunk_that_is_not_trivial_spoils_the_file() {
        let file =
            "<<<<<<< HEAD\na\n=======\na \n>>>>>>> work/x\n-\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> work/x\n";
        let labels = Labels { ours: "HEAD".into(), theirs: "work/x".into() };
        let sections = sections(file.as_bytes(), &labels).expect("the markers pair up");
        assert_eq!(resolve("f".into(), &sections), None);
        assert_eq!(resolve("f".into(), &[]), None, "a file without a hunk has nothing to resolve");
    }
}
