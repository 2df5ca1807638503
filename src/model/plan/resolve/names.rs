//! Names of tasks and items, titles that are made of them, and names that are made of titles.

use std::collections::HashSet;

use crate::model::name::{ItemName, MAX_LEN, TaskName};
use crate::model::plan::draft::DraftTask;
use crate::model::plan::finding::Naming;
use crate::model::plan::place::Located;
use crate::model::plan::report::Report;

/// The names of the tasks; `None` for what is no name or the second of its kind.
pub(super) fn task_names(tasks: &[DraftTask], report: &mut Report<'_>) -> Vec<Option<TaskName>> {
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(tasks.len());
    for (task, place) in tasks.iter().zip(1u32..) {
        let number = task.number.as_ref().map_or(place, |number| number.value);
        let name = task.name.as_ref().and_then(|written| task_name(written, number, report));
        names.push(name.filter(|name| {
            let is_new = seen.insert(name.clone());
            if let (false, Some(written)) = (is_new, &task.name) {
                report.error(written.place, Naming::Duplicate(name.clone()));
            }
            is_new
        }));
    }
    names
}

fn task_name(written: &Located<String>, number: u32, report: &mut Report<'_>) -> Option<TaskName> {
    let text = &written.value;
    let numbered = |slug: String| match TaskName::new(&slug) {
        Ok(name) if name.number().is_some() => slug,
        _ => format!("task-{number}-{slug}"),
    };
    TaskName::new(text)
        .map_err(|why| {
            let instead = slug(text).map(numbered);
            report.error(written.place, Naming::Invalid { of: "task", text: text.clone(), why, instead });
        })
        .ok()
}

/// What tasks are called whose names are no names.
pub(super) fn broken(tasks: &[DraftTask], names: &[Option<TaskName>]) -> HashSet<String> {
    let broken = tasks.iter().zip(names).filter(|(_, name)| name.is_none());
    broken.filter_map(|(task, _)| task.name.as_ref()).map(|name| name.value.clone()).collect()
}

/// The name of an item, if it is one.
pub(super) fn item_name(written: &Located<String>, report: &mut Report<'_>) -> Option<ItemName> {
    let text = &written.value;
    ItemName::new(text)
        .map_err(|why| {
            let problem = Naming::Invalid { of: "item", text: text.clone(), why, instead: slug(text) };
            report.error(written.place, problem);
        })
        .ok()
}

/// What a name says to people: `Models migrations` for `task-2-models-migrations` (S1-77).
pub fn title_of(name: &TaskName) -> String {
    let text = name.as_str();
    let words = ["task-", "issue-"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let words = match name.number() {
        Some(_) => words.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => words,
    };
    let words = words.replace(['-', '_', '.'], " ");
    let mut letters = words.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}

/// A name that comes near a text that is none; `None` if no letter or digit is in it.
pub fn slug(text: &str) -> Option<String> {
    /// What may still be put before it, such as `task-12-`.
    const ROOM: usize = 10;
    let mut slug = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => slug.push(c.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(MAX_LEN - ROOM);
    let slug = slug.trim_end_matches('-').to_owned();
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_titles_come_near_each_other() {
        let title = |name: &str| title_of(&TaskName::new(name).expect("a name"));
        assert_eq!(title("task-2-models-migrations"), "Models migrations");
        assert_eq!(title("core_pipeline"), "Core pipeline");
        assert_eq!(title("task-2"), "task-2");
        assert_eq!(slug("API endpoints (v2)!").as_deref(), Some("api-endpoints-v2"));
        assert_eq!(slug("é…"), None);
        let long = slug(&"long ".repeat(40)).expect("letters are in it");
        assert!(TaskName::new(&format!("task-12-{long}")).is_ok(), "{long}");
    }
}
