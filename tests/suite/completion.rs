//! `git worker complete`, `reopen` and `merge`: the end of a task, and what it gives to others.

use crate::analytics::{API, FRONTEND, MODELS, message, started};
use crate::sandbox::{Said, Sandbox, fixture};

fn checkpoint(sandbox: &Sandbox, tree: &str, file: &str, text: &str) {
    sandbox.write(&format!("{tree}/{file}"), format!("{text}\n"));
    sandbox.git_in(tree, &["worker", "checkpoint", "-m", text]).ok();
}

fn tip(sandbox: &Sandbox, tree: &str) -> String {
    sandbox.git_in(tree, &["rev-parse", "HEAD"]).ok().out
}

fn journal(sandbox: &Sandbox, task: &str) -> String {
    let name = format!("refs/orchestrate/analytics-dashboard/journal/{task}");
    sandbox.git(&["log", "--format=%B", &name]).ok().out
}

#[test]
fn complete_lists_everything_that_the_task_changed() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    checkpoint(&sandbox, API, "api/analytics/routes.py", "Add the routes");
    sandbox.git_in(API, &["worker", "merge", "task-2"]).ok();
    sandbox.write(&format!("{API}/tests/test_api_analytics.py"), "x\n");
    sandbox.git_in(API, &["worker", "complete", "-m", "Analytics API endpoints"]).ok();
    assert_eq!(
        message(&sandbox, API),
        "[COMPLETE] Analytics API endpoints\n\nSummary of changes:\n- Add the routes\n\nFiles changed:\n\
         - api/analytics/routes.py\n- tests/test_api_analytics.py\n\nIntegration notes:\n\
         - Requires AnalyticsEvent from task-2 (merged)",
        "the list is cumulative, without what was merged (S1-40)"
    );
}

#[test]
fn complete_needs_no_changes_and_happens_once() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert!(message(&sandbox, MODELS).starts_with("[COMPLETE] Analytics models and migrations\n"));
    let before = tip(&sandbox, MODELS);
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert!(said.err.contains("complete already"), "{}", said.err);
    assert_eq!(tip(&sandbox, MODELS), before);
}

/// What the status says after a change of mind, typed as it stands.
#[test]
fn who_gave_up_after_complete_can_complete_again() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    sandbox.git_in(MODELS, &["worker", "fail", "It does not work"]).ok();
    let said = sandbox.git_in(MODELS, &["worker", "status"]).ok();
    assert!(said.out.contains("git worker reopen\n"), "{}", said.out);
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert!(said.err.contains("git worker reopen\n"), "{}", said.err);
    sandbox.git_in(MODELS, &["worker", "reopen"]).ok();
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    let said = sandbox.git_in(MODELS, &["worker", "status"]).ok();
    assert!(said.out.contains("your task is finished"), "{}", said.out);
    // What was changed since can be committed once it is open again.
    sandbox.write(&format!("{MODELS}/models/analytics.py"), "more\n");
    let said = sandbox.git_in(MODELS, &["worker", "status"]).ok();
    assert!(said.out.contains("git worker reopen\n"), "{}", said.out);
    sandbox.git_in(MODELS, &["worker", "reopen"]).ok();
    let said = sandbox.git_in(MODELS, &["worker", "status"]).ok();
    assert!(said.out.contains("git worker checkpoint"), "{}", said.out);
    sandbox.git_in(MODELS, &["worker", "checkpoint", "-m", "More"]).ok();
}

#[test]
fn complete_refuses_what_it_would_leave_out() {
    let sandbox = started(|plan| plan);
    let before = tip(&sandbox, MODELS);
    sandbox.write(&format!("{MODELS}/config.py"), "DEBUG = True\n");
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    assert!(said.err.contains("  config.py"), "{}", said.err);
    sandbox.git_in(MODELS, &["restore", "config.py"]).ok();
    sandbox.write(&format!("{MODELS}/models/analytics.py"), "one\n");
    sandbox.git_in(MODELS, &["add", "models"]).ok();
    sandbox.write(&format!("{MODELS}/models/analytics.py"), "one\ntwo\n");
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    assert!(said.err.contains("  models/analytics.py"), "a part is left out, too: {}", said.err);
    assert_eq!(tip(&sandbox, MODELS), before);
}

