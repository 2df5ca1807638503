//! The commands that are struck, and what a person does after each.

use super::scene::Scene;
use super::strike::Struck;
use crate::sandbox::{Said, Sandbox};

const PLAN: &str = r#"run = "r"
base = "main"
[protocol]
body = "off"
[[task]]
name = "task-1-api"
scope = ["api/", { path = "shared.txt", shared = true }]
needs = ["task-2/Model"]
provides = ["routes"]
[[task]]
name = "task-2-models"
scope = ["models/", { path = "shared.txt", shared = true }]
provides = ["Model"]
"#;

pub const API: &str = "worktrees/task-1-api";
pub const MODELS: &str = "worktrees/task-2-models";
pub const BENCH: &str = ".git/orchestrate/integrate/r";

/// A small project with a plan of two tasks.
pub fn planned() -> Sandbox {
    planned_with("")
}

/// The same, with more lines about the protocol.
pub fn planned_with(protocol: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    for path in ["api/a.py", "models/m.py", "shared.txt"] {
        sandbox.write(path, "one\n");
    }
    let off = "body = \"off\"\n";
    sandbox.write("orchestrate.toml", PLAN.replace(off, &format!("{off}{protocol}")));
    commit(&sandbox, ".", "Base");
    sandbox
}

/// A run of it that has begun.
pub fn started() -> Sandbox {
    started_with("")
}

/// The same, with more lines about the protocol.
pub fn started_with(protocol: &str) -> Sandbox {
    let sandbox = planned_with(protocol);
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    sandbox
}

/// Commits everything that is new in a worktree.
pub fn commit(sandbox: &Sandbox, place: &str, message: &str) {
    sandbox.git_in(place, &["add", "."]).ok();
    sandbox.git_in(place, &["commit", "--quiet", "-m", message]).ok();
}

/// Both tasks are complete, and each has changed the shared file in its own way if `CLASH`.
pub fn finished<const CLASH: bool>() -> Sandbox {
    let sandbox = started();
    for (place, path) in [(MODELS, "models/m.py"), (API, "api/a.py")] {
        sandbox.write(&format!("{place}/{path}"), "two\n");
        if CLASH {
            sandbox.write(&format!("{place}/shared.txt"), place);
        }
        commit(&sandbox, place, "[COMPLETE] All of it");
    }
    sandbox
}

pub fn integrate(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["orchestrate", "integrate"], args].concat())
}

pub fn exists(sandbox: &Sandbox, name: &str) -> bool {
    sandbox.git(&["rev-parse", "--verify", "--quiet", name]).code == 0
}

/// An integration is remembered.
pub fn is_in_progress(sandbox: &Sandbox) -> bool {
    exists(sandbox, "refs/orchestrate/r/integration")
}

/// The integration stopped at its conflict, which a person has resolved.
pub fn resolve(sandbox: &Sandbox) {
    sandbox.write(&format!("{BENCH}/shared.txt"), "both\n");
    sandbox.git_in(BENCH, &["add", "shared.txt"]).ok();
}

/// Refs but for those that tell what happened, configuration, worktrees and what is uncommitted.
pub fn state(sandbox: &Sandbox) -> String {
    let refs = sandbox.git(&["for-each-ref"]).ok().out;
    let told = |line: &&str| line.contains("/journal/") || line.contains("refs/notes/");
    let refs: Vec<&str> = refs.lines().filter(|line| !told(line)).collect();
    let config = sandbox.git(&["config", "--list", "--local"]).ok().out;
    let worktrees = sandbox.git(&["worktree", "list", "--porcelain"]).ok().out;
    let exclude = sandbox.read(".git/info/exclude");
    let mut text = [refs.join("\n"), config, worktrees.clone(), exclude].join("\n");
    for tree in worktrees.lines().filter_map(|line| line.strip_prefix("worktree ")) {
        text += &sandbox.git(&["-C", tree, "status", "--porcelain", "--branch"]).ok().out;
        text += &sandbox.git(&["-C", tree, "config", "--worktree", "--list"]).out;
    }
    text + &left(sandbox)
}

