//! The file that `commit-msg` gets, cleaned as git is going to clean it.
//!
//! githooks(5) hands over the message *before* git's clean-up when an editor was used, and after it
//! otherwise (S1-54a). How git will clean up can only partly be known in a hook (`--cleanup` leaves
//! no trace there), so this is a careful guess, and the stored message is judged again after the
//! commit.

use bstr::{BStr, BString, ByteSlice};

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

/// Whether git has cleaned the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It came from an editor; comments and what lies below the scissors will go.
    BeforeCleanup,
    /// It came from `-m` or `-F`, or clean-up keeps comments: lines that look like comments stay.
    AfterCleanup,
}

/// The message that git is going to store, as far as it can be known.
pub fn clean(file: &BStr, comment: &Comment, stage: Stage) -> BString {
    let mark = match comment {
        _ if stage == Stage::AfterCleanup => None,
        Comment::Mark(mark) => Some(mark.clone()),
        Comment::Automatic => automatic(file),
    };
    let mut message = BString::default();
    for line in file.lines() {
        let line = line.trim_end();
        if let Some(rest) = mark.as_ref().and_then(|mark| line.strip_prefix(mark.as_slice())) {
            if rest.trim() == SCISSORS.as_bytes() {
                break;
            }
            continue;
        }
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

/// The mark that git chose itself: it ends the file with comments of its own.
fn automatic(file: &BStr) -> Option<BString> {
    let above = file.find(SCISSORS).map_or(file.as_bytes(), |at| &file[..at]);
    let last = above.lines().rev().find(|line| !line.trim().is_empty())?;
    last.first().filter(|byte| AUTOMATIC.contains(byte)).map(|&byte| BString::from(vec![byte]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, comment: &str, stage: Stage, expect: &str) {
        let cleaned = clean(file.into(), &Comment::from_config(comment), stage);
        assert_eq!(cleaned, expect, "{file:?} with {comment:?}");
    }

    #[test]
    fn what_git_drops_is_dropped() {
        use Stage::{AfterCleanup, BeforeCleanup};
        check(
            "\n\n# hint\n[COMPLETE] x\r\n\n\n\nbody \n# more\n",
            "#",
            BeforeCleanup,
            "[COMPLETE] x\n\nbody\n",
        );
        check("[COMPLETE] x\n\n# kept\n", "#", AfterCleanup, "[COMPLETE] x\n\n# kept\n");
        check("x\n; no\n# yes\n", ";", BeforeCleanup, "x\n# yes\n");
        check("x\n// no\n/ yes\n", "//", BeforeCleanup, "x\n/ yes\n");
        let scissors = format!("x\n# {SCISSORS}\n# below\ndiff --git a/f b/f\n+[CHECKPOINT] y\n");
        check(&scissors, "#", BeforeCleanup, "x\n");
        check("#12 is fixed\n\n; Please enter\n; the message\n", "auto", BeforeCleanup, "#12 is fixed\n");
        check("", "#", BeforeCleanup, "");
    }
}
