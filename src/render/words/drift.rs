//! What is said of declared scopes and what was really changed.

use crate::model::drift::{Drift, Near, Outside};
use crate::model::plan::write;
use crate::render::words::phrase::Phrase;

/// The most lines of one kind.
const MAX_LINES: usize = 10;

/// What is known of a run's drift, one sentence each.
pub fn lines(drift: &Drift) -> Vec<Phrase> {
    let mut lines = Vec::new();
    for shared in drift.shared.iter().take(MAX_LINES) {
        let names: Vec<&str> = shared.tasks.iter().map(|task| task.short()).collect();
        lines.push(Phrase::new(format!("{} have all changed ", names.join(" and "))).code(&shared.path));
    }
    more(&mut lines, drift.shared.len());
    for task in &drift.tasks {
        let name = task.task.short();
        for pattern in task.untouched.iter().take(MAX_LINES) {
            lines.push(Phrase::new(format!("{name} declared and never changed ")).code(pattern));
        }
        more(&mut lines, task.untouched.len());
        lines.extend(task.outside.iter().take(MAX_LINES).map(|one| outside(name, one)));
        more(&mut lines, task.outside.len());
    }
    lines
}

/// Scopes that would fit: the name of each task, and lines for its part of the plan.
pub fn proposals(drift: &Drift) -> Vec<(&str, String)> {
    let proposal = |task: &crate::model::drift::TaskDrift| Some(write::scope(task.proposal.as_ref()?));
    let with_name = drift.tasks.iter().map(|task| (task.task.as_str(), proposal(task)));
    with_name.filter_map(|(name, scope)| Some((name, scope?))).collect()
}

fn outside(name: &str, outside: &Outside) -> Phrase {
    let changed = Phrase::new(format!("{name} changed ")).code(&outside.path);
    let changed = match &outside.near {
        Some(Near::Beside(pattern)) => changed.words(", just outside of ").code(pattern),
        Some(Near::RenamedFrom(source)) => changed.words(", made from ").code(source).words(" of its scope"),
        None => changed.words(", outside of its scope"),
    };
    match &outside.owner {
        Some(owner) => changed.words(format!("; it belongs to {}", owner.short())),
        None => changed,
    }
}

fn more(lines: &mut Vec<Phrase>, all: usize) {
    if all > MAX_LINES {
        lines.push(Phrase::new(format!("and {} more of that kind", all - MAX_LINES)));
    }
}
