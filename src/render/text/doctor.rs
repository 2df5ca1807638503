//! What the doctor found, place by place.

use std::fmt::Write as _;

use crate::model::finding::Severity;
use crate::model::health::{Place, Symptom};
use crate::ops::doctor::Outcome;
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::words::health;

/// A line for each worktree, then one for each defect with its remedy below, grouped by place.
pub fn report(outcome: &Outcome, colour: Colour) -> String {
    let mut text = String::new();
    if outcome.runs.is_empty() {
        text.push_str("no run is active in this repository\n");
    }
    let width = outcome.worktrees.iter().map(|one| one.task.as_str().len()).max().unwrap_or_default();
    for one in &outcome.worktrees {
        let hue = if one.fired == one.hooks { Hue::Good } else { Hue::Bad };
        let fired = colour.paint(hue, &health::fired(one.fired, one.hooks));
        let _ = writeln!(text, "{:width$}  {fired}", one.task);
    }
    for line in health::arrangement(outcome) {
        let _ = writeln!(text, "{}", escape::terminal(line));
    }
    for symptom in &outcome.mended {
        let place = escape::terminal(health::place(&symptom.place));
        let _ = writeln!(text, "mended  {place}: {}", escape::terminal(symptom.defect.to_string()));
    }
    let mut place: Option<&Place> = None;
    for symptom in &outcome.symptoms {
        if place != Some(&symptom.place) {
            let name = escape::terminal(health::place(&symptom.place));
            let _ = writeln!(text, "\n{}", colour.paint(Hue::Strong, &name));
            place = Some(&symptom.place);
        }
        text.push_str(&lines(symptom, colour));
    }
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "unknown: {}", escape::terminal(unknown));
    }
    if outcome.is_healthy() && outcome.symptoms.is_empty() {
        text.push_str("nothing is wrong\n");
    }
    text
}

fn lines(symptom: &Symptom, colour: Colour) -> String {
    let (hue, severity) = match symptom.defect.severity() {
        Severity::Error => (Hue::Bad, "error  "),
        Severity::Warning => (Hue::Warning, "warning"),
    };
    let words = escape::terminal(symptom.defect.to_string());
    let severity = colour.paint(hue, severity);
    format!(
        "  {severity}  {}  {words}\n           remedy: {}\n",
        symptom.defect.rule(),
        health::remedy(symptom)
    )
}
