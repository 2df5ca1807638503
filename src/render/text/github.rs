//! What verification found, as commands in the log of a GitHub Actions job: each makes an annotation
//! on the file that it names.
//!
//! The form is GitHub's documentation of workflow commands. What a command holds must not end it, so
//! `%` and line breaks are escaped, and in its properties `:` and `,` as well.

use std::fmt::Write as _;

use crate::model::finding::Finding;
use crate::ops::verify::{Outcome, Verified};
use crate::render::escape;
use crate::render::text::verify::{idle, words};

/// A line of words for each task's branch, below it a command for each finding.
pub fn report(outcome: &Outcome) -> String {
    let mut text = idle(outcome).map_or_else(String::new, |line| format!("{line}\n"));
    for task in &outcome.tasks {
        let _ = writeln!(text, "{}: {}", task.task, words(task));
        for finding in &task.findings {
            let _ = writeln!(text, "{}", command(task, finding));
        }
    }
    for unknown in &outcome.unknown {
        let _ = writeln!(text, "::error title=unknown::{}", data(escape::terminal(unknown)));
    }
    text
}

fn command(task: &Verified, finding: &Finding) -> String {
    let mut properties = Vec::new();
    if let Some(path) = finding.path() {
        properties.push(format!("file={}", property(escape::terminal(path))));
        properties.extend(finding.line().map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(format!("{}: {}", task.task, finding.rule()))));
    let place = finding.commit_id.map(|id| format!(" ({})", id.to_hex_with_len(10)));
    let words = escape::terminal(finding.to_string()) + &place.unwrap_or_default();
    let hint = finding.hint();
    let lines = std::iter::once(words).chain(hint.lines().map(escape::terminal));
    let message = lines.collect::<Vec<_>>().join("\n");
    format!("::{} {}::{}", finding.severity, properties.join(","), data(message))
}

/// Text behind the second `::`.
fn data(text: String) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, such as `file`.
fn property(text: String) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::path::PathRule;
    use crate::model::finding::{MessageViolation, PathViolation};
    use crate::model::name::{RunName, TaskName};
    use crate::ops::verify::Subject;

    fn outcome(findings: Vec<Finding>, unknown: &[&str]) -> Outcome {
        let task = TaskName::new("task-1-api").expect("a name");
        let verified = Verified { task, branch: "work/task-1-api".into(), tip: None, commits: 1, findings };
        Outcome {
            subject: Subject::Run(RunName::new("demo").expect("a name")),
            tasks: vec![verified],
            unknown: unknown.iter().map(|&text| text.into()).collect(),
        }
    }

    #[track_caller]
    fn check(findings: Vec<Finding>, unknown: &[&str], expect: &str) {
        let text = report(&outcome(findings, unknown));
        assert_eq!(text.split_once('\n').map(|(_, rest)| rest), Some(expect));
    }

    fn path(path: &str, rule: PathRule) -> Finding {
        let task = TaskName::new("task-1-api").expect("a name");
        Finding::error(PathViolation { path: path.into(), task, owner: None, rule })
    }

    #[test]
    fn a_finding_is_a_command() {
        check(
            vec![path("a b.py", PathRule::Outside), Finding::warning(MessageViolation::Empty)],
            &[],
            "::error file=a b.py,title=task-1-api%3A scope/outside::a b.py is outside the scope of task-1-api%0A\
             leave it as it was, or have the plan amended if the task needs it\n\
             ::warning title=task-1-api%3A message/empty::the message is empty%0A\
             [CHECKPOINT] <description>              subtask complete, continuing%0A\
             [BLOCKED:<reason>] <description>        cannot proceed%0A\
             [NEEDS:<task>/<item>] <description>     need output from another worker%0A\
             [COMPLETE] <description>                all tasks finished\n",
        );
        let line = PathRule::Line { number: 7, line: "x".into(), expected: "^y".into() };
        check(
            vec![path("a", line)],
            &[],
            "::error file=a,line=7,title=task-1-api%3A scope/append::a line 7 adds `x`, which does not match `^y`%0A\
             this entry of the scope allows added lines only\n",
        );
    }

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        let hostile = "a,line=1::x%0A\n::error::b\r\u{1b}[m\u{202e}";
        let text = report(&outcome(vec![path(hostile, PathRule::Submodule)], &["x\n::stop-commands::y"]));
        assert_eq!(text.lines().count(), 3, "each command is one line: {text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text}");
        assert!(
            text.contains("file=a%2Cline=1%3A%3Ax%250A\\n%3A%3Aerror%3A%3Ab\\r\\x1b[m\\u{202e},title="),
            "{text}"
        );
        assert!(text.ends_with("::error title=unknown::x\\n::stop-commands::y\n"), "{text}");
    }
}
