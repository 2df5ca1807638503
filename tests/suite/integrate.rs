//! `git orchestrate integrate` on real repositories: forecast, stop, continue, skip, abort, land.

use std::path::Path;
use std::time::Duration;

use orchestrate::git::Repository;
use orchestrate::model::integration::progress::Progress;
use orchestrate::model::name::RunName;

use crate::armed::Armed;
use crate::sandbox::{Said, Sandbox};

const BRANCH: &str = "integration/analytics-dashboard";
const BENCH: &str = ".git/orchestrate/integrate/analytics-dashboard";
const MODELS: &str = "models/__init__.py";
const RESOLVED: &str = "from models.user import User\nfrom models.analytics import AnalyticsEvent\n";

fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

fn tip(sandbox: &Sandbox, name: &str) -> Option<String> {
    let said = sandbox.git(&["rev-parse", "--verify", "--quiet", name]);
    (said.code == 0).then(|| said.out.trim().to_owned())
}

fn subjects(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let log = sandbox
        .git(&["log", "--first-parent", "--reverse", "--format=%s", &format!("main..{name}")])
        .ok()
        .out;
    log.lines().map(str::to_owned).collect()
}

/// Every file below `.git` with its content, and the state of the checkout.
fn everything(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    fn walk(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&sandbox.root, &mut found);
    found.sort();
    found
}

/// Nothing of a person's was touched: HEAD, index, files, stash.
fn untouched(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(&["symbolic-ref", "HEAD"]).ok().out, "refs/heads/main\n", "HEAD stays");
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "", "index and files stay");
    assert_eq!(sandbox.git(&["stash", "list"]).ok().out, "", "the stash stays");
}

/// No private worktree, no remembered progress, no branch in progress.
fn finished(sandbox: &Sandbox) {
    assert!(!sandbox.root.join(BENCH).exists(), "the private worktree is gone");
    assert_eq!(
        tip(sandbox, "refs/orchestrate/analytics-dashboard/integration"),
        None,
        "nothing is remembered"
    );
    assert!(
        !sandbox.git(&["worktree", "list"]).ok().out.contains("integrate/"),
        "nor is a record of it left"
    );
    untouched(sandbox);
}

fn resolve(sandbox: &Sandbox) {
    sandbox.write(&format!("{BENCH}/{MODELS}"), RESOLVED);
    sandbox.git_in(BENCH, &["add", MODELS]).ok();
}

#[test]
fn a_forecast_writes_nothing() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let before = everything(&sandbox);
    let said = integrate(&sandbox, &["--dry-run"]).fails(1);
    assert!(said.out.contains("CONFLICT (content): models/__init__.py  (task-2 and task-1)"), "{}", said.out);
    assert!(
        said.out.contains("3. task-3: Analytics frontend\n   Depends on task-1\n   Success - clean merge\n"),
        "{}",
        said.out
    );
    assert!(everything(&sandbox) == before, "no file of the repository changes, not even a timestamped one");
    let again = integrate(&sandbox, &["--dry-run"]).fails(1);
    assert_eq!(again.out, said.out, "the same repository gives the same forecast");
    integrate(&sandbox, &["--dry-run", "--resolve-trivial"]).ok();
}

