//! A clean-up for a terminal: what went, what stays and why.

use std::collections::BTreeSet;

use crate::ops::cleanup::{Mode, Report};
use crate::render::words::removal;

/// The answer.
pub fn report(report: &Report) -> String {
    let mut text = String::new();
    for item in &report.items {
        text += &format!("{} {}", removal::verb(item, report.mode), removal::thing(&item.thing));
        if let Some(reason) = removal::reason(item) {
            text += &format!(": {reason}");
        }
        text.push('\n');
    }
    if let Some(told) = &report.told {
        text += &format!("{}\n", removal::told(told));
    }
    let mut hints: BTreeSet<String> = report.items.iter().filter_map(removal::hint).collect();
    hints.extend(report.told.as_ref().and_then(|told| removal::tell(&report.run, told)));
    for hint in hints {
        text += &format!("hint: {hint}\n");
    }
    text + &end(report)
}

fn end(report: &Report) -> String {
    let run = &report.run;
    match (report.is_over, report.mode) {
        (true, Mode::Do) => format!(
            "{run} is cleaned up; its plan, journals, records and backups stay\n\
             hint: they go for good with: git for-each-ref --format='delete %(refname)' refs/orchestrate/{run} \
             refs/notes/orchestrate/{run} | git update-ref --stdin\n"
        ),
        (true, Mode::DryRun) => "nothing was changed\n".into(),
        (false, Mode::DryRun) => "nothing was changed; some of it would stay\n".into(),
        (false, Mode::Do) => format!("{run} is not over: some of it stays\n"),
    }
}
