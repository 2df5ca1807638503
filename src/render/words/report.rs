//! What happened in a run, as parts of a page.

use crate::model::age::Age;
use crate::model::report::{Effort, Merged, Report, TaskReport, Test};
use crate::render::page::Block;
use crate::render::words::phrase::Phrase;
use crate::render::words::{self, count, drift, short};

/// The whole page.
pub fn blocks(report: &Report) -> Vec<Block> {
    let mut blocks = vec![Block::Title(title(report)), Block::Lines(times(report)), tasks(report)];
    let mut add = |heading, block: Block, is_empty: bool| {
        if !is_empty {
            blocks.extend([Block::Heading(heading), block]);
        }
    };
    let done: Vec<Phrase> = report.tasks.iter().flat_map(achievements).collect();
    add("Done", Block::List(done.clone()), done.is_empty());
    let tests: Vec<Phrase> = report.tests.iter().map(test).collect();
    add("Tested", Block::List(tests.clone()), tests.is_empty());
    let merges: Vec<Phrase> = report.merges.iter().map(merge).collect();
    add("Merged", Block::List(merges.clone()), merges.is_empty());
    let lines = drift::lines(&report.drift);
    add("Drift", Block::List(lines.clone()), lines.is_empty());
    for (task, scope) in drift::proposals(&report.drift) {
        blocks.push(Block::Lines(vec![Phrase::new("A scope for ").data(task).words(" that fits its work:")]));
        blocks.push(Block::Code("toml", scope));
    }
    if !report.unknown.is_empty() {
        blocks.push(Block::Heading("Unknown"));
        blocks.push(Block::List(report.unknown.iter().map(|what| Phrase::default().data(what)).collect()));
    }
    blocks
}

fn title(report: &Report) -> Phrase {
    let run = report.run.as_str();
    let title = Phrase::new("Run ").data(run);
    if report.title == run { title } else { title.words(": ").data(&report.title) }
}

/// The sums, with the formula that they come from.
fn times(report: &Report) -> Vec<Phrase> {
    let base =
        Phrase::new(format!("{} from {}", count(report.tasks.len(), "task"), short(report.base_commit_id)));
    let line = |what: &str, effort: Option<Effort>| {
        let effort = effort?;
        let (worked, passed) = (duration(effort.worked), duration(effort.passed));
        let faster =
            effort.speed_up().map(|times| format!(", {times:.1} times as fast as one after the other"));
        let faster = faster.unwrap_or_default();
        Some(Phrase::new(format!("{what}: {worked} of work in {passed}{faster}")))
    };
    let lines = [line("Development", report.development), line("With integration", report.overall)];
    std::iter::once(base).chain(lines.into_iter().flatten()).collect()
}

fn tasks(report: &Report) -> Block {
    let row = |task: &TaskReport| {
        let cell = |text: String| Phrase::new(text);
        let errors =
            if task.errors == 0 { String::new() } else { format!(", {}", count(task.errors, "error")) };
        vec![
            Phrase::default().data(task.name.as_str()),
            cell(format!("{}{errors}", words::state(&task.state))),
            cell(task.seconds().map_or_else(|| "-".to_owned(), duration)),
            cell(task.commits.to_string()),
            cell(task.paths.to_string()),
            cell(format!("+{} -{}", task.lines.added, task.lines.removed)),
        ]
    };
    let headings = vec!["Task", "State", "Time", "Commits", "Paths", "Lines"];
    Block::Table(headings, report.tasks.iter().map(row).collect())
}

fn achievements(task: &TaskReport) -> Vec<Phrase> {
    let line = |text: &String| Phrase::default().data(task.name.short()).words(": ").data(text);
    task.summary.iter().map(line).collect()
}

fn test(test: &Test) -> Phrase {
    let phrase = Phrase::new(if test.passed { "passed: " } else { "failed: " }).code(&test.command);
    let phrase = match test.tree_id {
        Some(id) => phrase.words(format!(" on tree {}", short(id))),
        None => phrase,
    };
    match &test.task {
        Some(task) => phrase.words(", ").data(task.short()),
        None => phrase,
    }
}

fn merge(merged: &Merged) -> Phrase {
    let what = match &merged.task {
        Some(task) => Phrase::default().data(task.short()).words(": "),
        None => Phrase::default(),
    };
    let what = what.data(merged.text.lines().next().unwrap_or_default());
    match merged.commit_id {
        Some(id) => what.words(format!(" ({})", short(id))),
        None => what,
    }
}

/// Its two largest units, such as `2h 40m`.
fn duration(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(3);
    let (size, unit) = units[first];
    let rest = units.get(first + 1).map(|(small, unit)| (seconds % size / small, unit));
    match rest {
        Some((count, small)) if count > 0 => format!("{}{unit} {count}{small}", seconds / size),
        _ => Age { seconds }.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_has_two_units() {
        let check = |seconds, expect: &str| assert_eq!(duration(seconds), expect);
        check(0, "0s");
        check(59, "59s");
        check(60, "1m");
        check(61, "1m 1s");
        check(9_600, "2h 40m");
        check(86_400 + 59, "1d");
        check(2 * 86_400 + 3_600, "2d 1h");
    }
}
