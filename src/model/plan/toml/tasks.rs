//! `[[task]]`, with its scope and its needs.

use toml::Spanned;
use toml::de::DeValue;

use super::keys;
use super::table::{Reader, Table};
use crate::model::plan::draft::{DraftAccess, DraftEntry, DraftNeed, DraftTask};
use crate::model::plan::finding::Form;
use crate::model::plan::place::{Located, Place};

pub(super) fn tasks(top: &mut Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<DraftTask> {
    let Some(value) = top.value("task") else { return Vec::new() };
    let DeValue::Array(list) = value.get_ref() else {
        reader.wrong_type("task", "a list of tables, each beginning with `[[task]]`", value);
        return Vec::new();
    };
    list.iter().filter_map(|value| task(value, reader)).collect()
}

fn task(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_, '_>) -> Option<DraftTask> {
    let DeValue::Table(table) = value.get_ref() else {
        reader.wrong_type("task", "a table", value);
        return None;
    };
    let mut table = Table::open(&keys::TASK, table, value.span().start, reader);
    Some(DraftTask {
        place: table.place,
        name: table.required_text("name", reader),
        number: number(&table, reader),
        title: table.text("title", reader).map(|title| title.value),
        scope: scope(&table, reader),
        steps: table.texts("steps", reader),
        checkpoints: table.strings("checkpoints", reader),
        needs: needs(&table, reader),
        provides: table.texts("provides", reader),
        remarks: table.strings("remarks", reader),
    })
}

fn number(table: &Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Option<Located<u32>> {
    let value = table.value("number")?;
    let DeValue::Integer(integer) = value.get_ref() else {
        reader.wrong_type("number", "a whole number", value);
        return None;
    };
    let place = reader.place(&value.span());
    match u32::from_str_radix(integer.as_str(), integer.radix()) {
        // Not only from 1 on: `task-0-setup` has a number, too.
        Ok(number) => Some(Located::new(number, place)),
        Err(_) => {
            let (key, value) = ("number".to_owned(), integer.to_string());
            let expected = "a whole number from 0 on".to_owned();
            reader.report.error(place, Form::WrongValue { key, value, expected });
            None
        }
    }
}

/// `None` if the scope has the wrong type or a misspelt key; that is reported, and is not a scope
/// that is empty.
fn scope(table: &Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Option<Vec<DraftEntry>> {
    let Some(value) = table.value("scope") else {
        return (!table.is_misspelt("scope")).then(Vec::new);
    };
    let DeValue::Array(list) = value.get_ref() else {
        reader.wrong_type("scope", "a list of paths and tables", value);
        return None;
    };
    if list.is_empty() {
        return Some(Vec::new());
    }
    let entries: Vec<DraftEntry> = list.iter().filter_map(|value| entry(value, reader)).collect();
    (!entries.is_empty()).then_some(entries)
}

fn entry(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_, '_>) -> Option<DraftEntry> {
    let table = match value.get_ref() {
        DeValue::String(text) => {
            let path = Located::new(text.to_string(), reader.place(&value.span()));
            return Some(DraftEntry {
                path,
                access: DraftAccess::Edit,
                lines: None,
                why: None,
                shared: false,
                submodule: false,
            });
        }
        DeValue::Table(table) => table,
        _ => {
            reader.wrong_type("scope", "a path or a table", value);
            return None;
        }
    };
    let mut table = Table::open(&keys::ENTRY, table, value.span().start, reader);
    let access = table.choice(
        "access",
        reader,
        &[("edit", DraftAccess::Edit), ("create", DraftAccess::Create), ("append", DraftAccess::Append)],
    );
    let misread = access.is_none() && table.value("access").is_some();
    let lines = table.text("lines", reader).filter(|_| !misread);
    let why = table.text("why", reader).map(|why| why.value);
    let (shared, submodule) = (table.flag("shared", reader), table.flag("submodule", reader));
    let path = table.required_text("path", reader)?;
    Some(DraftEntry { path, access: access.unwrap_or_default(), lines, why, shared, submodule })
}

fn needs(table: &Table<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<DraftNeed> {
    let Some(value) = table.value("needs") else { return Vec::new() };
    let DeValue::Array(list) = value.get_ref() else {
        reader.wrong_type("needs", "a list of `task/item` strings and tables", value);
        return Vec::new();
    };
    list.iter().filter_map(|value| need(value, reader)).collect()
}

fn need(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_, '_>) -> Option<DraftNeed> {
    let table = match value.get_ref() {
        DeValue::Table(table) => table,
        DeValue::String(_) => {
            let (task, item) = split(reader.text("needs", value)?);
            let (text, purpose, until_then, contract) = (None, None, None, None);
            return Some(DraftNeed { task, item, text, purpose, until_then, contract });
        }
        _ => {
            reader.wrong_type("needs", "`task/item` or a table", value);
            return None;
        }
    };
    let mut table = Table::open(&keys::NEED, table, value.span().start, reader);
    let (task, item) = provider(&mut table, reader)?;
    let mut plain = |key| table.text(key, reader).map(|text| text.value);
    Some(DraftNeed {
        task,
        item,
        text: plain("text"),
        purpose: plain("purpose"),
        until_then: plain("until_then"),
        contract: plain("contract"),
    })
}

/// `item = "task-2/AnalyticsEvent"`, or `task = "task-2"` with or without an `item`.
fn provider(
    table: &mut Table<'_, '_>,
    reader: &mut Reader<'_, '_>,
) -> Option<(Located<String>, Option<Located<String>>)> {
    let task = table.text("task", reader);
    match (task, table.text("item", reader)) {
        (None, Some(item)) => Some(split(item)),
        (Some(task), None) => Some((task, None)),
        (Some(task), Some(item)) if !item.value.contains('/') => Some((task, Some(item))),
        (Some(task), Some(item)) => {
            reader.report.error(task.place, Form::Both { first: "task", second: "item" });
            Some(split(item))
        }
        (None, None) => {
            let misread = table.value("task").is_some() || table.value("item").is_some();
            if !misread {
                reader.report.error(table.place, Form::MissingKey { key: "item", table: "a need" });
            }
            None
        }
    }
}

/// `task-2/AnalyticsEvent` is a task and an item, `task-2` only a task.
fn split(text: Located<String>) -> (Located<String>, Option<Located<String>>) {
    let Some((task, item)) = text.value.split_once('/') else { return (text, None) };
    let Place { line, column } = text.place;
    // Past the quote, the task and the slash.
    let item_place = Place { line, column: column + task.chars().count() + 2 };
    (Located::new(task.to_owned(), text.place), Some(Located::new(item.to_owned(), item_place)))
}
