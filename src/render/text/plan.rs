//! A plan for a terminal: who does what where, in which waves, and what is wrong with it.

use crate::model::finding::Severity;
use crate::model::plan::finding::PlanFinding;
use crate::model::plan::{DependencyMode, Plan, Task};
use crate::model::schedule::Schedule;
use crate::model::scope::{Access, ScopeEntry};
use crate::ops::plan::Outcome;
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::text::table::Table;
use crate::render::words::count;
use crate::render::words::plan as words;

/// The whole answer of `git orchestrate plan`.
pub fn plan(outcome: &Outcome, colour: Colour) -> String {
    let mut parts = Vec::new();
    if let (Some(plan), Some(schedule)) = (&outcome.reading.plan, &outcome.schedule) {
        parts.push(heading(plan, schedule, colour));
        parts.push(tasks(plan, colour));
        parts.extend(waves(plan, schedule, colour));
        parts.extend(cross_dependencies(plan, schedule, colour));
    }
    parts.extend(findings(&outcome.reading.findings, colour));
    parts.join("\n")
}

fn heading(plan: &Plan, schedule: &Schedule, colour: Colour) -> String {
    let mut run = format!("Run {}", plan.run);
    if plan.title != plan.run.as_str() {
        run += &format!(": {}", escape::terminal(&plan.title));
    }
    let mut size = count(plan.tasks.len(), "task");
    if schedule.waves.len() > 1 {
        size += &format!(" in {} waves", schedule.waves.len());
    }
    let base = escape::terminal(&plan.base);
    let integration = plan.layout.integration(&plan.run);
    let head = colour.paint(Hue::Strong, &run);
    format!("{head}\n{size}, from {base}, merged into {integration}\n{}", settings(plan))
}

/// What the plan asks beyond the tasks, a line each; commands are shown, because they will be run.
fn settings(plan: &Plan) -> String {
    let mut lines = Vec::new();
    if plan.dependencies == DependencyMode::Strict {
        lines.push("Needs must be met before a task commits".to_owned());
    }
    if plan.setup.sparse {
        lines.push("Worktrees hold only the directories of a task's scope and of what it needs".to_owned());
    }
    lines.extend(plan.setup.copy.iter().map(|file| format!("Copies to each worktree: {file}")));
    lines.extend(plan.setup.run.iter().map(|command| format!("Runs in each worktree: {command}")));
    lines.extend(
        plan.protocol.evidence.iter().map(|command| format!("Must pass before [COMPLETE]: {command}")),
    );
    let generated = plan.integrate.generated.iter();
    lines.extend(generated.map(|one| format!("Makes {} anew where it conflicts: {}", one.path, one.run)));
    lines.iter().map(|line| format!("{}\n", escape::terminal(line))).collect()
}

/// One row for each scope entry; the first of a task also says who and what for.
fn tasks(plan: &Plan, colour: Colour) -> String {
    let mut table = Table::new(&["Worker", "Task", "Needs", "Scope"]);
    for task in &plan.tasks {
        let mut needs = task.needs.iter().map(words::need).collect::<Vec<_>>();
        needs.dedup();
        for row in 0..needs.len().max(task.scope.len()).max(1) {
            let first = |text: String| if row == 0 { text } else { String::new() };
            table.row(vec![
                first(task.number.to_string()),
                first(task.name.to_string()),
                needs.get(row).cloned().unwrap_or_default(),
                task.scope.get(row).map(|entry| self::entry(entry, colour)).unwrap_or_default(),
            ]);
        }
    }
    table.show(colour)
}

fn entry(entry: &ScopeEntry, colour: Colour) -> String {
    let mut notes = Vec::new();
    match &entry.access {
        Access::Edit => {}
        Access::Create => notes.push("create only".to_owned()),
        Access::Append { .. } => notes.push("append only".to_owned()),
    }
    notes.extend(entry.why.as_deref().map(escape::terminal));
    notes.extend(entry.shared.then(|| "shared".to_owned()));
    notes.extend(entry.submodule.then(|| "submodule".to_owned()));
    let path = escape::terminal(entry.pattern.as_str());
    if notes.is_empty() {
        return path;
    }
    format!("{path} {}", colour.paint(Hue::Faint, &format!("({})", notes.join("; "))))
}

/// What can run at the same time. One wave says nothing that the table does not.
fn waves(plan: &Plan, schedule: &Schedule, colour: Colour) -> Option<String> {
    if schedule.waves.len() < 2 {
        return None;
    }
    let mut out = format!("{}\n", colour.paint(Hue::Strong, "Waves"));
    for (place, wave) in schedule.waves.iter().enumerate() {
        let names: Vec<&str> = wave.iter().map(|task| name(plan, *task).short()).collect();
        out += &format!("{}. {}\n", place + 1, names.join(", "));
    }
    let path = words::chain(schedule.critical_path.iter().map(|task| name(plan, *task)));
    out += &format!("Critical path: {path}\n");
    Some(out)
}

fn name(plan: &Plan, place: usize) -> &crate::model::name::TaskName {
    let task: &Task = &plan.tasks[place];
    &task.name
}

fn cross_dependencies(plan: &Plan, schedule: &Schedule, colour: Colour) -> Option<String> {
    let lines = words::cross_dependencies(plan, schedule);
    if lines.is_empty() {
        return None;
    }
    let mut out = format!("{}\n", colour.paint(Hue::Strong, "Cross-dependencies"));
    for line in lines {
        out += &format!("- {}\n", escape::terminal(line));
    }
    Some(out)
}

/// Every finding with its place and remedy, and how many there are; `None` if there is none.
pub fn findings(findings: &[PlanFinding], colour: Colour) -> Option<String> {
    if findings.is_empty() {
        return None;
    }
    let mut out: String = findings.iter().map(|finding| self::finding(finding, colour)).collect();
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let parts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun));
    out += &format!("{}\n", parts.collect::<Vec<_>>().join(", "));
    Some(out)
}

fn finding(finding: &PlanFinding, colour: Colour) -> String {
    let severity = match finding.severity {
        Severity::Error => colour.paint(Hue::Bad, "error"),
        Severity::Warning => colour.paint(Hue::Warning, "warning"),
    };
    let place = words::location(finding).map(|place| format!("{}: ", escape::terminal(place)));
    let message = escape::terminal(finding.to_string());
    let remedy = escape::terminal(finding.remedy());
    format!("{}{severity}: {message}\n  hint: {remedy}\n", place.unwrap_or_default())
}

/// The set-up as the commands that a person could type (S1-19).
pub fn commands(plan: &Plan) -> String {
    let mut directories: Vec<String> = Vec::new();
    let mut adds = String::new();
    for task in &plan.tasks {
        let path = plan.layout.worktree(&plan.run, task);
        let directory = path.rsplit_once('/').map(|(directory, _)| directory.to_owned());
        directories.extend(directory.filter(|directory| !directories.contains(directory)));
        let [path, branch, base] =
            [&path, &plan.layout.branch(&plan.run, task), &plan.base].map(escape::shell_word);
        adds += &format!("git worktree add {path} -b {branch} {base}\n");
    }
    let mut out = String::new();
    for directory in directories {
        out += &format!("mkdir -p {}\n", escape::shell_word(directory));
    }
    out + &adds + "git worktree list\n"
}