#[test]
fn clean_work_is_merged_in_dependency_order() {
    let sandbox = Sandbox::from_script("finished.sh");
    let said = integrate(&sandbox, &[]).ok();
    assert_eq!(
        subjects(&sandbox, BRANCH),
        [
            "Merge task-2: Analytics models and migrations",
            "Merge task-1: Analytics API endpoints",
            "Merge task-3: Analytics frontend"
        ]
    );
    let first = sandbox.git(&["rev-parse", &format!("{BRANCH}~2^1"), &format!("{BRANCH}~2^2")]).ok().out;
    let expect = sandbox.git(&["rev-parse", "main", "work/task-2-models-migrations"]).ok().out;
    assert_eq!(first, expect, "a merge has the branch so far and the task's tip as parents");
    assert!(
        said.out.contains("[x] All worker branches merged\n[x] All conflicts resolved\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("[ ] Tests pass (user to verify)"), "{}", said.out);
    finished(&sandbox);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();

    let before = tip(&sandbox, BRANCH);
    let again = integrate(&sandbox, &[]).ok();
    assert_eq!(again.out.matches("Already up to date").count(), 3, "{}", again.out);
    assert_eq!(tip(&sandbox, BRANCH), before, "merging again moves nothing");
}

#[test]
fn the_result_is_what_git_merge_makes() {
    let sandbox = Sandbox::from_script("finished.sh");
    integrate(&sandbox, &[]).ok();
    sandbox.git(&["checkout", "--quiet", "--detach", "main"]).ok();
    for task in ["task-2-models-migrations", "task-1-api-endpoints", "task-3-frontend"] {
        sandbox.git(&["merge", "--quiet", "--no-ff", "-m", "x", &format!("work/{task}")]).ok();
    }
    let trees = sandbox.git(&["rev-parse", "HEAD^{tree}", &format!("{BRANCH}^{{tree}}")]).ok().out;
    let trees: Vec<&str> = trees.lines().collect();
    assert_eq!(trees[0], trees[1], "the same tree as merging by hand in that order");
}

#[test]
fn a_conflict_stops_and_goes_on() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.out.contains("Stopped at task-1"), "{}", said.out);
    assert_eq!(subjects(&sandbox, BRANCH), ["Merge task-2: Analytics models and migrations"]);
    untouched(&sandbox);
    let unmerged = sandbox.git_in(BENCH, &["diff", "--name-only", "--diff-filter=U"]).ok().out;
    assert_eq!(unmerged, format!("{MODELS}\n"), "the index has the stages as git merge leaves them");
    assert!(
        sandbox.read(&format!("{BENCH}/{MODELS}")).contains("<<<<<<< task-2-models-migrations\n"),
        "the file has the markers"
    );

    let second = integrate(&sandbox, &[]).fails(1);
    assert!(second.err.contains("--continue"), "a second one is told what is going on: {}", second.err);
    let early = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(early.err.contains("models/__init__.py: unmerged"), "{}", early.err);
    sandbox.git_in(BENCH, &["add", MODELS]).ok();
    let marked = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(marked.err.contains("models/__init__.py:2: conflict marker left"), "{}", marked.err);

    resolve(&sandbox);
    let done = integrate(&sandbox, &["--continue"]).ok();
    assert!(done.out.contains("[x] All conflicts resolved"), "{}", done.out);
    assert_eq!(
        subjects(&sandbox, BRANCH),
        [
            "Merge task-2: Analytics models and migrations",
            "Resolve merge conflict: models/__init__.py from task-1 and task-2",
            "Merge task-3: Analytics frontend"
        ]
    );
    assert_eq!(sandbox.git(&["show", &format!("{BRANCH}:{MODELS}")]).ok().out, RESOLVED);
    finished(&sandbox);
}

#[test]
fn a_merge_concluded_by_hand_is_taken_over() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    resolve(&sandbox);
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "By hand"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(subjects(&sandbox, BRANCH)[1], "By hand");
    finished(&sandbox);
}

#[test]
fn a_head_that_is_no_merge_is_not_taken_over() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    sandbox.git_in(BENCH, &["merge", "--abort"]).ok();
    sandbox.git_in(BENCH, &["commit", "--quiet", "--allow-empty", "-m", "Not a merge"]).ok();
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.err.contains("does not hold both sides"), "{}", said.err);
    integrate(&sandbox, &["--abort"]).ok();
    finished(&sandbox);
}

#[test]
fn trivial_conflicts_are_resolved_on_request_only() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let said = integrate(&sandbox, &["--resolve-trivial"]).ok();
    assert!(said.out.contains("1 trivial conflict resolved"), "{}", said.out);
    assert_eq!(sandbox.git(&["show", &format!("{BRANCH}:{MODELS}")]).ok().out, RESOLVED);
    assert_eq!(
        subjects(&sandbox, BRANCH)[1],
        "Resolve merge conflict: models/__init__.py from task-1 and task-2"
    );
    finished(&sandbox);
}

