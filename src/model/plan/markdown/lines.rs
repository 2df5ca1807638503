//! The lines of a document, and the pieces of them, each knowing where it stands.

use crate::model::plan::place::{Lines, Place};

/// A part of a line. Its text is a slice of the document, so that its place is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    document: &'t Lines<'t>,
    pub text: &'t str,
}

impl<'t> Piece<'t> {
    /// A part of the same line; `text` is a slice of it.
    pub fn part(&self, text: &'t str) -> Piece<'t> {
        Piece { text, ..*self }
    }

    /// Where it begins.
    pub fn place(&self) -> Place {
        self.place_of(self.text)
    }

    /// Where a slice of this line begins.
    pub fn place_of(&self, part: &str) -> Place {
        self.document.place_of(part)
    }

    /// How far a line is indented; a tab counts as four spaces.
    pub fn indent(&self) -> usize {
        let blank = self.text.chars().take_while(|c| c.is_whitespace());
        blank.map(|c| if c == '\t' { 4 } else { 1 }).sum()
    }

    /// Whether nothing is there.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The lines of a text, without their line ends.
pub(super) fn lines<'t>(document: &'t Lines<'t>) -> Vec<Piece<'t>> {
    document.text().lines().map(|line| Piece { document, text: line.trim_end_matches('\r') }).collect()
}

/// The text of a heading, with its level.
pub(super) fn heading(text: &str) -> Option<(usize, &str)> {
    let text = text.trim();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &text[level..];
    let is_heading = (1..=6).contains(&level) && rest.starts_with(char::is_whitespace);
    is_heading.then(|| (level, rest.trim_end_matches('#').trim()))
}

/// A run of backticks or tildes that opens or closes a fence, and what follows it.
pub(super) fn fence(text: &str) -> Option<(char, usize, &str)> {
    let text = text.trim();
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == mark).count();
    let rest = &text[length..];
    (length >= 3 && !rest.contains(mark)).then_some((mark, length, rest.trim()))
}

/// The fence that a line is inside of, while lines are read one by one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fence(Option<(char, usize)>);

impl Fence {
    /// Whether lines are inside a fence now.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Goes on by one line; says whether the line itself is a fence.
    pub fn read(&mut self, text: &str) -> bool {
        match (self.0, fence(text)) {
            (None, Some((mark, length, _))) => self.0 = Some((mark, length)),
            (Some((mark, length)), Some((this, long, ""))) if mark == this && long >= length => self.0 = None,
            _ => return false,
        }
        true
    }
}

/// What a list item says, where the line is one: `-`, `*`, `+`, `•`, `1.`, `1)`.
pub(super) fn list_item(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => text.strip_prefix(['-', '*', '+', '•'])?,
        _ => text[digits..].strip_prefix(['.', ')'])?,
    };
    // `**Scope**` begins with a bullet's character, but is none.
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

/// The text after a dash or colon, in any of the forms that editors and bad conversions leave.
pub(super) fn after_dash(text: &str) -> Option<&str> {
    const DASHES: [&str; 9] = [":", "：", "-", "–", "—", "â€“", "â€”", "→", "â†’"];
    let text = text.trim_start();
    DASHES.iter().find_map(|dash| text.strip_prefix(dash)).map(str::trim_start)
}
