//! What is struck on the way to a server, and at the server.

use super::scene::Scene;
use super::scenes::{API, after_git, commit, planned, recorded};
use crate::sandbox::Sandbox;
use crate::sound;

const REMOTE: &str = "remote.git";
const BRANCH: &str = "refs/heads/work/task-1-api";

/// A run whose remote has the base and the plan; task 1 has a commit with this path.
fn published(path: &str) -> Sandbox {
    let sandbox = planned();
    sandbox.git(&["init", "--quiet", "--bare", REMOTE]).ok();
    sandbox.write(".git/info/exclude", format!("/{REMOTE}/\n"));
    let remote = sandbox.root.join(REMOTE);
    sandbox.git(&["remote", "add", "origin", remote.to_str().expect("UTF-8")]).ok();
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox.git(&["push", "--quiet", "origin", "main", "refs/orchestrate/r/plan"]).ok();
    sandbox.write(&format!("{API}/{path}"), "two\n");
    sandbox.git_in(API, &["add", "."]).ok();
    let commit = ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "[CHECKPOINT] Two"];
    sandbox.git_in(API, &commit).ok();
    sandbox
}

/// The same, and the remote judges.
fn judged(path: &str) -> Sandbox {
    let sandbox = published(path);
    sandbox.git_in(REMOTE, &["orchestrate", "server"]).ok();
    sandbox
}

/// What a person does whose git was killed, here and at the server.
fn after_push(sandbox: &Sandbox) {
    after_git(sandbox, API);
    for lock in sound::locks(&sandbox.root.join(REMOTE)) {
        std::fs::remove_file(lock).expect("a lock");
    }
}

/// What is there and what the remote has.
fn both(sandbox: &Sandbox) -> String {
    sandbox.git_in(REMOTE, &["fsck", "--strict", "--no-dangling", "--no-progress"]).ok();
    recorded(sandbox) + &sandbox.git_in(REMOTE, &["for-each-ref"]).ok().out + &hooks(sandbox)
}

/// The server's hooks and its settings.
fn hooks(sandbox: &Sandbox) -> String {
    let list = "cd hooks && for file in $(find . -type f ! -name '*.sample' | sort); do
        stat -c '%n %A' \"$file\"; sha1sum <\"$file\"; done; git config --list --local";
    let mut shell = sandbox.command("sh", &sandbox.root.join(REMOTE));
    shell.args(["-c", list]);
    crate::sandbox::Said::of(shell, b"").ok().out
}

/// `pre-push` here and `pre-receive` there.
pub fn push() -> Scene {
    Scene {
        name: "git push",
        build: || judged("api/a.py"),
        place: API,
        command: &["git", "push", "--quiet", "origin", "work/task-1-api"],
        recover: |sandbox, _| {
            after_push(sandbox);
            sandbox.git_in(API, &["push", "--quiet", "origin", "work/task-1-api"]).ok();
        },
        state: both,
    }
}

/// A push that the server refuses: whatever fails, it is not taken.
pub fn refused_push() -> Scene {
    Scene {
        name: "git push, refused",
        build: || judged("models/m.py"),
        place: API,
        command: &["git", "push", "--quiet", "--no-verify", "origin", "work/task-1-api"],
        recover: |sandbox, _| {
            let is_taken = || sandbox.git_in(REMOTE, &["rev-parse", "--verify", "--quiet", BRANCH]).code == 0;
            assert!(!is_taken(), "it was not taken");
            after_push(sandbox);
            let push = ["push", "--quiet", "--no-verify", "origin", "work/task-1-api"];
            let said = sandbox.git_in(API, &push).fails(1);
            assert!(said.err.contains("scope/outside") && !is_taken(), "{}", said.err);
        },
        state: both,
    }
}

/// The branch with its records and its journal.
pub fn worker_push() -> Scene {
    Scene {
        name: "git worker push",
        build: || published("api/a.py"),
        place: API,
        command: &["git-worker", "push"],
        recover: |sandbox, _| {
            after_push(sandbox);
            sandbox.git_in(API, &["worker", "push"]).ok();
        },
        state: both,
    }
}

/// A hook of somebody's, which says that it ran.
fn with_hook(sandbox: &Sandbox) {
    sandbox.install("remote.git/hooks/pre-receive", "#!/bin/sh\ntouch ran\n");
}

/// Somebody's hook runs, whatever became of ours.
fn theirs_runs(sandbox: &Sandbox) {
    commit(sandbox, ".", "More");
    sandbox.git(&["push", "--quiet", "origin", "HEAD:refs/heads/probe"]).ok();
    std::fs::remove_file(sandbox.root.join("remote.git/ran")).expect("the hook ran");
}

fn server_call(sandbox: &Sandbox, args: &[&str]) {
    after_push(sandbox);
    sandbox.write("probe", "");
    theirs_runs(sandbox);
    sandbox.git_in(REMOTE, &[&["orchestrate", "server"], args].concat()).ok();
    sandbox.write("probe", "again");
    theirs_runs(sandbox);
}

/// A server begins to judge, beside a hook of its own.
pub fn server() -> Scene {
    Scene {
        name: "server",
        build: || {
            let sandbox = published("api/a.py");
            with_hook(&sandbox);
            sandbox
        },
        place: REMOTE,
        command: &["git-orchestrate", "server"],
        recover: |sandbox, _| server_call(sandbox, &[]),
        state: both,
    }
}

/// It ends, and the server has its own hook as before.
pub fn server_removed() -> Scene {
    Scene {
        name: "server --remove",
        build: || {
            let sandbox = published("api/a.py");
            with_hook(&sandbox);
            sandbox.git_in(REMOTE, &["orchestrate", "server"]).ok();
            sandbox
        },
        place: REMOTE,
        command: &["git-orchestrate", "server", "--remove"],
        recover: |sandbox, _| server_call(sandbox, &["--remove"]),
        state: both,
    }
}