/// What a merge brought of another task that has replaced it is in the scope of nobody who takes part.
#[test]
fn what_is_nobodys_is_taken_back_as_it_is_printed() {
    let [models, docs] = ["task-2-models", "task-3-docs"];
    let run = Armed::new();
    run.commit(docs, "docs/old.md", "[CHECKPOINT] Old").ok();
    run.commit(models, "models/x.py", "[CHECKPOINT] X").ok();
    run.git(models, &["merge", "--quiet", "--no-edit", "work/task-3-docs"]).ok();
    run.commit(models, "models/y.py", "[COMPLETE] Y").ok();
    run.git(docs, &["reset", "--quiet", "--hard", "HEAD^"]).ok();
    run.commit(docs, "docs/new.md", "[COMPLETE] New").ok();
    let said = integrate(&run.sandbox, &["--only-complete"]).fails(1).out;
    assert!(said.contains("change 1 path outside the scope of what it brings"), "{said}");
    assert!(said.contains("docs/old.md, in the scope of task-3: changed by "), "{said}");
    assert!(!said.contains("git revert"), "a commit that a merge brought is not reverted: {said}");
    let line = said.lines().find(|line| line.contains(" restore -SW ")).expect("what to type");
    let mut shell = run.sandbox.command("sh", &run.sandbox.root);
    shell.args(["-c", line]);
    Said::of(shell, b"").ok();
    integrate(&run.sandbox, &["--continue"]).ok();
    let there = |path: &str| run.sandbox.git(&["cat-file", "-e", &format!("integration/demo:{path}")]).code;
    assert_eq!([there("docs/old.md"), there("docs/new.md"), there("models/y.py")], [128, 0, 0]);
}

#[test]
fn a_skipped_task_takes_its_dependents_with_it() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    let said = integrate(&sandbox, &["--skip"]).ok();
    assert_eq!(subjects(&sandbox, BRANCH), ["Merge task-2: Analytics models and migrations"]);
    assert!(said.out.contains("Left out: task-3-frontend"), "{}", said.out);
    assert!(said.out.contains("[ ] All worker branches merged"), "{}", said.out);
    finished(&sandbox);
}

#[test]
fn abort_restores_exactly() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let branches = sandbox.git(&["for-each-ref", "refs/heads"]).ok().out;
    integrate(&sandbox, &[]).fails(1);
    let said = integrate(&sandbox, &["--abort"]).ok();
    assert_eq!(sandbox.git(&["for-each-ref", "refs/heads"]).ok().out, branches, "a new branch is gone again");
    let backup = "refs/orchestrate/analytics-dashboard/backup/integration/1";
    assert!(
        said.out.contains(backup) && tip(&sandbox, backup).is_some(),
        "what was merged is kept: {}",
        said.out
    );
    finished(&sandbox);
    integrate(&sandbox, &["--abort"]).fails(1);

    // A branch that was there goes back to where it was.
    sandbox.git(&["branch", BRANCH, "main"]).ok();
    let refused = integrate(&sandbox, &[]).fails(1);
    assert!(refused.err.contains("--reuse"), "a foreign branch is not merged into: {}", refused.err);
    integrate(&sandbox, &["--reuse"]).fails(1);
    integrate(&sandbox, &["--abort"]).ok();
    assert_eq!(tip(&sandbox, BRANCH), tip(&sandbox, "main"));
    finished(&sandbox);
}

#[test]
fn commands_run_on_each_result_before_the_branch_moves() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let routes = "test ! -e api/analytics/routes.py";
    integrate(&sandbox, &["--exec", routes]).fails(1);
    assert_eq!(subjects(&sandbox, BRANCH).len(), 1, "it stops at the conflict");
    resolve(&sandbox);
    let said = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(said.out.contains(&format!("`{routes}` failed with exit code 1")), "{}", said.out);
    assert_eq!(subjects(&sandbox, BRANCH).len(), 1, "what a person resolved waits for them");
    untouched(&sandbox);

    // A commit on top of the result fixes it.
    sandbox.git_in(BENCH, &["rm", "--quiet", "api/analytics/routes.py"]).ok();
    let early = integrate(&sandbox, &["--continue"]).fails(1);
    assert!(
        early.err.contains("1 path is staged, and not in the commit"),
        "staged work is not thrown away: {}",
        early.err
    );
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "Take the routes out"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(subjects(&sandbox, BRANCH)[2], "Take the routes out");
    finished(&sandbox);
}

