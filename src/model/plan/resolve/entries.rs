//! The scope entries of one task: patterns, and the expressions of lines that may be added.

use std::collections::HashMap;

use crate::model::pattern::Pattern;
use crate::model::plan::draft::{DraftAccess, DraftEntry, DraftTask};
use crate::model::plan::finding::{Part, Scope};
use crate::model::plan::place::Located;
use crate::model::plan::resolve::Resolver;
use crate::model::scope::{Access, ScopeEntry};

/// The most bytes that a compiled expression may take; the engine is linear in it.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;

/// The most different expressions of a plan.
const MAX_EXPRESSIONS: usize = 100;

/// The expressions that were compiled so far, and what the engine said of each.
#[derive(Debug, Default)]
pub(super) struct Expressions(HashMap<String, Result<(), String>>);

impl Expressions {
    /// Whether the engine takes an expression; else why not.
    fn check(&mut self, text: &str) -> Result<(), String> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        if self.0.len() == MAX_EXPRESSIONS {
            return Err(format!("the plan has more than {MAX_EXPRESSIONS} different ones"));
        }
        let compiled = regex::RegexBuilder::new(text).size_limit(MAX_EXPRESSION_BYTES).build();
        let answer = compiled.map(drop).map_err(|error| last_line(&error));
        self.0.insert(text.to_owned(), answer.clone());
        answer
    }
}

impl Resolver<'_, '_, '_> {
    /// The entries of the task that are right. `at` is the task's place in the plan.
    pub(super) fn scope(&mut self, task: &DraftTask, at: usize) -> Vec<ScopeEntry> {
        let Some(written) = &task.scope else { return Vec::new() };
        if written.is_empty() {
            let name = task.name.as_ref().map(|name| name.value.clone());
            let place = task.name.as_ref().map_or(task.place, |name| name.place);
            self.report.error(place, Scope::Empty { task: name });
        }
        let mut entries = Vec::with_capacity(written.len());
        for entry in written {
            if let Some(right) = self.entry(entry) {
                self.resolved.places.put(Part::Scope(at, entries.len()), entry.path.place);
                entries.push(right);
            }
        }
        entries
    }

    fn entry(&mut self, written: &DraftEntry) -> Option<ScopeEntry> {
        let lines = written.lines.as_ref().and_then(|lines| self.expression(lines));
        if let (Some(lines), false) = (&written.lines, written.access == DraftAccess::Append) {
            self.report.error(lines.place, Scope::LinesWithoutAppend);
        }
        let text = &written.path.value;
        let pattern = Pattern::parse(text)
            .map_err(|why| self.report.error(written.path.place, Scope::Pattern { text: text.clone(), why }))
            .ok()?;
        let access = match written.access {
            DraftAccess::Edit => Access::Edit,
            DraftAccess::Create => Access::Create,
            DraftAccess::Append => Access::Append { lines },
        };
        let why = written.why.clone();
        Some(ScopeEntry { pattern, access, why, shared: written.shared, submodule: written.submodule })
    }

    fn expression(&mut self, lines: &Located<String>) -> Option<String> {
        let answer = self.expressions.check(&lines.value);
        answer.map_err(|why| self.report.error(lines.place, Scope::Lines { why })).ok()?;
        Some(lines.value.clone())
    }
}

/// The engine draws the expression over several lines; its last line says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
