//! Proposals as people write them.

use super::*;
use crate::model::plan::toml;
use crate::model::plan::{Plan, resolve, write};

/// The plan of a proposal and what was found wrong, one `line:column message` each.
fn read(text: &str) -> (Option<Plan>, Vec<String>) {
    let mut report = Report::on("plan.md");
    let mut draft = draft(text, &mut report);
    let start = crate::model::plan::place::Place { line: 1, column: 1 };
    draft.run.get_or_insert(Located::new("r".to_owned(), start));
    let plan = resolve::resolve(draft, &mut report).plan;
    let say = |finding: &crate::model::plan::finding::PlanFinding| match finding
        .at
        .as_ref()
        .and_then(|at| at.place)
    {
        Some(place) => format!("{}:{} {finding}", place.line, place.column),
        None => finding.to_string(),
    };
    (plan, report.into_findings().iter().map(say).collect())
}

#[track_caller]
fn plan(text: &str) -> Plan {
    let (plan, findings) = read(text);
    assert!(findings.is_empty(), "{findings:#?}");
    plan.expect("a plan")
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(read(text).1, expect, "{text}");
}

/// A proposal of one worker beside another, with these lines.
fn worker(lines: &str) -> String {
    format!(
        "## Proposed Workstream Split\n### Worker 1: task-1-a\n{lines}\n### Worker 2: task-2-b\n- **Scope**: `b/`\n"
    )
}

const SCENARIO: &str = include_str!("../../../../fixtures/analytics.md");

#[test]
fn the_scenario_is_understood() {
    let plan = plan(SCENARIO);
    assert_eq!(write::toml(&plan), EXPECTED);
    assert_eq!(toml::read("written", EXPECTED).as_ref(), Ok(&plan), "what is written reads back");
}

const EXPECTED: &str = r#"run = "r"
base = "HEAD"

[[task]]
name = "task-1-api-endpoints"
scope = ["api/analytics/", "tests/test_api_analytics.py"]
steps = [
  "Create analytics API module structure",
  "Implement GET /api/analytics/summary endpoint",
  "Implement GET /api/analytics/events endpoint",
  "Implement POST /api/analytics/track endpoint",
  "Add API tests",
]
checkpoints = ["each endpoint"]

[[task.needs]]
task = "task-2-models-migrations"
text = "Analytics model"

[[task]]
name = "task-2-models-migrations"
scope = ["models/analytics.py", "migrations/versions/", "tests/test_models_analytics.py"]
steps = [
  "Create AnalyticsEvent model",
  "Create AnalyticsSummary model",
  "Generate Alembic migration",
  "Add model tests",
]
checkpoints = ["each model", "migration"]

[[task]]
name = "task-3-frontend"
scope = ["templates/analytics/", "static/js/analytics/", "static/css/analytics/"]
steps = [
  "Create dashboard template",
  "Implement chart components (JS)",
  "Add real-time update functionality",
  "Style dashboard (CSS)",
]
checkpoints = ["template", "charts", "real-time", "styling"]

[[task.needs]]
task = "task-1-api-endpoints"
text = "API endpoints"
purpose = "integration testing"
"#;

#[test]
fn typography_does_not_matter() {
    let plain = plan(SCENARIO);
    let variants = [
        SCENARIO.replace('\n', "\r\n"),
        format!("\u{feff}{SCENARIO}"),
        SCENARIO.replace("- **", "* **"),
        SCENARIO.replace("- **", "+ **"),
        SCENARIO.replace("**: ", ":** "),
        SCENARIO.replace("**", "__"),
        SCENARIO.replace("→", "â†’"),
        SCENARIO
            .replace("1: task", "1 — task")
            .replace("2: task", "2 - task")
            .replace("3: task", "3 â€” task"),
        SCENARIO.replace("  1. ", "1) ").replace("  2. ", "2) "),
        SCENARIO.replace("### ", "#### "),
        SCENARIO.replace("### Worker 1: task-1-api-endpoints", "### Worker 1: `task-1-api-endpoints`"),
        SCENARIO.replace("task-2\n", "Worker 2\n").replace("from task-1 ", "from Worker 1 (API) "),
        format!("Some prose.\n\n````markdown\n{SCENARIO}\n````\n\nMore prose, and\n## Another part\n"),
        format!("~~~md\n{SCENARIO}\n~~~\n"),
        format!(
            "### Workstream Split Proposal\n\n```markdown\n{SCENARIO}```\n---\n## Worker 1\n```bash\nx\n```\n"
        ),
        format!("{SCENARIO}\n## Another part\n### Worker 9: nonsense\n"),
    ];
    for variant in variants {
        assert_eq!(plan(&variant).tasks, plain.tasks, "{variant}");
    }
}

#[test]
fn notes_are_kept_and_understood() {
    let text = worker(
        "- **Scope**:\n  - `a/x.py` (create this file)\n  - `a/__init__.py` (add imports only)\n  - `a/y/` — generated\n\
         - **Owner**: Ada\n  and Bob\n",
    );
    let task = &plan(&text).tasks[0];
    let said: Vec<(&str, Option<&str>)> =
        task.scope.iter().map(|entry| (entry.pattern.as_str(), entry.why.as_deref())).collect();
    let expect = [
        ("a/x.py", Some("create this file")),
        ("a/__init__.py", Some("add imports only")),
        ("a/y/", Some("generated")),
    ];
    assert_eq!(said, expect);
    use crate::model::scope::Access;
    assert_eq!(task.scope[0].access, Access::Edit, "a file to create is accepted whether or not it exists");
    assert!(matches!(&task.scope[1].access, Access::Append { lines: Some(_) }));
    assert_eq!(task.remarks, ["**Owner**: Ada\n  and Bob"]);
}