#[test]
fn an_amended_checkpoint_becomes_complete() {
    let sandbox = started(|plan| plan);
    let said = sandbox.git_in(MODELS, &["worker", "complete", "--amend"]).fails(2);
    assert!(said.err.contains("no checkpoint"), "{}", said.err);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "complete", "--amend", "-m", "Models"]).ok();
    let count = sandbox.git_in(MODELS, &["rev-list", "--count", "main..HEAD"]).ok().out;
    assert_eq!(count, "1\n", "the checkpoint was replaced");
    assert!(message(&sandbox, MODELS).contains("Files changed:\n- models/analytics.py"));

    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    let remote = sandbox.root.join("../remote.git");
    sandbox.git(&["remote", "add", "origin", remote.to_str().expect("UTF-8")]).ok();
    checkpoint(&sandbox, API, "api/analytics/routes.py", "Add the routes");
    sandbox.git_in(API, &["worker", "push"]).ok();
    let said = sandbox.git_in(API, &["worker", "complete", "--amend"]).fails(2);
    assert!(said.err.contains("was pushed already"), "{}", said.err);
}

#[test]
fn evidence_must_pass_for_the_tree() {
    let sandbox =
        started(|plan| plan + "\n[protocol]\nevidence = [\"echo checking; test -e models/analytics.py\"]\n");
    let before = tip(&sandbox, MODELS);
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    assert!(said.err.contains("failed with exit code 1") && said.err.contains("  checking"), "{}", said.err);
    assert_eq!(tip(&sandbox, MODELS), before);
    assert!(journal(&sandbox, "task-2-models-migrations").contains("failed: echo checking"));

    // Without the verb, the hook asks for the same proof.
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    let by_hand = ["commit", "--allow-empty", "-m", "[COMPLETE] Models"];
    let said = sandbox.git_in(MODELS, &by_hand).fails(1);
    assert!(said.err.contains("evidence"), "{}", said.err);
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    let tree = sandbox.git_in(MODELS, &["rev-parse", "HEAD^{tree}"]).ok().out;
    let journal = journal(&sandbox, "task-2-models-migrations");
    assert!(journal.contains("passed: echo checking; test -e models/analytics.py"), "{journal}");
    assert!(journal.contains(&format!("Commit: {}", tree.trim())), "it is kept for the tree: {journal}");
}

/// The run whose plan has this evidence command.
fn proved_by(evidence: &str) -> Sandbox {
    started(|plan| format!("{plan}\n[protocol]\nevidence = ['''{evidence}''']\n"))
}

