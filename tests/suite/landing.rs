//! `git orchestrate integrate --land` takes only what somebody answers for.

use crate::armed::Armed;
use crate::sandbox::{Said, Sandbox};

const BRANCH: &str = "integration/analytics-dashboard";
const FULL: &str = "refs/heads/integration/analytics-dashboard";
const BENCH: &str = ".git/orchestrate/integrate/analytics-dashboard";
const JOURNAL: &str = "refs/orchestrate/analytics-dashboard/journal";
const MODELS: &str = "models/__init__.py";
const RESOLVED: &str = "from models.user import User\nfrom models.analytics import AnalyticsEvent\n";

fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

/// The answer of git, which is one line.
fn one(sandbox: &Sandbox, args: &[&str]) -> String {
    sandbox.git(args).ok().out.trim().to_owned()
}

/// A finished run, integrated.
fn integrated() -> Sandbox {
    let sandbox = Sandbox::from_script("finished.sh");
    integrate(&sandbox, &[]).ok();
    sandbox
}

/// The tree of the integration branch with another `config.py`, which is in no scope.
fn evil_tree(sandbox: &Sandbox) -> String {
    sandbox.write("evil.txt", "import os\n");
    let blob = one(sandbox, &["hash-object", "-w", "evil.txt"]);
    std::fs::remove_file(sandbox.root.join("evil.txt")).expect("a file");
    let script = format!(
        "export GIT_INDEX_FILE=.git/evil; git read-tree {BRANCH} && \
         git update-index --cacheinfo 100644,{blob},config.py && git write-tree && rm .git/evil"
    );
    let mut shell = sandbox.command("sh", &sandbox.root);
    shell.args(["-c", &script]);
    Said::of(shell, b"").ok().out.trim().to_owned()
}

/// Puts a commit with a tree and parents on the integration branch, past every hook.
fn put(sandbox: &Sandbox, tree: &str, parents: &[&str], subject: &str) -> String {
    let parents = parents.iter().flat_map(|parent| ["-p", parent]);
    let args: Vec<&str> = ["commit-tree", tree, "-m", subject].into_iter().chain(parents).collect();
    let commit = one(sandbox, &args);
    sandbox.git(&["-c", "core.hooksPath=/dev/null", "update-ref", FULL, &commit]).ok();
    commit
}

/// It does not land, the commit is named, and the base stays.
fn refused(sandbox: &Sandbox, commit: &str, subject: &str) {
    let before = one(sandbox, &["rev-parse", "main"]);
    let said = integrate(sandbox, &["--land", "--only-complete"]).fails(1);
    assert!(said.err.contains("no integration made and nobody took over"), "{}", said.err);
    assert!(said.err.contains(&format!("{} {subject}", &commit[..7])), "the commit is named: {}", said.err);
    assert!(said.err.contains("git orchestrate integrate --reuse"), "and the remedy: {}", said.err);
    assert_eq!(one(sandbox, &["rev-parse", "main"]), before, "the base stays");
}

#[test]
fn a_commit_that_was_put_on_the_branch_does_not_land() {
    let sandbox = integrated();
    let evil = put(&sandbox, &evil_tree(&sandbox), &[BRANCH], "Tidy");
    refused(&sandbox, &evil, "Tidy");
}

#[test]
fn a_person_may_take_a_commit_over() {
    let sandbox = integrated();
    let own = put(&sandbox, &evil_tree(&sandbox), &[BRANCH], "By my own hand");
    refused(&sandbox, &own, "By my own hand");
    integrate(&sandbox, &["--reuse"]).ok();
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(one(&sandbox, &["show", "main:config.py"]), "import os");
    // It counts for that commit and what is below it, not for what comes later.
    let later = put(&sandbox, "main^{tree}", &[BRANCH], "Later");
    refused(&sandbox, &later, "Later");
}

#[test]
fn a_forged_merge_does_not_land() {
    let sandbox = integrated();
    let parents = [format!("{BRANCH}^1"), format!("{BRANCH}^2")];
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let evil = put(&sandbox, &evil_tree(&sandbox), &parents, "Merge task-3: Analytics frontend");
    refused(&sandbox, &evil, "Merge task-3");
}

