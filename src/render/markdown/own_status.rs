//! The status of a worker's own task as Markdown.

use crate::model::contact::Outcome;
use crate::model::status::own::OwnStatus;
use crate::model::status::state::Supply;
use crate::render::escape;
use crate::render::markdown::fence;
use crate::render::words::phrase;
use crate::render::words::{self, contact, next};

/// The whole answer.
pub fn own_status(own: &OwnStatus) -> String {
    let task = &own.task;
    let mut out = format!("## Worker {}: {}\n\n", task.number, escape::markdown(task.name.as_str()));
    out += &format!("- Branch: {}\n", escape::code_span(&task.branch));
    out += &format!("- Status: {}\n", phrase::status(&words::status(task)));
    out += &format!("- Checkpoints: {} of {}\n", task.progress.done, task.progress.expected);
    for need in &task.open_needs {
        let supply = match need.supply {
            Supply::Outstanding => "not complete yet",
            Supply::ReadyToMerge => "complete, not merged here",
        };
        let item = escape::code_span(format!("{}/{}", need.task.short(), need.item));
        out += &format!("- Waits for: {item}, {supply}\n");
    }
    for (other, want) in &own.waiting {
        out += &format!("- Needed by: {}: {}\n", escape::markdown(other.short()), escape::markdown(want));
    }
    for (label, paths) in [("in scope", &own.in_scope), ("outside of the scope", &own.outside)] {
        for path in paths {
            out += &format!("- Uncommitted {label}: {}\n", escape::code_span(path));
        }
    }
    for one in &own.contacts {
        let label = if one.outcome == Outcome::Merges { "Shared" } else { "Conflict" };
        out += &format!("- {label}: {}\n", contact::sentence(one).to_markdown());
        if let Some(remedy) = contact::remedy(one).filter(|_| one.outcome != Outcome::Merges) {
            out += &format!("  - {}\n", remedy.to_markdown());
        }
    }
    for what in &own.unknown {
        out += &format!("- Unknown: {}\n", escape::markdown(what));
    }
    let wording = next::wording(&own.next);
    out += &format!("\nNext: {}\n", wording.line.to_markdown());
    if !wording.block.is_empty() {
        let commands = wording.block.join("\n");
        let fence = fence(&commands);
        out += &format!("\n{fence}bash\n{commands}\n{fence}\n");
    }
    out
}
