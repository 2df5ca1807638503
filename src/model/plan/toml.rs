//! The TOML form of a plan: design.md section 4, read strictly.
//!
//! An unknown key is an error that names the nearest known one: a misspelt `scoep` that were
//! ignored would leave a task without the rules its author wrote. All findings are reported, syntax
//! errors included, because the parser recovers. Nothing here knows what a name or a pattern is.

mod duration;
mod keys;
mod sections;
mod table;
mod tasks;

use toml::de::DeTable;

use crate::model::finding::Severity;
use crate::model::plan::draft::Draft;
use crate::model::plan::finding::{Form, PlanFinding};
use crate::model::plan::place::Lines;
use crate::model::plan::report::Report;
use crate::model::plan::{DependencyMode, Plan, resolve};

pub use duration::seconds_to_text;
pub use keys::TABLES;
use table::{Reader, Table};

/// The plan that `text` holds, or all that keeps it from being one. `source_name` is the file's
/// name in the findings. Doubts that [`check`](crate::model::plan::check) has are not in them.
pub fn read(source_name: &str, text: &str) -> Result<Plan, Vec<PlanFinding>> {
    let mut report = Report::on(source_name);
    let plan = resolve::resolve(draft(text, &mut report), &mut report).plan;
    match plan {
        Some(plan) if !report.has_error() => Ok(plan),
        _ => Err(report.into_findings().into_iter().filter(|f| f.severity == Severity::Error).collect()),
    }
}

/// The parts of a plan's text; what was not understood goes into the report.
pub fn draft(text: &str, report: &mut Report<'_>) -> Draft {
    let lines = Lines::of(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = lines.place(error.span().map_or(0, |span| span.start));
        report.error(place, Form::Syntax(one_line(error.message())));
    }
    let mut reader = Reader { lines: &lines, report };
    plan(document.get_ref(), &mut reader)
}

fn plan(document: &DeTable<'_>, reader: &mut Reader<'_, '_>) -> Draft {
    let mut top = Table::open(&keys::PLAN, document, 0, reader);
    let dependencies = top.choice(
        "dependencies",
        reader,
        &[
            ("advisory", DependencyMode::Advisory),
            ("strict", DependencyMode::Strict),
            ("none", DependencyMode::None),
        ],
    );
    let draft = Draft {
        run: top.required_text("run", reader),
        title: top.text("title", reader).map(|title| title.value),
        base: top.text("base", reader),
        layout: top.text("layout", reader),
        branch: top.text("branch", reader),
        worktree: top.text("worktree", reader),
        integration: top.text("integration", reader),
        dependencies: dependencies.unwrap_or_default(),
        protocol: sections::protocol(&mut top, reader),
        setup: sections::setup(&mut top, reader),
        worker: sections::worker(&mut top, reader),
        integrate: sections::integrate(&mut top, reader),
        tasks: tasks::tasks(&mut top, reader),
        ..Draft::default()
    };
    if draft.tasks.is_empty() && !reader.report.has_error() {
        reader.report.error_in_file(Form::NoTasks);
    }
    draft
}