#[test]
fn a_fast_forward_and_unfinished_work_do_not_land() {
    let sandbox = integrated();
    let task = one(&sandbox, &["rev-parse", &format!("{BRANCH}^2")]);
    sandbox.git(&["-c", "core.hooksPath=/dev/null", "update-ref", FULL, &task]).ok();
    refused(&sandbox, &task, "[COMPLETE]");
    // A part of a task, merged as git merges it.
    let part = format!("{task}~1");
    let tree = one(&sandbox, &["merge-tree", "--write-tree", "main", &part]);
    let merge = put(&sandbox, &tree, &["main", &part], "Merge a part");
    refused(&sandbox, &merge, "Merge a part");
}

#[test]
fn another_writers_journal_answers_for_nothing() {
    let sandbox = integrated();
    let evil = put(&sandbox, &evil_tree(&sandbox), &[BRANCH], "Tidy");
    let message = format!(
        "task-1-api: integrated\n\nEvent: integrated\nTask: task-1-api\nWriter: orchestrator\nCommit: {evil}\n"
    );
    let journal = format!("{JOURNAL}/task-1-api");
    let empty = one(&sandbox, &["hash-object", "-t", "tree", "-w", "/dev/null"]);
    let entry = one(&sandbox, &["commit-tree", &empty, "-m", &message]);
    sandbox.git(&["-c", "core.hooksPath=/dev/null", "update-ref", &journal, &entry]).ok();
    refused(&sandbox, &evil, "Tidy");
    let said = integrate(&sandbox, &[]).fails(1);
    assert!(said.err.contains("is not as an integration left it"), "{}", said.err);
}

/// A clone, or a call that was killed before it wrote the journal, has only the commits.
#[test]
fn without_a_journal_merges_are_made_again() {
    let check = |script: &str, args: &[&str]| {
        let sandbox = Sandbox::from_script(script);
        integrate(&sandbox, args).ok();
        sandbox.git(&["update-ref", "-d", &format!("{JOURNAL}/orchestrator")]).ok();
        integrate(&sandbox, &["--land"]).ok();
    };
    check("finished.sh", &[]);
    check("clashing.sh", &["--resolve-trivial"]);
}

#[test]
fn what_a_person_concluded_lands() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    sandbox.write(&format!("{BENCH}/{MODELS}"), RESOLVED);
    sandbox.git_in(BENCH, &["add", MODELS]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(sandbox.git(&["show", &format!("main:{MODELS}")]).ok().out, RESOLVED);
    let again = integrate(&sandbox, &["--land"]).ok();
    assert!(again.out.contains("already"), "{}", again.out);
}

