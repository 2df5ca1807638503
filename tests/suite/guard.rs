//! The opt-in guard of branches: it refuses two things, and gets in the way of nothing else.

use crate::armed::{Armed, PLAN};
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const OTHER: &str = concat!("refs/heads/", "work/task-1-api");
const OWN: &str = concat!("refs/heads/", "work/task-2-models");

fn guarded() -> Armed {
    Armed::with_plan(&PLAN.replace("body = \"off\"\n", "body = \"off\"\nguard = true\n"))
}

fn hook(run: &Armed) -> std::path::PathBuf {
    run.sandbox.root.join(".git/orchestrate/hooks/reference-transaction")
}

fn tip(run: &Armed, name: &str) -> String {
    run.sandbox.git(&["rev-parse", name]).ok().out.trim().to_owned()
}

/// Refused, with words, and the branch is where it was.
#[track_caller]
fn refused(run: &Armed, args: &[&str], words: &str) {
    let before = tip(run, OTHER);
    let said = run.git(MODELS, args);
    assert!(said.code != 0, "{args:?} is refused");
    assert!(said.err.contains(words), "{args:?}: {}", said.err);
    assert_eq!(tip(run, OTHER), before, "{args:?}");
    run.sandbox.git(&["symbolic-ref", "--quiet", OTHER]).fails(1);
    run.sandbox.git(&["symbolic-ref", "--quiet", OWN]).fails(1);
}

#[test]
fn the_branch_of_another_task_does_not_move() {
    let run = guarded();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    let foreign = "refused: branch work/task-1-api belongs to task-1-api";
    refused(&run, &["update-ref", OTHER, "HEAD"], foreign);
    refused(&run, &["update-ref", OTHER, "HEAD", OTHER], foreign);
    refused(&run, &["update-ref", "--no-deref", OTHER, "main"], foreign);
    refused(&run, &["fetch", "-q", "-u", ".", "+HEAD:work/task-1-api"], foreign);
    refused(&run, &["push", "-q", "-f", ".", "HEAD:work/task-1-api"], "");
    let symbolic = "would become a symbolic ref to refs/heads/main";
    refused(&run, &["symbolic-ref", OWN, "refs/heads/main"], symbolic);
    refused(&run, &["symbolic-ref", OTHER, "refs/heads/main"], symbolic);
    let free = tip(&run, "main");
    run.sandbox.git(&["update-ref", OTHER, &free]).ok();
    assert_eq!(tip(&run, OTHER), free, "the main worktree is nobody's and is not asked");
}

#[test]
fn one_transaction_of_several_refs_is_refused_as_a_whole() {
    let run = guarded();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    let (own, other) = (tip(&run, OWN), tip(&run, OTHER));
    let main = tip(&run, "main");
    let mut command = run.sandbox.command("git", &run.path(MODELS));
    command.args(["update-ref", "--stdin"]);
    let input = format!("start\nupdate {OWN} {main}\nupdate {OTHER} {own}\nprepare\ncommit\n");
    assert!(Said::of(command, input.as_bytes()).code != 0);
    assert_eq!((tip(&run, OWN), tip(&run, OTHER)), (own, other));
}

#[test]
fn ordinary_commands_work() {
    let run = guarded();
    let git = |args: &[&str]| run.git(MODELS, args).ok();
    run.sandbox.git(&["init", "-q", "--bare", "../remote.git"]).ok();
    let remote = run.sandbox.root.join("../remote.git").display().to_string();
    run.sandbox.git(&["remote", "add", "origin", &remote]).ok();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
    git(&["commit", "-q", "--amend", "-m", "[CHECKPOINT] Z"]);
    run.sandbox.write("README.txt", "more\n");
    run.sandbox.git(&["commit", "-qam", "The base moves"]).ok();
    git(&["rebase", "-q", "main"]);
    git(&["rebase", "-q", "--force-rebase", "--apply", "main"]);
    git(&["reset", "-q", "--hard", "HEAD~1"]);
    git(&["reset", "-q", "--hard", "ORIG_HEAD"]);
    run.write(MODELS, "models/x.py", "changed\n");
    git(&["stash"]);
    git(&["stash", "pop"]);
    git(&["checkout", "-q", "--", "."]);
    git(&["push", "-q", "origin", "HEAD"]);
    git(&["fetch", "-q", "origin"]);
    git(&["branch", "unrelated"]);
    git(&["branch", "-m", "unrelated", "renamed"]);
    git(&["branch", "-f", "renamed", "HEAD~1"]);
    git(&["branch", "-D", "renamed"]);
    git(&["tag", "v1"]);
    git(&["worktree", "add", "-q", "-b", "side", "../side"]);
    run.sandbox.git_in("worktrees/side", &["commit", "-q", "--allow-empty", "-m", "Anything"]).ok();
    git(&["worktree", "remove", "../side"]);
    git(&["pack-refs", "--all", "--prune"]);
    git(&["gc", "-q"]);
    git(&["switch", "-q", "--detach"]);
    git(&["switch", "-q", "-C", "work/task-2-models"]);
    git(&["cherry-pick", "--allow-empty", "--keep-redundant-commits", "HEAD"]);
    git(&["update-ref", OTHER, OTHER]);
    let other = tip(&run, OTHER);
    git(&["update-ref", OTHER, &other, &other]);
    run.git(API, &["commit", "-q", "--allow-empty", "-m", "[CHECKPOINT] Own"]).ok();
    run.sandbox.git(&["fsck", "--strict"]).ok();
}