/// What lies in our own directory, but for locks that nobody holds.
fn left(sandbox: &Sandbox) -> String {
    let names = std::fs::read_dir(sandbox.root.join(".git/orchestrate")).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.map(|name| name.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.ends_with(".lock"));
    names.sort();
    names.iter().map(|name| format!("\norchestrate/{name}")).collect()
}

/// `start` of a new run.
pub fn start() -> Scene {
    Scene {
        name: "start",
        build: planned,
        place: ".",
        command: &["git-orchestrate", "start", "--yes"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "start", "--yes"]).ok();
        },
        state,
    }
}

/// `start` of a new run whose worktrees hold only what their tasks need; all but the first are made
/// side by side.
pub fn start_sparse() -> Scene {
    const MORE: &str = "[[task]]\nname = \"task-3-docs\"\nscope = [\"docs/\"]\n\
                        [[task]]\nname = \"task-4-web\"\nscope = [\"web/\"]\n";
    Scene {
        name: "start, sparse",
        build: || {
            let sandbox = planned_with(&format!("[setup]\nsparse = true\n{MORE}"));
            // Else fsck, which needs a whole index, says that it made one.
            sandbox.git(&["config", "advice.sparseIndexExpanded", "false"]).ok();
            sandbox
        },
        state: |sandbox| {
            let listed = |place| sandbox.git_in(place, &["ls-files", "-t"]).out;
            state(sandbox) + &[API, MODELS].map(listed).concat()
        },
        ..start()
    }
}

/// `start --recreate` of a task with work.
pub fn recreate() -> Scene {
    Scene {
        name: "start --recreate",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{API}/api/a.py"), "precious\n");
            commit(&sandbox, API, "[CHECKPOINT] Precious");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "start", "--recreate", "task-1"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "start", "--recreate", "task-1"]).ok();
        },
        state,
    }
}

/// An integration without a conflict, finished by `--continue`.
pub fn integrate_and_continue() -> Scene {
    Scene {
        name: "integrate, then --continue",
        build: finished::<false>,
        place: ".",
        command: &["git-orchestrate", "integrate", "--exec", "true"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &[]).fails(1);
                integrate(sandbox, &["--continue"]).ok();
            }
            integrate(sandbox, &[]).ok();
        },
        state,
    }
}

/// An integration without a conflict, taken back by `--abort`.
pub fn integrate_and_abort() -> Scene {
    Scene {
        name: "integrate, then --abort",
        build: finished::<false>,
        place: ".",
        command: &["git-orchestrate", "integrate", "--exec", "true"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--abort"]).ok();
                assert!(!exists(sandbox, "integration/r"), "the branch is where it was: nowhere");
            }
            integrate(sandbox, &[]).ok();
        },
        state: |sandbox| {
            let state = state(sandbox);
            let kept: Vec<&str> =
                state.lines().filter(|line| !line.contains("/backup/integration/")).collect();
            kept.join("\n")
        },
    }
}

/// An integration that stops at a conflict.
pub fn integrate_with_conflict() -> Scene {
    Scene {
        name: "integrate, to a conflict",
        build: finished::<true>,
        place: ".",
        command: &["git-orchestrate", "integrate"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--continue"]).fails(1);
            } else {
                integrate(sandbox, &[]).fails(1);
            }
            resolve(sandbox);
            integrate(sandbox, &["--continue"]).ok();
        },
        state,
    }
}

/// A train whose only batch passes.
pub fn batch() -> Scene {
    Scene {
        name: "integrate --batch",
        build: finished::<false>,
        place: ".",
        command: &["git-orchestrate", "integrate", "--batch", "2", "--exec", "true"],
        recover: |sandbox, _| {
            // Called again in the same words, it goes on.
            integrate(sandbox, &["--batch", "2", "--exec", "true"]).ok();
            assert!(!is_in_progress(sandbox), "nothing is in progress");
        },
        state,
    }
}

/// A train whose batch fails: halving finds the second task, which is left out.
pub fn bisect() -> Scene {
    const BROKEN: &str = "! grep -q two api/a.py";
    Scene {
        name: "integrate --batch, with a culprit",
        build: finished::<false>,
        place: ".",
        command: &["git-orchestrate", "integrate", "--batch", "2", "--exec", BROKEN],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                let said = integrate(sandbox, &["--continue"]).fails(1);
                assert!(said.out.contains("task-1-api fails"), "the culprit is named: {}", said.out);
            }
            let said = integrate(sandbox, &["--batch", "2", "--exec", BROKEN]).fails(1);
            assert!(said.out.contains("task-1-api fails"), "and again: {}", said.out);
            let merged = sandbox.git(&["diff", "--name-only", "main", "integration/r"]).ok().out;
            assert_eq!(merged, "models/m.py\n", "the other one is merged");
        },
        state,
    }
}

