//! What the doctor found, as a document.

use std::fmt::Write as _;

use crate::model::health::Symptom;
use crate::ops::doctor::Outcome;
use crate::render::escape::{code_span, markdown};
use crate::render::words::health;

/// A heading, a table of the worktrees, and a list of the defects with their remedies.
pub fn report(outcome: &Outcome) -> String {
    let mut text = String::from("## Health\n");
    if !outcome.worktrees.is_empty() {
        text.push_str("\n| Task | Worktree | Hooks |\n|---|---|---|\n");
    }
    for one in &outcome.worktrees {
        let path = code_span(one.path.display().to_string());
        let _ = writeln!(text, "| {} | {path} | {} |", one.task, health::fired(one.fired, one.hooks));
    }
    for line in health::arrangement(outcome) {
        let _ = write!(text, "\n- {}", markdown(line));
    }
    text.push('\n');
    section(&mut text, "Wrong", &outcome.symptoms);
    section(&mut text, "Mended", &outcome.mended);
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "\nUnknown: {}", markdown(unknown));
    }
    if outcome.is_healthy() && outcome.symptoms.is_empty() {
        text.push_str("\nNothing is wrong.\n");
    }
    text
}

fn section(text: &mut String, title: &str, symptoms: &[Symptom]) {
    if symptoms.is_empty() {
        return;
    }
    let _ = write!(text, "\n### {title}\n\n");
    for symptom in symptoms {
        let place = markdown(health::place(&symptom.place));
        let (severity, rule) = (symptom.defect.severity(), code_span(symptom.defect.rule()));
        let words = markdown(symptom.defect.to_string());
        let _ = writeln!(text, "- {place}: {severity} {rule}: {words}");
        if title == "Wrong" {
            let _ = writeln!(text, "  - Remedy: {}", code_span(health::remedy(symptom)));
        }
    }
}
