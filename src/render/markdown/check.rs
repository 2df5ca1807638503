//! Which paths may be changed, as a list.

use std::fmt::Write as _;

use crate::ops::check::Outcome;
use crate::render::escape::{code_span, markdown};
use crate::render::text::check::{lines, word};

/// One item a path.
pub fn answers(outcome: &Outcome) -> String {
    let mut text = String::new();
    for answer in &outcome.answers {
        let reasons = lines(&answer.verdict).join("; ");
        let colon = if reasons.is_empty() { "" } else { ": " };
        let path = code_span(&answer.asked);
        let _ = writeln!(text, "- {} {path}{colon}{}", word(&answer.verdict), markdown(reasons));
    }
    text
}