/// Both steps of a finished integration are taken back.
pub fn undo() -> Scene {
    Scene {
        name: "integrate --undo",
        build: || {
            let sandbox = finished::<false>();
            integrate(&sandbox, &[]).ok();
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--undo", "task-2"],
        recover: undo_again,
        state,
    }
}

/// The step of an integration that waits for a person is taken back, and the integration with it.
pub fn undo_stopped() -> Scene {
    Scene {
        name: "integrate --undo, while it waits",
        build: || {
            let sandbox = finished::<true>();
            integrate(&sandbox, &[]).fails(1);
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--undo", "task-2"],
        recover: undo_again,
        state,
    }
}

/// Until the branch is back at the base, with what it held kept.
fn undo_again(sandbox: &Sandbox, _: &Struck) {
    let again = integrate(sandbox, &["--undo", "task-2"]);
    assert_eq!(again.code, if again.err.contains("is no step of") { 2 } else { 0 }, "{}", again.err);
    assert!(!is_in_progress(sandbox), "nothing is in progress");
    assert_eq!(tip(sandbox, "integration/r"), tip(sandbox, "main"), "the branch is back");
    assert!(exists(sandbox, "refs/orchestrate/r/backup/integration/1"), "what it held is kept");
    let journal = ["log", "-1", "--format=%B", "refs/orchestrate/r/journal/orchestrator"];
    assert!(sandbox.git(&journal).ok().out.contains("Event: undone"), "and the journal says so");
}

/// What a person resolved is taken over.
pub fn continue_resolved() -> Scene {
    Scene {
        name: "integrate --continue",
        build: || {
            let sandbox = finished::<true>();
            integrate(&sandbox, &[]).fails(1);
            resolve(&sandbox);
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--continue"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--continue"]).ok();
            }
            integrate(sandbox, &[]).ok();
        },
        state,
    }
}

/// A conflict that a person resolved before is resolved the same way.
pub fn integrate_with_replay() -> Scene {
    Scene {
        name: "integrate, with a conflict resolved before",
        build: || {
            let sandbox = finished::<true>();
            integrate(&sandbox, &[]).fails(1);
            resolve(&sandbox);
            integrate(&sandbox, &["--continue"]).ok();
            sandbox.git(&["branch", "-m", "integration/r", "aside"]).ok();
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--continue"]).ok();
            }
            integrate(sandbox, &[]).ok();
        },
        state,
    }
}

/// The same on the way of `--continue`, after a command that failed first.
pub fn continue_with_replay() -> Scene {
    Scene {
        name: "integrate --continue, with a conflict resolved before",
        build: || {
            let scene = integrate_with_replay();
            let sandbox = (scene.build)();
            integrate(&sandbox, &["--exec", "test -e ../../../ready"]).fails(1);
            sandbox.write(".git/ready", "");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--continue"],
        recover: integrate_with_replay().recover,
        state,
    }
}

/// A stopped integration is taken back.
pub fn abort() -> Scene {
    Scene {
        name: "integrate --abort",
        build: || {
            let sandbox = finished::<true>();
            integrate(&sandbox, &[]).fails(1);
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--abort"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--abort"]).ok();
            }
            integrate(sandbox, &["--abort"]).fails(1);
        },
        state,
    }
}

