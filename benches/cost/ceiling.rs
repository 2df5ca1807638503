//! The small form, which no busy machine can disturb: instructions of what runs most often, against
//! a file of ceilings. Each is a tenth above what was counted when it was written.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

use crate::hooks::{Desk, HOOKS, Size};
use crate::measure::instructions;
use crate::status;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ceiling.txt");

/// How far a count may be above what it was.
const SLACK: f64 = 1.1;

/// Counts, and compares; or writes the ceilings.
pub fn run(raise: bool) -> ExitCode {
    let counted = count();
    if raise {
        let lines = counted.iter().map(|(what, count)| format!("{:.2} {what}\n", count * SLACK));
        std::fs::write(FILE, lines.collect::<String>()).expect("a written file");
        return ExitCode::SUCCESS;
    }
    let text = std::fs::read_to_string(FILE).expect("benches/ceiling.txt");
    let ceilings: BTreeMap<&str, f64> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(count, what)| Some((what, count.parse().ok()?)))
        .collect();
    let mut is_kept = ceilings.len() == counted.len();
    for (what, count) in &counted {
        let ceiling = ceilings.get(what.as_str()).copied().unwrap_or(0.0);
        let verdict = if *count <= ceiling { "kept" } else { "EXCEEDED" };
        println!("{what:50} {count:8.2} M instructions, ceiling {ceiling:8.2} {verdict}");
        is_kept &= *count <= ceiling;
    }
    if is_kept {
        return ExitCode::SUCCESS;
    }
    println!("hint: where it costs more for a good reason: cargo bench -- --ceiling --raise");
    ExitCode::FAILURE
}

/// Millions of instructions of each.
fn count() -> BTreeMap<String, f64> {
    let mut counted = BTreeMap::new();
    for (files, own) in [(200, 0), (5_000, 50)] {
        let mut desk = Desk::build(Size { files, tasks: 20 });
        desk.advance(own);
        for event in HOOKS {
            desk.prepare(event, 1);
            let what = format!("{event}, {files} files, {own} own commits");
            counted.insert(what, instructions(&desk.hook(event, "[CHECKPOINT] One step\n")));
        }
    }
    let bed = status::build(50, 10);
    let ask = |command: Command| instructions(&command);
    ask(status::status(&bed));
    counted.insert("status, 50 tasks, 10 commits each".to_owned(), ask(status::status(&bed)));
    bed.forget();
    counted.insert("status, the same for the first time".to_owned(), ask(status::status(&bed)));
    counted
}
