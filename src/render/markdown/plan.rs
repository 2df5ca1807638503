//! A plan as the workstream proposal of the scenario (S1-01 to S1-07), which reads back as a plan.
//!
//! The words of a plan are Markdown already, so they are shown as they are, each on one line, without
//! control characters and without HTML; a title is plain text, wherever it is shown. What the proposal has
//! no place for, such as the expression of an `append` entry, is left out: the lossless form is TOML.

use crate::model::finding::Severity;
use crate::model::plan::finding::PlanFinding;
use crate::model::plan::resolve::title_of;
use crate::model::plan::{Need, Plan, Task};
use crate::model::schedule::Schedule;
use crate::model::scope::ScopeEntry;
use crate::ops::plan::Outcome;
use crate::render::escape;
use crate::render::words::plan as words;

/// The whole answer of `git orchestrate plan --format markdown`.
pub fn plan(outcome: &Outcome) -> String {
    let mut parts = vec!["## Proposed Workstream Split\n".to_owned()];
    if let (Some(plan), Some(schedule)) = (&outcome.reading.plan, &outcome.schedule) {
        parts.extend(plan.tasks.iter().map(task));
        parts.extend(cross_dependencies(plan, schedule));
    }
    parts.extend(findings(&outcome.reading.findings));
    parts.join("\n")
}

fn task(task: &Task) -> String {
    let mut out = format!("### Worker {}: {}\n", task.number, task.name);
    if task.title != title_of(&task.name) {
        out += &format!("- **Title**: {}\n", escape::markdown(one_line(&task.title)));
    }
    out += &format!("- **Scope**: {}\n", task.scope.iter().map(entry).collect::<Vec<_>>().join(", "));
    if !task.steps.is_empty() {
        out += "- **Tasks**:\n";
        for (place, step) in task.steps.iter().enumerate() {
            out += &format!("  {}. {}\n", place + 1, line(step));
        }
    }
    out += &dependencies(&task.needs);
    out += &checkpoints(&task.checkpoints);
    if !task.provides.is_empty() {
        let items: Vec<String> = task.provides.iter().map(|item| format!("`{item}`")).collect();
        out += &format!("- **Provides**: {}\n", items.join(", "));
    }
    for remark in &task.remarks {
        let lines: Vec<String> = remark.lines().map(escape::prose).collect();
        let bullet = if remark.starts_with("**") { "- " } else { "" };
        out += &format!("{bullet}{}\n", lines.join("\n"));
    }
    out
}

fn entry(entry: &ScopeEntry) -> String {
    let path = escape::code_span(entry.pattern.as_str());
    let note = match (&entry.why, entry.shared, entry.submodule) {
        (Some(why), _, _) => line(why),
        (None, true, _) => "shared".to_owned(),
        (None, false, true) => "submodule".to_owned(),
        (None, false, false) => return path,
    };
    format!("{path} ({})", note.replace(['(', ')'], ""))
}

fn dependencies(needs: &[Need]) -> String {
    match needs {
        [] => "- **Dependencies**: None\n".to_owned(),
        [need] => format!("- **Dependencies**: {}\n{}", self::need(need), advice(need)),
        needs => {
            let each = needs.iter().map(|need| format!("  - {}\n{}", self::need(need), advice(need)));
            format!("- **Dependencies**:\n{}", each.collect::<String>())
        }
    }
}

fn need(need: &Need) -> String {
    let task = need.task.short();
    let mut text = match need.text == need.task.as_str() {
        true => format!("Depends on {task}"),
        false => format!("Needs {} from {task}", line(&need.text)),
    };
    if let Some(purpose) = &need.purpose {
        text += &format!(" for {}", line(purpose));
    }
    text
}

fn advice(need: &Need) -> String {
    let mut out = String::new();
    if let Some(item) = &need.item {
        out += &format!("  - If it is not there yet, commit `[NEEDS:{}/{item}]`\n", need.task.short());
    }
    if let Some(until_then) = &need.until_then {
        out += &format!("  - Until then: {}\n", line(until_then));
    }
    if let Some(contract) = &need.contract {
        out += &format!("  - Build on this contract: {}\n", line(contract));
    }
    out
}