#[test]
fn what_a_person_committed_at_a_stop_lands() {
    let sandbox = Sandbox::from_script("clashing.sh");
    integrate(&sandbox, &[]).fails(1);
    sandbox.write(&format!("{BENCH}/{MODELS}"), RESOLVED);
    sandbox.git_in(BENCH, &["add", MODELS]).ok();
    sandbox.git_in(BENCH, &["commit", "--quiet", "-m", "By hand"]).ok();
    sandbox.write(&format!("{BENCH}/api/analytics/routes.py"), "FIXED = True\n");
    sandbox.git_in(BENCH, &["commit", "--quiet", "-am", "And a fix"]).ok();
    integrate(&sandbox, &["--continue"]).ok();
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_base_that_moved_may_be_merged_first() {
    let sandbox = integrated();
    sandbox.write("config.py", "MOVED = True\n");
    sandbox.git(&["commit", "--quiet", "-am", "Move on"]).ok();
    let tree = one(&sandbox, &["merge-tree", "--write-tree", BRANCH, "main"]);
    put(&sandbox, &tree, &[BRANCH, "main"], "Merge branch 'main'");
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(one(&sandbox, &["show", "main:config.py"]), "MOVED = True");
}

/// Who lands without what is not complete is told to go on so, word by word.
#[test]
fn a_landing_of_what_is_complete_is_told_how_to_go_on() {
    let sandbox = Sandbox::from_script("finished.sh");
    sandbox.git_in(FRONTEND, &["worker", "reopen"]).ok();
    integrate(&sandbox, &["--only-complete"]).ok();
    let own = put(&sandbox, &evil_tree(&sandbox), &[BRANCH], "By my own hand");
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    let take = "git orchestrate integrate --reuse --only-complete, then --land --only-complete again";
    assert!(said.err.contains(&own[..7]) && said.err.contains(take), "{}", said.err);
    integrate(&sandbox, &["--reuse", "--only-complete"]).ok();
    sandbox.write("config.py", "MOVED = True\n");
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Move on"]).ok();
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    let again = "make and test them again from main: git orchestrate integrate --only-complete\n";
    assert!(said.err.contains(again), "{}", said.err);
    sandbox.git(&["restore", "config.py"]).ok();
    integrate(&sandbox, &["--undo", "task-2", "--reuse"]).ok();
    integrate(&sandbox, &["--only-complete"]).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

#[test]
fn what_the_plan_does_not_allow_any_more_does_not_land() {
    let sandbox = integrated();
    let plan = sandbox.git(&["show", "refs/orchestrate/analytics-dashboard/plan:plan.toml"]).ok().out;
    let narrowed = plan.replace("\"models/analytics.py\"", "\"models/other.py\"");
    assert_ne!(plan, narrowed);
    sandbox.write("../narrowed.toml", &narrowed);
    sandbox.git(&["orchestrate", "start", "--yes", "../narrowed.toml"]).ok();
    sandbox.git(&["orchestrate", "verify"]).fails(1);
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    assert!(said.err.contains("breaks the rules as the plan has them now"), "{}", said.err);
    assert!(said.err.contains("models/analytics.py is outside the scope"), "{}", said.err);
    sandbox.write("../plan.toml", &plan);
    sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
    integrate(&sandbox, &["--land"]).ok();
}

#[test]
fn a_base_that_is_being_rebased_waits() {
    let sandbox = integrated();
    let rebase =
        ["-c", "sequence.editor=sed -i 1s/pick/edit/", "rebase", "--quiet", "--interactive", "HEAD~1"];
    sandbox.git(&rebase).ok();
    let before = one(&sandbox, &["rev-parse", "main"]);
    let said = integrate(&sandbox, &["--land"]);
    assert_ne!(said.code, 0);
    assert!(said.err.contains("main is being rebased in"), "{}", said.err);
    assert_eq!(one(&sandbox, &["rev-parse", "main"]), before);
    sandbox.git(&["rebase", "--continue"]).ok();
    integrate(&sandbox, &["--land"]).ok();
}

/// git does not write down where the main worktree is then.
#[test]
fn a_git_directory_that_lies_apart() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet", "--initial-branch=main", "--separate-git-dir", "../apart"]).ok();
    sandbox.write(".gitignore", "worktrees/\n");
    sandbox.write(
        "orchestrate.toml",
        "run = \"r\"\nbase = \"main\"\n[[task]]\nname = \"task-1-a\"\nscope = [\"a/\"]\n",
    );
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    let tree = "worktrees/task-1-a";
    sandbox.write(&format!("{tree}/a/new"), "made\n");
    sandbox.git_in(tree, &["worker", "complete", "-m", "A"]).ok();
    sandbox.git_in(tree, &["orchestrate", "integrate"]).ok();
    let said = sandbox.git_in(tree, &["orchestrate", "integrate", "--land"]);
    assert_ne!(said.code, 0);
    assert!(
        said.err.contains("main is checked out in the main worktree, which cannot be found"),
        "{}",
        said.err
    );
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "");
    assert_eq!(sandbox.read("a/new"), "made\n");
}

/// What the worker of task-3 took back does not land, and the remedies are named.
fn taken_back(sandbox: &Sandbox) -> Said {
    let before = one(sandbox, &["rev-parse", "main"]);
    let said = integrate(sandbox, &["--land", "--only-complete"]).fails(1);
    let told = format!("what {BRANCH} holds was taken back by its worker\n  task-3-frontend: its COMPLETE ");
    assert!(said.err.contains(&told), "{}", said.err);
    assert_eq!(one(sandbox, &["rev-parse", "main"]), before, "the base stays");
    said
}