fn one_line(words: &str) -> String {
    words.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of a text, one `line:column message` each.
    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let mut report = Report::on("plan.toml");
        let draft = draft(text, &mut report);
        resolve::resolve(draft, &mut report);
        let said: Vec<String> = report
            .into_findings()
            .iter()
            .map(|finding| match finding.at.as_ref().and_then(|at| at.place) {
                Some(place) => format!("{}:{} {finding}", place.line, place.column),
                None => finding.to_string(),
            })
            .collect();
        assert_eq!(said, expect, "{text}");
    }

    const HEAD: &str = "run = \"r\"\n[[task]]\nname = \"task-1-a\"\nscope = [\"a\"]\n";

    #[test]
    fn a_plan_that_is_right_has_no_findings() {
        check(HEAD, &[]);
        check(include_str!("../../../fixtures/analytics.toml"), &[]);
    }

    #[test]
    fn all_findings_come_at_once() {
        check(
            "rn = 1\nbase = 2\ndependencies = 'maybe'\n[setup]\ncopy = ['../x']\n[worker]\ntimeout = '30'\n\
             [[task]]\nname = 'a b'\nscoep = ['x']\n[[task]]\nname = 'task-2-b'\nscope = ['/x', 'ok', 7]\n\
             needs = ['task-9/x', 'a b/y', { item = '' }]\n",
            &[
                "1:1 unknown key `rn` in the plan",
                "2:8 `base` must be a string, not a number",
                "3:16 `dependencies` cannot be `maybe`",
                "5:9 `copy` cannot be `../x`",
                "7:11 `timeout` cannot be `30`",
                "9:8 `a b` cannot name a task: ' ' is not allowed in a name; use letters, digits, '-', '_' and '.'",
                "10:1 unknown key `scoep` in [[task]]",
                "13:10 `/x`: an absolute path is no pattern",
                "13:22 `scope` must be a path or a table, not a number",
                "14:10 there is no task `task-9`; there is task-2-b",
                "14:40 `item` is empty",
            ],
        );
    }

    #[test]
    fn syntax_errors_do_not_hide_the_rest() {
        check(
            "run = \"r\nbase = 7\n[[task]]\nname = \"task-1-a\"\nscope = [\"a\"]\nscope = [\"b\"]\n",
            &[
                "1:9 invalid basic string, expected `\"`",
                "2:8 `base` must be a string, not a number",
                "6:1 duplicate key",
            ],
        );
    }

    #[test]
    fn entries_are_strings_or_tables() {
        check(
            &HEAD.replace("\"a\"", "{ path = \"a\", access = \"append\", lines = \"(\" }, { path = \"b\", lines = \"x\" }, { acess = \"edit\" }"),
            &[
                "4:51 `lines` is no regular expression: unclosed group",
                "4:80 `lines` means nothing without `access = \"append\"`",
                "4:87 a scope entry has no `path`",
                "4:89 unknown key `acess` in a scope entry",
            ],
        );
    }

    #[test]
    fn an_expression_has_a_size_limit() {
        check(
            &HEAD.replace("\"a\"", "{ path = \"a\", access = \"append\", lines = '\\w{9999}{9999}' }"),
            &["4:51 `lines` is no regular expression: Compiled regex exceeds size limit of 1048576 bytes."],
        );
    }

    #[test]
    fn a_plan_needs_tasks() {
        check("run = 'r'\n", &["the plan has no task"]);
        check("", &["1:1 the plan has no `run`"]);
        check(
            "run = 'r'\ntask = 'x'\n",
            &["2:8 `task` must be a list of tables, each beginning with `[[task]]`, not a string"],
        );
    }

    /// Every section and both ways to write an entry and a need.
    const WHOLE: &str = r#"
run   = "analytics-dashboard"
title = "User analytics dashboard"
base  = "main"
layout = "work"
# branch = "work/{task}"   worktree = "worktrees/{task}"   integration = "integration/{run}"
dependencies = "advisory"

[protocol]
body = "warn"
evidence = []
guard = true
push = false

[setup]
copy = [".env"]
port = { file = ".env", variable = "PORT" }
run  = ["uv sync"]

[worker]
command = ["claude", "-p", "{prompt}", "--output-format", "json"]
timeout = "30m"

[integrate]
generated = [{ path = "uv.lock", run = "uv lock" }]

[[task]]
name  = "task-2-models-migrations"
title = "Analytics models and migrations"
scope = [
  "models/analytics.py",
  "migrations/versions/",
  { path = "models/__init__.py", access = "append", lines = '^(from|import) ', why = "add imports only" },
]
steps = ["Create AnalyticsEvent model", "Create AnalyticsSummary model", "Generate Alembic migration"]
checkpoints = ["AnalyticsEvent model", "AnalyticsSummary model", "Migration"]
provides = ["AnalyticsEvent"]

[[task]]
name  = "task-1-api-endpoints"
title = "Analytics API endpoints"
scope = ["api/analytics/", "tests/test_api_analytics.py"]
needs = [{ item = "task-2/AnalyticsEvent", until_then = "stub the model imports", contract = "GET /api/analytics/summary" }]
provides = ["api-endpoints"]
"#;

    #[test]
    fn what_is_made_anew_is_a_file_and_a_command() {
        let integrate =
            |text: &str| HEAD.replace("[[task]]", &format!("integrate.generated = {text}\n[[task]]"));
        check(&integrate("[{ path = 'a/b.lock', run = 'make' }]"), &[]);
        check(
            &integrate("[{ path = '../x', run = 'make' }, { path = 'x' }, 7]"),
            &[
                "2:33 `path` cannot be `../x`",
                "2:57 an entry of `generated` has no `run`",
                "2:73 `generated` must be a table, not a number",
            ],
        );
    }

    #[test]
    fn every_section_is_read() {
        let plan = read("whole.toml", WHOLE).expect("a plan");
        assert_eq!(plan.setup.port.as_ref().map(|port| port.variable.as_str()), Some("PORT"));
        assert_eq!(plan.worker.timeout_seconds, Some(1_800));
        assert_eq!(plan.integrate.generated[0].run, "uv lock");
        assert_eq!(plan.tasks[0].scope.len(), 3);
        assert_eq!(plan.tasks[1].needs[0].task, plan.tasks[0].name);
        assert_eq!(plan.tasks[1].needs[0].until_then.as_deref(), Some("stub the model imports"));
        let written = crate::model::plan::write::toml(&plan);
        assert_eq!(read("written.toml", &written).as_ref(), Ok(&plan), "{written}");
    }
}
