//! What a worker is told about a path that somebody else has changed as well.

use std::ops::Range;

use crate::model::contact::{Contact, Outcome};
use crate::model::matrix::Whose;
use crate::render::escape;
use crate::render::words::conflicts::lines;
use crate::render::words::phrase::{self, Phrase};

/// The most stretches of lines of one side.
const MAX_RANGES: usize = 4;

/// The most paths of one conflict.
const MAX_PATHS: usize = 3;

/// `you and task-3 both changed src/x.rs, your lines 10-24, line 12 of task-3: content`
pub fn sentence(contact: &Contact) -> Phrase {
    let with = contact.with.short();
    let both = match contact.with {
        Whose::Task(_) => Phrase::new(format!("you and {with} both changed ")),
        Whose::Base | Whose::Integration => Phrase::new(format!("you and the {with} branch both changed ")),
    };
    let mut sentence = phrase::list(both, &contact.paths, MAX_PATHS);
    if !contact.mine.is_empty() {
        sentence = sentence.words(format!(", your {}", ranges(&contact.mine)));
    }
    if !contact.theirs.is_empty() {
        sentence = sentence.words(format!(", {} of {with}", ranges(&contact.theirs)));
    }
    match &contact.outcome {
        Outcome::Merges => sentence.words("; it merges"),
        Outcome::Conflict(kind) => sentence.words(": ").data(kind),
    }
}

/// `agree with task-3 who changes it: git orchestrate conflicts --path src/x.rs`
pub fn remedy(contact: &Contact) -> Option<Phrase> {
    let look = format!("git orchestrate conflicts --path {}", escape::shell_word(contact.paths.first()?));
    let who = match &contact.with {
        Whose::Task(task) => Phrase::new("agree with ").data(task.short()).words(" who changes it; "),
        Whose::Base | Whose::Integration => Phrase::new("ask the lead before you go on; "),
    };
    Some(who.code(look).words(" shows both"))
}

fn ranges(all: &[Range<usize>]) -> String {
    let shown: Vec<String> = all.iter().take(MAX_RANGES).map(lines).collect();
    let more = if all.len() > MAX_RANGES { " and more" } else { "" };
    let noun = if matches!(all, [one] if one.len() == 1) { "line" } else { "lines" };
    format!("{noun} {}{more}", shown.join(", "))
}
