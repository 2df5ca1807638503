//! The Markdown form of a plan: the workstream proposal that people and agents already write.
//!
//! ```markdown
//! ## Proposed Workstream Split
//!
//! ### Worker 1: task-1-api-endpoints
//! - **Scope**: `api/analytics/`, `tests/test_api_analytics.py`
//! - **Tasks**:
//!   1. Create analytics API module structure
//! - **Dependencies**: Needs Analytics model from task-2
//! - **Checkpoints**: Commit after each endpoint
//! ```
//!
//! Reading is strict about structure and tolerant about typography: line ends, bullets, fences around
//! the proposal, dashes. What it does not know it keeps as a remark; words in a scope that it does
//! not understand are an error, because they could mean "except". A proposal may stand anywhere in
//! a longer document.

mod dependencies;
mod fields;
mod imports;
mod lines;
mod proposal;
mod scopes;

use crate::model::plan::draft::{Draft, DraftTask};
use crate::model::plan::finding::{Form, Naming};
use crate::model::plan::place::{Lines, Located};
use crate::model::plan::report::Report;
use fields::{Field, Section};
use proposal::{Heading, Proposal};

/// The parts of a proposal's text; what was not understood goes into the report. The run's name is
/// in it only if the document says it.
pub fn draft(text: &str, report: &mut Report<'_>) -> Draft {
    let mut draft = Draft { provides_what_is_needed: true, ..Draft::default() };
    let lines = Lines::of(text);
    let Some(proposal) = Proposal::find(&lines, report) else {
        report.error_in_file(Form::NoProposal);
        return draft;
    };
    draft.title = proposal.title.map(str::to_owned);
    preamble(&proposal.preamble, &mut draft);
    let names: Vec<&str> =
        proposal.workers.iter().filter_map(|worker| Some(worker.heading.name?.0)).collect();
    let references = dependencies::References::to(&names);
    for worker in &proposal.workers {
        draft.tasks.push(task(&worker.heading, &worker.section, &references, report));
    }
    for line in proposal.summary.iter().filter(|line| !line.text.to_lowercase().contains("order")) {
        draft.summary.extend(references.edge(line));
    }
    draft
}

/// Whether a text has what every proposal has: a heading of a worker.
pub fn is_proposal(text: &str) -> bool {
    proposal::has_worker(text)
}

/// What a document may say of the run before the first worker.
fn preamble(section: &Section<'_>, draft: &mut Draft) {
    for field in &section.fields {
        let value = field.value.text.trim().trim_matches('`').to_owned();
        if value.is_empty() {
            continue;
        }
        match field.key.to_ascii_lowercase().as_str() {
            "run" | "feature" => draft.run = Some(Located::new(value, field.value.place())),
            "title" => draft.title = Some(value),
            "base" => draft.base = Some(Located::new(value, field.value.place())),
            _ => {}
        }
    }
}

fn task(
    heading: &Heading<'_>,
    section: &Section<'_>,
    references: &dependencies::References,
    report: &mut Report<'_>,
) -> DraftTask {
    let mut task = DraftTask::at(heading.place);
    task.name = heading.name.map(|(name, place)| Located::new(name.to_owned(), place));
    task.title = heading.title.map(str::to_owned);
    task.number = number(heading, report);
    let mut scope = None;
    let mut seen: Vec<Field> = Vec::new();
    for written in &section.fields {
        let field = Field::of(written.key);
        if field != Field::Other && seen.contains(&field) {
            report.error(written.place, Form::RepeatedField { field: field.name() });
        }
        seen.push(field);
        match field {
            Field::Scope => scope = Some(scopes::entries(written, report)),
            Field::Tasks => task.steps.extend(written.items()),
            Field::Dependencies => task.needs.extend(dependencies::needs(written, references, report)),
            Field::Checkpoints => task.checkpoints.extend(checkpoints(&written.items())),
            Field::Provides => task.provides.extend(provides(&written.items())),
            Field::Title => task.title = written.items().first().map(|title| fields::plain(&title.value)),
            Field::Other => task.remarks.push(written.verbatim()),
        }
    }
    task.remarks.extend(section.remarks.iter().map(|line| line.text.trim().to_owned()));
    if scope.is_none() {
        report.error(heading.place, Form::MissingField { field: "Scope", worker: heading.text.to_owned() });
    }
    task.scope = scope.flatten();
    task
}

fn number(heading: &Heading<'_>, report: &mut Report<'_>) -> Option<Located<u32>> {
    let in_name = heading.name.and_then(|(name, _)| crate::model::name::TaskName::new(name).ok()?.number());
    match in_name {
        Some(name) if name != heading.number => {
            report.error(heading.place, Naming::Heading { heading: heading.number, name });
            None
        }
        _ => Some(Located::new(heading.number, heading.place)),
    }
}

/// "Commit after each model, then after migration" is two checkpoints; a list is what it lists.
fn checkpoints(items: &[Located<String>]) -> Vec<String> {
    let mut checkpoints = Vec::new();
    for item in items {
        let text = item.value.trim().trim_end_matches('.');
        let Some(listed) =
            strip_words(text, &["commit after completing", "commit after", "commit when", "commit"])
        else {
            checkpoints.push(text.to_owned());
            continue;
        };
        for part in listed.trim_start_matches(':').split([',', ';']) {
            let mut part = part.trim();
            while let Some(rest) = strip_words(part, &["then", "after", "and"]) {
                part = rest;
            }
            if !part.is_empty() {
                checkpoints.push(part.to_owned());
            }
        }
    }
    checkpoints
}

fn provides(items: &[Located<String>]) -> Vec<Located<String>> {
    let words = items.iter().flat_map(|item| {
        let words =
            item.value.split([',', ';']).map(|word| word.trim().trim_matches('`').trim_end_matches('.'));
        let named = words.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("none"));
        named.map(|word| Located::new(word.to_owned(), item.place)).collect::<Vec<_>>()
    });
    words.collect()
}

/// What follows the first of several openings, if the text opens with one as whole words.
fn strip_words<'t>(text: &'t str, openings: &[&str]) -> Option<&'t str> {
    openings.iter().find_map(|opening| {
        let head = text.get(..opening.len())?;
        let rest = &text[opening.len()..];
        let whole = !rest.starts_with(|c: char| c.is_alphanumeric());
        (head.eq_ignore_ascii_case(opening) && whole).then(|| rest.trim_start())
    })
}

#[cfg(test)]
mod tests;
