//! Every rule of a plan, by plans that break it.

use super::*;
use crate::model::plan::toml;

/// A plan of tasks, each with its name and the rest of its table.
fn plan(head: &str, tasks: &[(&str, &str)]) -> Plan {
    let mut text = format!("run = \"r\"\n{head}\n");
    for (name, rest) in tasks {
        text += &format!("[[task]]\nname = \"{name}\"\n{rest}\n");
        if !rest.contains("scope") {
            text += &format!("scope = [\"{name}/\"]\n");
        }
    }
    toml::read("plan.toml", &text).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"))
}

/// The findings of a plan, each as `severity rule words`; those of its size left out.
#[track_caller]
fn check(head: &str, tasks: &[(&str, &str)], expect: &[&str]) {
    let findings = super::check(&plan(head, tasks));
    let said: Vec<String> = findings
        .iter()
        .filter(|finding| finding.rule() != "form/few-tasks")
        .map(|finding| format!("{:?} {} {finding}", finding.severity, finding.rule()))
        .collect();
    assert_eq!(said, expect);
}

#[test]
fn the_example_is_right() {
    let example = toml::read("x", include_str!("../../../../fixtures/analytics.toml")).expect("a plan");
    assert_eq!(super::check(&example), []);
}

#[test]
fn sizes_are_doubted() {
    let rules = |count: usize| -> Vec<&str> {
        let names: Vec<String> = (1..=count).map(|number| format!("task-{number}-a")).collect();
        let tasks: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        super::check(&plan("", &tasks)).iter().map(PlanFinding::rule).collect()
    };
    assert_eq!(rules(2), ["form/few-tasks"]);
    assert!(rules(3).is_empty());
    assert!(rules(10).is_empty());
    assert_eq!(rules(11), ["form/many-tasks"]);
}

#[test]
fn names_must_differ_for_every_eye() {
    check(
        "",
        &[("task-1-api", ""), ("Task-1-Api", "")],
        &["Error name/case `Task-1-Api` differs from `task-1-api` only by case"],
    );
    check(
        "",
        &[("task-10-x", ""), ("task-1O-x", "")],
        &["Error name/look-alike `task-1O-x` differs from `task-10-x` only by characters that look alike"],
    );
    check(
        "",
        &[("task-2-a", ""), ("task-2-b", "")],
        &["Error name/shorthand `task-2` would mean both `task-2-a` and `task-2-b`"],
    );
    check("", &[("1-2-login", ""), ("1-3-roles", "")], &[]);
    check(
        "",
        &[("nul", ""), ("com1.x", ""), ("orchestrator", ""), ("console", "")],
        &[
            "Error name/reserved `nul` is a reserved name",
            "Error name/reserved `com1.x` is a reserved name",
            "Error name/reserved `orchestrator` is a reserved name",
        ],
    );
}

#[test]
fn a_branch_is_no_directory_of_branches() {
    check(
        "layout = \"feature\"",
        &[("integration", ""), ("core", "")],
        &["Error name/branches branches `r/integration` and `r/integration` cannot exist together"],
    );
    check(
        "base = \"work\"",
        &[("a", "")],
        &["Error name/branches branches `work` and `work/a` cannot exist together"],
    );
    check(
        "branch = \"{task}\"\nintegration = \"a/all\"",
        &[("a", ""), ("b", "")],
        &["Error name/branches branches `a/all` and `a` cannot exist together"],
    );
}

#[test]
fn scopes_must_not_meet() {
    check(
        "",
        &[("a", "scope = [\"src/\"]"), ("b", "scope = [\"x\", \"src/**/m.py\"]")],
        &["Error scope/overlap `src/**/m.py` of b overlaps `src/` of a: both match `src/m.py`"],
    );
    check(
        "",
        &[("a", "scope = [\"x.py\"]"), ("b", "scope = [\"x.py\"]")],
        &["Error scope/overlap `x.py` is in the scope of both a and b"],
    );
    let shared = "scope = [{ path = \"x.py\", shared = true }]";
    check(
        "",
        &[("a", shared), ("b", shared)],
        &["Warning scope/overlap `x.py` is in the scope of both a and b"],
    );
    check(
        "",
        &[("a", shared), ("b", "scope = [\"x.py\"]")],
        &["Error scope/overlap `x.py` is in the scope of both a and b"],
    );
    check("", &[("a", "scope = [\"x\", \"x\"]")], &["Warning scope/repeated `x` is listed twice"]);
    check(
        "",
        &[("a", "scope = [\"lib\"]"), ("b", "scope = [\"lib/\"]")],
        &["Warning scope/file-and-directory `lib` of a is a file where `lib/` of b needs a directory"],
    );
}

#[test]
fn steps_stay_in_scope() {
    check(
        "",
        &[("a", "scope = [\"a/b/\"]\nsteps = [\"Make `a/`\", \"Edit `a/b/c.py` and `b/x.py`\"]"), ("b", "")],
        &["Warning scope/step-outside the step names `b/x.py`, which is not in scope"],
    );
}

#[test]
fn needs_must_be_met() {
    check(
        "",
        &[("a", "needs = [\"b/X\", \"b/Y\"]"), ("b", "provides = [\"X\"]")],
        &["Error needs/nobody-provides `b` does not provide `Y`"],
    );
    check("", &[("a", "needs = [\"a\"]")], &["Error needs/itself `a` needs something from itself"]);
    check(
        "",
        &[("a", "needs = [\"b\", \"b\"]"), ("b", "")],
        &["Warning needs/repeated the same thing is needed twice from `b`"],
    );
    check(
        "dependencies = \"none\"",
        &[("a", "needs = [\"b\"]"), ("b", "")],
        &["Error needs/forbidden `b` is needed in a plan with `dependencies = \"none\"`"],
    );
}

#[test]
fn a_cycle_is_shown_whole() {
    let tasks = [("a", "needs = [\"b\"]"), ("b", "needs = [\"c\"]"), ("c", "needs = [\"a\"]"), ("d", "")];
    check("", &tasks, &["Error needs/cycle these tasks wait for each other: a → b → c → a"]);
    let finding = super::check(&plan("", &tasks)).remove(0);
    for option in ["stub", "merge a part", "redefine the scopes"] {
        assert!(finding.remedy().contains(option), "all three ways out are named: {}", finding.remedy());
    }
}

#[test]
fn a_title_is_what_is_seen() {
    let title = |text: &str| format!("title = \"{text}\"");
    check(&title("Größe, 文字"), &[("task-1-a", &title("A `b` c")), ("task-2-b", "")], &[]);
    let seen =
        |code: &str| format!("Error name/title the title holds {code}, which is not seen or changes what is");
    check(&title("a\\u001b[2J"), &[("task-1-a", "")], &[&seen("U+001B")]);
    check("", &[("task-1-a", &title("a\\tb"))], &[&seen("U+0009")]);
    check("", &[("task-1-a", &title("a\\u202eb"))], &[&seen("U+202E")]);
    check("", &[("task-1-a", &title("a\\nb"))], &[&seen("U+000A")]);
}