/// The proof waits a while for the branch to move, and then fails.
#[test]
fn a_checkpoint_waits_for_the_proof_of_complete() {
    let sandbox = proved_by(
        "echo >../began; n=0; was=$(git rev-parse HEAD)
        until [ $n = 40 ] || [ $(git rev-parse HEAD) != $was ]; do sleep 0.05; n=$((n+1)); done; exit 1",
    );
    let worker = |words: &[&str]| {
        let mut git = sandbox.command("git", &sandbox.root.join(MODELS));
        git.arg("worker").args(words);
        Said::of(git, b"")
    };
    sandbox.write(&format!("{MODELS}/migrations/versions/a.py"), "a\n");
    std::thread::scope(|scope| {
        let complete = scope.spawn(|| worker(&["complete"]).fails(1));
        while !sandbox.root.join(MODELS).with_file_name("began").exists() {
            assert!(!complete.is_finished(), "it comes to its evidence");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        sandbox.write(&format!("{MODELS}/migrations/versions/new.py"), "new\n");
        let said = worker(&["checkpoint", "-m", "New", "migrations/versions/new.py"]).ok();
        assert!(!said.err.contains("a.py"), "what complete staged is not staged: {}", said.err);
        complete.join().expect("it ends");
    });
    assert_eq!(sandbox.git_in(MODELS, &["status", "--porcelain"]).ok().out, "?? migrations/versions/a.py\n");
    assert!(message(&sandbox, MODELS).starts_with("[CHECKPOINT] New\n"));
}

/// It would wait for the one that waits for it.
#[test]
fn an_evidence_command_cannot_commit_with_git_worker() {
    let sandbox = proved_by("git worker checkpoint -m Nested");
    let before = tip(&sandbox, MODELS);
    sandbox.write(&format!("{MODELS}/migrations/versions/a.py"), "a\n");
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    let top = sandbox.root.join(MODELS).canonicalize().expect("it is there");
    let who = format!("another git worker is at work in {}", top.display());
    assert!(said.err.contains(&who) && said.err.contains(": process "), "{}", said.err);
    assert!(said.err.contains("hint: take git worker out of the evidence command"), "{}", said.err);
    assert_eq!(tip(&sandbox, MODELS), before);
    assert_eq!(sandbox.git_in(MODELS, &["status", "--porcelain"]).ok().out, "?? migrations/versions/a.py\n");
    // Nor is anything merged into what is being proven.
    let sandbox = proved_by(&format!("git worker merge --autostash {API}"));
    sandbox.write(&format!("{MODELS}/migrations/versions/a.py"), "a\n");
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    assert!(said.err.contains("hint: take git worker out of the evidence command"), "{}", said.err);
    // Nobody waits for anybody in another worktree.
    let sandbox = proved_by(&format!("cd ../../{API}; git worker blocked no-answer"));
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert_eq!(message(&sandbox, API), "[BLOCKED:no-answer]");
}

/// `git commit` takes no turn: the index as it was is not that of the branch as it is.
#[test]
fn what_an_evidence_command_commits_stays_committed() {
    let sandbox = proved_by("git commit --quiet -m '[CHECKPOINT] By hand'; false");
    sandbox.write(&format!("{MODELS}/migrations/versions/a.py"), "a\n");
    sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    assert_eq!(message(&sandbox, MODELS), "[CHECKPOINT] By hand");
    assert_eq!(sandbox.git_in(MODELS, &["status", "--porcelain"]).ok().out, "");
}

#[test]
fn an_evidence_command_that_changes_what_it_proves_is_named() {
    let changes = [
        ("echo more >>migrations/versions/a.py", "migrations/versions/a.py"),
        ("echo >>migrations/versions/a.py; git add migrations", "migrations/versions/a.py"),
        ("rm migrations/versions/a.py", "migrations/versions/a.py"),
        ("echo >migrations/versions/b.py", "migrations/versions/b.py"),
        ("echo >>config.py", "config.py"),
    ];
    for (command, path) in changes {
        let sandbox = proved_by(command);
        let before = tip(&sandbox, MODELS);
        sandbox.write(&format!("{MODELS}/migrations/versions/a.py"), "a\n");
        let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
        let expect = format!(
            "{command} passed and changed these paths, so the task is not complete:\n  {path}\n\
             hint: commit what it makes first, or make it leave these paths alone\n"
        );
        assert_eq!(said.err, expect);
        assert_eq!(tip(&sandbox, MODELS), before, "{command}");
        let journals =
            ["for-each-ref", "refs/orchestrate/analytics-dashboard/journal/task-2-models-migrations"];
        assert_eq!(sandbox.git(&journals).ok().out, "", "nothing is proved");
    }
    // What it makes is no change once it is committed, and what is nobody's never is one.
    let sandbox = proved_by("echo made >migrations/versions/a.py; echo >made-by-the-way");
    sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    checkpoint(&sandbox, MODELS, "migrations/versions/a.py", "Make it");
    sandbox.git_in(MODELS, &["worker", "complete"]).fails(1);
    sandbox.git_in(MODELS, &["worker", "checkpoint", "-m", "As it is made"]).ok();
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
}

#[test]
fn evidence_commands_run_only_when_accepted() {
    let sandbox = Sandbox::from_script("myapp.sh");
    let plan = std::fs::read_to_string(fixture("analytics.toml")).expect("a plan");
    sandbox.write("../plan.toml", plan + "\n[protocol]\nevidence = [\"true\"]\n");
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).fails(2);
    sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
    std::fs::remove_file(sandbox.root.join(".git/orchestrate/accepted.json")).expect("what was accepted");
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).fails(2);
    assert!(said.err.contains("  true") && said.err.contains("--yes"), "{}", said.err);
    sandbox.git_in(MODELS, &["worker", "complete", "--yes"]).ok();
}

