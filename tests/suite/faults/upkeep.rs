//! What is struck while work is declared, refused, written down again or put in order.

use super::scene::Scene;
use super::scenes::{API, MODELS, after_git, commit, planned, recorded, started, started_with, state, tip};
use crate::sandbox::Sandbox;

fn edited(sandbox: Sandbox, path: &str) -> Sandbox {
    sandbox.write(&format!("{API}/{path}"), "two\n");
    sandbox.git_in(API, &["add", "."]).ok();
    sandbox
}

fn reindex(sandbox: &Sandbox) {
    sandbox.git(&["orchestrate", "reindex"]).ok();
}

/// Evidence is run and recorded, then the task is declared complete.
pub fn complete() -> Scene {
    Scene {
        name: "git worker complete",
        build: || {
            let sandbox = started_with("evidence = [\"true\"]\n");
            sandbox.write(&format!("{API}/api/a.py"), "two\n");
            commit(&sandbox, API, "[CHECKPOINT] Two");
            sandbox
        },
        place: API,
        command: &["git-worker", "complete", "--yes", "-m", "All of it"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            if !sandbox.git_in(API, &["log", "-1", "--format=%s"]).ok().out.starts_with("[COMPLETE]") {
                sandbox.git_in(API, &["worker", "complete", "--yes", "-m", "All of it"]).ok();
            }
            reindex(sandbox);
        },
        state: recorded,
    }
}

/// A commit outside the scope: whatever fails, it is not made.
pub fn refused_commit() -> Scene {
    Scene {
        name: "git commit, refused",
        build: || edited(started(), "models/m.py"),
        place: API,
        command: &["git", "commit", "--quiet", "-m", "[CHECKPOINT] Two"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            assert_eq!(tip(sandbox, "work/task-1-api"), tip(sandbox, "main"), "it was not made");
            sandbox.git_in(API, &["commit", "--quiet", "-a", "-m", "[CHECKPOINT] Two"]).fails(1);
        },
        state: recorded,
    }
}

/// A commit where `reference-transaction` guards the branches.
pub fn guarded_commit() -> Scene {
    Scene {
        name: "git commit, guarded",
        build: || edited(started_with("guard = true\n"), "api/a.py"),
        place: API,
        command: &["git", "commit", "--quiet", "-m", "[CHECKPOINT] Two"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            if tip(sandbox, "work/task-1-api") == tip(sandbox, "main") {
                commit(sandbox, API, "[CHECKPOINT] Two");
            }
            reindex(sandbox);
        },
        state: recorded,
    }
}

/// A needed task is merged by our own command.
pub fn worker_merge() -> Scene {
    Scene {
        name: "git worker merge",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{MODELS}/models/m.py"), "two\n");
            commit(&sandbox, MODELS, "[COMPLETE] Two");
            sandbox
        },
        place: API,
        command: &["git-worker", "merge", "task-2"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            sandbox.git_in(API, &["reset", "--quiet", "--hard"]).ok();
            sandbox.git_in(API, &["worker", "merge", "task-2"]).ok();
            reindex(sandbox);
        },
        state: recorded,
    }
}

/// Hooks, settings and lines that are gone come back.
pub fn repair() -> Scene {
    Scene {
        name: "doctor --repair",
        build: || {
            let sandbox = started();
            std::fs::remove_file(sandbox.root.join(".git/orchestrate/hooks/pre-commit")).expect("a hook");
            sandbox.git_in(API, &["config", "--worktree", "--unset", "core.hooksPath"]).ok();
            sandbox.git_in(MODELS, &["config", "--worktree", "--unset", "orchestrate.task"]).ok();
            sandbox.git(&["worktree", "unlock", MODELS]).ok();
            sandbox.write(".git/info/exclude", "");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "doctor", "--repair"],
        recover: |sandbox, _| {
            after_git(sandbox, ".");
            sandbox.git(&["orchestrate", "doctor", "--repair"]).ok();
            sandbox.git(&["orchestrate", "doctor"]).ok();
        },
        state,
    }
}

/// What a person has examined is taken for right.
pub fn accept() -> Scene {
    Scene {
        name: "doctor --accept",
        build: || {
            let sandbox = started();
            sandbox.git(&["config", "core.sshCommand", "ssh -x"]).ok();
            sandbox.git(&["orchestrate", "doctor"]).fails(1);
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "doctor", "--accept"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "doctor", "--accept"]).ok();
            sandbox.git(&["orchestrate", "doctor"]).ok();
        },
        state,
    }
}

/// Records that are lost are written again.
pub fn reindexed() -> Scene {
    Scene {
        name: "reindex",
        build: || {
            let sandbox = started();
            for content in ["two\n", "three\n"] {
                sandbox.write(&format!("{API}/api/a.py"), content);
                commit(&sandbox, API, &format!("[CHECKPOINT] {}", content.trim()));
            }
            sandbox.git(&["update-ref", "-d", "refs/notes/orchestrate/r/task-1-api"]).ok();
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "reindex"],
        recover: |sandbox, _| reindex(sandbox),
        state: recorded,
    }
}

/// A plan is written where another one was.
pub fn plan_written() -> Scene {
    Scene {
        name: "plan --write",
        build: || {
            let sandbox = planned();
            sandbox.write("plans/r.toml", "old\n");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "plan", "orchestrate.toml", "--write", "plans/r.toml", "--force"],
        recover: |sandbox, _| {
            let found = sandbox.read("plans/r.toml");
            assert!(
                found == "old\n" || found.ends_with("provides = [\"Model\"]\n"),
                "all or nothing: {found}"
            );
            let again = ["plan", "orchestrate.toml", "--write", "plans/r.toml", "--force"];
            sandbox.git(&[&["orchestrate"], &again[..]].concat()).ok();
        },
        state: |sandbox| state(sandbox) + &sandbox.read("plans/r.toml"),
    }
}