const FRONTEND: &str = "worktrees/task-3-frontend";

/// Another commit of task-3, past the hooks or not, as its worker makes it.
fn commit_more(sandbox: &Sandbox, subject: &str) {
    sandbox.write(&format!("{FRONTEND}/static/js/analytics/more.js"), format!("// {subject}\n"));
    sandbox.git_in(FRONTEND, &["add", "."]).ok();
    sandbox.git_in(FRONTEND, &["commit", "--quiet", "-m", subject]).ok();
}

#[test]
fn what_was_reopened_since_it_was_merged_does_not_land() {
    for goes_on in [false, true] {
        let sandbox = integrated();
        sandbox.git_in(FRONTEND, &["worker", "reopen"]).ok();
        if goes_on {
            commit_more(&sandbox, "[CHECKPOINT] More");
        }
        let said = taken_back(&sandbox);
        let undo = "git orchestrate integrate --undo task-3, then git orchestrate integrate --only-complete";
        assert!(said.err.contains(undo), "{}", said.err);
        integrate(&sandbox, &["--land"]).fails(1);
        // The remedy, word by word.
        integrate(&sandbox, &["--undo", "task-3"]).ok();
        integrate(&sandbox, &["--only-complete"]).ok();
        integrate(&sandbox, &["--land", "--only-complete"]).ok();
        let held = sandbox.git(&["merge-base", "--is-ancestor", "work/task-3-frontend", "main"]);
        assert_eq!(held.code, 1, "it is left out");
    }
}

#[test]
fn what_was_taken_back_and_declared_complete_anew_lands() {
    // The same work: what is merged is what is complete.
    let sandbox = integrated();
    sandbox.git_in(FRONTEND, &["worker", "reopen"]).ok();
    let again = ["commit", "--quiet", "--allow-empty", "-m", "[COMPLETE] Frontend, again"];
    sandbox.git_in(FRONTEND, &again).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
    // Other work: it is merged first.
    let sandbox = integrated();
    sandbox.git_in(FRONTEND, &["worker", "reopen"]).ok();
    commit_more(&sandbox, "[COMPLETE] Frontend, mended");
    let said = taken_back(&sandbox);
    assert!(said.err.contains("it is complete again with other work"), "{}", said.err);
    assert!(
        said.err.contains("merge what is complete now: git orchestrate integrate --only-complete\n"),
        "{}",
        said.err
    );
    integrate(&sandbox, &["--only-complete"]).ok();
    integrate(&sandbox, &["--land"]).ok();
    // What has landed is past: it does not keep what is done later from landing.
    sandbox.git_in(FRONTEND, &["worker", "reopen"]).ok();
    assert!(integrate(&sandbox, &["--land"]).ok().out.contains("already"));
}

