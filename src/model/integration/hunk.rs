//! The places of a file where two sides disagree, read from git's conflict markers.
//!
//! A file may hold lines that look like markers. Only lines that carry exactly the labels of this
//! merge open and close a hunk; where they do not pair up the file has no sections at all, because
//! a wrong reading would put one side's lines into the other's mouth.

use bstr::{BString, ByteSlice};

use crate::model::integration::marker::SIZE;

/// What git calls the two sides in its markers, such as `HEAD` and `work/task-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// What is merged into.
    pub ours: String,
    /// What is merged.
    pub theirs: String,
}

/// A stretch of a file with conflict markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// Lines that are not in question, with their ends.
    Text(Vec<BString>),
    /// Lines that are.
    Hunk(Hunk),
}

/// One place where two sides disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The line of the opening marker, counted from 1.
    pub line: usize,
    /// What is merged into, with line ends.
    pub ours: Vec<BString>,
    /// What is merged, with line ends.
    pub theirs: Vec<BString>,
}

/// The sections of a file, in order; `None` if its markers do not pair up.
pub fn sections(file: &[u8], labels: &Labels) -> Option<Vec<Section>> {
    let mut reader = Reader { labels, done: Vec::new(), open: Open::Text(Vec::new()) };
    for (number, line) in (1..).zip(file.lines_with_terminator()) {
        reader.line(number, line)?;
    }
    reader.finish()
}

/// Only the hunks; empty if there are none or they cannot be told apart.
pub fn hunks(file: &[u8], labels: &Labels) -> Vec<Hunk> {
    let of = |section| match section {
        Section::Hunk(hunk) => Some(hunk),
        Section::Text(_) => None,
    };
    sections(file, labels).unwrap_or_default().into_iter().filter_map(of).collect()
}

/// The file with all lines of both sides and without markers; `None` if its markers do not pair up.
pub fn both_sides(file: &[u8], labels: &Labels) -> Option<BString> {
    let lines = |section| match section {
        Section::Text(lines) => lines,
        Section::Hunk(Hunk { ours, theirs, .. }) => [ours, theirs].concat(),
    };
    Some(bstr::concat(sections(file, labels)?.into_iter().flat_map(lines)).into())
}

/// The file with this merge's markers made to look like no other's, so that those of a later merge can
/// be told from them; `None` if the markers do not pair up.
pub fn left_open(file: &[u8], labels: &Labels) -> Option<BString> {
    let marked = |mark: &str| BString::from(format!("{} open conflict\n", mark.repeat(SIZE)));
    let lines = |section| match section {
        Section::Text(lines) => lines,
        Section::Hunk(Hunk { ours, theirs, .. }) => {
            [vec![marked("<")], ours, vec![marked("=")], theirs, vec![marked(">")]].concat()
        }
    };
    Some(bstr::concat(sections(file, labels)?.into_iter().flat_map(lines)).into())
}

/// The number of characters of this merge's first marker; `None` if the file has none.
pub fn marker_size(file: &[u8], labels: &Labels) -> Option<usize> {
    file.lines_with_terminator().find_map(|line| marker(line, b'<', &labels.ours))
}

/// The file with the markers of `merge.conflictStyle=diff3` under other names: those of the sides in
/// `names`, and `base` for what lies between. `None` if the markers do not pair up.
pub fn renamed(file: &[u8], labels: &Labels, names: &Labels) -> Option<BString> {
    let mut place = Place::Text;
    let mut renamed = BString::default();
    for line in file.lines_with_terminator() {
        let size = place.size();
        let (next, old, new) = match place {
            Place::Text if marker(line, b'<', &labels.ours).is_some() => {
                let size = marker(line, b'<', &labels.ours)?;
                (Place::Ours(size), labels.ours.len(), names.ours.as_str())
            }
            Place::Ours(_) if is_base(line, size) => (Place::Base(size), base_label(line, size), BASE),
            Place::Base(_) if is_separator(line, size) => (Place::Theirs(size), 0, ""),
            Place::Theirs(_) if marker(line, b'>', &labels.theirs) == Some(size) => {
                (Place::Text, labels.theirs.len(), names.theirs.as_str())
            }
            // A second one could be the real one: nobody can say which.
            Place::Ours(_) | Place::Theirs(_) if is_separator(line, size) => return None,
            Place::Base(_) | Place::Theirs(_) if is_base(line, size) => return None,
            same => (same, 0, ""),
        };
        if new.is_empty() {
            let line = if next == place { unmarked(line, labels)? } else { line.into() };
            renamed.extend_from_slice(&line);
        } else {
            let size = next.size().max(size);
            renamed.extend_from_slice(&line[..=size]);
            renamed.extend_from_slice(new.as_bytes());
            renamed.extend_from_slice(&line[size + 1 + old..]);
        }
        place = next;
    }
    (place == Place::Text).then_some(renamed)
}

