//! `git orchestrate conflicts` claims nothing about work that it cannot see.

use crate::sandbox::{Said, Sandbox};

/// Two tasks that changed the same line; the second has not committed it.
fn two() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("list", "1\n2\n3\n");
    sandbox.write("other", "o\n");
    let mut plan = String::from("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n");
    for task in ["task-1-one", "task-2-two"] {
        plan += &format!(
            "[[task]]\nname = \"{task}\"\nscope = [{{ path = \"list\", shared = true }}, {{ path = \"other\", shared = true }}]\n"
        );
    }
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    work(&sandbox, "task-1-one", "list", "1\none\n3\n");
    work(&sandbox, "task-2-two", "other", "two\n");
    sandbox.write("worktrees/task-2-two/list", "1\ntwo\n3\n");
    sandbox
}

fn work(sandbox: &Sandbox, task: &str, path: &str, content: &str) {
    let place = format!("worktrees/{task}");
    sandbox.write(&format!("{place}/{path}"), content);
    sandbox.git_in(&place, &["commit", "--quiet", "-a", "-m", "[CHECKPOINT] Part"]).ok();
}

fn conflicts(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "conflicts"], args].concat())
}

#[test]
fn what_lies_beside_a_detached_head_is_unknown() {
    let sandbox = two();
    let place = "worktrees/task-2-two";
    assert!(conflicts(&sandbox, &[]).fails(1).out.contains("task-1 and task-2 conflict"));
    sandbox.git_in(place, &["checkout", "--quiet", "--detach"]).ok();
    let told = "unknown: what becomes of 1 path not committed for task-2-two, as HEAD is detached there\n";
    let said = conflicts(&sandbox, &[]).fails(1).out;
    assert!(said.contains(told), "{said}");
    conflicts(&sandbox, &["task-1"]).ok();
    conflicts(&sandbox, &["--committed"]).ok();
    let json = conflicts(&sandbox, &["--format", "json"]).fails(1).out;
    assert!(json.contains("what becomes of 1 path not committed"), "{json}");

    // In the middle of a rebase there may be commits as well.
    let past_hooks = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-a", "-m", "[CHECKPOINT] More"];
    sandbox.git_in(place, &past_hooks).ok();
    let said = conflicts(&sandbox, &[]).fails(1).out;
    assert!(said.contains("what becomes of 1 commit not on work/task-2-two for task-2-two"), "{said}");

    sandbox.git_in(place, &["checkout", "--quiet", "work/task-2-two"]).ok();
    conflicts(&sandbox, &[]).ok();
    sandbox.git_in(place, &["checkout", "--quiet", "--detach"]).ok();
    conflicts(&sandbox, &[]).ok();
}

#[test]
fn work_on_another_branch_is_unknown() {
    let sandbox = two();
    sandbox.git_in("worktrees/task-2-two", &["checkout", "--quiet", "-b", "mine"]).ok();
    let said = conflicts(&sandbox, &[]).fails(1).out;
    assert!(said.contains("1 path not committed for task-2-two, as mine is checked out there\n"), "{said}");
}

#[test]
fn a_missing_branch_is_told() {
    let sandbox = two();
    let tip = sandbox.git(&["rev-parse", "work/task-2-two"]).ok().out;
    sandbox.git(&["worktree", "remove", "--force", "--force", "worktrees/task-2-two"]).ok();
    sandbox.git(&["update-ref", "-d", "refs/heads/work/task-2-two"]).ok();
    for args in [&[][..], &["task-2"]] {
        let said = conflicts(&sandbox, args).fails(1).out;
        assert!(
            said.contains("unknown: what task-2-two has, as there is no branch work/task-2-two"),
            "{said}"
        );
    }
    conflicts(&sandbox, &["task-1"]).ok();
    // Nobody takes the branch for an empty one.
    let said = sandbox.git(&["orchestrate", "start", "--yes"]).fails(1);
    assert!(said.err.contains(&format!("git branch work/task-2-two {}", &tip[..7])), "{}", said.err);
    sandbox.git(&["branch", "work/task-2-two", tip.trim()]).ok();
    conflicts(&sandbox, &[]).ok();
}
