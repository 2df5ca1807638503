//! `pre-push` in a worker's worktree, by real pushes to a real bare repository.

use crate::remote::{Remote, refused};

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const OWN: &str = "work/task-1-api";

#[test]
fn what_a_worker_publishes_passes() {
    let remote = Remote::new();
    let push = |args: &[&str]| remote.push(API, args).ok();
    push(&[OWN]);
    remote.checkpoint(API, "api/b.py");
    push(&[OWN]);
    push(&[OWN]);
    remote.checkpoint(API, "api/c.py");
    push(&["HEAD"]);
    push(&["refs/notes/orchestrate/demo/task-1-api"]);
    remote.run.git(API, &["worker", "announce", "Half way"]).ok();
    push(&["refs/orchestrate/demo/journal/task-1-api"]);
    remote.run.git(API, &["tag", "-a", "-m", "t", "half-way"]).ok();
    push(&["--tags"]);
    remote.run.git(API, &["worker", "push"]).ok();

    // The base moves on, and the branch with it.
    remote.sandbox().write("README", "more\n");
    remote.sandbox().git(&["commit", "-qam", "More"]).ok();
    remote.sandbox().git(&["push", "-q", "origin", "main"]).ok();
    remote.run.git(API, &["rebase", "-q", "main"]).ok();
    refused(remote.push(API, &[OWN]), &["non-fast-forward"]);
    push(&["--force-with-lease", OWN]);

    // Another clone of the same worker pushed something; it is merged and pushed back.
    remote.sandbox().git(&["clone", "-q", "-b", OWN, "../origin.git", "../clone"]).ok();
    let clone = |args: &[&str]| remote.sandbox().git_in("../clone", args).ok();
    remote.sandbox().write("../clone/api/d.py", "d\n");
    clone(&["add", "."]);
    clone(&["commit", "-qm", "[CHECKPOINT] Elsewhere"]);
    clone(&["push", "-q"]);
    remote.checkpoint(API, "api/e.py");
    remote.run.git(API, &["pull", "-q", "--no-rebase", "--no-edit", "origin", OWN]).ok();
    push(&[OWN]);

    // A second remote, an older commit, and the branch's end.
    remote.sandbox().git(&["init", "-q", "--bare", "../second.git"]).ok();
    let second = remote.sandbox().root.with_file_name("second.git").display().to_string();
    remote.run.git(API, &["push", "-q", &second, OWN]).ok();
    push(&["-f", &format!("HEAD~1:refs/heads/{OWN}")]);
    push(&["--delete", OWN]);
    assert_eq!(remote.at(OWN), "");
}

#[test]
fn what_cannot_be_told_is_said() {
    let remote = Remote::new();
    remote.sandbox().git(&["update-ref", "refs/orchestrate/broken/plan", "main"]).ok();
    remote.sandbox().git(&["branch", "hotfix", "main"]).ok();
    let said = remote.push(API, &["hotfix"]).ok();
    assert!(said.err.contains("warning: push/unknown  this cannot be judged: "), "{}", said.err);
    let said = remote.push(API, &[OWN]).ok();
    assert!(!said.err.contains("push/unknown"), "the own branch is known: {}", said.err);
}

#[test]
fn work_that_is_nobodys_passes() {
    let remote = Remote::new();
    remote.checkpoint(API, "api/b.py");
    // A colleague's branch that somebody pushes from where he happens to be, and the base.
    remote.sandbox().git(&["switch", "-qc", "hotfix"]).ok();
    remote.sandbox().write("README", "fixed\n");
    remote.sandbox().git(&["commit", "-qam", "Fix"]).ok();
    remote.sandbox().git(&["branch", "-f", "main"]).ok();
    remote.push(API, &["hotfix"]).ok();
    remote.push(API, &["main"]).ok();
    // The base after the work was integrated and landed.
    remote.run.commit(MODELS, "models/b.py", "[COMPLETE] Models").ok();
    remote.run.git(API, &["merge", "-q", "--no-ff", "--no-edit", "work/task-2-models"]).ok();
    remote.run.commit(API, "api/b2.py", "[COMPLETE] Routes").ok();
    remote.sandbox().git(&["switch", "-q", "main"]).ok();
    remote.sandbox().git(&["orchestrate", "integrate", "--only-complete"]).ok();
    remote.sandbox().git(&["merge", "-q", "--ff-only", "integration/demo"]).ok();
    remote.push(API, &["main"]).ok();
}