#[test]
fn work_that_is_not_complete_is_refused_or_left_out() {
    let sandbox = Sandbox::from_script("finished.sh");
    let tree = "worktrees/task-1-api-endpoints";
    sandbox.git_in(tree, &["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.err.contains("task-1-api-endpoints is not complete"), "{}", said.err);
    assert!(said.err.contains("--only-complete"), "{}", said.err);
    assert_eq!(tip(&sandbox, BRANCH), None, "nothing was begun");
    integrate(&sandbox, &["--only-complete"]).ok();
    assert_eq!(
        subjects(&sandbox, BRANCH),
        ["Merge task-2: Analytics models and migrations"],
        "nor its dependents"
    );

    // Finished later, it goes onto the same branch.
    sandbox.git_in(tree, &["commit", "--quiet", "--allow-empty", "-m", "[COMPLETE] Analytics API"]).ok();
    integrate(&sandbox, &[]).ok();
    assert_eq!(subjects(&sandbox, BRANCH).len(), 3);
    finished(&sandbox);
}

#[test]
fn work_that_breaks_the_rules_does_not_get_in() {
    let sandbox = Sandbox::from_script("finished.sh");
    let tree = "worktrees/task-3-frontend";
    sandbox.write(&format!("{tree}/config.py"), "DEBUG = True\n");
    sandbox.git_in(tree, &["add", "."]).ok();
    sandbox
        .git_in(tree, &["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "[COMPLETE] Sneak"])
        .ok();
    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.err.contains("task-3-frontend breaks the rules"), "{}", said.err);
    assert!(said.err.contains("config.py"), "the finding is named: {}", said.err);
    assert_eq!(tip(&sandbox, BRANCH), None);
}

#[test]
fn a_branch_that_a_person_works_on_is_left_alone() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["branch", BRANCH, "main"]).ok();
    sandbox.git(&["worktree", "add", "--quiet", "../mine", BRANCH]).ok();
    std::fs::write(sandbox.root.join("../mine/config.py"), "mine\n").expect("a file");
    let said = integrate(&sandbox, &["--reuse"]).fails(1);
    assert!(said.err.contains("is checked out in"), "{}", said.err);
    sandbox.git(&["-C", "../mine", "checkout", "--quiet", "."]).ok();
    integrate(&sandbox, &["--reuse"]).ok();
    let status = sandbox.git(&["-C", "../mine", "status", "--porcelain"]).ok().out;
    assert_eq!(status, "", "a clean worktree on the branch goes along with it");
    assert_eq!(subjects(&sandbox, BRANCH).len(), 3);
}

#[test]
fn landing_takes_the_work_to_the_base() {
    let sandbox = Sandbox::from_script("finished.sh");
    integrate(&sandbox, &["--land"]).fails(1);
    integrate(&sandbox, &[]).ok();
    sandbox.write("config.py", "mine\n");
    let dirty = integrate(&sandbox, &["--land"]).fails(1);
    assert!(dirty.err.contains("main is checked out in"), "a person's changes stay: {}", dirty.err);
    assert!(dirty.err.contains("\n  config.py\n"), "what is in the way is named: {}", dirty.err);
    sandbox.git(&["checkout", "--quiet", "config.py"]).ok();
    // A new file that has nothing to do with it is in nobody's way; one of the same name is.
    sandbox.write("new.py", "mine\n");
    sandbox.write("models/analytics.py", "mine\n");
    let dirty = integrate(&sandbox, &["--land"]).fails(1);
    assert!(dirty.err.contains("\n  models/analytics.py\n"), "also what git does not know: {}", dirty.err);
    assert!(!dirty.err.contains("new.py"), "{}", dirty.err);
    let remedy = ["stash", "--quiet", "--include-untracked"];
    assert!(dirty.err.contains("stash --include-untracked"), "a remedy is named: {}", dirty.err);
    sandbox.git(&remedy).ok();
    sandbox.git(&["stash", "drop", "--quiet"]).ok();
    sandbox.write("models.txt", "mine\n");
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "?? models.txt\n");
    std::fs::remove_file(sandbox.root.join("models.txt")).expect("a file");
    let subject = sandbox.git(&["log", "-1", "--format=%s", "main"]).ok().out;
    assert_eq!(subject, "Merge analytics-dashboard: parallel implementation complete\n");
    assert!(sandbox.root.join("models/analytics.py").exists(), "the checkout of main has the work");
    untouched(&sandbox);
    let again = integrate(&sandbox, &["--land"]).ok();
    assert!(again.out.contains("already"), "{}", again.out);
}

