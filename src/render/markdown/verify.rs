//! What verification found, as a document.

use std::fmt::Write as _;

use crate::ops::verify::Outcome;
use crate::render::escape::{code_span, markdown};
use crate::render::text::verify::{idle, words};

/// A heading, a table of the branches, and a list of the findings of each.
pub fn report(outcome: &Outcome) -> String {
    let Some(run) = outcome.subject.run() else {
        return format!("{}\n", markdown(idle(outcome).unwrap_or_default()));
    };
    let mut text = format!("## Verification of {}\n\n| Task | Branch | Result |\n|---|---|---|\n", run);
    for task in &outcome.tasks {
        let _ = writeln!(text, "| {} | {} | {} |", task.task, code_span(&task.branch), words(task));
    }
    for task in outcome.tasks.iter().filter(|task| !task.findings.is_empty()) {
        let _ = write!(text, "\n### {}\n\n", task.task);
        for finding in &task.findings {
            let place = finding
                .commit_id
                .map_or_else(|| "branch".into(), |id| code_span(id.to_hex_with_len(10).to_string()));
            let words = markdown(finding.to_string());
            let _ = writeln!(text, "- {place} {} {}: {words}", finding.severity, code_span(finding.rule()));
        }
    }
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "\nUnknown: {}", markdown(unknown));
    }
    text
}
