//! Where something is wrong, and what is to be done about it.

use bstr::ByteSlice;

use crate::model::health::configured::{ConfiguredHook, Support};
use crate::model::health::{Place, Remedy, Symptom};
use crate::ops::doctor::Outcome;
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

/// Where our hooks are, and which run before them, each on a line; not escaped.
pub fn arrangement(outcome: &Outcome) -> Vec<String> {
    let place = outcome.hooks.iter().map(|directory| {
        format!("our hooks are in {}; core.hooksPath in each worktree names them", directory.display())
    });
    place.chain(outcome.configured.iter().map(|hook| configured(hook, &outcome.support))).collect()
}

fn configured(hook: &ConfiguredHook, support: &Support) -> String {
    let file = hook.file.as_ref().map_or("the command line".into(), |path| path.display().to_string());
    let what = format!("the hook {} for {} from {file}", hook.name, bstr::join(", ", &hook.events).as_bstr());
    match support {
        Support::Ignores(version) => format!("{what} does not run: git {version} knows none of its kind"),
        Support::Runs if !hook.is_enabled => format!("{what} is switched off"),
        Support::Runs => format!("{what} runs before ours"),
    }
}

/// How many hooks of a worktree answered.
pub fn fired(fired: usize, hooks: usize) -> String {
    if fired == hooks {
        format!("{} fire", count(hooks, "hook"))
    } else {
        format!("{fired} of {} fire", count(hooks, "hook"))
    }
}
