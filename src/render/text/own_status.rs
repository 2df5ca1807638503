//! The status of a worker's own task for a terminal.

use bstr::BString;

use crate::model::age::Age;
use crate::model::contact::Outcome;
use crate::model::status::Progress;
use crate::model::status::own::OwnStatus;
use crate::model::status::state::Supply;
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::text::status::{progress, state};
use crate::render::words::{contact, count, next};

/// The most paths that are listed on one line.
const MAX_PATHS: usize = 5;

/// The whole answer of `git worker status`.
pub fn own_status(own: &OwnStatus, colour: Colour) -> String {
    let task = &own.task;
    let heading = format!("Worker {}, {}: {}", task.number, task.name, escape::terminal(&task.title));
    let mut out = format!("{}\n\n", colour.paint(Hue::Strong, &heading));
    for (label, text) in lines(own, colour) {
        out += &format!("{label:<11}{text}\n");
    }
    out += &contacts(own, colour);
    let wording = next::wording(&own.next);
    out += &format!("\n{}\n", colour.paint(Hue::Strong, &format!("Next: {}", wording.line.to_text())));
    for line in wording.block {
        out += &format!("  {line}\n");
    }
    out
}

fn done(checkpoints: Progress) -> String {
    match checkpoints.expected {
        0 => count(checkpoints.done, "checkpoint"),
        _ => format!("{} checkpoints", progress(checkpoints)),
    }
}

fn lines(own: &OwnStatus, colour: Colour) -> Vec<(&'static str, String)> {
    let task = &own.task;
    let last =
        task.log.last().map(|entry| format!(", last commit {} ago", Age::between(entry.time, own.now)));
    let mut lines = vec![
        ("Branch", escape::terminal(&task.branch)),
        ("Status", state(task, colour)),
        ("Done", format!("{}{}", done(task.progress), last.unwrap_or_default())),
    ];
    for need in &task.open_needs {
        let supply = match need.supply {
            Supply::Outstanding => "not complete yet",
            Supply::ReadyToMerge => "complete, not merged here",
        };
        lines.push(("Waits for", format!("{}/{}, {supply}", need.task.short(), need.item)));
    }
    for (other, want) in &own.waiting {
        lines.push(("Needed by", format!("{}: {}", other.short(), escape::terminal(want))));
    }
    for (label, paths) in [("In scope", &own.in_scope), ("Outside", &own.outside)] {
        if !paths.is_empty() {
            lines.push((label, uncommitted(paths)));
        }
    }
    lines
}

/// Everything that does not merge with what to do about it, then a little of what does.
fn contacts(own: &OwnStatus, colour: Colour) -> String {
    let mut out = String::new();
    let (conflicts, merging): (Vec<_>, Vec<_>) =
        own.contacts.iter().partition(|contact| contact.outcome != Outcome::Merges);
    for one in &conflicts {
        let sentence = contact::sentence(one).to_text();
        out += &format!("{:<11}{}\n", "Conflict", colour.paint(Hue::Bad, &sentence));
        out +=
            &contact::remedy(one).map_or(String::new(), |remedy| format!("{:<11}{}\n", "", remedy.to_text()));
    }
    for one in merging.iter().take(MAX_PATHS) {
        out += &format!("{:<11}{}\n", "Shared", contact::sentence(one).to_text());
    }
    if merging.len() > MAX_PATHS {
        out += &format!("{:<11}and {} more, which merge\n", "", merging.len() - MAX_PATHS);
    }
    for what in &own.unknown {
        out += &format!("{:<11}{}\n", "Unknown", escape::terminal(what));
    }
    out
}

fn uncommitted(paths: &[BString]) -> String {
    let shown: Vec<String> = paths.iter().take(MAX_PATHS).map(escape::terminal).collect();
    let more = if paths.len() > MAX_PATHS { ", …" } else { "" };
    format!("{} uncommitted: {}{more}", count(paths.len(), "path"), shown.join(", "))
}
