//! The verbs of `git worker` in real worktrees: what goes in, what stays, and where they refuse.

use crate::analytics::{API, FRONTEND, MODELS, message, started};
use crate::sandbox::{Said, Sandbox};

fn run() -> Sandbox {
    started(|plan| plan)
}

fn status(sandbox: &Sandbox, tree: &str) -> String {
    sandbox.git_in(tree, &["status", "--porcelain", "--untracked-files=all"]).ok().out
}

fn files(sandbox: &Sandbox, tree: &str) -> String {
    sandbox.git_in(tree, &["show", "--format=", "--name-only"]).ok().out
}

fn tip(sandbox: &Sandbox, tree: &str) -> String {
    sandbox.git_in(tree, &["rev-parse", "HEAD"]).ok().out
}

#[test]
fn a_checkpoint_takes_what_is_in_scope_and_names_the_rest() {
    let sandbox = run();
    sandbox.write(&format!("{API}/api/analytics/é b.py"), "x\n");
    sandbox.write(&format!("{API}/tests/test_api_analytics.py"), "x\n");
    sandbox.write(&format!("{API}/models/user.py"), "changed\n");
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add the blueprint", "-m", "Why."]).ok();
    assert!(said.err.contains("left out: models/user.py is outside the scope"), "{}", said.err);
    assert_eq!(
        message(&sandbox, API),
        "[CHECKPOINT] Add the blueprint\n\nWhy.\n\nFiles changed:\n- api/analytics/é b.py\n\
         - tests/test_api_analytics.py"
    );
    assert_eq!(status(&sandbox, API), " M models/user.py\n", "what is out of scope stays as it was");
}

#[test]
fn nothing_to_commit_is_said() {
    let sandbox = run();
    let before = tip(&sandbox, API);
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "Nothing"]).fails(1);
    assert!(said.err.contains("nothing to commit"), "{}", said.err);
    assert_eq!(tip(&sandbox, API), before);
    let said = sandbox.git_in(API, &["worker", "checkpoint", "Add the model"]).fails(1);
    assert!(
        said.err.contains("nothing has changed in 'Add the model'") && said.err.contains("-m"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_staged_outside_of_the_scope_stays_staged() {
    let sandbox = run();
    sandbox.write(&format!("{API}/models/user.py"), "staged\n");
    sandbox.git_in(API, &["add", "models"]).ok();
    sandbox.write(&format!("{API}/api/analytics/x.py"), "x\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add x"]).ok();
    assert_eq!(files(&sandbox, API), "api/analytics/x.py\n");
    assert_eq!(status(&sandbox, API), "M  models/user.py\n", "it is neither committed nor unstaged");
}

#[test]
fn a_file_that_is_staged_in_part_gives_that_part() {
    let sandbox = run();
    let path = format!("{API}/api/analytics/x.py");
    sandbox.write(&path, "one\n");
    sandbox.git_in(API, &["add", "."]).ok();
    sandbox.write(&path, "one\ntwo\n");
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "One"]).ok();
    assert!(said.err.contains("the part of api/analytics/x.py that is not staged"), "{}", said.err);
    assert_eq!(sandbox.git_in(API, &["show", "HEAD:api/analytics/x.py"]).ok().out, "one\n");
    assert_eq!(sandbox.read(&path), "one\ntwo\n", "the rest stays in the worktree");

    // The same beside something staged outside of the scope, where git's own --only would take all.
    sandbox.git_in(API, &["add", "."]).ok();
    sandbox.write(&path, "one\ntwo\nthree\n");
    sandbox.write(&format!("{API}/models/user.py"), "staged\n");
    sandbox.git_in(API, &["add", "models"]).ok();
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Two"]).ok();
    assert_eq!(sandbox.git_in(API, &["show", "HEAD:api/analytics/x.py"]).ok().out, "one\ntwo\n");
    assert_eq!(status(&sandbox, API), " M api/analytics/x.py\nM  models/user.py\n");

    // Naming it takes all of it.
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Three", "api"]).ok();
    assert_eq!(sandbox.git_in(API, &["show", "HEAD:api/analytics/x.py"]).ok().out, "one\ntwo\nthree\n");
}