#[test]
fn what_is_not_understood_passes() {
    let run = guarded();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    let (own, other) = (tip(&run, OWN), tip(&run, OTHER));
    let null = "0".repeat(own.len());
    let ask = |state: &str, line: &str| {
        let mut command = run.sandbox.command(hook(&run), &run.path(MODELS));
        command.env("GIT_DIR", run.worktree(MODELS).git_dir).arg(state);
        Said::of(command, format!("{line}\n").as_bytes()).code
    };
    let harm = format!("{other} {own} {OTHER}");
    assert_eq!(ask("prepared", &harm), 1);
    for state in ["preparing", "committed", "aborted", "something new"] {
        assert_eq!(ask(state, &harm), 0, "{state}");
    }
    for line in
        [format!("{other} {null} {OTHER}"), format!("{null} {other} {OTHER}"), "?".into(), String::new()]
    {
        assert_eq!(ask("prepared", &line), 0, "{line:?}");
    }
    // A branch that is not there may begin, whoever begins it.
    run.git(MODELS, &["update-ref", "-d", OTHER]).ok();
    run.git(MODELS, &["update-ref", OTHER, &other]).ok();
    // A plan that cannot be read is no reason to end a command in the middle.
    run.sandbox.git(&["update-ref", "refs/orchestrate/demo/plan", "main"]).ok();
    assert_eq!(ask("prepared", &harm), 0);
}

#[test]
fn the_orchestrators_own_moves_are_not_asked() {
    let run = guarded();
    run.git(MODELS, &["orchestrate", "doctor", "--repair"]).ok();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    for task in [API, MODELS, "task-3-docs"] {
        run.git(task, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] Done"]).ok();
    }
    run.git(MODELS, &["worker", "reopen"]).ok();
    run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] Done again"]).ok();
    run.git(MODELS, &["orchestrate", "integrate"]).ok();
    run.git(MODELS, &["orchestrate", "integrate", "--land"]).ok();
    let said = run.git(MODELS, &["orchestrate", "cleanup"]);
    assert!(said.out.contains("removed branch work/task-1-api"), "{}{}", said.out, said.err);
    run.sandbox.git(&["rev-parse", "--verify", "--quiet", OTHER]).fails(1);
}

#[test]
fn the_hook_of_the_user_still_decides() {
    let run = guarded();
    let script = "#!/bin/sh\nwhile read old new ref; do test \"$1 $ref\" != 'prepared refs/heads/mine' || exit 1; done\n";
    run.sandbox.install(".git/hooks/reference-transaction", script);
    assert!(run.git(MODELS, &["branch", "mine"]).code != 0);
    run.git(MODELS, &["branch", "yours"]).ok();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    refused(&run, &["update-ref", OTHER, "HEAD"], "belongs to task-1-api");
}

#[test]
fn it_is_there_only_where_the_plan_asks_for_it() {
    let run = Armed::new();
    assert!(!hook(&run).exists(), "it is slow, so nobody has it who did not ask");
    let plan = |guard: &str| {
        let text = PLAN.replace("body = \"off\"\n", &format!("body = \"off\"\n{guard}"));
        run.sandbox.write("plan.toml", text);
        run.sandbox.git(&["orchestrate", "start", "plan.toml"]).ok();
    };
    plan("guard = true\n");
    assert!(hook(&run).exists(), "an amended plan brings it");
    run.sandbox.git(&["orchestrate", "doctor"]).ok();
    std::fs::remove_file(hook(&run)).expect("removed");
    let said = run.sandbox.git(&["orchestrate", "doctor"]).fails(1);
    assert!(said.out.contains("the hook reference-transaction is missing"), "{}", said.out);
    run.sandbox.git(&["orchestrate", "doctor", "--repair"]).ok();
    assert!(hook(&run).exists());
    plan("");
    assert!(!hook(&run).exists(), "and one without takes it away");
    run.sandbox.git(&["orchestrate", "doctor"]).ok();
}