#[test]
fn a_bare_repository_integrates_too() {
    let sandbox = Sandbox::from_script("clashing.sh");
    sandbox.git(&["clone", "--quiet", "--mirror", ".", "../bare.git"]).ok();
    let bare = |args: &[&str]| sandbox.git_in("../bare.git", &[&["orchestrate", "integrate"], args].concat());
    bare(&["--dry-run"]).fails(1);
    bare(&[]).fails(1);
    bare(&["--abort"]).ok();
    bare(&["--resolve-trivial"]).ok();
    assert_eq!(
        sandbox.git_in("../bare.git", &["rev-list", "--count", "--first-parent", BRANCH]).ok().out,
        "5\n"
    );
}

/// Killed at a random moment, whatever is left is understood by `--continue` and by `--abort`.
#[test]
fn a_killed_integration_can_go_on_or_be_taken_back() {
    let sandbox = Sandbox::from_script("finished.sh");
    let mut killed = 0;
    for round in 0..8_u64 {
        let mut child = sandbox
            .command("git", &sandbox.root)
            .args(["orchestrate", "integrate", "--exec", "true"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("git runs");
        std::thread::sleep(Duration::from_millis(10 + 25 * round));
        let in_time = child.try_wait().expect("a child").is_none();
        killed += usize::from(in_time);
        kill_group(&child);
        let _ = child.wait();
        untouched(&sandbox);
        sandbox.git(&["fsck", "--strict", "--no-dangling"]).ok();
        if tip(&sandbox, "refs/orchestrate/analytics-dashboard/integration").is_some() {
            match round % 3 {
                0 => drop(integrate(&sandbox, &["--continue"]).ok()),
                1 => drop(integrate(&sandbox, &["--exec", "true"]).ok()),
                _ => {}
            }
        }
        let aborted = integrate(&sandbox, &["--abort"]);
        assert!(
            aborted.code == 0 || aborted.err.contains("no integration is in progress"),
            "{}",
            aborted.err
        );
        finished(&sandbox);
        sandbox.git(&["update-ref", "-d", &format!("refs/heads/{BRANCH}")]).ok();
    }
    assert!(killed > 0, "at least one was killed on its way");
    integrate(&sandbox, &[]).ok();
    assert_eq!(subjects(&sandbox, BRANCH).len(), 3);
}

/// What a kill can leave, state by state: remembered but not begun, done but still remembered, and a
/// bench that is gone.
#[test]
fn every_state_that_a_kill_leaves_is_understood() {
    let sandbox = Sandbox::from_script("finished.sh");
    let repo = Repository::open(&sandbox.root).expect("a repository");
    let run = RunName::new("analytics-dashboard").expect("a name");
    let progress = Progress {
        branch: BRANCH.into(),
        original_tip: None,
        start: repo.resolve("main").expect("a commit"),
        batch: None,
        failed: Vec::new(),
        exec: Vec::new(),
        resolve_trivial: false,
        no_replay: false,
        only_complete: false,
        skipped: Vec::new(),
        stopped: None,
    };
    let remember = || assert!(repo.write_progress(&run, None, &progress).expect("it is written").is_some());
    remember();
    integrate(&sandbox, &["--abort"]).ok();
    finished(&sandbox);
    remember();
    integrate(&sandbox, &["--continue"]).ok();
    finished(&sandbox);
    // The same call again goes on, another one does not.
    remember();
    let other = integrate(&sandbox, &["--only-complete"]).fails(1);
    assert!(other.err.contains("an integration is in progress"), "{}", other.err);
    integrate(&sandbox, &[]).ok();
    finished(&sandbox);
    let tip_before = tip(&sandbox, BRANCH);
    remember();
    integrate(&sandbox, &["--continue"]).ok();
    assert_eq!(tip(&sandbox, BRANCH), tip_before, "what is done is not done again");
    remember();
    integrate(&sandbox, &["--abort"]).ok();
    assert_eq!(tip(&sandbox, BRANCH), None);
    finished(&sandbox);
}

#[test]
fn locks_of_a_killed_integration_are_cleared_and_others_are_not() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    let files = [
        "refs/orchestrate/analytics-dashboard/integration",
        "refs/orchestrate/analytics-dashboard/journal/orchestrator",
        "refs/heads/integration/analytics-dashboard",
        "worktrees/analytics-dashboard/index",
    ];
    sandbox.write(".git/orchestrate/integrating-analytics-dashboard", "1\n");
    for file in files {
        sandbox.write(&format!(".git/{file}.lock"), "");
    }
    sandbox.write(".git/refs/heads/main2.lock", "");
    integrate(&sandbox, &["--abort"]).ok();
    assert!(
        sandbox.root.join(".git/refs/heads/main2.lock").exists(),
        "what it does not write is somebody else's"
    );
    finished(&sandbox);
}

#[test]
fn a_merge_that_was_taken_back_is_laid_out_again() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    sandbox.git_in(BENCH, &["merge", "--abort"]).ok();
    integrate(&sandbox, &["--continue"]).fails(1);
    assert_eq!(subjects(&sandbox, BRANCH).len(), 1, "the task is not merged without its work");
    assert!(
        sandbox.read(&format!("{BENCH}/{MODELS}")).contains("<<<<<<< task-2-models-migrations\n"),
        "the conflict is there again"
    );

    std::fs::remove_dir_all(sandbox.root.join(BENCH)).expect("it is there");
    integrate(&sandbox, &["--continue"]).fails(1);
    resolve(&sandbox);
    integrate(&sandbox, &["--continue"]).ok();
    finished(&sandbox);
}