#[test]
fn named_paths_are_taken_literally_and_from_here() {
    let sandbox = run();
    for name in ["a.py", "b.py", "[ab].py"] {
        sandbox.write(&format!("{API}/api/analytics/{name}"), "x\n");
    }
    let here = format!("{API}/api");
    sandbox.git_in(&here, &["worker", "checkpoint", "-m", "Brackets", "analytics/[ab].py"]).ok();
    assert_eq!(files(&sandbox, API), "api/analytics/[ab].py\n", "no pattern is expanded");
    let said = sandbox.git_in(&here, &["worker", "checkpoint", "-m", "Models", "../models"]);
    assert_eq!(said.code, 1, "a named path without changes is nothing to commit");
    sandbox.write(&format!("{API}/models/user.py"), "changed\n");
    let said =
        sandbox.git_in(&here, &["worker", "checkpoint", "-m", "Models", "../models", "analytics"]).fails(1);
    assert!(said.err.contains("models/user.py is outside the scope"), "{}", said.err);
    assert!(said.err.contains("nothing was committed"), "{}", said.err);
    assert_eq!(status(&sandbox, API), " M models/user.py\n?? api/analytics/a.py\n?? api/analytics/b.py\n");
}

#[test]
fn deletions_and_renames_are_changes() {
    let sandbox = run();
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add a"]).ok();
    sandbox.git_in(API, &["mv", "api/analytics/a.py", "api/analytics/b.py"]).ok();
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Rename"]).ok();
    assert!(message(&sandbox, API).ends_with("Files changed:\n- api/analytics/a.py\n- api/analytics/b.py"));
    std::fs::remove_file(sandbox.root.join(API).join("api/analytics/b.py")).expect("the file");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Remove"]).ok();
    assert_eq!(status(&sandbox, API), "");
}

#[test]
fn needs_and_blocked_commit_what_is_staged_or_nothing() {
    let sandbox = run();
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    let needs = ["worker", "needs", "task-2/AnalyticsEvent", "-m", "Summary needs the model"];
    let more = ["--completed", "Routes", "--blocked-on", "Queries", "--continuing", "Continuing with mocks."];
    sandbox.git_in(API, &[&needs[..], &more].concat()).ok();
    assert_eq!(
        message(&sandbox, API),
        "[NEEDS:task-2/AnalyticsEvent] Summary needs the model\n\nCompleted:\n- Routes\n\nBlocked on:\n\
         - Queries\n\nContinuing with mocks."
    );
    assert_eq!(status(&sandbox, API), "?? api/analytics/a.py\n", "an untracked file is not taken along");
    sandbox.git_in(API, &["add", "."]).ok();
    sandbox.git_in(API, &["worker", "blocked", "no-answer", "--cannot-complete", "All of it"]).ok();
    assert_eq!(message(&sandbox, API), "[BLOCKED:no-answer]\n\nCannot complete:\n- All of it");
    assert_eq!(status(&sandbox, API), "", "what was staged is");
}

#[test]
fn needs_names_a_task_and_an_item() {
    let sandbox = run();
    let refused = |item: &str, expect: &str| {
        let said = sandbox.git_in(API, &["worker", "needs", item]).fails(2);
        assert!(said.err.contains(expect), "{item}: {}", said.err);
    };
    refused("AnalyticsEvent", "does not say which task");
    refused("task-9/x", "there is no task `task-9`");
    refused("task-1/x", "is your own task");
    refused("task-2/", "must not be empty");
    let said = sandbox.git_in(API, &["worker", "needs", "Worker 3/layout"]).ok();
    assert!(said.err.contains("discovered"), "an undeclared need is accepted: {}", said.err);
    assert_eq!(message(&sandbox, API), "[NEEDS:task-3/layout]");
}