#[test]
fn needs_are_read_from_prose() {
    #[track_caller]
    fn check(words: &str, expect: &[(&str, Option<&str>, &str, Option<&str>)]) {
        let text = worker(&format!("- **Scope**: `a/`\n- **Dependencies**: {words}"))
            + "### Worker 3: core-pipeline\n- **Scope**: `c/`\n";
        let needs = plan(&text).tasks[0].needs.clone();
        let said: Vec<_> = needs
            .iter()
            .map(|need| {
                (
                    need.task.as_str(),
                    need.item.as_ref().map(ItemName::as_str),
                    &*need.text,
                    need.purpose.as_deref(),
                )
            })
            .collect();
        assert_eq!(said, expect, "{words}");
    }
    use crate::model::name::ItemName;
    let (b, core) = ("task-2-b", "core-pipeline");
    for none in ["None", "none.", "None - you have no dependencies on other workers.", "N/A", "-", ""] {
        check(none, &[]);
    }
    check("Needs Analytics model from task-2", &[(b, None, "Analytics model", None)]);
    check("Depends on task-2 for the schema.", &[(b, None, "the schema", None)]);
    check("Depends on Worker 2", &[(b, None, b, None)]);
    check("Worker 2 (models)", &[(b, None, b, None)]);
    check("needs `Event` from `task-2-b` for tests", &[(b, Some("Event"), "Event", Some("tests"))]);
    check("[NEEDS:task-2/Event]", &[(b, Some("Event"), "Event", None)]);
    check("Needs A from task-2, B from core-pipeline", &[(b, None, "A", None), (core, None, "B", None)]);
    check("Needs A from task-2 and core-pipeline", &[(b, None, "A", None), (core, None, core, None)]);
    check("\n  - Needs A from task-2\n  - B from Worker 3", &[(b, None, "A", None), (core, None, "B", None)]);
}

#[test]
fn advice_belongs_to_its_need() {
    let text = worker(
        "- **Scope**: `a/`\n- **Dependencies**: Needs the models from Worker 2.\n  - If not available, commit \
         `[NEEDS:task-2/Event]` and continue with mock data\n  - You can stub the imports\n  - Build it assuming \
         API contract: GET /x\n",
    );
    let plan = plan(&text);
    let need = &plan.tasks[0].needs[0];
    assert_eq!(need.item.as_ref().map(|item| item.as_str()), Some("Event"));
    assert_eq!(need.until_then.as_deref(), Some("You can stub the imports"));
    assert_eq!(need.contract.as_deref(), Some("GET /x"));
    assert_eq!(plan.tasks[1].provides.len(), 1, "what is needed by name is what is provided");
}

#[test]
fn what_is_not_understood_is_said() {
    check("# Nothing here\n", &["no workstream proposal found in this document"]);
    check(&worker("- **Tasks**:\n  1. x"), &["2:5 `Worker 1: task-1-a` has no **Scope**"]);
    check(
        &worker("- **Scope**: everything in `a/` except `a/x`"),
        &["3:14 `everything in` in the scope is no path"],
    );
    check(&worker("- **Scope**: a/b, c d"), &["3:19 `c d` in the scope is no path"]);
    check(&worker("- **Scope**: `/a/`, `a/**/*.py`"), &["3:15 `/a/`: an absolute path is no pattern"]);
    check(&worker("- **Scope**: `a/`\n- **Scope**: `c/`"), &["4:5 a second **Scope** for the same worker"]);
    check(
        &worker("- **Scope**: `a/`\n- **Dependencies**: the models"),
        &["4:21 `the models` names no worker"],
    );
    check(
        &worker("- **Scope**: `a/`\n- **Dependencies**: x from task-7"),
        &["4:28 there is no task `task-7`; there is task-1-a, task-2-b"],
    );
    check(&worker("- **Scope**:"), &["2:15 `task-1-a` has no scope, so it could change nothing"]);
    check(
        "### Worker 1: API endpoints\n- **Scope**: `a/`\n### Worker one: x\n",
        &[
            "1:15 `API endpoints` cannot name a task: ' ' is not allowed in a name; use letters, digits, '-', '_' and '.'",
            "3:5 the heading `Worker one: x` is not understood",
        ],
    );
    check(
        "### Worker 1: task-2-x\n- **Scope**: `a/`\n",
        &["1:5 the heading says worker 1, the task's name says 2"],
    );
    let summary = worker("- **Scope**: `a/`")
        + "### Cross-Dependencies Detected\n- Worker 2 (b) needs x from Worker 1\n";
    check(&summary, &["7:3 the summary says that task-2-b needs task-1-a, its own section does not"]);
    check(
        &(worker("- **Scope**: `a/`") + "# Other\n## Proposed Workstream Split\n### Worker 1: task-1-x\n"),
        &["8:1 a second workstream proposal; only the first one is read"],
    );
    check(&(worker("- **Scope**: `a/`") + "# Other\n## The workstream split of last year\nFine.\n"), &[]);
}
