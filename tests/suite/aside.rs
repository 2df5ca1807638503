//! `git worker merge` while something is uncommitted: what it says to do works, and no worker gets
//! what is another's.

use crate::armed::{Armed, PLAN};
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const DOCS: &str = "task-3-docs";

/// Two tasks need a third, which is complete.
fn complete() -> Armed {
    let needs = "name = \"task-3-docs\"\nneeds = [\"task-2/Model\"]";
    let run = Armed::with_plan(&PLAN.replace("name = \"task-3-docs\"", needs));
    run.commit(MODELS, "models/m.py", "[COMPLETE] Models").ok();
    run
}

/// Types what is said to be the way to put changes aside.
fn put_aside(run: &Armed, task: &str) -> Said {
    let said = run.git(task, &["worker", "merge", "task-2"]).fails(1);
    let command = said.err.lines().find_map(|line| line.split_once("put it aside meanwhile: git "));
    let (_, command) = command.unwrap_or_else(|| panic!("a way is named: {}", said.err));
    assert!(!said.err.contains("stash them"), "the stash is shared: {}", said.err);
    run.git(task, &command.split(' ').collect::<Vec<_>>()).ok()
}

fn dirt(run: &Armed, task: &str) -> String {
    run.git(task, &["diff", "HEAD"]).ok().out.lines().filter(|line| line.starts_with("+m")).collect()
}

#[test]
fn each_worker_gets_back_what_is_its_own() {
    let run = complete();
    for (task, path) in [(API, "api/a.py"), (DOCS, "docs/d.md")] {
        run.write(task, path, format!("mine of {task}\n"));
        run.git(task, &["add", path]).ok();
    }
    for task in [API, DOCS] {
        put_aside(&run, task);
        assert_eq!(dirt(&run, task), format!("+mine of {task}"), "it is as it was");
        assert_eq!(run.git(task, &["log", "-1", "--format=%s"]).ok().out, "Merge task-2: Models\n");
    }
    assert_eq!(run.git(API, &["stash", "list"]).ok().out, "", "nothing is left in the stash");
}

#[test]
fn what_is_done_may_be_committed_first() {
    let run = complete();
    run.write(API, "api/a.py", "mine\n");
    run.git(API, &["add", "."]).ok();
    let said = run.git(API, &["worker", "merge", "task-2"]).fails(1);
    assert!(said.err.contains("commit what is done first: git worker checkpoint"), "{}", said.err);
    run.git(API, &["worker", "checkpoint", "-m", "Mine"]).ok();
    run.git(API, &["worker", "merge", "task-2"]).ok();
}

#[test]
fn changes_that_conflict_with_what_was_merged_are_named() {
    let run = complete();
    run.write(API, "models/m.py", "mine\n");
    let said = put_aside(&run, API);
    assert!(said.out.contains("merged task-2-models"), "{}", said.out);
    assert!(
        said.err.contains("warning: your changes conflict with what was merged:\n  models/m.py\n"),
        "{}",
        said.err
    );
    let (_, shown) = said.err.split_once("as they were: git ").expect("a way to see them");
    let (command, _) = shown.split_once(';').expect("it ends");
    let shown = run.git(API, &command.split(' ').collect::<Vec<_>>()).ok();
    assert!(shown.out.contains("+mine"), "{}", shown.out);
}

#[test]
fn changes_come_back_with_the_end_of_a_merge() {
    let plan = PLAN.replace("\"api/\",", "\"api/\", { path = \"both.txt\", shared = true },");
    let plan = plan.replace("\"models/\",", "\"models/\", { path = \"both.txt\", shared = true },");
    for end in [["commit", "--no-edit"], ["merge", "--abort"]] {
        let run = Armed::with_plan(&plan);
        run.commit(MODELS, "both.txt", "[COMPLETE] Models").ok();
        run.commit(API, "both.txt", "[CHECKPOINT] Both").ok();
        run.write(API, "api/a.py", "mine\n");
        run.git(API, &["add", "."]).ok();
        let said = run.git(API, &["worker", "merge", "--autostash", "task-2"]).fails(1);
        assert!(said.err.contains("what was put aside comes back with either"), "{}", said.err);
        run.git(API, &["checkout", "--theirs", "both.txt"]).ok();
        run.git(API, &["add", "both.txt"]).ok();
        run.git(API, &end).ok();
        assert_eq!(dirt(&run, API), "+mine", "{end:?} brings it back");
    }
}

#[test]
fn new_files_in_the_way_are_put_nowhere() {
    let run = complete();
    run.commit(MODELS, "models/new.py", "[CHECKPOINT] New");
    run.git(MODELS, &["worker", "reopen"]).ok();
    run.commit(MODELS, "models/new.py", "[COMPLETE] New").ok();
    run.write(API, "models/new.py", "mine\n");
    let said = run.git(API, &["worker", "merge", "task-2"]).fails(1);
    assert!(said.err.contains("models/new.py"), "{}", said.err);
    assert!(said.err.contains("commit the new files first, or move them out of the way"), "{}", said.err);
    assert!(!said.err.contains("--autostash"), "it would not help: {}", said.err);
    std::fs::rename(run.path(API).join("models/new.py"), run.path(API).join("api/new.py")).expect("moved");
    run.git(API, &["worker", "merge", "task-2"]).ok();
}
