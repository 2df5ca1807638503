//! What is struck while something lies in the private worktree: a person's resolution, or files that a
//! command is just making.

use super::scene::Scene;
use super::scenes::{BENCH, commit, exists, finished, integrate, is_in_progress, resolve, state};
use crate::sandbox::Sandbox;

const KEPT: &str = "refs/orchestrate/r/backup/resolution/";

/// What a person made is kept when the integration is taken back: once, and whole.
pub fn abort_resolved() -> Scene {
    Scene {
        name: "integrate --abort, with a resolution",
        build: || {
            let sandbox = finished::<true>();
            integrate(&sandbox, &[]).fails(1);
            resolve(&sandbox);
            sandbox.write(&format!("{BENCH}/notes"), "untracked\n");
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--abort"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) {
                let said = integrate(sandbox, &["--abort"]).ok();
                assert!(said.out.contains(&format!("kept as {KEPT}1")), "it is named: {}", said.out);
            }
            integrate(sandbox, &["--abort"]).fails(1);
            let kept = sandbox.git(&["for-each-ref", "--format=%(refname)", KEPT]).ok().out;
            assert_eq!(kept.trim(), format!("{KEPT}1"), "it is kept once");
            for (path, content) in [("shared.txt", "both\n"), ("notes", "untracked\n")] {
                let found = sandbox.git(&["show", &format!("{KEPT}1:{path}")]).ok().out;
                assert_eq!(found, content, "{path} is kept");
            }
        },
        state: without_backups,
    }
}

/// A file that both tasks have changed is made anew by a command.
fn generating(sandbox: &Sandbox) -> &Sandbox {
    let plan = sandbox.read("orchestrate.toml");
    let generated = "[integrate]\ngenerated = [{ path = 'shared.txt', run = 'cat api/a.py models/m.py >shared.txt' }]\n[[task]]";
    sandbox.write("orchestrate.toml", plan.replacen("[[task]]", generated, 1));
    commit(sandbox, ".", "Generated");
    sandbox.git(&["orchestrate", "start", "--yes", "orchestrate.toml"]).ok();
    sandbox
}

/// An integration on whose way a command makes a file, finished by the same call.
pub fn generated() -> Scene {
    Scene {
        name: "integrate --resolve-trivial, with a generated file",
        build: || {
            let sandbox = finished::<true>();
            generating(&sandbox);
            sandbox
        },
        place: ".",
        command: &["git-orchestrate", "integrate", "--resolve-trivial"],
        recover: |sandbox, _| {
            if is_in_progress(sandbox) && integrate(sandbox, &["--resolve-trivial"]).code != 0 {
                // The command itself was struck, which left the file to a person.
                integrate(sandbox, &["--abort"]).ok();
            }
            integrate(sandbox, &["--resolve-trivial"]).ok();
            let made = sandbox.git(&["show", "integration/r:shared.txt"]).ok().out;
            assert_eq!(made, "two\ntwo\n", "it is made of the merged files");
        },
        state: without_backups,
    }
}

/// The state but for what an abort has kept.
fn without_backups(sandbox: &Sandbox) -> String {
    let state = state(sandbox);
    let kept: Vec<&str> = state.lines().filter(|line| !line.contains("/backup/")).collect();
    kept.join("\n")
}

/// The same, taken back by `--abort`, and done again.
pub fn generated_and_abort() -> Scene {
    Scene {
        name: "integrate --resolve-trivial, with a generated file, then --abort",
        recover: |sandbox, struck| {
            if is_in_progress(sandbox) {
                integrate(sandbox, &["--abort"]).ok();
                assert!(!exists(sandbox, "integration/r"), "the branch is where it was: nowhere");
            }
            (generated().recover)(sandbox, struck);
        },
        ..generated()
    }
}