#[test]
fn reopening_takes_complete_back() {
    let sandbox = started(|plan| plan);
    let said = sandbox.git_in(MODELS, &["worker", "reopen"]).fails(1);
    assert!(said.err.contains("nothing to reopen"), "{}", said.err);
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    let complete = tip(&sandbox, MODELS);
    sandbox.write(&format!("{MODELS}/models/analytics.py"), "x\n");
    let said = sandbox.git_in(MODELS, &["worker", "checkpoint", "-m", "More"]).fails(1);
    assert!(said.err.contains("git worker reopen"), "the hook names the remedy: {}", said.err);
    sandbox.git_in(MODELS, &["worker", "reopen", "-m", "A field is missing"]).ok();
    sandbox.git_in(MODELS, &["worker", "checkpoint", "-m", "More"]).ok();
    let journal = journal(&sandbox, "task-2-models-migrations");
    assert!(journal.contains("A field is missing"), "{journal}");
    assert!(journal.contains(&format!("Commit: {}", complete.trim())), "it names the COMPLETE: {journal}");
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
}

#[test]
fn what_was_reopened_stays_open_when_it_is_rewritten() {
    let sandbox = started(|plan| plan + "\n[protocol]\nevidence = [\"test -e config.py\"]\n");
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    sandbox.git_in(MODELS, &["worker", "reopen"]).ok();
    sandbox.write("README.md", "More\n");
    sandbox.git(&["add", "README.md"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "More"]).ok();
    sandbox.git_in(MODELS, &["rebase", "--quiet", "main"]).ok();
    checkpoint(&sandbox, MODELS, "migrations/versions/1.py", "Add a migration");
    sandbox.git_in(MODELS, &["worker", "reopen"]).fails(1);
    sandbox.git(&["orchestrate", "verify"]).ok();
    let status = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(status.contains("working"), "{status}");
    // In a clone there is nothing of the commit that the journal names.
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    sandbox.git_in(MODELS, &["worker", "reopen"]).ok();
    sandbox
        .git_in(
            MODELS,
            &[
                "commit",
                "--quiet",
                "--amend",
                "--allow-empty",
                "-m",
                &format!("{}\n\nBody", message(&sandbox, MODELS)),
            ],
        )
        .ok();
    checkpoint(&sandbox, MODELS, "migrations/versions/2.py", "Add another");
    sandbox.git(&["clone", "--quiet", "--mirror", "--no-local", ".", "../clone"]).ok();
    sandbox.git_in("../clone", &["orchestrate", "verify"]).ok();
}

#[test]
fn reopening_excuses_what_was_committed_behind_complete() {
    let sandbox = started(|plan| plan);
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    for file in ["a", "b"] {
        sandbox.write(&format!("{MODELS}/models/analytics.py"), format!("{file}\n"));
        sandbox.git_in(MODELS, &["add", "models"]).ok();
        sandbox.git_in(MODELS, &["commit", "-q", "--no-verify", "-m", "[CHECKPOINT] More"]).ok();
    }
    let said = sandbox.git(&["orchestrate", "verify"]).fails(1);
    assert!(said.out.contains("git worker reopen"), "{}", said.out);
    sandbox.git_in(MODELS, &["worker", "reopen"]).ok();
    sandbox.git(&["orchestrate", "verify"]).ok();
    sandbox.git_in(MODELS, &["worker", "reopen"]).fails(1);
}

#[test]
fn complete_brings_the_evidence_that_a_rebase_made_obsolete() {
    let sandbox = started(|plan| plan + "\n[protocol]\nevidence = [\"test -e config.py\"]\n");
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    sandbox.write("README.md", "More\n");
    sandbox.git(&["add", "README.md"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "More"]).ok();
    sandbox.git_in(MODELS, &["rebase", "--quiet", "main"]).ok();
    let said = sandbox.git(&["orchestrate", "verify"]).fails(1);
    assert!(said.out.contains("git worker complete runs them"), "{}", said.out);
    let before = tip(&sandbox, MODELS);
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert!(said.err.contains("the evidence is there now"), "{}", said.err);
    assert_eq!(tip(&sandbox, MODELS), before, "the same tree needs no other commit");
    sandbox.git(&["orchestrate", "verify"]).ok();
    let said = sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    assert!(said.err.contains("complete already"), "{}", said.err);
}

