//! A run that goes on after `cleanup` took the branches of finished tasks: what they made still counts.

use crate::sandbox::{Said, Sandbox};

const FIRST: &str = "worktrees/task-1-a";
const SECOND: &str = "worktrees/task-2-b";
const PLAN: &str = r#"run = "r"
base = "main"
[protocol]
body = "off"
[[task]]
name = "task-1-a"
scope = ["a/"]
provides = ["x"]
[[task]]
name = "task-2-b"
scope = ["b/"]
needs = ["task-1/x"]
"#;

fn orchestrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate"], args].concat())
}

/// The first task is complete and integrated, and its branch and worktree are gone.
fn cleaned() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("orchestrate.toml", PLAN);
    sandbox.write("a/f", "one\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    orchestrate(&sandbox, &["start"]).ok();
    sandbox.write(&format!("{FIRST}/a/new"), "made\n");
    sandbox.git_in(FIRST, &["worker", "complete", "-m", "A"]).ok();
    orchestrate(&sandbox, &["integrate", "--only-complete"]).ok();
    let said = orchestrate(&sandbox, &["cleanup"]);
    assert!(said.out.contains("removed branch work/task-1-a"), "{}{}", said.out, said.err);
    sandbox
}

fn has_work(sandbox: &Sandbox, name: &str) -> bool {
    sandbox.git(&["cat-file", "-e", &format!("{name}:a/new")]).code == 0
}

#[test]
fn what_was_cleaned_up_and_then_taken_back_is_merged_again() {
    let sandbox = cleaned();
    sandbox.write("README", "moved\n");
    sandbox.git(&["add", "README"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base moves"]).ok();
    orchestrate(&sandbox, &["integrate", "--undo", "task-1"]).ok();
    assert!(!has_work(&sandbox, "integration/r"));
    let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
    assert!(status.contains("1 of 2 complete"), "{status}");
    assert!(!status.contains("integrated"), "nothing has it any more: {status}");
    let said = orchestrate(&sandbox, &["integrate", "--land"]);
    assert_ne!(said.code, 0, "what is missing does not land: {}", said.out);

    orchestrate(&sandbox, &["integrate", "--only-complete"]).ok();
    assert!(has_work(&sandbox, "integration/r"));
    let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
    assert!(status.contains("1 integrated"), "{status}");
}

#[test]
fn the_integration_branch_may_be_gone_and_nothing_is_lost() {
    let sandbox = cleaned();
    sandbox.git(&["branch", "--quiet", "-D", "integration/r"]).ok();
    let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
    assert!(!status.contains("integrated"), "{status}");
    orchestrate(&sandbox, &["integrate", "--only-complete"]).ok();
    assert!(has_work(&sandbox, "integration/r"));
}

#[test]
fn an_amended_plan_does_not_begin_finished_tasks_again() {
    for land in [false, true] {
        let sandbox = cleaned();
        if land {
            orchestrate(&sandbox, &["integrate", "--land", "--only-complete"]).ok();
            orchestrate(&sandbox, &["cleanup"]);
        }
        let more = format!("{PLAN}[[task]]\nname = \"task-3-c\"\nscope = [\"c/\"]\n");
        sandbox.write("orchestrate.toml", more);
        orchestrate(&sandbox, &["start"]).ok();
        assert!(!sandbox.root.join(FIRST).exists(), "land: {land}");
        assert_ne!(sandbox.git(&["rev-parse", "--verify", "--quiet", "work/task-1-a"]).code, 0);
        let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
        assert!(status.contains("1 of 3 complete, 1 integrated"), "land: {land}: {status}");
        // Who asks for it is told what there was.
        let said = orchestrate(&sandbox, &["start", "--task", "task-1"]);
        assert_ne!(said.code, 0);
        assert!(said.err.contains("to go on from there: git branch work/task-1-a"), "{}", said.err);
    }
}

#[test]
fn who_needs_it_merges_what_it_was() {
    let sandbox = cleaned();
    sandbox.git_in(SECOND, &["worker", "merge", "task-1"]).ok();
    assert_eq!(sandbox.read(&format!("{SECOND}/a/new")), "made\n");
    orchestrate(&sandbox, &["verify"]).ok();
    sandbox.write(&format!("{SECOND}/b/new"), "more\n");
    sandbox.git_in(SECOND, &["worker", "complete", "-m", "B"]).ok();
    orchestrate(&sandbox, &["integrate"]).ok();
    assert!(has_work(&sandbox, "integration/r"));
}

#[test]
fn a_run_that_is_over_does_not_begin_again_what_the_base_has() {
    let sandbox = cleaned();
    sandbox.write(&format!("{SECOND}/b/new"), "more\n");
    sandbox.git_in(SECOND, &["worker", "complete", "-m", "B"]).ok();
    orchestrate(&sandbox, &["integrate"]).ok();
    orchestrate(&sandbox, &["integrate", "--land"]).ok();
    assert!(orchestrate(&sandbox, &["cleanup"]).ok().out.contains("r is cleaned up"));
    let config = sandbox.read(".git/config");
    let said = orchestrate(&sandbox, &["start"]).ok().out;
    assert!(said.contains("Run r: all of its work is merged, so there is nothing to start.\n"), "{said}");
    assert_eq!(sandbox.read(".git/config"), config);
    assert_eq!(sandbox.git(&["branch", "--list", "work/*"]).ok().out, "");

    sandbox.write("orchestrate.toml", format!("{PLAN}[[task]]\nname = \"task-3-c\"\nscope = [\"c/\"]\n"));
    orchestrate(&sandbox, &["start"]).ok();
    assert_eq!(sandbox.git(&["branch", "--list", "work/*"]).ok().out, "+ work/task-3-c\n");
    let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
    assert!(status.contains("2 of 3 complete, 2 integrated"), "{status}");
}

#[test]
fn what_was_thrown_away_does_not_count_as_merged() {
    let sandbox = cleaned();
    sandbox.write(&format!("{SECOND}/b/new"), "half\n");
    sandbox.git_in(SECOND, &["worker", "checkpoint", "-m", "Half"]).ok();
    // What keeps the run open.
    sandbox.git(&["switch", "--quiet", "integration/r"]).ok();
    let said = orchestrate(&sandbox, &["cleanup", "--force"]).fails(1);
    assert!(said.out.contains("removed branch work/task-2-b"), "{}", said.out);
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    let status = orchestrate(&sandbox, &["status", "-s"]).ok().out;
    assert!(status.contains("1 of 2 complete, 1 integrated, 1 working"), "{status}");
    let said = orchestrate(&sandbox, &["integrate"]).fails(1);
    assert!(said.err.contains("task-2-b has no branch"), "{}", said.err);
    orchestrate(&sandbox, &["integrate", "--land"]).fails(1);
    // It is begun anew, and what was thrown away is kept.
    orchestrate(&sandbox, &["start"]).ok();
    assert!(!sandbox.root.join(SECOND).join("b/new").exists());
    let kept = sandbox.git(&["show", "refs/orchestrate/r/backup/task-2-b/1:b/new"]).ok().out;
    assert_eq!(kept, "half\n");
}