#[test]
fn it_works_only_at_the_task_s_desk() {
    let sandbox = run();
    let refused = |place: &str, expect: &str| {
        let said = sandbox.git_in(place, &["worker", "checkpoint", "-m", "x"]).fails(2);
        assert!(said.err.contains(expect), "{place}: {}", said.err);
        assert!(said.err.contains("hint: "), "{place}: {}", said.err);
    };
    refused(".", "belongs to no task");
    sandbox.git_in(API, &["switch", "--quiet", "-c", "mine"]).ok();
    refused(API, "assigned to branch work/task-1-api-endpoints, but branch mine");
    sandbox.git_in(API, &["switch", "--quiet", "--detach"]).ok();
    refused(API, "a detached HEAD");
    let copy = sandbox.command("cp", &sandbox.root).args(["-a", MODELS, "copy"]).status();
    assert!(copy.expect("cp runs").success());
    refused("copy", "is not the worktree that git knows");
    // git gives a worktree that is made from a worker's the same settings.
    sandbox.git_in(MODELS, &["worktree", "add", "--quiet", "--no-track", "-b", "mine-too", "../heir"]).ok();
    refused("worktrees/heir", "belongs to no task");
    sandbox.git_in(FRONTEND, &["merge", "--quiet", "--no-commit", "--no-ff", "main"]).ok();
    let unrelated = sandbox.git(&["commit-tree", "-m", "Other", "-p", "main", "main^{tree}"]).ok().out;
    sandbox.git_in(FRONTEND, &["merge", "--quiet", "--no-commit", "--no-ff", unrelated.trim()]).ok();
    refused(FRONTEND, "a merge is in progress");
}

#[test]
fn a_worktree_made_by_hand_becomes_the_task_s_as_the_hint_says() {
    let sandbox = run();
    sandbox.git(&["worktree", "remove", "--force", "--force", API]).ok();
    sandbox.git(&["worktree", "add", "--quiet", "by-hand", "work/task-1-api-endpoints"]).ok();
    let said = sandbox.git_in("by-hand", &["worker", "status"]).fails(2);
    assert!(said.err.ends_with("git orchestrate doctor --repair\n"), "{}", said.err);
    sandbox.git_in("by-hand", &["orchestrate", "doctor", "--repair"]).ok();
    sandbox.git_in("by-hand", &["worker", "status"]).ok();
}

#[test]
fn announcements_and_failures_are_in_the_worker_s_journal() {
    let sandbox = run();
    let before = tip(&sandbox, API);
    sandbox.git_in(API, &["worker", "announce", "The API answers", "now"]).ok();
    sandbox.git_in(API, &["worker", "fail", "No access"]).ok();
    assert_eq!(tip(&sandbox, API), before, "no commit is made on the branch");
    let journal = "refs/orchestrate/analytics-dashboard/journal/task-1-api-endpoints";
    let bodies = sandbox.git(&["log", "--reverse", "--format=%s|%b", journal]).ok().out;
    assert!(bodies.contains("task-1-api-endpoints: announced|The API answers now"), "{bodies}");
    assert!(bodies.contains("Event: failed"), "{bodies}");
    sandbox.git_in(API, &["worker", "announce", "  "]).fails(2);
}

#[test]
fn a_push_publishes_the_branch_and_the_journal() {
    let sandbox = run();
    let said = sandbox.git_in(API, &["worker", "push"]).ok();
    assert!(said.err.contains("there is no remote"), "{}", said.err);
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    sandbox
        .git(&["remote", "add", "origin", sandbox.root.join("../remote.git").to_str().expect("UTF-8")])
        .ok();
    sandbox.git_in(API, &["worker", "announce", "hello"]).ok();
    sandbox.git_in(API, &["worker", "push"]).ok();
    let refs = sandbox.git_in("../remote.git", &["for-each-ref", "--format=%(refname)"]).ok().out;
    assert!(refs.contains("refs/heads/work/task-1-api-endpoints\n"), "{refs}");
    assert!(refs.contains("refs/orchestrate/analytics-dashboard/journal/task-1-api-endpoints\n"), "{refs}");
    assert!(!refs.contains("task-2"), "only what this worker writes: {refs}");

    // A branch that was rewritten is not forced.
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add a"]).ok();
    sandbox.git_in(API, &["worker", "push"]).ok();
    sandbox.git_in(API, &["commit", "--quiet", "--no-verify", "--amend", "-m", "[CHECKPOINT] Other"]).ok();
    let said = sandbox.git_in(API, &["worker", "push"]).fails(1);
    assert!(said.err.contains("non-fast-forward") && said.err.contains("failed"), "{}", said.err);
}

