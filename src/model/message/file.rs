//! The file that `commit-msg` gets, cleaned as git is going to clean it.
//!
//! githooks(5) hands over the message *before* git's clean-up when an editor was used, and after it
//! otherwise (S1-54a). How git will clean up can only partly be known in a hook (`--cleanup` leaves
//! no trace there), so this is a careful guess, and the stored message is judged again after the
//! commit.

use bstr::{BStr, BString, ByteSlice};

use super::blank;

/// The line below which git drops everything, after the comment mark and a space.
const SCISSORS: &str = "------------------------ >8 ------------------------";

/// The characters that git tries for `core.commentChar = auto`.
const AUTOMATIC: &[u8] = b"#;@!$%^&|:";

/// What starts a comment line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comment {
    /// `core.commentChar` or `core.commentString`; `#` by default.
    Mark(BString),
    /// `auto`: git chose a character that starts no line of the message.
    Automatic,
}

impl Default for Comment {
    fn default() -> Self {
        Comment::Mark("#".into())
    }
}

impl Comment {
    /// The value of `core.commentString` or `core.commentChar`.
    pub fn from_config(value: &str) -> Comment {
        match value {
            "auto" => Comment::Automatic,
            "" => Comment::default(),
            mark => Comment::Mark(mark.into()),
        }
    }
}

/// How git is going to clean the file up; git-commit(1), `--cleanup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// White space and comments go.
    Strip,
    /// White space goes; lines that look like comments stay.
    Whitespace,
    /// As [`Whitespace`](Self::Whitespace), after everything from the scissors on has gone.
    Scissors,
    /// Nothing goes.
    Verbatim,
}

/// Whether an editor was opened on the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// One was, or is believed to have been.
    Editor,
    /// The message came with `-m` or `-F`, or is somebody's from before.
    Given,
}

impl Cleanup {
    /// What a word of `--cleanup` or `commit.cleanup` means; none is `default`.
    pub fn chosen(word: Option<&str>, origin: Origin) -> Cleanup {
        match (word, origin) {
            (Some("strip"), _) => Cleanup::Strip,
            (Some("whitespace"), _) => Cleanup::Whitespace,
            (Some("verbatim"), _) => Cleanup::Verbatim,
            (Some("scissors"), Origin::Editor) => Cleanup::Scissors,
            (Some("scissors"), Origin::Given) | (_, Origin::Given) => Cleanup::Whitespace,
            (_, Origin::Editor) => Cleanup::Strip,
        }
    }
}

/// The message that git is going to store, as far as it can be known.
pub fn clean(file: &BStr, comment: &Comment, cleanup: Cleanup) -> BString {
    let mark = match comment {
        Comment::Mark(mark) => Some(mark.clone()),
        Comment::Automatic => automatic(file),
    };
    let file = mark.as_ref().map_or(file, |mark| above_scissors(file, mark.as_bstr(), cleanup));
    match cleanup {
        Cleanup::Verbatim => file.to_owned(),
        Cleanup::Strip => strip(file, mark.as_ref().map(|mark| mark.as_bstr())),
        Cleanup::Whitespace | Cleanup::Scissors => strip(file, None),
    }
}

/// Leaves out what git-stripspace(1) leaves out: white space at the end of lines, empty lines at
/// the beginning, at the end and after another one, and lines that begin with `comment`.
fn strip(file: &BStr, comment: Option<&BStr>) -> BString {
    let mut message = BString::default();
    for line in file.lines() {
        if comment.is_some_and(|mark| line.starts_with(mark)) {
            continue;
        }
        let line = blank::trim_end(line);
        let blank_before = message.is_empty() || message.ends_with(b"\n\n");
        if !(line.is_empty() && blank_before) {
            message.extend_from_slice(line);
            message.push(b'\n');
        }
    }
    while message.ends_with(b"\n\n") {
        message.pop();
    }
    message
}

/// The file down to the first scissors. Where not `--cleanup` but `-v` cuts there, which a hook is
/// not told, git has put scissors of its own into the file, with a comment below.
fn above_scissors<'a>(file: &'a BStr, mark: &BStr, cleanup: Cleanup) -> &'a BStr {
    let scissors = [mark.as_bytes(), b" ", SCISSORS.as_bytes(), b"\n"].concat();
    let places: Vec<usize> =
        file.find_iter(&scissors).filter(|at| *at == 0 || file[at - 1] == b'\n').collect();
    let is_gits = |at: &usize| file[at + scissors.len()..].starts_with(mark.as_bytes());
    match places.first() {
        Some(first) if cleanup == Cleanup::Scissors || places.iter().any(is_gits) => file[..*first].as_bstr(),
        _ => file,
    }
}

/// The mark that git chose itself: it ends the file with comments of its own, or with the diff of
/// `-v` below its scissors.
fn automatic(file: &BStr) -> Option<BString> {
    let of_scissors = AUTOMATIC.iter().copied().find(|&mark| {
        let mark = char::from(mark);
        file.contains_str(format!("\n{mark} {SCISSORS}\n{mark}"))
    });
    let of_last_line = || {
        let last = file.lines().rev().find(|line| !blank::is_blank(line))?;
        last.first().copied().filter(|byte| AUTOMATIC.contains(byte))
    };
    of_scissors.or_else(of_last_line).map(|byte| BString::from(vec![byte]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, comment: &str, cleanup: Cleanup, expect: &str) {
        let cleaned = clean(file.into(), &Comment::from_config(comment), cleanup);
        assert_eq!(cleaned, expect, "{file:?} with {comment:?}");
    }

    #[test]
    fn what_git_drops_is_dropped() {
        use Cleanup::{Scissors, Strip, Verbatim, Whitespace};
        check("\n\n# hint\n[COMPLETE] x\r\n\n\n\nbody \n# more\n", "#", Strip, "[COMPLETE] x\n\nbody\n");
        check("[COMPLETE] x\n\n# kept\n", "#", Whitespace, "[COMPLETE] x\n\n# kept\n");
        check("\nx \n", "#", Verbatim, "\nx \n");
        check("x\n; no\n# yes\n", ";", Strip, "x\n# yes\n");
        check("x\n// no\n/ yes\n", "//", Strip, "x\n/ yes\n");
        check("x\u{a0}\n\u{b}\n", "#", Strip, "x\u{a0}\n\u{b}\n");
        check("#12 is fixed\n\n; Please enter\n; the message\n", "auto", Strip, "#12 is fixed\n");
        check("", "#", Strip, "");
        let cut = format!("x\n# {SCISSORS}\n# below\ndiff --git a/f b/f\n+[CHECKPOINT] y\n");
        for cleanup in [Strip, Whitespace, Scissors, Verbatim] {
            check(&cut, "#", cleanup, "x\n");
        }
        let by_hand = format!("x\n# {SCISSORS}\ny\n");
        check(&by_hand, "#", Scissors, "x\n");
        check(&by_hand, "#", Strip, "x\ny\n");
    }

    #[test]
    fn the_word_decides_and_the_editor_where_there_is_none() {
        let check = |word, origin, expect| assert_eq!(Cleanup::chosen(word, origin), expect, "{word:?}");
        check(None, Origin::Editor, Cleanup::Strip);
        check(None, Origin::Given, Cleanup::Whitespace);
        check(Some("default"), Origin::Given, Cleanup::Whitespace);
        check(Some("strip"), Origin::Given, Cleanup::Strip);
        check(Some("scissors"), Origin::Given, Cleanup::Whitespace);
    }
}
