//! How often git is asked for the forecast of a chain, and that looking ahead changes no step.

use crate::sandbox::{Said, Sandbox};
use crate::train::commit;

/// A file whose first line and whose last line belong to different tasks. Nothing between them shows
/// by itself that they stay apart.
fn lines(first: &str, last: &str) -> String {
    format!("{first}\n{}{last}\n", "between\n".repeat(20))
}

/// Tasks that each share a file with the next, and one that all of them share.
fn shared(tasks: usize) -> Sandbox {
    let sandbox = Sandbox::repository();
    let all = |changed: usize| -> String {
        (1..=tasks)
            .map(|task| format!("{}\n= {task}\n", if changed == task { "new" } else { "old" }))
            .collect()
    };
    let mut plan = String::from("run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n");
    for task in 1..=tasks {
        plan +=
            &format!("[[task]]\nname = \"task-{task}\"\nscope = [{{ path = 'shared/*', shared = true }}]\n");
    }
    (1..=tasks + 1).for_each(|file| sandbox.write(&format!("shared/{file}"), lines("nobody", "nobody")));
    sandbox.write("shared/all", all(0));
    sandbox.write("orchestrate.toml", plan);
    commit(&sandbox, ".", "Base");
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    for task in 1..=tasks {
        let place = format!("worktrees/task-{task}");
        sandbox.write(&format!("{place}/shared/{task}"), lines(&format!("task {task}"), "nobody"));
        sandbox.write(&format!("{place}/shared/{}", task + 1), lines("nobody", &format!("task {task}")));
        sandbox.write(&format!("{place}/shared/all"), all(task));
        commit(&sandbox, &place, "[COMPLETE] All of it");
    }
    sandbox
}

#[test]
fn the_files_of_all_steps_are_asked_about_together() {
    let sandbox = shared(6);
    let trace = sandbox.root.join("../trace");
    let mut command = sandbox.command("git-orchestrate", &sandbox.root);
    command.args(["integrate", "--dry-run"]).env("GIT_TRACE", &trace);
    let said = Said::of(command, b"").ok();
    assert_eq!(said.out.matches("Success - clean merge").count(), 6, "{}", said.out);
    let trace = std::fs::read_to_string(trace).expect("a trace");
    let asked = trace.lines().filter(|line| line.contains("built-in: git merge-tree")).count();
    assert_eq!(asked, 2, "once for the pairs, and once for the files: {trace}");

    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["checkout", "--quiet", "--detach", "main"]).ok();
    let order =
        sandbox.git(&["log", "--first-parent", "--reverse", "--format=%P", "main..integration/r"]).ok().out;
    for parents in order.lines() {
        let tip = parents.split(' ').nth(1).expect("a merge");
        sandbox.git(&["-c", "core.hooksPath=/dev/null", "merge", "--quiet", "--no-ff", "-m", "x", tip]).ok();
    }
    let trees = sandbox.git(&["rev-parse", "HEAD^{tree}", "integration/r^{tree}"]).ok().out;
    let trees: Vec<&str> = trees.lines().collect();
    assert_eq!(trees[0], trees[1], "the tree of git's own merges");
}