#[test]
fn the_plan_can_ask_for_a_push_after_every_checkpoint() {
    let sandbox = started(|plan| plan + "\n[protocol]\npush = true\n");
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add a"]).ok();
    assert!(said.err.contains("there is no remote"), "no remote is no failure: {}", said.err);
    sandbox.git(&["remote", "add", "origin", "/nonexistent"]).ok();
    sandbox.write(&format!("{API}/api/analytics/b.py"), "x\n");
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add b"]).ok();
    assert!(said.err.contains("the push to origin failed"), "{}", said.err);
    assert_eq!(status(&sandbox, API), "", "a failed push leaves the commit");
    sandbox.git(&["init", "--quiet", "--bare", "../remote.git"]).ok();
    let remote = sandbox.root.join("../remote.git");
    sandbox.git(&["remote", "set-url", "origin", remote.to_str().expect("UTF-8")]).ok();
    sandbox.write(&format!("{API}/api/analytics/c.py"), "x\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add c"]).ok();
    let there = sandbox.git_in("../remote.git", &["rev-parse", "work/task-1-api-endpoints"]).ok().out;
    assert_eq!(there, tip(&sandbox, API));
}

/// Who asks git for literal pathspecs asks for them in their own calls.
#[test]
fn variables_that_change_pathspecs_change_nothing() {
    for variable in ["LITERAL", "GLOB", "NOGLOB", "ICASE"] {
        let sandbox = run();
        sandbox.write(&format!("{API}/api/analytics/routes.py"), "routes\n");
        let mut checkpoint = sandbox.command("git", &sandbox.root.join(API));
        checkpoint.args(["worker", "checkpoint", "-m", "Routes"]);
        checkpoint.env(format!("GIT_{variable}_PATHSPECS"), "1");
        Said::of(checkpoint, b"").ok();
        assert!(files(&sandbox, API).contains("api/analytics/routes.py"), "{variable}");
    }
}

/// Two workers call at once, by the same clock; they make two commits.
fn say_the_same_at_once(sandbox: &Sandbox) {
    let say = |tree: &str| {
        let mut git = sandbox.command("git", &sandbox.root.join(tree));
        git.args(["worker", "blocked", "no-answer"]);
        git.env("GIT_AUTHOR_DATE", "@1795305420 +0000").env("GIT_COMMITTER_DATE", "@1795305420 +0000");
        Said::of(git, b"").ok()
    };
    std::thread::scope(|scope| [API, FRONTEND].map(|tree| scope.spawn(move || say(tree))).map(drop));
    assert_ne!(tip(sandbox, API), tip(sandbox, FRONTEND));
}

/// The commit says nothing else of whose it is: same base, same words, same person, same second.
#[test]
fn two_workers_that_say_the_same_make_two_commits() {
    let sandbox = run();
    say_the_same_at_once(&sandbox);
    let said = sandbox.git(&["orchestrate", "status", "--short"]).ok().out;
    let row = |line: &&str| line.starts_with("task-") && line.ends_with("[BLOCKED:no-answer]");
    assert_eq!(said.lines().filter(row).count(), 2, "{said}");
    let first = "[BLOCKED:no-answer]";
    let mut messages = [message(&sandbox, API), message(&sandbox, FRONTEND)];
    messages.sort();
    assert_eq!(messages[0], first, "only the second one needs more words");
    assert!(messages[1].starts_with(&format!("{first}\n\nTask: task-")), "{}", messages[1]);
}

#[test]
fn checkpoints_in_one_worktree_take_turns() {
    let sandbox = run();
    let checkpoint = |number: usize| {
        let (path, words) = (format!("api/analytics/{number}.py"), format!("Part {number}"));
        sandbox.write(&format!("{API}/{path}"), "x\n");
        sandbox.git_in(API, &["worker", "checkpoint", "-m", &words, &path]).ok()
    };
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|number| scope.spawn(move || checkpoint(number))).collect();
        for (number, call) in calls.into_iter().enumerate() {
            let said = call.join().expect("it is done").out;
            assert!(said.contains(&format!("[CHECKPOINT] Part {number}\n")), "{said}");
            let id = said.split([' ', ']']).nth(1).expect("an id");
            let made = sandbox.git_in(API, &["show", "--format=%s", "--name-only", id]).ok().out;
            assert_eq!(made, format!("[CHECKPOINT] Part {number}\n\napi/analytics/{number}.py\n"));
        }
    });
    assert_eq!(status(&sandbox, API), "");
}