/// "Commit after each model, then after migration"; a list where a comma would part one checkpoint.
fn checkpoints(checkpoints: &[String]) -> String {
    if checkpoints.is_empty() {
        return String::new();
    }
    if checkpoints.iter().any(|checkpoint| checkpoint.contains([',', ';'])) {
        let each = checkpoints.iter().map(|checkpoint| format!("  - {}\n", line(checkpoint)));
        return format!("- **Checkpoints**:\n{}", each.collect::<String>());
    }
    let mut out = "- **Checkpoints**: Commit after ".to_owned();
    for (place, checkpoint) in checkpoints.iter().enumerate() {
        out += match place.checked_sub(1).map(|before| checkpoints[before].starts_with("each ")) {
            None => "",
            Some(true) => ", then after ",
            Some(false) => ", ",
        };
        out += &line(checkpoint);
    }
    out + "\n"
}

fn cross_dependencies(plan: &Plan, schedule: &Schedule) -> Option<String> {
    let lines = words::cross_dependencies(plan, schedule);
    let items: String = lines.iter().map(|text| format!("- {}\n", line(text))).collect();
    (!lines.is_empty()).then(|| format!("### Cross-Dependencies Detected\n{items}"))
}

fn findings(findings: &[PlanFinding]) -> Option<String> {
    let item = |finding: &PlanFinding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = words::location(finding).map(|place| format!(" {}", escape::code_span(place)));
        let place = place.unwrap_or_default();
        let (message, remedy) = (words_of(&finding.to_string()), words_of(&finding.remedy()));
        format!("- **{severity}**{place}: {message}\n  - {remedy}\n")
    };
    (!findings.is_empty()).then(|| format!("### Findings\n{}", findings.iter().map(item).collect::<String>()))
}

/// A message, whose backticks quote parts of the plan.
fn words_of(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let show = |(place, part): (usize, &&str)| match balanced && place % 2 == 1 {
        true => escape::code_span(part),
        false => escape::markdown(part),
    };
    parts.iter().enumerate().map(show).collect()
}

/// A text of the plan on one line.
fn line(text: &str) -> String {
    escape::prose(one_line(text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::read::{Source, read};

    fn outcome(name: &str, text: &str) -> Outcome {
        let reading = read(&Source { name, text, run: Some("analytics-dashboard") });
        let schedule = reading.plan.as_ref().map(Schedule::of);
        Outcome { reading, schedule }
    }

    const PROPOSAL: &str = include_str!("../../../fixtures/analytics.md");

    /// The summary is made anew, because what a person wrote there may be out of date; all else is
    /// the scenario's, to the byte.
    #[test]
    fn the_scenario_is_reproduced() {
        let shown = plan(&outcome("analytics.md", PROPOSAL));
        let (workers, summary) = shown.split_once("### Cross").expect("a summary");
        assert!(PROPOSAL.starts_with(workers), "{shown}");
        assert_eq!(
            summary,
            "-Dependencies Detected\n\
             - Worker 1 (api) needs Analytics model from Worker 2\n\
             - Worker 3 (frontend) needs API endpoints from Worker 1\n\
             - Suggested order: Worker 2 → Worker 1 → Worker 3 (can work in parallel on non-dependent parts)\n"
        );
    }

    #[test]
    fn a_title_is_no_markup_and_reads_back() {
        let title = r"[x](y) *b* `c` <i> &lt; \ a_b #1";
        let text = format!("run = 'r'\n[[task]]\nname = 'task-1-a'\ntitle = '{title}'\nscope = ['a/']\n");
        let shown = plan(&outcome("x.toml", &text));
        let line = r"- **Title**: \[x\](y) \*b\* \`c\` &lt;i&gt; &amp;lt; \\ a\_b \#1";
        assert!(shown.contains(line), "{shown}");
        let again = outcome("again.md", &shown).reading.plan.expect("a plan");
        assert_eq!(again.tasks[0].title, title);
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (name, text) in [("x.md", PROPOSAL), ("x.toml", include_str!("../../../fixtures/analytics.toml"))]
        {
            let mut first = outcome(name, text);
            let again = outcome("again.md", &plan(&first));
            assert!(again.reading.findings.is_empty(), "{:#?}", again.reading.findings);
            let tasks = &mut first.reading.plan.as_mut().expect("a plan").tasks;
            let read_back = again.reading.plan.expect("a plan").tasks;
            for (task, again) in tasks.iter_mut().zip(&read_back) {
                // The one thing that a proposal cannot say.
                for (entry, again) in task.scope.iter_mut().zip(&again.scope) {
                    entry.access = again.access.clone();
                }
            }
            assert_eq!(*tasks, read_back);
        }
    }
}