/// The integration branch becomes part of the base, which is checked out.
pub fn land() -> Scene {
    Scene {
        name: "integrate --land",
        build: || {
            let sandbox = finished::<false>();
            integrate(&sandbox, &[]).ok();
            sandbox.write("a person's", "mine\n");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--land"],
        recover: |sandbox, _| {
            integrate(sandbox, &["--land"]).ok();
            assert_eq!(sandbox.git(&["status", "--porcelain"]).ok().out, "?? \"a person's\"\n");
        },
        state,
    }
}

/// A clean-up of a run that has landed.
pub fn cleanup() -> Scene {
    Scene {
        name: "cleanup",
        build: || {
            let sandbox = finished::<false>();
            integrate(&sandbox, &[]).ok();
            integrate(&sandbox, &["--land"]).ok();
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "cleanup", "--run", "r"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "cleanup", "--run", "r"]).ok();
            let ours = sandbox.root.join(".git/orchestrate");
            assert!(
                !ours.exists(),
                "nothing of ours is left: {:?}",
                std::fs::read_dir(ours).map(Vec::from_iter)
            );
        },
        state,
    }
}

/// A clean-up of work that was squashed into the base, and built upon there.
pub fn cleanup_squashed() -> Scene {
    Scene {
        name: "cleanup, of squashed work",
        build: || {
            let sandbox = finished::<false>();
            for task in ["work/task-2-models", "work/task-1-api"] {
                sandbox.git(&["merge", "--quiet", "--squash", task]).ok();
                sandbox.git(&["commit", "--quiet", "-m", "Squashed"]).ok();
            }
            sandbox.write("api/a.py", "built upon\n");
            commit(&sandbox, ".", "Built upon");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "cleanup", "--run", "r"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "cleanup", "--run", "r"]).ok();
        },
        state,
    }
}

/// A clean-up that takes what is neither merged nor committed.
pub fn cleanup_by_force() -> Scene {
    Scene {
        name: "cleanup --force",
        build: || {
            let sandbox = finished::<false>();
            sandbox.write(&format!("{API}/api/a.py"), "precious one\n");
            sandbox.write(&format!("{API}/api/new.py"), "precious two\n");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "cleanup", "--run", "r", "--force"],
        recover: |sandbox, _| {
            sandbox.git(&["orchestrate", "cleanup", "--run", "r", "--force"]).ok();
            let reachable = sandbox.git(&["rev-list", "--objects", "--all"]).ok().out;
            for precious in ["precious one\n", "precious two\n"] {
                let hash = sandbox.command("git", &sandbox.root);
                let id = Said::of(
                    {
                        let mut hash = hash;
                        hash.args(["hash-object", "--stdin"]);
                        hash
                    },
                    precious.as_bytes(),
                )
                .ok()
                .out;
                assert!(reachable.contains(id.trim()), "{precious} is kept");
            }
        },
        state: |sandbox| {
            let state = state(sandbox);
            let kept: Vec<&str> = state.lines().filter(|line| !line.contains("/backup/")).collect();
            kept.join("\n")
        },
    }
}

/// What a person does whose git was killed: the locks go, as git itself says, and the index follows
/// the branch. Locks of ours are left to our programs.
pub fn after_git(sandbox: &Sandbox, place: &str) {
    for lock in crate::sound::locks(&sandbox.root.join(".git")) {
        if !["refs/notes", "refs/orchestrate"].iter().any(|ours| lock.to_string_lossy().contains(ours)) {
            std::fs::remove_file(lock).expect("a lock");
        }
    }
    sandbox.git_in(place, &["reset", "--quiet"]);
}

/// Branches, worktrees and what is uncommitted; the commits that have records; what status and verify
/// say.
pub fn recorded(sandbox: &Sandbox) -> String {
    let mut text = state(sandbox);
    for task in ["task-1-api", "task-2-models"] {
        let listed = sandbox.git(&["notes", &format!("--ref=orchestrate/r/{task}"), "list"]).out;
        text += &listed
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .map(|id| format!("\n{task} {id}"))
            .collect::<String>();
    }
    text += &sandbox.git(&["orchestrate", "verify"]).out;
    text + &sandbox.git(&["orchestrate", "status"]).out
}

/// The id that a revision names.
pub fn tip(sandbox: &Sandbox, name: &str) -> String {
    sandbox.git(&["rev-parse", "--verify", name]).ok().out
}

/// A worker's ordinary commit with all of its hooks.
pub fn hooks_of_commit() -> Scene {
    Scene {
        name: "git commit",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{API}/api/a.py"), "two\n");
            sandbox.git_in(API, &["add", "."]).ok();
            sandbox
        },
        place: API,
        command: &["git", "commit", "--quiet", "-m", "[CHECKPOINT] Two"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            if tip(sandbox, "work/task-1-api") == tip(sandbox, "main") {
                commit(sandbox, API, "[CHECKPOINT] Two");
            }
            sandbox.git(&["orchestrate", "reindex"]).ok();
        },
        state: recorded,
    }
}

