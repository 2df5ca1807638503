//! The scope of one worker: paths in backticks, each with what is said of it in parentheses.

use super::fields::Written;
use super::imports;
use super::lines::{Piece, after_dash};
use crate::model::plan::draft::{DraftAccess, DraftEntry};
use crate::model::plan::finding::Form;
use crate::model::plan::place::Located;
use crate::model::plan::report::Report;

/// The entries of a scope; `None` if words in it were not understood.
pub(super) fn entries(field: &Written<'_>, report: &mut Report<'_>) -> Option<Vec<DraftEntry>> {
    let mut entries = Vec::new();
    let mut understood = true;
    for piece in field.pieces() {
        if piece.text.ends_with(':') && !piece.text.contains('`') {
            continue;
        }
        let loose =
            if piece.text.contains('`') { quoted(piece, &mut entries) } else { bare(piece, &mut entries) };
        if let Some(words) = loose {
            report.error(piece.place_of(words), Form::LooseWords { words: words.to_owned() });
            understood = false;
        }
    }
    understood.then_some(entries)
}

/// Reads `path` (note), `path` (note); returns the words that are none of it.
fn quoted<'t>(piece: Piece<'t>, entries: &mut Vec<DraftEntry>) -> Option<&'t str> {
    let mut rest = piece.text;
    let mut loose = None;
    while let Some(open) = rest.find('`') {
        let between = rest[..open].trim_matches(is_separator);
        if !matches!(between.to_ascii_lowercase().as_str(), "" | "and" | "plus") && loose.is_none() {
            loose = Some(between);
        }
        let ticks = rest[open..].bytes().take_while(|byte| *byte == b'`').count();
        let inside = &rest[open + ticks..];
        let Some(close) = inside.find(&rest[open..open + ticks]) else { return Some(&rest[open..]) };
        let path = inside[..close].trim();
        rest = &inside[close + ticks..];
        let (note, after) = note(rest);
        rest = after;
        entries.push(entry(Located::new(path.to_owned(), piece.place_of(path)), note));
    }
    let end = rest.trim_matches(is_separator);
    match after_dash(rest) {
        // "`path` - create this file", where it is the only path of its line.
        Some(note) if !note.is_empty() && loose.is_none() && piece.text.matches('`').count() == 2 => {
            let last = entries.pop()?;
            entries.push(entry(last.path, Some(note)));
            None
        }
        _ => loose.or((!end.is_empty()).then_some(end)),
    }
}

/// Reads paths without backticks: words between commas, each with its note.
fn bare<'t>(piece: Piece<'t>, entries: &mut Vec<DraftEntry>) -> Option<&'t str> {
    let mut rest = piece.text.trim_matches(is_separator);
    while !rest.is_empty() {
        let path = rest.split([',', ';', '(', ' ']).next().unwrap_or(rest);
        let path = if rest.len() == path.len() { path.trim_end_matches('.') } else { path };
        let (note, after) = note(&rest[path.len()..]);
        let next = after.trim_start();
        if !(next.is_empty() || next == "." || next.starts_with([',', ';'])) {
            return Some(rest.trim());
        }
        let none = matches!(path.to_ascii_lowercase().as_str(), "none" | "n/a" | "-");
        if !none {
            entries.push(entry(Located::new(path.to_owned(), piece.place_of(path)), note));
        }
        rest = after.trim_start_matches(is_separator);
    }
    None
}

/// The note in parentheses that a text begins with, and what follows it.
fn note(text: &str) -> (Option<&str>, &str) {
    let inner = text.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    inner.map_or((None, text), |(note, rest)| (Some(note.trim()), rest))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '.' | '&')
}

/// What a note means, where it means more than it says: "add imports only" allows only that
/// (S1-58); "create this file" allows the file whether or not it exists (S1-59).
fn entry(path: Located<String>, note: Option<&str>) -> DraftEntry {
    let words = note.unwrap_or_default().to_lowercase();
    let only = words.contains("only");
    let imports = only && (words.contains("import") || words.contains("export"));
    let append = imports || only && (words.contains("append") || words.contains("add"));
    DraftEntry {
        lines: imports.then(|| Located::new(imports::LINES.to_owned(), path.place)),
        access: if append { DraftAccess::Append } else { DraftAccess::Edit },
        why: note.filter(|note| !note.is_empty()).map(str::to_owned),
        shared: words == "shared",
        submodule: words == "submodule",
        path,
    }
}
