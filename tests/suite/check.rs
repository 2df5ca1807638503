//! `git worker check` as programs call it: paths on standard input, an agent's tool hook, links.

use crate::armed::Armed;
use crate::sandbox::Said;

const MODELS: &str = "task-2-models";

fn check(run: &Armed, args: &[&str], input: &str) -> Said {
    let mut command = run.sandbox.command("git", &run.path(MODELS));
    command.args(["worker", "check"]).args(args);
    Said::of(command, input.as_bytes())
}

#[test]
fn paths_come_separated_by_nul() {
    let run = Armed::new();
    check(&run, &["-z"], "models/a\nb.py\0models/ein Wort.py\0").fails(1);
    check(&run, &["-z"], "models/ein Wort.py\0").ok();
    let said = check(&run, &["--stdin", "models/x"], "api/a.py\0").fails(1);
    assert_eq!(said.out.lines().count(), 2, "arguments and input both count: {}", said.out);
}

#[test]
fn a_tool_hook_is_answered_as_it_expects() {
    let run = Armed::new();
    let hook = |path: &str| {
        let event =
            format!(r#"{{"tool_name": "Edit", "tool_input": {{"file_path": "{path}", "new_string": ""}}}}"#);
        check(&run, &["--hook"], &event)
    };
    let inside = run.path(MODELS).join("models/new.py");
    assert_eq!(hook(&inside.display().to_string()).ok().out, "", "silence is consent");
    let said = hook(&run.path(MODELS).join("api/a.py").display().to_string()).fails(2);
    assert!(said.err.contains("it belongs to task-1-api"), "the agent reads why: {}", said.err);
    assert!(said.err.contains("hint: commit [NEEDS:task-1/routes]"), "{}", said.err);
    hook(&run.sandbox.root.join("README").display().to_string()).fails(2);
    check(&run, &["--hook"], r#"{"tool_input": {"command": "ls"}}"#).ok();
    check(&run, &["--hook"], "no JSON").fails(2);
    // Where nobody works on a task, nothing is in the way.
    let mut elsewhere = run.sandbox.command("git", &run.sandbox.root);
    elsewhere.args(["worker", "check", "--hook"]);
    Said::of(elsewhere, br#"{"tool_input": {"file_path": "anything"}}"#).ok();
}

#[test]
fn a_link_is_what_it_leads_to() {
    let run = Armed::new();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, run.path(MODELS).join(name)).expect("a link");
    };
    link("../../../README", "models/out");
    link("../api", "models/api");
    link("m.py", "models/same");
    assert!(check(&run, &["models/out"], "").fails(1).out.contains("is not in this worktree"));
    assert!(check(&run, &["models/api/a.py"], "").fails(1).out.contains("it belongs to task-1-api"));
    check(&run, &["models/same", "models/new/deep/x.py", "models/../models/./x.py"], "").ok();
    check(&run, &["models/../../x.py"], "").fails(1);
    check(&run, &[".git"], "").fails(1);
    check(&run, &["models/M.py"], "").fails(1);
}

#[test]
fn links_that_lead_to_each_other_lead_nowhere() {
    let run = Armed::new();
    let models = run.path(MODELS).join("models");
    std::os::unix::fs::symlink("b", models.join("a")).expect("a link");
    std::os::unix::fs::symlink("a", models.join("b")).expect("a link");
    for path in ["models/a", "models/a/new.py"] {
        let said = check(&run, &[path], "").fails(1);
        assert!(said.out.contains("is not in this worktree"), "no path comes of it: {}", said.out);
    }
}

#[test]
fn a_path_may_have_very_many_parts() {
    let run = Armed::new();
    check(&run, &[&format!("models/{}m.py", "./".repeat(10_000))], "").ok();
    let deep = format!("models/{}m.py", "x/".repeat(10_000));
    let said = check(&run, &[&deep], "");
    assert!([0, 1].contains(&said.code), "the question is answered: {}", said.err);
}