#[test]
fn complete_is_said_again_where_its_tree_is_no_more() {
    let sandbox = started(|plan| plan + "\n[protocol]\nevidence = [\"test -e config.py\"]\n");
    let by_hand = ["commit", "-q", "--allow-empty", "--no-verify", "-m", "[COMPLETE] Models"];
    sandbox.git_in(MODELS, &by_hand).ok();
    sandbox.write("README.md", "More\n");
    sandbox.git(&["add", "README.md"]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "More"]).ok();
    sandbox.git_in(MODELS, &["merge", "--quiet", "--no-edit", "main"]).ok();
    sandbox.git(&["orchestrate", "verify"]).fails(1);
    sandbox.git_in(MODELS, &["worker", "complete"]).ok();
    sandbox.git(&["orchestrate", "verify"]).ok();
    let status = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(status.contains("complete"), "{status}");
}

#[test]
fn a_needed_task_is_merged_with_a_merge_commit() {
    let sandbox = started(|plan| plan);
    let said = sandbox.git_in(API, &["worker", "merge", "task-2"]).ok();
    assert!(said.err.contains("already"), "nothing is there yet: {}", said.err);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(API, &["worker", "merge", "Worker 2"]).ok();
    assert_eq!(message(&sandbox, API), "Merge task-2: Analytics models and migrations");
    let parents = sandbox.git_in(API, &["rev-list", "--parents", "-1", "HEAD"]).ok().out;
    assert_eq!(parents.split_whitespace().count(), 3, "never a fast-forward (S1-66)");
    let said = sandbox.git_in(API, &["worker", "merge", "task-2"]).ok();
    assert!(said.err.contains("already"), "{}", said.err);
}

#[test]
fn what_is_not_needed_is_not_merged() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, FRONTEND, "templates/analytics/a.html", "Add a page");
    let before = tip(&sandbox, MODELS);
    let said = sandbox.git_in(MODELS, &["worker", "merge", "task-3"]).fails(1);
    assert!(said.err.contains("git worker needs task-3/<item>"), "{}", said.err);
    let said = sandbox.git_in(MODELS, &["worker", "merge", "task-2"]).fails(1);
    assert!(said.err.contains("is this very task"), "{}", said.err);
    sandbox.git_in(MODELS, &["worker", "merge", "task-9"]).fails(2);
    assert_eq!(tip(&sandbox, MODELS), before);
    sandbox.git_in(MODELS, &["worker", "needs", "task-3/page"]).ok();
    sandbox.git_in(MODELS, &["worker", "merge", "task-3"]).ok();
}

#[test]
fn conflicts_leave_git_s_own_merge_state() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    // Both have the file: this worker's by a commit that the hooks did not see.
    sandbox.write(&format!("{API}/models/analytics.py"), "mine\n");
    sandbox.git_in(API, &["add", "."]).ok();
    let bypass = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "[CHECKPOINT] Mine"];
    sandbox.git_in(API, &bypass).ok();
    let said = sandbox.git_in(API, &["worker", "merge", "task-2"]).fails(1);
    assert!(said.err.contains("  models/analytics.py\n"), "{}", said.err);
    assert!(said.err.contains("git commit --no-edit") && said.err.contains("--abort"), "{}", said.err);
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "x"]).fails(2);
    assert!(said.err.contains("a merge is in progress"), "{}", said.err);
    let next = "the merge, or take it back (git merge --abort):";
    assert_eq!(steps(&sandbox, next), ["git add -- models/analytics.py", "git commit --no-edit"]);
    sandbox.git_in(API, &["checkout", "--theirs", "models/analytics.py"]).ok();
    sandbox.git_in(API, &["add", "."]).ok();
    assert_eq!(steps(&sandbox, next), ["git commit --no-edit"]);
    sandbox.git_in(API, &["commit", "--quiet", "--no-edit"]).ok();
    assert!(message(&sandbox, API).starts_with("Merge task-2: Analytics models and migrations"));
}

