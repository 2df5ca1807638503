//! Names that are one and the same on some systems and that come together only when branches do.

use crate::sandbox::{Said, Sandbox};

const PLAN: &str = r#"run = "r"
base = "main"
[protocol]
body = "off"
[[task]]
name = "task-1-a"
scope = [{ path = "a/", shared = true }]
[[task]]
name = "task-2-b"
scope = [{ path = "a/", shared = true }]
"#;

fn started() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("orchestrate.toml", PLAN);
    sandbox.write("a/f", "one\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start"]).ok();
    sandbox
}

fn complete(sandbox: &Sandbox, task: &str, path: &str) {
    sandbox.write(&format!("worktrees/{task}/{path}"), task);
    sandbox.git_in(&format!("worktrees/{task}"), &["worker", "complete", "-m", "All"]).ok();
}

fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

#[test]
fn names_of_two_tasks_that_collide_wait_for_a_person() {
    let sandbox = started();
    complete(&sandbox, "task-1-a", "a/Foo");
    complete(&sandbox, "task-2-b", "a/foo");
    let forecast = integrate(&sandbox, &["--dry-run"]).fails(1);
    let told = "     a/foo: the same name as a/Foo on some systems; have one of them renamed";
    assert!(forecast.out.contains("the merge would make 1 name collide\n"), "{}", forecast.out);
    assert!(forecast.out.contains(told), "{}", forecast.out);

    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.out.contains("Stopped at task-2"), "{}", said.out);
    assert!(said.out.contains(told), "{}", said.out);
    let names = sandbox.git(&["ls-tree", "-r", "--name-only", "integration/r", "a"]).ok().out;
    assert_eq!(names, "a/Foo\na/f\n", "nothing of it is there unseen");

    // Renamed, it goes on.
    integrate(&sandbox, &["--abort"]).ok();
    let tree = "worktrees/task-2-b";
    sandbox.git_in(tree, &["worker", "reopen"]).ok();
    sandbox.git_in(tree, &["mv", "a/foo", "a/bar"]).ok();
    sandbox.git_in(tree, &["worker", "complete", "-m", "Renamed"]).ok();
    integrate(&sandbox, &[]).ok();
}

#[test]
fn a_name_of_the_base_that_came_later_collides_too() {
    let sandbox = started();
    complete(&sandbox, "task-1-a", "a/Foo");
    sandbox.write("a/foo", "base\n");
    sandbox.git(&["add", "a/foo"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base adds it"]).ok();
    let said = integrate(&sandbox, &["--only-complete"]).fails(1);
    assert!(said.out.contains("a/Foo: the same name as a/foo"), "{}", said.out);
    // A person may want both.
    integrate(&sandbox, &["--continue"]).ok();
    let names = sandbox.git(&["ls-tree", "-r", "--name-only", "integration/r", "a"]).ok().out;
    assert_eq!(names, "a/Foo\na/f\na/foo\n");
}

#[test]
fn names_that_were_together_before_are_nobodys_fault() {
    let sandbox = started();
    for path in ["b/x", "B/x"] {
        sandbox.write(path, "base\n");
    }
    sandbox.git(&["add", "b", "B"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base has both"]).ok();
    complete(&sandbox, "task-1-a", "a/new");
    complete(&sandbox, "task-2-b", "a/other");
    integrate(&sandbox, &[]).ok();
}

#[test]
fn names_that_a_fetched_base_has_both_are_the_bases() {
    let sandbox = started();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    for path in ["b/x", "B/x"] {
        sandbox.write(path, "base\n");
    }
    sandbox.git(&["add", "b", "B"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base has both"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    sandbox.git_in("worktrees/task-1-a", &["merge", "--quiet", "--no-edit", "origin/main"]).ok();
    complete(&sandbox, "task-1-a", "a/new");
    complete(&sandbox, "task-2-b", "a/other");
    integrate(&sandbox, &[]).ok();
}