#[test]
fn violations_are_not_published_by_accident() {
    let remote = Remote::new();
    remote.sneak(API, "models/mine.py", "[CHECKPOINT] Take");
    let said = remote.push(API, &[OWN]);
    refused(
        said,
        &[
            "refused: task-1-api cannot push this\n  work/task-1-api\n    scope/outside  ",
            "models/mine.py",
            "task-2-models",
            "hint: git worker brief shows the scope",
        ],
    );
    assert_eq!(remote.at(OWN), "", "nothing was sent");

    // A later commit that undoes it makes a warning of it.
    remote.run.git(API, &["revert", "--no-edit", "HEAD"]).ok();
    let said = remote.push(API, &[OWN]).ok();
    assert!(said.err.contains("warning: scope/outside"), "{}", said.err);

    remote.sneak(API, "api/x.py", "no prefix");
    refused(
        remote.push(API, &[OWN]),
        &["message/prefix", "hint: to reword it: git rebase -r --interactive "],
    );
    remote.run.git(API, &["push", "-q", "--no-verify", "origin", OWN]).ok();
    // What is published already is found by verify; it does not hold up what comes after it.
    remote.checkpoint(API, "api/y.py");
    remote.push(API, &[OWN]).ok();
    let verify = remote.sandbox().git(&["orchestrate", "verify", API]).fails(1);
    assert!(verify.out.contains("message/prefix"), "{}", verify.out);
}

#[test]
fn a_task_is_published_under_its_own_name_alone() {
    let remote = Remote::new();
    remote.checkpoint(API, "api/b.py");
    remote.checkpoint(MODELS, "models/b.py");
    let own = "hint: git push <remote> work/task-1-api, or git worker push";
    let to = |target: &str| format!("HEAD:refs/heads/{target}");
    refused(remote.push(API, &["work/task-2-models"]), &["push/other-task", "branch of task-2-models", own]);
    refused(remote.push(API, &["-f", &to("work/task-2-models")]), &["push/other-task"]);
    remote.push(MODELS, &["work/task-2-models"]).ok();
    refused(remote.push(API, &["--delete", "work/task-2-models"]), &["push/other-task"]);
    for target in ["main", "wip", "integration/demo", "feature/new-name"] {
        refused(remote.push(API, &[&to(target)]), &["push/other-name", "work of task-1-api goes to", own]);
    }
    remote.run.git(API, &["branch", "-q", "other", "HEAD"]).ok();
    refused(remote.push(API, &["other"]), &["push/other-name"]);
    refused(remote.push(API, &["work/task-2-models:wip"]), &["work of task-2-models goes to"]);
    // Also where the base was moved onto the work first.
    remote.sandbox().git(&["switch", "-q", "--detach"]).ok();
    remote.run.git(API, &["branch", "-f", "main", "HEAD"]).ok();
    refused(remote.push(API, &["main"]), &["push/other-name"]);
    refused(
        remote.push(API, &["refs/orchestrate/demo/plan"]),
        &["push/plan", "hint: from the main worktree: git push <remote> refs/orchestrate/demo/plan"],
    );
}

#[test]
fn a_push_of_good_and_bad_says_which_is_good() {
    let remote = Remote::new();
    remote.checkpoint(API, "api/b.py");
    let notes = "refs/notes/orchestrate/demo/task-1-api";
    refused(
        remote.push(API, &[OWN, notes, "HEAD:refs/heads/wip"]),
        &[
            "  wip\n    push/other-name",
            "hint: a push is refused whole; nothing is wrong with the rest of it:",
            "git push <remote> work/task-1-api refs/notes/orchestrate/demo/task-1-api",
        ],
    );
}

#[test]
fn the_hook_that_was_there_gets_the_refs_too() {
    let remote = Remote::new();
    remote.sandbox().install(
        ".git/hooks/pre-push",
        "#!/bin/sh\ncat >\"$(git rev-parse --git-common-dir)/seen\"; echo $1 >&2\n",
    );
    remote.run.arm();
    remote.checkpoint(API, "api/b.py");
    let said = remote.push(API, &[OWN]).ok();
    assert!(said.err.contains("origin"), "{}", said.err);
    assert!(remote.sandbox().read(".git/seen").contains("task-1-api"));
    refused(remote.push(API, &["HEAD:refs/heads/wip"]), &["push/other-name"]);
}

/// What is typed as the source stands in the hook's line as it is.
#[test]
fn a_source_of_several_words_is_judged() {
    let remote = Remote::new();
    remote.checkpoint(API, "api/b.py");
    remote.run.write(API, "README.txt", "mine\n");
    remote.run.git(API, &["-c", "core.hooksPath=/dev/null", "commit", "-qam", "Two words"]).ok();
    let source = format!("HEAD^{{/Two words}}:refs/heads/{OWN}");
    refused(remote.push(API, &[&source]), &["scope/outside"]);
}