/// What the common ancestor is called.
const BASE: &str = "base";

/// Where in a file with diff3 markers a line stands, with the size of the markers around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Ours(usize),
    Base(usize),
    Theirs(usize),
}

impl Place {
    fn size(self) -> usize {
        match self {
            Place::Text => 0,
            Place::Ours(size) | Place::Base(size) | Place::Theirs(size) => size,
        }
    }
}

/// What the reader is inside of.
enum Open {
    Text(Vec<BString>),
    Ours(Hunk, usize),
    Theirs(Hunk, usize),
}

struct Reader<'a> {
    labels: &'a Labels,
    done: Vec<Section>,
    open: Open,
}

impl Reader<'_> {
    /// Takes one line; `None` if a marker stands where none can.
    fn line(&mut self, number: usize, line: &[u8]) -> Option<()> {
        let open = std::mem::replace(&mut self.open, Open::Text(Vec::new()));
        self.open = match open {
            Open::Text(text) => self.in_text(text, number, line)?,
            Open::Ours(hunk, size) if is_separator(line, size) => Open::Theirs(hunk, size),
            Open::Ours(mut hunk, size) => {
                hunk.ours.push(unmarked(line, self.labels)?);
                Open::Ours(hunk, size)
            }
            Open::Theirs(hunk, size) if marker(line, b'>', &self.labels.theirs) == Some(size) => {
                self.done.push(Section::Hunk(hunk));
                Open::Text(Vec::new())
            }
            Open::Theirs(_, size) if is_separator(line, size) => return None,
            Open::Theirs(mut hunk, size) => {
                hunk.theirs.push(unmarked(line, self.labels)?);
                Open::Theirs(hunk, size)
            }
        };
        Some(())
    }

    fn in_text(&mut self, mut text: Vec<BString>, number: usize, line: &[u8]) -> Option<Open> {
        let Some(size) = marker(line, b'<', &self.labels.ours) else {
            text.push(unmarked(line, self.labels)?);
            return Some(Open::Text(text));
        };
        if !text.is_empty() {
            self.done.push(Section::Text(text));
        }
        Some(Open::Ours(Hunk { line: number, ours: Vec::new(), theirs: Vec::new() }, size))
    }

    fn finish(mut self) -> Option<Vec<Section>> {
        match self.open {
            Open::Text(text) if text.is_empty() => {}
            Open::Text(text) => self.done.push(Section::Text(text)),
            Open::Ours(..) | Open::Theirs(..) => return None,
        }
        Some(self.done)
    }
}

/// The line itself, unless it is one of this merge's own markers.
fn unmarked(line: &[u8], labels: &Labels) -> Option<BString> {
    let stray = marker(line, b'<', &labels.ours).or_else(|| marker(line, b'>', &labels.theirs));
    stray.is_none().then(|| line.into())
}

/// The size of the marker that this line is: at least seven times `mark`, a space, the label and,
/// where the sides have different paths, `:` and a path.
fn marker(line: &[u8], mark: u8, label: &str) -> Option<usize> {
    let size = line.iter().take_while(|byte| **byte == mark).count();
    let rest = line[size..].strip_prefix(b" ")?.strip_prefix(label.as_bytes())?.trim_end_with(is_line_end);
    (size >= 7 && (rest.is_empty() || rest.starts_with(b":"))).then_some(size)
}

fn is_separator(line: &[u8], size: usize) -> bool {
    let line = line.trim_end_with(is_line_end);
    line.len() == size && line.iter().all(|byte| *byte == b'=')
}

fn is_base(line: &[u8], size: usize) -> bool {
    size > 0 && line.len() > size && line[..size].iter().all(|byte| *byte == b'|') && line[size] == b' '
}

