//! One TOML table, taken apart key by key; what is not asked for or has the wrong type is reported.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Keys};
use crate::model::plan::finding::Form;
use crate::model::plan::place::{Lines, Located, Place};
use crate::model::plan::report::Report;

/// What every part of the reader needs.
pub(super) struct Reader<'r, 't> {
    pub lines: &'r Lines<'r>,
    pub report: &'r mut Report<'t>,
}

impl Reader<'_, '_> {
    /// The place where a span begins.
    pub fn place(&self, span: &Range<usize>) -> Place {
        self.lines.place(span.start)
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(&mut self, key: &str, expected: &'static str, value: &Spanned<DeValue<'_>>) {
        let found = type_name(value.get_ref());
        let place = self.place(&value.span());
        self.report.error(place, Form::WrongType { key: key.to_owned(), expected, found });
    }

    /// The text of a value that must be one.
    pub fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Located<String>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, "a string", value);
            return None;
        };
        let place = self.place(&value.span());
        if text.trim().is_empty() {
            self.report.error(place, Form::EmptyText { key: key.to_owned() });
            return None;
        }
        Some(Located::new(text.to_string(), place))
    }
}

/// A table whose keys are known.
pub(super) struct Table<'d, 'i> {
    keys: &'static Keys,
    table: &'d DeTable<'i>,
    /// Where it begins.
    pub place: Place,
}

impl<'d, 'i> Table<'d, 'i> {
    /// Opens a table that begins at a byte offset, and reports the keys that it may not have.
    pub fn open(
        keys: &'static Keys,
        table: &'d DeTable<'i>,
        offset: usize,
        reader: &mut Reader<'_, '_>,
    ) -> Table<'d, 'i> {
        for key in table.keys().filter(|key| !keys.known.contains(&key.get_ref().as_ref())) {
            let place = reader.place(&key.span());
            let nearest = keys::nearest(keys.known, key.get_ref());
            let key = key.get_ref().to_string();
            reader
                .report
                .error(place, Form::UnknownKey { key, table: keys.table, nearest, known: keys.known });
        }
        Table { keys, table, place: reader.lines.place(offset) }
    }

    /// The value of a key, as it is.
    pub fn value(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'i>>> {
        debug_assert!(self.keys.known.contains(&key), "{key} is a key of {}", self.keys.table);
        self.table.get(key)
    }

    /// Whether a key is probably there under a misspelt name, which is reported already.
    pub fn is_misspelt(&self, key: &'static str) -> bool {
        let unknown =
            self.table.keys().filter(|written| !self.keys.known.contains(&written.get_ref().as_ref()));
        self.value(key).is_none()
            && unknown
                .into_iter()
                .any(|written| keys::nearest(self.keys.known, written.get_ref()) == Some(key))
    }

    /// A string that is not empty.
    pub fn text(&mut self, key: &'static str, reader: &mut Reader<'_, '_>) -> Option<Located<String>> {
        self.value(key).and_then(|value| reader.text(key, value))
    }

    /// As [`text`](Self::text), where the key must be there.
    pub fn required_text(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_, '_>,
    ) -> Option<Located<String>> {
        if self.value(key).is_none() && !self.is_misspelt(key) {
            reader.report.error(self.place, Form::MissingKey { key, table: self.keys.table });
        }
        self.text(key, reader)
    }

    /// A list of strings, none of them empty; empty where there is none.
    pub fn texts(&mut self, key: &'static str, reader: &mut Reader<'_, '_>) -> Vec<Located<String>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(list) = value.get_ref() else {
            reader.wrong_type(key, "a list of strings", value);
            return Vec::new();
        };
        list.iter().filter_map(|value| reader.text(key, value)).collect()
    }

    /// As [`texts`](Self::texts), without their places.
    pub fn strings(&mut self, key: &'static str, reader: &mut Reader<'_, '_>) -> Vec<String> {
        self.texts(key, reader).into_iter().map(|text| text.value).collect()
    }

    /// `true` or `false`; false where there is none.
    pub fn flag(&mut self, key: &'static str, reader: &mut Reader<'_, '_>) -> bool {
        let Some(value) = self.value(key) else { return false };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        reader.wrong_type(key, "true or false", value);
        false
    }

    /// One of several words.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_, '_>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(key, reader)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text.value) {
            return Some(*choice);
        }
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        let expected = words.join(" or ");
        let problem = Form::WrongValue { key: key.to_owned(), value: text.value, expected };
        reader.report.error(text.place, problem);
        None
    }

    /// A table in this one.
    pub fn table(
        &mut self,
        key: &'static str,
        keys: &'static Keys,
        reader: &mut Reader<'_, '_>,
    ) -> Option<Table<'d, 'i>> {
        let value = self.value(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong_type(key, "a table", value);
            return None;
        };
        Some(Table::open(keys, table, value.span().start, reader))
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