#[test]
fn a_workers_worktree_is_a_place_like_any_other() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let tree = "worktrees/task-1-api-endpoints/api";
    sandbox.git_in(tree, &["orchestrate", "integrate"]).fails(1);
    let inherited = sandbox.git_in(BENCH, &["config", "orchestrate.task"]);
    assert_eq!(inherited.code, 1, "the private worktree is nobody's: {}", inherited.out);
    resolve(&sandbox);
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "Resolve by hand"]).ok();
    sandbox.git_in(tree, &["orchestrate", "integrate", "--continue"]).ok();
    finished(&sandbox);
}

#[test]
fn of_two_at_once_the_second_is_told() {
    let sandbox = Sandbox::from_script("finished.sh");
    let mut first = sandbox
        .command("git", &sandbox.root)
        .args([
            "orchestrate",
            "integrate",
            "--exec",
            "test -e ../../../begun && exit; touch ../../../begun; sleep 2",
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("git runs");
    let begun = sandbox.root.join(".git/begun");
    for _ in 0..1_000 {
        if begun.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    for args in [&[][..], &["--abort"], &["--continue"]] {
        let second = integrate(&sandbox, args).fails(1);
        assert!(second.err.contains("another process is integrating"), "{}", second.err);
    }
    assert!(first.wait().expect("it ends").success(), "the first is not disturbed");
    finished(&sandbox);
}

#[test]
fn a_task_can_be_left_out_by_name_but_not_once_it_is_merged() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    let said = integrate(&sandbox, &["--skip", "task-2"]).fails(2);
    assert!(said.err.contains("is merged already"), "{}", said.err);
    integrate(&sandbox, &["--skip", "no-such-task"]).fails(2);
    resolve(&sandbox);
    integrate(&sandbox, &["--skip", "task-3"]).ok();
    assert_eq!(subjects(&sandbox, BRANCH).len(), 2, "the stopped step goes on, the named one is left out");
    finished(&sandbox);
}

#[test]
fn a_symbolic_integration_branch_is_refused() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["symbolic-ref", &format!("refs/heads/{BRANCH}"), "refs/heads/main"]).ok();
    let main = tip(&sandbox, "main");
    for args in [&[][..], &["--reuse"]] {
        let said = integrate(&sandbox, args).fails(1);
        assert!(said.err.contains("symbolic"), "{}", said.err);
    }
    assert_eq!(tip(&sandbox, "main"), main, "no other branch moves in its place");
}