/// The name of its worktree is in that of a lock.
#[test]
fn a_task_called_empty_is_alone_all_the_same() {
    let sandbox = Sandbox::repository();
    let plan = "run = \"r\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n\
                [[task]]\nname = \"empty\"\nscope = [\"a/\"]\n";
    sandbox.write("orchestrate.toml", plan);
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox.git_in("worktrees/empty", &["worker", "blocked", "no-answer"]).ok();
    assert_eq!(message(&sandbox, "worktrees/empty"), "[BLOCKED:no-answer]", "nobody else says the same");
}

/// Each waits in its hook until the other one's has begun, too.
#[test]
fn nobody_waits_for_the_hooks_of_anothers_empty_commit() {
    let sandbox = run();
    let hook = "#!/bin/sh\ncd \"$(git rev-parse --git-common-dir)\"; echo >>begun; n=0\n\
                until [ $(wc -l <begun) = 2 ]; do sleep 0.05; n=$((n+1)); [ $n = 400 ] && exit 1; done; exit 0\n";
    install(&sandbox, "pre-commit", hook);
    say_the_same_at_once(&sandbox);
}

#[test]
fn a_hook_of_a_checkpoint_may_make_a_checkpoint() {
    let sandbox = run();
    let hook = "#!/bin/sh\n[ -e api/analytics/generated.py ] && exit\necho x >api/analytics/generated.py\n\
                git worker checkpoint -m Generated || echo failed >&2\n";
    install(&sandbox, "post-commit", hook);
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    let said = sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add a"]).ok();
    assert!(!said.err.contains("failed"), "the hook's own did not wait for this one: {}", said.err);
    let made = sandbox.git_in(API, &["rev-parse", "--short=7", "HEAD~1"]).ok().out;
    assert!(said.out.contains(&format!("{}] [CHECKPOINT] Add a\n", made.trim())), "its own: {}", said.out);
    let log = sandbox.git_in(API, &["log", "-2", "--format=%s"]).ok().out;
    assert_eq!(log, "[CHECKPOINT] Generated\n[CHECKPOINT] Add a\n");
    assert_eq!(status(&sandbox, API), "");
}

/// git finds that the branch has moved, and gives up; what it found is no answer to the call.
#[test]
fn somebody_else_s_commit_is_not_taken_for_one_s_own() {
    let sandbox = run();
    let hook = "#!/bin/sh\n[ -n \"$WITHIN\" ] && exit 0\n\
                WITHIN=1 exec git commit --quiet --allow-empty -m '[CHECKPOINT] Somebody else'\n";
    install(&sandbox, "pre-commit", hook);
    for verb in [&["complete", "-m", "All is done"][..], &["blocked", "no-answer"]] {
        let before = tip(&sandbox, API);
        let said = sandbox.git_in(API, &[&["worker"], verb].concat()).fails(1);
        assert_eq!(said.out, "", "{verb:?} has no commit to tell of");
        assert!(said.err.contains("cannot lock ref"), "git's own words are there: {}", said.err);
        let moved = sandbox.git_in(API, &["rev-parse", "--short=7", "HEAD"]).ok().out;
        let hint = format!("hint: look at it: git show {};", moved.trim());
        assert!(said.err.contains(&hint), "{}", said.err);
        assert_eq!(message(&sandbox, API), "[CHECKPOINT] Somebody else");
        assert_eq!(sandbox.git_in(API, &["rev-parse", "HEAD~1"]).ok().out, before);
    }
    // What was staged is theirs now, and must not be undone.
    sandbox.write(&format!("{API}/api/analytics/a.py"), "x\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "Add a"]).fails(1);
    assert_eq!(files(&sandbox, API), "api/analytics/a.py\n");
    assert_eq!(status(&sandbox, API), "");
}

/// A hook of the repository's own, which ours call.
fn install(sandbox: &Sandbox, name: &str, script: &str) {
    sandbox.install(&format!(".git/hooks/{name}"), script);
    sandbox.git(&["orchestrate", "doctor", "--repair"]).ok();
}
