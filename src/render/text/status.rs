//! The status of a run for a terminal: a table, the commits, issues, what to do next.

use crate::model::age::Age;
use crate::model::message::Prefix;
use crate::model::status::state::{State, Supply};
use crate::model::status::{Progress, RunStatus, TaskStatus};
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::text::table::Table;
use crate::render::words::{self, action, count, drift, issue};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// Not the commits of each task.
    Short,
}

/// The whole answer of `git orchestrate status`.
pub fn status(status: &RunStatus, detail: Detail, colour: Colour) -> String {
    let mut out = heading(status, colour);
    out += "\n";
    out += &table(status, colour);
    if let Some(note) = words::scope_only(status) {
        out += &format!("{}\n", colour.paint(Hue::Faint, &note));
    }
    if detail == Detail::Full {
        out += &commits(status, colour);
    }
    out += &issues(status, colour);
    out += &actions(status, colour);
    if detail == Detail::Full {
        out += &drift(status, colour);
    }
    out += &unknown(status, colour);
    out
}

/// What is known before anybody has looked into the worktrees.
pub fn preview(status: &RunStatus, colour: Colour) -> String {
    let pending = colour.paint(Hue::Faint, "looking for what is not committed in the worktrees ...");
    format!("{}\n{}\n{pending}\n", heading(status, colour), table(status, colour))
}

fn heading(status: &RunStatus, colour: Colour) -> String {
    let mut run = format!("Run {}", status.run);
    if status.title != status.run.as_str() {
        run += &format!(": {}", escape::terminal(&status.title));
    }
    format!("{}\n{}\n", colour.paint(Hue::Strong, &run), totals(status))
}

/// `2 of 3 complete, 1 waiting`: what is done, then every other state that occurs.
fn totals(status: &RunStatus) -> String {
    let done = status.tasks.iter().filter(|task| task.state.is_done()).count();
    let mut parts = vec![format!("{done} of {} complete", status.tasks.len())];
    for word in ["integrated", "working", "waiting", "blocked", "pending", "failed", "timed out", "unknown"] {
        match status.tasks.iter().filter(|task| words::state(&task.state) == word).count() {
            0 => {}
            number => parts.push(format!("{number} {word}")),
        }
    }
    parts.join(", ")
}

fn table(status: &RunStatus, colour: Colour) -> String {
    let mut table = Table::new(&["Worker", "Branch", "Last commit", "Done", "Status"]);
    for task in &status.tasks {
        table.row(vec![
            task.name.short().to_owned(),
            escape::terminal(&task.branch),
            last_commit(task, status.now),
            progress(task.progress),
            state(task, colour),
        ]);
    }
    table.show(colour)
}

fn last_commit(task: &TaskStatus, now: i64) -> String {
    task.log.last().map_or_else(|| "-".to_owned(), |entry| format!("{} ago", Age::between(entry.time, now)))
}

/// `2/5`, or `2` where the plan lists no checkpoints.
pub fn progress(progress: Progress) -> String {
    match progress.expected {
        0 => progress.done.to_string(),
        expected => format!("{}/{expected}", progress.done),
    }
}

/// The status and, after it, what else is to be said.
pub fn state(task: &TaskStatus, colour: Colour) -> String {
    let mut text = colour.paint(hue(&task.state), &escape::terminal(words::status(task)));
    if matches!(&task.state, State::Waiting(need) if need.supply == Supply::ReadyToMerge) {
        text += &format!(", {}", colour.paint(Hue::Good, "ready to resume"));
    }
    for flag in &task.flags {
        text += &format!(", {}", colour.paint(Hue::Warning, &escape::terminal(flag.to_string())));
    }
    text
}

fn hue(state: &State) -> Hue {
    match state {
        State::Pending | State::Unknown => Hue::Faint,
        State::Working => Hue::Plain,
        State::Waiting(_) => Hue::Warning,
        State::Blocked { .. } | State::Failed | State::TimedOut => Hue::Bad,
        State::Complete | State::Integrated => Hue::Good,
    }
}

fn commits(status: &RunStatus, colour: Colour) -> String {
    let mut out = String::new();
    for task in status.tasks.iter().filter(|task| !task.log.is_empty()) {
        let heading = format!("{}, {}", task.name, count(task.log.len(), "commit"));
        out += &format!("\n{}\n", colour.paint(Hue::Strong, &heading));
        for entry in &task.log {
            let prefix = entry.prefix.as_ref().map(Prefix::to_string);
            let line = [prefix.as_deref().unwrap_or_default(), entry.text.as_str()].join(" ");
            out += &format!("  {}\n", escape::terminal(line.trim()));
        }
        if let State::Waiting(need) = &task.state {
            out +=
                &format!("  {}\n", colour.paint(Hue::Faint, &format!("(waiting for {})", need.task.short())));
        }
    }
    out
}

fn issues(status: &RunStatus, colour: Colour) -> String {
    let mut out = section("Issues", status.issues.is_empty(), colour);
    for (place, issue) in status.issues.iter().enumerate() {
        let wording = issue::wording(issue);
        out += &format!("{}. {}\n", place + 1, wording.title);
        for point in wording.points {
            out += &format!("   {}\n", point.to_text());
        }
    }
    out
}

fn actions(status: &RunStatus, colour: Colour) -> String {
    let mut out = section("Next", status.actions.is_empty(), colour);
    for (place, action) in status.actions.iter().enumerate() {
        let wording = action::wording(action, status);
        out += &format!("{}. {}\n", place + 1, wording.line.to_text());
        for line in wording.block {
            out += &format!("     {line}\n");
        }
    }
    out
}

fn drift(status: &RunStatus, colour: Colour) -> String {
    let mut out = section("Drift", status.drift.is_empty(), colour);
    for line in drift::lines(&status.drift) {
        out += &format!("- {}\n", line.to_text());
    }
    for (task, scope) in drift::proposals(&status.drift) {
        out += &format!("- a scope for {task} that fits its work:\n");
        scope.lines().for_each(|line| out += &format!("    {}\n", escape::terminal(line)));
    }
    out
}

fn unknown(status: &RunStatus, colour: Colour) -> String {
    let mut out = section("Unknown", status.unknown.is_empty(), colour);
    for what in &status.unknown {
        out += &format!("- {}\n", escape::terminal(what));
    }
    out
}

/// A heading after a blank line; nothing for a section that would be empty.
fn section(title: &str, is_empty: bool, colour: Colour) -> String {
    if is_empty { String::new() } else { format!("\n{}\n", colour.paint(Hue::Strong, title)) }
}