/// The length of what git calls the common ancestor; a path may follow it.
fn base_label(line: &[u8], size: usize) -> usize {
    let label = &line[size + 1..];
    label.find_byteset(":\r\n").unwrap_or(label.len())
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, expect: Option<&[(usize, &str, &str)]>) {
        let labels = Labels { ours: "HEAD".into(), theirs: "work/task-1".into() };
        let found = sections(file.as_bytes(), &labels).map(|_| {
            let told = |hunk: Hunk| (hunk.line, bstr::concat(hunk.ours), bstr::concat(hunk.theirs));
            hunks(file.as_bytes(), &labels).into_iter().map(told).collect::<Vec<_>>()
        });
        let expect = expect.map(|list| {
            list.iter()
                .map(|(n, o, t)| (*n, o.as_bytes().to_vec(), t.as_bytes().to_vec()))
                .collect::<Vec<_>>()
        });
        assert_eq!(found, expect, "{file:?}");
    }

    #[test]
    fn hunks_are_what_stands_between_the_markers() {
        check("a\nb\n", Some(&[]));
        check("a\n<<<<<<< HEAD\nO\n=======\nT\nU\n>>>>>>> work/task-1\nz\n", Some(&[(2, "O\n", "T\nU\n")]));
        check("<<<<<<< HEAD\n=======\nT\n>>>>>>> work/task-1\n", Some(&[(1, "", "T\n")]));
        check("<<<<<<< HEAD\r\nO\r\n=======\r\nT\r\n>>>>>>> work/task-1\r\n", Some(&[(1, "O\r\n", "T\r\n")]));
        check("<<<<<<< HEAD:old\nO\n=======\nT\n>>>>>>> work/task-1:new\n", Some(&[(1, "O\n", "T\n")]));
        check(
            "<<<<<<<<<< HEAD\n=======\n==========\nT\n>>>>>>>>>> work/task-1\n",
            Some(&[(1, "=======\n", "T\n")]),
        );
    }

    #[test]
    fn what_only_looks_like_a_marker_is_text() {
        check("<<<<<<< elsewhere\n=======\n>>>>>>> other\n", Some(&[]));
        check("<<<<<<< HEADER\n", Some(&[]));
        check("Title\n=======\n", Some(&[]));
    }

    #[test]
    fn markers_that_do_not_pair_up_make_no_sections() {
        check("<<<<<<< HEAD\nO\n", None);
        check("<<<<<<< HEAD\nO\n=======\nT\n", None);
        check(">>>>>>> work/task-1\n", None);
        check("<<<<<<< HEAD\n<<<<<<< HEAD\n=======\n>>>>>>> work/task-1\n", None);
        check("<<<<<<< HEAD\nO\n=======\nA\n=======\nT\n>>>>>>> work/task-1\n", None);
    }

    #[test]
    fn an_open_conflict_is_told_from_a_later_one() {
        let labels = Labels { ours: "HEAD".into(), theirs: "work/x".into() };
        let file = b"a\n<<<<<<< HEAD\nO\n=======\nT\n>>>>>>> work/x\nz\n";
        let open = left_open(file, &labels).expect("the markers pair up");
        assert_eq!(open, "a\n<<<<<<< open conflict\nO\n======= open conflict\nT\n>>>>>>> open conflict\nz\n");
        let later = [b"<<<<<<< HEAD\n", open.as_slice(), b"=======\nU\n>>>>>>> work/x\n"].concat();
        assert_eq!(hunks(&later, &labels).len(), 1);
        assert_eq!(left_open(b"<<<<<<< HEAD\n", &labels), None);
    }

    #[test]
    fn markers_get_other_names() {
        let labels = Labels { ours: "HEAD".into(), theirs: "work/x".into() };
        let names = Labels { ours: "task-1, task-2".into(), theirs: "task-3".into() };
        let check = |file: &str, expect: Option<&str>| {
            let found = renamed(file.as_bytes(), &labels, &names);
            assert_eq!(found, expect.map(BString::from), "{file:?}");
        };
        check("a\n", Some("a\n"));
        check(
            "<<<<<<< HEAD\nO\n||||||| 1234567\nB\n=======\nT\n>>>>>>> work/x\nz",
            Some("<<<<<<< task-1, task-2\nO\n||||||| base\nB\n=======\nT\n>>>>>>> task-3\nz"),
        );
        check(
            "<<<<<<< HEAD:o\r\n||||||| merged common ancestors:b\r\n=======\r\n>>>>>>> work/x:t\r\n",
            Some("<<<<<<< task-1, task-2:o\r\n||||||| base:b\r\n=======\r\n>>>>>>> task-3:t\r\n"),
        );
        check(
            "<<<<<<<<< HEAD\n||||||| x\n||||||||| 1\n=======\n=========\n>>>>>>>>> work/x\n",
            Some(
                "<<<<<<<<< task-1, task-2\n||||||| x\n||||||||| base\n=======\n=========\n>>>>>>>>> task-3\n",
            ),
        );
        check("<<<<<<< HEAD\n||||||| 1\n||||||| 2\n=======\n>>>>>>> work/x\n", None);
        check("<<<<<<< HEAD\n||||||| 1\n=======\n=======\n>>>>>>> work/x\n", None);
        check("<<<<<<< HEAD\nO\n=======\nT\n>>>>>>> work/x\n", None);
        check("<<<<<<< HEAD\nO\n", None);
        check(">>>>>>> work/x\n", None);
    }
}