/// The commands that the status says come next, below a line that has this.
fn steps(sandbox: &Sandbox, next: &str) -> Vec<String> {
    let said = sandbox.git_in(API, &["worker", "status"]).ok().out;
    let (_, below) = said.split_once(next).unwrap_or_else(|| panic!("{next} is not in {said}"));
    below.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_status_says_how_a_rebase_goes_on() {
    let sandbox = started(|plan| plan);
    checkpoint(&sandbox, API, "api/analytics/routes.py", "Mine");
    sandbox.write("api/analytics/routes.py", "base\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git_in(API, &["rebase", "--quiet", "main"]).fails(1);
    let next = "the rebase, or take it back (git rebase --abort):";
    let expect = ["git add -- api/analytics/routes.py", "git rebase --continue"];
    assert_eq!(steps(&sandbox, next), expect);
}

#[test]
fn a_remote_branch_that_is_ahead_is_merged() {
    let sandbox = started(|plan| plan);
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    let remote = sandbox.root.join("../remote.git");
    sandbox.git(&["remote", "add", "origin", remote.to_str().expect("UTF-8")]).ok();
    checkpoint(&sandbox, MODELS, "models/analytics.py", "Add the models");
    sandbox.git_in(MODELS, &["worker", "push"]).ok();
    // Another clone goes on with the branch.
    sandbox
        .git(&["clone", "--quiet", "-b", "work/task-2-models-migrations", "../remote.git", "../clone"])
        .ok();
    sandbox.write("../clone/migrations/versions/1.py", "x\n");
    sandbox.git_in("../clone", &["add", "."]).ok();
    sandbox.git_in("../clone", &["commit", "--quiet", "-m", "[CHECKPOINT] Add the migration"]).ok();
    sandbox.git_in("../clone", &["push", "--quiet"]).ok();
    sandbox.git(&["fetch", "--quiet", "origin"]).ok();
    let said = sandbox.git_in(API, &["worker", "merge", "task-2"]).ok();
    assert!(said.out.contains("(origin/work/task-2-models-migrations)"), "{}", said.out);
    assert_eq!(sandbox.read(&format!("{API}/migrations/versions/1.py")), "x\n");
}

/// What is built in a submodule is nobody's work where its maker says so; another commit of it is.
#[test]
fn a_submodule_counts_as_it_is_configured() {
    for ignore in ["untracked", "dirty", "all"] {
        let sandbox = Sandbox::repository();
        sandbox.git(&["init", "--quiet", "../lib"]).ok();
        sandbox.git(&["-C", "../lib", "commit", "--quiet", "--allow-empty", "-m", "Lib"]).ok();
        let local = ["-c", "protocol.file.allow=always", "submodule", "--quiet"];
        sandbox.git(&[&local[..], &["add", "../lib", "lib"]].concat()).ok();
        sandbox.git(&["config", "-f", ".gitmodules", "submodule.lib.ignore", ignore]).ok();
        let plan = "run = \"r\"\nbase = \"main\"\n[[task]]\nname = \"task-1-a\"\nscope = [\"a/\"]\n";
        sandbox.write("orchestrate.toml", plan);
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
        sandbox.git(&["orchestrate", "start", "--yes"]).ok();
        let tree = "worktrees/task-1-a";
        sandbox.git_in(tree, &[&local[..], &["update", "--init"]].concat()).ok();
        sandbox.write(&format!("{tree}/lib/built.o"), "built\n");
        sandbox.write(&format!("{tree}/a/new"), "made\n");
        sandbox.git_in(&format!("{tree}/lib"), &["commit", "--quiet", "--allow-empty", "-m", "More"]).ok();
        let said = sandbox.git_in(tree, &["worker", "complete", "-m", "A"]).fails(1);
        assert!(said.err.contains("\n  lib\n"), "{ignore}: {}", said.err);
        sandbox.git_in(&format!("{tree}/lib"), &["reset", "--quiet", "--hard", "HEAD~1"]).ok();
        sandbox.git_in(tree, &["worker", "complete", "-m", "A"]).ok();

        sandbox.write("lib/built.o", "built\n");
        sandbox.git(&["orchestrate", "integrate"]).ok();
        sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
        assert_eq!(sandbox.read("a/new"), "made\n", "{ignore}");
    }
}