#[test]
fn a_complete_that_was_reverted_is_taken_back() {
    let sandbox = integrated();
    sandbox.git_in(FRONTEND, &["revert", "--no-edit", "HEAD"]).ok();
    taken_back(&sandbox);
    // A person answers for it.
    integrate(&sandbox, &["--reuse", "--only-complete"]).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

/// A branch that nothing can be added to can be taken over.
#[test]
fn a_person_answers_for_all_that_was_taken_back() {
    let sandbox = integrated();
    for task in ["task-1-api-endpoints", "task-2-models-migrations", "task-3-frontend"] {
        let place = format!("worktrees/{task}");
        sandbox.git_in(&place, &["worker", "reopen"]).ok();
        let more = ["commit", "--quiet", "--allow-empty", "-m", "[CHECKPOINT] More"];
        sandbox.git_in(&place, &more).ok();
    }
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    assert_eq!(said.err.matches("its COMPLETE").count(), 3, "{}", said.err);
    integrate(&sandbox, &["--reuse", "--only-complete"]).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
}

/// The third task changes what no task may, past the hooks, and calls it complete.
fn sneak(sandbox: &Sandbox) {
    let tree = "worktrees/task-3-frontend";
    sandbox.git_in(tree, &["worker", "reopen"]).ok();
    sandbox.write(&format!("{tree}/config.py"), "SNEAK = 1\n");
    let hookless = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-a", "-m", "[COMPLETE] Sneak"];
    sandbox.git_in(tree, &hookless).ok();
}

#[test]
fn what_breaks_the_rules_lands_by_a_persons_word() {
    let sandbox = Sandbox::from_script("finished.sh");
    sneak(&sandbox);
    integrate(&sandbox, &["--only-complete"]).ok();
    sandbox.git(&["switch", "--quiet", BRANCH]).ok();
    sandbox.git(&["merge", "--quiet", "--no-ff", "--no-edit", "work/task-3-frontend"]).ok();
    sandbox.git(&["switch", "--quiet", "main"]).ok();
    let said = integrate(&sandbox, &["--land", "--only-complete"]).fails(1);
    assert!(said.err.contains("no integration made and nobody took over"), "{}", said.err);
    integrate(&sandbox, &["--reuse", "--only-complete"]).ok();
    integrate(&sandbox, &["--land", "--only-complete"]).ok();
    assert_eq!(one(&sandbox, &["show", "main:config.py"]), "SNEAK = 1");
}

/// Anybody can make a branch of that name: it proves nothing, and what it has is named.
#[test]
fn a_branch_that_no_integration_made_proves_nothing() {
    let sandbox = Sandbox::from_script("finished.sh");
    let tree = "worktrees/task-3-frontend";
    sneak(&sandbox);
    sandbox.git_in(tree, &["branch", BRANCH]).ok();
    let status = sandbox.git(&["orchestrate", "status"]).ok().out;
    assert!(status.contains("1 violation"), "{status}");
    let said = sandbox.git(&["orchestrate", "cleanup"]);
    assert!(said.out.contains("kept branch work/task-3-frontend"), "{}", said.out);
    let commit = one(&sandbox, &["rev-parse", "--short=7", "work/task-3-frontend"]);
    let named = format!("breaks the rules: {commit} of task-3-frontend (scope/outside)");
    for asked in [&["--only-complete"][..], &["--only-complete", "--dry-run"]] {
        let said = integrate(&sandbox, asked).fails(1);
        assert!(said.err.contains(&named), "{}", said.err);
    }
    let said = integrate(&sandbox, &["--only-complete", "--reuse"]).ok();
    assert!(format!("{}{}", said.out, said.err).contains(&named), "{}{}", said.out, said.err);
}

/// What git status does not show is somebody's nevertheless: git itself overwrites ignored files.
#[test]
fn what_is_hidden_or_ignored_is_not_overwritten() {
    let armed = Armed::new();
    let (task, changed, added) = ("task-3-docs", "docs/d.md", "docs/new.md");
    armed.write(task, changed, "1\n");
    armed.write(task, added, "2\n");
    armed.git(task, &["add", "--all"]).ok();
    armed.git(task, &["commit", "--quiet", "-m", "[COMPLETE] Both"]).ok();
    let sandbox = &armed.sandbox;
    integrate(sandbox, &["--only-complete"]).ok();
    let land = || integrate(sandbox, &["--land", "--only-complete"]);
    let is_refused = |path: &str| {
        sandbox.write(path, "MINE = 1\n");
        let main = one(sandbox, &["rev-parse", "main"]);
        let said = land().fails(1);
        assert!(said.err.contains("move away what git ignores or was told not to look at"), "{}", said.err);
        assert!(said.err.contains(path), "{}", said.err);
        assert_eq!(std::fs::read_to_string(sandbox.root.join(path)).expect("a file"), "MINE = 1\n");
        assert_eq!(one(sandbox, &["rev-parse", "main"]), main);
    };
    sandbox.git(&["update-index", "--assume-unchanged", changed]).ok();
    is_refused(changed);
    sandbox.git(&["update-index", "--no-assume-unchanged", changed]).ok();
    sandbox.git(&["checkout", "--quiet", "--", changed]).ok();
    sandbox.write(".git/info/exclude", format!("{added}\nworktrees/\n"));
    is_refused(added);
    std::fs::remove_file(sandbox.root.join(added)).expect("a file");
    land().ok();
}

/// What a landing left that could not go on is taken back, and nothing else.
#[test]
fn what_is_hidden_stays_when_a_landing_is_taken_back() {
    let armed = Armed::new();
    let (task, hidden, changed) = ("task-3-docs", "docs/d.md", "docs/new.md");
    armed.commit(task, changed, "[COMPLETE] New").ok();
    let sandbox = &armed.sandbox;
    integrate(sandbox, &["--only-complete"]).ok();
    let land = || integrate(sandbox, &["--land", "--only-complete"]);
    sandbox.git(&["config", "merge.verifySignatures", "true"]).ok();
    let mine = |when: &str| {
        assert_eq!(std::fs::read_to_string(sandbox.root.join(hidden)).expect("a file"), "MINE\n", "{when}");
        let flagged = one(sandbox, &["ls-files", "-v", hidden]);
        assert!(flagged.starts_with("h "), "{when}: {flagged}");
    };
    sandbox.git(&["update-index", "--assume-unchanged", hidden]).ok();
    sandbox.write(hidden, "MINE\n");
    land().fails(2);
    mine("after it failed");
    sandbox.git(&["config", "merge.verifySignatures", "false"]).ok();
    sandbox.write(".git/index.lock", "");
    land().fails(2);
    std::fs::remove_file(sandbox.root.join(".git/index.lock")).expect("a lock");
    mine("before it is taken back");
    land().ok();
    mine("after it landed");
    assert!(sandbox.root.join(changed).exists());
}

/// git writes what it was told to skip when it goes forward, and would not know its path afterwards.
#[test]
fn what_is_skipped_is_taken_back_as_well() {
    let armed = Armed::new();
    let (task, skipped) = ("task-3-docs", "docs/d.md");
    armed.commit(task, "docs/new.md", "[CHECKPOINT] New").ok();
    armed.commit(task, skipped, "[COMPLETE] Change").ok();
    let sandbox = &armed.sandbox;
    integrate(sandbox, &["--only-complete"]).ok();
    sandbox.git(&["update-index", "--skip-worktree", skipped]).ok();
    let (old, main) = (sandbox.read(skipped), one(sandbox, &["rev-parse", "main"]));
    // The branch moves last.
    sandbox.write(".git/refs/heads/main.lock", "");
    integrate(sandbox, &["--land", "--only-complete"]).fails(2);
    std::fs::remove_file(sandbox.root.join(".git/refs/heads/main.lock")).expect("a lock");
    assert_eq!((sandbox.read(skipped), one(sandbox, &["rev-parse", "main"])), (old.clone(), main));
    assert!(!sandbox.root.join("docs/new.md").exists(), "what was made is gone");
    assert!(
        !sandbox.root.join(".git/orchestrate/forwarding.json").exists(),
        "nothing is left to be taken back"
    );
    assert_eq!(one(sandbox, &["status", "--porcelain", "--untracked-files=no"]), "");
    assert!(one(sandbox, &["ls-files", "-v", skipped]).starts_with("S "));
    integrate(sandbox, &["--land", "--only-complete"]).ok();
    assert_ne!(sandbox.read(skipped), old);
}

/// Whether unsigned commits will do is a person's to say.
#[test]
fn a_landing_that_wants_signatures_is_told_how_to_go_on() {
    let sandbox = integrated();
    let before = one(&sandbox, &["rev-parse", "main"]);
    sandbox.git(&["config", "merge.verifySignatures", "true"]).ok();
    let said = integrate(&sandbox, &["--land"]).fails(2);
    assert!(said.err.contains("does not have a GPG signature"), "{}", said.err);
    assert_eq!(one(&sandbox, &["rev-parse", "main"]), before);
    assert!(
        said.err.contains("here: git config merge.verifySignatures false; then call this again\n"),
        "{}",
        said.err
    );
    sandbox.git(&["config", "merge.verifySignatures", "false"]).ok();
    integrate(&sandbox, &["--land"]).ok();
    assert_eq!(one(&sandbox, &["status", "--porcelain"]), "");
}
