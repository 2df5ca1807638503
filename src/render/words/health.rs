//! Where something is wrong, and what is to be done about it.

use crate::model::health::{Place, Remedy, Symptom};
use crate::render::escape;
use crate::render::words::count;

/// The place, as it is called in a heading; not escaped.
pub fn place(place: &Place) -> String {
    match place {
        Place::Repository => "repository".into(),
        Place::Worktree { task: Some(task), .. } => task.to_string(),
        Place::Worktree { task: None, path } => path.display().to_string(),
    }
}

/// What to do, on one line and escaped for a terminal.
pub fn remedy(symptom: &Symptom) -> String {
    match symptom.defect.remedy() {
        Remedy::Repair => "git orchestrate doctor --repair".into(),
        Remedy::Run(words) => words.iter().map(word).collect::<Vec<_>>().join(" "),
        Remedy::Words(words) => escape::terminal(words),
    }
}

/// `<plan file>` and the like stand for something, so they are not quoted.
fn word(word: &String) -> String {
    if word.starts_with('<') && word.ends_with('>') { word.clone() } else { escape::shell_word(word) }
}

/// How many hooks of a worktree answered.
pub fn fired(fired: usize, hooks: usize) -> String {
    if fired == hooks {
        format!("{} fire", count(hooks, "hook"))
    } else {
        format!("{fired} of {} fire", count(hooks, "hook"))
    }
}
