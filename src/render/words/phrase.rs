//! A sentence whose parts know what they are: our words, a repository's text, code, a status.
//!
//! Each part is escaped for where it is shown only when it is shown, so that a sentence cannot be
//! put together from text that was escaped for another place.

use std::fmt::Display;

use bstr::BString;

use crate::render::escape;

/// One sentence, without a line break.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Data(String),
    Code(String),
    Status(String),
}

impl Phrase {
    /// A sentence that starts with our own words.
    pub fn new(words: impl Display) -> Phrase {
        Phrase::default().words(words)
    }

    /// Goes on with our own words, shown as they are.
    pub fn words(self, words: impl Display) -> Phrase {
        self.with(Part::Words(words.to_string()))
    }

    /// Goes on with text from a repository or a plan.
    pub fn data(self, text: impl Display) -> Phrase {
        self.with(Part::Data(text.to_string()))
    }

    /// Goes on with something to type or to look for: a command, a path, an item.
    pub fn code(self, text: impl Display) -> Phrase {
        self.with(Part::Code(text.to_string()))
    }

    /// Goes on with a status prefix in its brackets, which Markdown shows without a code span.
    pub fn status(self, prefix: impl Display) -> Phrase {
        self.with(Part::Status(prefix.to_string()))
    }

    /// Goes on with another sentence.
    pub fn then(mut self, other: Phrase) -> Phrase {
        self.0.extend(other.0);
        self
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        self.0.iter().map(Part::to_text).collect()
    }

    /// For a line of Markdown.
    pub fn to_markdown(&self) -> String {
        self.0.iter().map(Part::to_markdown).collect()
    }

    /// For HTML.
    pub fn to_html(&self) -> String {
        self.0.iter().map(Part::to_html).collect()
    }

    fn with(mut self, part: Part) -> Phrase {
        self.0.push(part);
        self
    }
}

impl Part {
    fn to_text(&self) -> String {
        match self {
            Part::Words(text) => text.clone(),
            Part::Data(text) | Part::Code(text) | Part::Status(text) => escape::terminal(text),
        }
    }

    fn to_markdown(&self) -> String {
        match self {
            Part::Words(text) => text.clone(),
            Part::Data(text) => escape::markdown(text),
            Part::Code(text) => escape::code_span(text),
            Part::Status(text) => status(text),
        }
    }

    fn to_html(&self) -> String {
        match self {
            Part::Words(text) | Part::Data(text) | Part::Status(text) => escape::html(text),
            Part::Code(text) => format!("<code>{}</code>", escape::html(text)),
        }
    }
}

/// Goes on with the first few of some paths, and how many more there are.
pub fn list(mut phrase: Phrase, paths: &[BString], most: usize) -> Phrase {
    for (place, path) in paths.iter().take(most).enumerate() {
        phrase = if place == 0 { phrase } else { phrase.words(", ") }.code(path);
    }
    match paths.len().saturating_sub(most) {
        0 => phrase,
        more => phrase.words(format!(" and {more} more")),
    }
}

/// A status for Markdown: brackets stay, as nothing follows that could make a link of them; what is
/// in them is a worker's own text.
pub fn status(text: &str) -> String {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => format!("[{}]", escape::markdown(inside)),
        None => escape::markdown(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_escaped_for_its_place() {
        let phrase = Phrase::new("is ").status("[BLOCKED:a|b]").words(": ").data("*x*\u{1b}").code("`y`");
        assert_eq!(phrase.to_text(), "is [BLOCKED:a|b]: *x*\\x1b`y`");
        assert_eq!(phrase.to_markdown(), "is [BLOCKED:a\\|b]: \\*x\\*\\\\x1b`` `y` ``");
    }
}