#[test]
fn an_old_base_is_told() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../remote.git"]).ok();
    sandbox.git(&["remote", "add", "origin", "../remote.git"]).ok();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Somebody else's"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "main"]).ok();
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    let said = integrate(&sandbox, &["--dry-run"]).ok();
    assert!(
        said.out.contains("warning: origin/main has 1 commit that the base here has not"),
        "{}",
        said.out
    );
    let tree = "worktrees/task-3-frontend";
    sandbox.git_in(tree, &["merge", "--quiet", "--no-edit", "origin/main"]).ok();
    let said = integrate(&sandbox, &["--dry-run"]).ok();
    let words =
        "that the base here has not, and task-3 brings some of them along; git pull there brings them all";
    assert!(said.out.contains(words), "{}", said.out);
}

#[test]
fn another_branch_may_be_named() {
    let sandbox = Sandbox::from_script("finished.sh");
    integrate(&sandbox, &["--into", "release/next"]).ok();
    assert_eq!(subjects(&sandbox, "release/next").len(), 3);
    assert_eq!(tip(&sandbox, BRANCH), None);
    integrate(&sandbox, &["--into", "not a name"]).fails(2);
    finished(&sandbox);
}

/// Kills the program that git started as well.
pub fn kill_group(child: &std::process::Child) {
    let mut ids = vec![child.id().to_string()];
    let mut seen = 0;
    while let Some(id) = ids.get(seen) {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        ids.extend(children.split_whitespace().map(str::to_owned));
        seen += 1;
    }
    let _ =
        std::process::Command::new("kill").arg("-9").args(&ids).stderr(std::process::Stdio::null()).status();
}

#[test]
fn every_form_says_the_same() {
    let sandbox = Sandbox::from_script("clashing.sh");
    let json = integrate(&sandbox, &["--dry-run", "--format", "json"]).fails(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["steps"][1]["result"], "conflict");
    assert_eq!(json["steps"][1]["conflicts"][0]["theirs"][0], "task-1-api-endpoints");
    let markdown = integrate(&sandbox, &["--dry-run", "--format", "markdown"]).fails(1).out;
    assert!(
        markdown.contains("<<<<<<< task-2\nfrom models.analytics import AnalyticsEvent\n=======\n"),
        "{markdown}"
    );
}

/// Each of them keeps its task out, says why, and stops nobody else.
#[test]
fn what_cannot_be_read_stops_its_task_alone() {
    let check = |break_it: &dyn Fn(&Sandbox), word: &str| {
        let sandbox = Sandbox::from_script("finished.sh");
        break_it(&sandbox);
        let said = integrate(&sandbox, &[]).fails(1);
        assert!(said.err.contains("1 task is not ready"), "{}", said.err);
        assert!(said.err.contains(&format!("task-3-frontend {word}")), "{}", said.err);
        assert_ne!(sandbox.git(&["orchestrate", "verify"]).code, 0, "nor does verify find it fine");
        integrate(&sandbox, &["--only-complete"]).ok();
        assert_eq!(subjects(&sandbox, BRANCH).len(), 2, "the others are merged");
    };
    let branch = |sandbox: &Sandbox| {
        let all = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/heads/"]).ok().out;
        all.lines().find(|name| name.contains("task-3")).expect("a branch").to_owned()
    };
    let journal = ".git/refs/orchestrate/analytics-dashboard/journal/task-3-frontend";
    let missing = "1234567890123456789012345678901234567890\n";
    let lose = |sandbox: &Sandbox, what: &str| {
        let id = tip(sandbox, what).expect("an object");
        let path = sandbox.root.join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(path).expect("a loose object");
    };
    check(&|sandbox| lose(sandbox, &format!("{}^{{tree}}", branch(sandbox))), "is not complete: unknown");
    check(&|sandbox| sandbox.write(&format!(".git/{}", branch(sandbox)), missing), "");
    check(&|sandbox| sandbox.write(&format!(".git/{}", branch(sandbox)), "garbage\n"), "");
    check(&|sandbox| sandbox.write(journal, missing), "cannot be judged");
}