/// The same, by our own command.
pub fn checkpoint() -> Scene {
    Scene {
        name: "git worker checkpoint",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{API}/api/a.py"), "two\n");
            sandbox
        },
        place: API,
        command: &["git-worker", "checkpoint", "-m", "Two"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            if tip(sandbox, "work/task-1-api") == tip(sandbox, "main") {
                sandbox.git_in(API, &["worker", "checkpoint", "-m", "Two"]).ok();
            }
            sandbox.git(&["orchestrate", "reindex"]).ok();
        },
        state: recorded,
    }
}

/// `--amend`, after which `post-rewrite` runs.
pub fn hooks_of_amend() -> Scene {
    Scene {
        name: "git commit --amend",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{API}/api/a.py"), "two\n");
            commit(&sandbox, API, "[CHECKPOINT] Two");
            sandbox.write(&format!("{API}/api/a.py"), "three\n");
            sandbox.git_in(API, &["add", "."]).ok();
            sandbox
        },
        place: API,
        command: &["git", "commit", "--quiet", "--amend", "-m", "[CHECKPOINT] Three"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            let subject = sandbox.git_in(API, &["log", "-1", "--format=%s"]).ok().out;
            if subject.trim() == "[CHECKPOINT] Two" {
                sandbox.git_in(API, &["add", "."]).ok();
                sandbox.git_in(API, &["commit", "--quiet", "--amend", "-m", "[CHECKPOINT] Three"]).ok();
            }
            sandbox.git(&["orchestrate", "reindex"]).ok();
        },
        state: recorded,
    }
}

/// A merge of a needed task: `pre-merge-commit` and `post-merge`.
pub fn hooks_of_merge() -> Scene {
    Scene {
        name: "git merge",
        build: || {
            let sandbox = started();
            sandbox.write(&format!("{MODELS}/models/m.py"), "two\n");
            commit(&sandbox, MODELS, "[COMPLETE] Two");
            sandbox
        },
        place: API,
        command: &["git", "merge", "--quiet", "--no-ff", "-m", "Merge task-2", "work/task-2-models"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            // What git wrote of the merge is not a person's.
            sandbox.git_in(API, &["reset", "--quiet", "--hard"]).ok();
            if tip(sandbox, "work/task-1-api") == tip(sandbox, "main") {
                sandbox
                    .git_in(API, &["merge", "--quiet", "--no-ff", "-m", "Merge task-2", "work/task-2-models"])
                    .ok();
            }
            sandbox.git(&["orchestrate", "reindex"]).ok();
        },
        state: recorded,
    }
}

/// A rebase onto a base that went on: `post-rewrite`.
pub fn hooks_of_rebase() -> Scene {
    Scene {
        name: "git rebase",
        build: || {
            let sandbox = started();
            for content in ["two\n", "three\n"] {
                sandbox.write(&format!("{API}/api/a.py"), content);
                commit(&sandbox, API, &format!("[CHECKPOINT] {}", content.trim()));
            }
            sandbox.write("README", "more\n");
            commit(&sandbox, ".", "More");
            sandbox
        },
        place: API,
        command: &["git", "rebase", "--quiet", "main"],
        recover: |sandbox, _| {
            after_git(sandbox, API);
            if sandbox.git_in(API, &["rebase", "--abort"]).code != 0 {
                sandbox.git_in(API, &["rebase", "--quit"]);
            }
            sandbox.git_in(API, &["reset", "--quiet", "--hard"]).ok();
            sandbox.git_in(API, &["switch", "--quiet", "work/task-1-api"]).ok();
            sandbox.git_in(API, &["rebase", "--quiet", "main"]).ok();
            sandbox.git(&["orchestrate", "reindex"]).ok();
        },
        state: recorded,
    }
}

/// How a struck command is told from one that was not.
pub fn unhurt() -> Struck {
    Struck { said: Said { code: 0, out: String::new(), err: String::new() }, call: String::new() }
}
