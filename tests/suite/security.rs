//! The page about security: each of its claims has a test, and what it advises works.

use std::path::Path;

use orchestrate::cli::pages::security::{Claim, FOUND, HOSTILE_TESTS, PREVENTED};

use crate::armed::Armed;

const MODELS: &str = "task-2-models";

#[test]
fn every_claim_has_its_tests() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let exists = |name: &str| -> bool {
        let read = |path: String| std::fs::read_to_string(tests.join(path)).unwrap_or_default();
        if name.starts_with("cases/") {
            let (file, line) = match name.split_once(": ") {
                Some((file, case)) => (file, format!("name    = \"{case}\"")),
                None => (name, "[[case]]".to_owned()),
            };
            return read(file.to_owned()).lines().any(|one| one == line);
        }
        let (module, function) = name.rsplit_once("::").expect("module::function");
        read(format!("suite/{}.rs", module.replace("::", "/"))).contains(&format!("#[test]\nfn {function}()"))
    };
    let claims: Vec<&Claim> = PREVENTED.iter().chain(FOUND).collect();
    for claim in &claims {
        assert!(!claim.tests.is_empty(), "{} is shown by nothing", claim.about);
    }
    for name in claims.iter().flat_map(|claim| claim.tests).chain(HOSTILE_TESTS) {
        assert!(exists(name), "there is no test {name}");
    }
}

/// A worker's own clone, with everything in it that git would run for whoever works there.
#[test]
fn a_clone_is_taken_from_without_running_its_code() {
    let run = Armed::new();
    run.sandbox.git(&["clone", "-q", "--branch", "work/task-2-models", ".", "../clone"]).ok();
    let clone = |args: &[&str]| run.sandbox.git_in("../clone", args);
    let ran = run.sandbox.root.join("../ran");
    run.sandbox.install("../clone/.git/hooks/evil", format!("#!/bin/sh\ntouch {}\ncat\n", ran.display()));
    let evil = run.sandbox.root.join("../clone/.git/hooks/evil").display().to_string();
    run.sandbox.write("../clone/models/new.py", "x\n");
    clone(&["add", "."]).ok();
    clone(&["commit", "-q", "-m", "[CHECKPOINT] Add new"]).ok();
    run.sandbox.write("../clone/README.txt", "mine\n");
    clone(&["commit", "-qam", "[CHECKPOINT] Change the readme"]).ok();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "gpg.program",
        "uploadpack.packObjectsHook",
    ] {
        clone(&["config", key, &evil]).ok();
    }
    clone(&["config", "filter.evil.smudge", &evil]).ok();
    run.sandbox.write("../clone/.git/info/attributes", "* filter=evil merge=evil diff=evil\n");
    for hook in ["pre-push", "post-checkout", "post-merge", "reference-transaction", "pre-auto-gc"] {
        std::fs::copy(&evil, run.sandbox.root.join("../clone/.git/hooks").join(hook)).expect("a hook");
    }
    run.git(MODELS, &["pull", "-q", "--ff-only", "../../../clone", "work/task-2-models"]).ok();
    let said = run.sandbox.git(&["orchestrate", "verify", "task-2"]).fails(1);
    assert!(
        said.out.contains("scope/outside  README.txt"),
        "the branch is judged as any other: {}",
        said.out
    );
    assert!(!ran.exists(), "nothing of the clone was run");
    clone(&["status"]);
    assert!(ran.exists(), "but whoever works in it runs it");
}
