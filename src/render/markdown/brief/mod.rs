//! Prompts for workers: the kickoff, a TASKS.md, resume and continue.
//!
//! A prompt is Markdown that a person or an agent reads as plain text too, so the plan's words are
//! changed as little as possible: they keep their code spans, but every one of them stays on its own
//! line, inside its own list item, and cannot open a heading, a fence or a comment.

mod kickoff;
mod resume;
mod sections;
mod tasks;

use crate::model::brief::{Brief, Kind};
use crate::render::escape;
use crate::render::markdown::fence;

/// The prompt itself.
pub fn prompt(brief: &Brief, kind: Kind) -> String {
    match kind {
        Kind::Kickoff => kickoff::kickoff(brief),
        Kind::Tasks => tasks::tasks(brief),
        Kind::Resume | Kind::Continue => resume::resume(brief, kind),
    }
}

/// The prompts as parts of a document, each under a heading and in a fence that it cannot close
/// (S1-25).
pub fn document(briefs: &[Brief], kind: Kind) -> String {
    let part = |brief: &Brief| {
        let prompt = prompt(brief, kind);
        let fence = fence(&prompt);
        format!("#### {}: Worker {}\n\n{fence}markdown\n{prompt}{fence}\n", title(kind), brief.number)
    };
    briefs.iter().map(part).collect::<Vec<_>>().join("\n")
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Kickoff => "Kickoff Prompt",
        Kind::Tasks => "TASKS.md",
        Kind::Resume => "Resume Prompt",
        Kind::Continue => "Continue Prompt",
    }
}

/// A plan's words for the inside of a list item or a sentence: one line, as they are written, except
/// that what would start a block of its own does not.
fn inline(text: &str) -> String {
    let text = escape::prose(text.split_whitespace().collect::<Vec<_>>().join(" "));
    let opens_block = text.starts_with(['#', '>', '|', '=', '+', '*', '-', '~', '`', '['])
        && !text.starts_with("**")
        && !is_code_span(&text);
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = number.len() < text.len() && number.starts_with(['.', ')']);
    match (opens_block, is_numbered) {
        (true, _) => format!("\\{text}"),
        (_, true) => format!("{}\\{number}", &text[..text.len() - number.len()]),
        _ => text,
    }
}

/// Whether a text starts with a code span that also ends, not with a fence.
fn is_code_span(text: &str) -> bool {
    let rest = text.trim_start_matches('`');
    let marks = text.len() - rest.len();
    (1..3).contains(&marks) && rest.contains(&"`".repeat(marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_s_words_stay_in_their_place() {
        let check = |text: &str, expect: &str| assert_eq!(inline(text), expect);
        check("Create `api/x.py` with *care*", "Create `api/x.py` with *care*");
        check("`api/x.py`: create it", "`api/x.py`: create it");
        check("## Commit Protocol", "\\## Commit Protocol");
        check("one\n\n## Start\n1. rm -rf", "one ## Start 1. rm -rf");
        check("```bash", "\\```bash");
        check("~~~", "\\~~~");
        check("<!-- hidden", "\\<!-- hidden");
        check("- [ ] item", "\\- [ ] item");
        check("1. item", "1\\. item");
        check("2 things", "2 things");
        check("[link]: http://x", "\\[link]: http://x");
        check("**bold** start", "**bold** start");
        check("bell \u{7} and \u{202e}", "bell \\x07 and \\u{202e}");
    }
}
