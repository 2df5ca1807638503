//! The bold bullets of one worker: `- **Scope**: …` and what belongs to each.

use super::lines::{Piece, list_item};
use crate::model::plan::place::{Located, Place};

/// What a bullet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Scope,
    Tasks,
    Dependencies,
    Checkpoints,
    Provides,
    Title,
    /// Kept as a remark (S1-02).
    Other,
}

impl Field {
    /// The field of this name.
    pub fn of(key: &str) -> Field {
        match key.to_lowercase().as_str() {
            "scope" | "scopes" | "assigned scope" | "files" => Field::Scope,
            "tasks" | "task" | "steps" => Field::Tasks,
            "dependencies" | "dependency" | "depends on" | "needs" => Field::Dependencies,
            "checkpoints" | "checkpoint" | "checkpoint expectations" => Field::Checkpoints,
            "provides" | "provided" => Field::Provides,
            "title" => Field::Title,
            _ => Field::Other,
        }
    }

    /// The name under which it is written.
    pub fn name(self) -> &'static str {
        match self {
            Field::Scope => "Scope",
            Field::Tasks => "Tasks",
            Field::Dependencies => "Dependencies",
            Field::Checkpoints => "Checkpoints",
            Field::Provides => "Provides",
            Field::Title => "Title",
            Field::Other => "…",
        }
    }
}

/// One bullet with everything that belongs to it.
#[derive(Debug)]
pub(super) struct Written<'t> {
    /// The words between the stars.
    pub key: &'t str,
    /// Where they stand.
    pub place: Place,
    /// The rest of the line.
    pub value: Piece<'t>,
    /// The lines below that belong to it.
    pub below: Vec<Piece<'t>>,
}

/// The lines below one heading.
#[derive(Debug, Default)]
pub(super) struct Section<'t> {
    pub fields: Vec<Written<'t>>,
    /// Lines that belong to no field.
    pub remarks: Vec<Piece<'t>>,
}

impl<'t> Section<'t> {
    /// Takes lines apart into fields and remarks.
    pub fn read(lines: &[Piece<'t>]) -> Section<'t> {
        let mut section = Section::default();
        let mut after_blank = true;
        for line in lines {
            if line.is_blank() {
                after_blank = true;
                continue;
            }
            let belongs = !after_blank || line.indent() >= 2 || list_item(line.text).is_some();
            match (field(*line), section.fields.last_mut()) {
                (Some(field), _) => section.fields.push(field),
                (None, Some(last)) if belongs => last.below.push(*line),
                (None, _) if is_rule(line.text) => {}
                (None, _) => section.remarks.push(*line),
            }
            after_blank = false;
        }
        section
    }
}

impl Written<'_> {
    /// The value, and each list item below it with the lines that continue it.
    pub fn items(&self) -> Vec<Located<String>> {
        let mut items = Vec::new();
        if !self.value.is_blank() {
            items.push(Located::new(self.value.text.trim().to_owned(), self.value.place()));
        }
        for line in &self.below {
            match (list_item(line.text), items.last_mut()) {
                (Some(item), _) => items.push(Located::new(item.to_owned(), line.place_of(item))),
                (None, Some(last)) => {
                    last.value.push(' ');
                    last.value.push_str(line.text.trim());
                }
                (None, None) => {
                    let text = line.text.trim();
                    items.push(Located::new(text.to_owned(), line.place_of(text)));
                }
            }
        }
        items.retain(|item| !item.value.is_empty());
        items
    }

    /// The value and the lines below, each as a piece without its bullet.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let below = self.below.iter().map(|line| line.part(list_item(line.text).unwrap_or(line.text.trim())));
        std::iter::once(self.value.part(self.value.text.trim()))
            .chain(below)
            .filter(|piece| !piece.is_blank())
            .collect()
    }

    /// As it was written, without the bullet.
    pub fn verbatim(&self) -> String {
        let mut text = format!("**{}**: {}", self.key, self.value.text.trim()).trim_end().to_owned();
        for line in &self.below {
            text.push('\n');
            text.push_str(line.text.trim_end());
        }
        text
    }
}

/// A line that opens a field: `- **Key**: value`, `**Key:** value`, or `- Key: value` with a key
/// that is known.
fn field(line: Piece<'_>) -> Option<Written<'_>> {
    let item = list_item(line.text);
    let text = item.unwrap_or(line.text.trim());
    let bold = ["**", "__"].iter().find_map(|mark| text.strip_prefix(mark)?.split_once(mark));
    let (key, value) = match bold {
        Some((key, rest)) => match key.strip_suffix(':') {
            Some(key) => (key, rest),
            None => (key, rest.trim_start().strip_prefix([':', '：'])?),
        },
        None if item.is_some() => text.split_once(':').filter(|(key, _)| Field::of(key) != Field::Other)?,
        None => return None,
    };
    // A bold label inside a list of steps is part of the step.
    let nested = line.indent() >= 2 && Field::of(key.trim()) == Field::Other;
    (!nested).then(|| Written {
        key: key.trim(),
        place: line.place_of(key),
        value: line.part(value.trim()),
        below: Vec::new(),
    })
}

/// Words without their markup's escapes: a backslash before punctuation, and the entities of HTML's own
/// characters (CommonMark, sections 2.4 and 2.5).
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
        let entity = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')].into_iter();
        let (taken, c) = match escaped.filter(char::is_ascii_punctuation) {
            Some(escaped) => (2, escaped),
            None => entity
                .filter(|(name, _)| rest.starts_with(name))
                .map(|(name, c)| (name.len(), c))
                .next()
                .unwrap_or((c.len_utf8(), c)),
        };
        plain.push(c);
        rest = &rest[taken..];
    }
    plain
}

fn is_rule(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 3 && text.bytes().all(|byte| byte == b'-' || byte == b'*' || byte == b'_')
}
