//! The scope entries of one task: patterns, and the expressions of lines that may be added.

use crate::model::pattern::Pattern;
use crate::model::plan::draft::{DraftAccess, DraftEntry, DraftTask};
use crate::model::plan::finding::{Part, Scope};
use crate::model::plan::place::Located;
use crate::model::plan::report::Report;
use crate::model::plan::resolve::Places;
use crate::model::scope::{Access, ScopeEntry};

/// The most bytes that a compiled expression may take; the engine is linear in it.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;

/// The entries of the task that are right. `at` is the task's place in the plan.
pub(super) fn scope(
    task: &DraftTask,
    at: usize,
    report: &mut Report<'_>,
    places: &mut Places,
) -> Vec<ScopeEntry> {
    let Some(written) = &task.scope else { return Vec::new() };
    if written.is_empty() {
        let name = task.name.as_ref().map(|name| name.value.clone());
        let place = task.name.as_ref().map_or(task.place, |name| name.place);
        report.error(place, Scope::Empty { task: name });
    }
    let mut entries = Vec::with_capacity(written.len());
    for entry in written {
        if let Some(right) = entry_of(entry, report) {
            places.put(Part::Scope(at, entries.len()), entry.path.place);
            entries.push(right);
        }
    }
    entries
}

fn entry_of(written: &DraftEntry, report: &mut Report<'_>) -> Option<ScopeEntry> {
    let lines = written.lines.as_ref().and_then(|lines| expression(lines, report));
    if let (Some(lines), false) = (&written.lines, written.access == DraftAccess::Append) {
        report.error(lines.place, Scope::LinesWithoutAppend);
    }
    let text = &written.path.value;
    let pattern = Pattern::parse(text)
        .map_err(|why| report.error(written.path.place, Scope::Pattern { text: text.clone(), why }))
        .ok()?;
    let access = match written.access {
        DraftAccess::Edit => Access::Edit,
        DraftAccess::Create => Access::Create,
        DraftAccess::Append => Access::Append { lines },
    };
    let why = written.why.clone();
    Some(ScopeEntry { pattern, access, why, shared: written.shared, submodule: written.submodule })
}

fn expression(lines: &Located<String>, report: &mut Report<'_>) -> Option<String> {
    let compiled = regex::RegexBuilder::new(&lines.value).size_limit(MAX_EXPRESSION_BYTES).build();
    compiled.map_err(|error| report.error(lines.place, Scope::Lines { why: last_line(&error) })).ok()?;
    Some(lines.value.clone())
}

/// The engine draws the expression over several lines; its last line says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
