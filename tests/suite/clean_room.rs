//! Verification in the clean room: what worktrees share cannot change a verdict, and what cannot be
//! known is said to be unknown.

use crate::armed::Armed;
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const BRANCH: &str = "work/task-1-api";
const BROKEN: &str = "work/task-3-docs";

/// A run in which task 1 has sneaked a file of task 2 in, below good work.
fn sneaked() -> Armed {
    let run = Armed::new();
    run.write(API, "models/mine.py", "mine\n");
    run.git(API, &["add", "."]).ok();
    let sneak = ["-c", "core.hooksPath=/dev/null", "commit", "-qm", "[CHECKPOINT] Sneak"];
    run.git(API, &sneak).ok();
    run.commit(API, "api/x.py", "[COMPLETE] Good").ok();
    run
}

fn verify(run: &Armed) -> Said {
    run.sandbox.git(&["orchestrate", "verify"])
}

#[track_caller]
fn finds_it(run: &Armed) {
    let said = verify(run).fails(1);
    assert!(said.out.contains("scope/outside") && said.out.contains("models/mine.py"), "{}", said.out);
    let said = run.sandbox.git(&["orchestrate", "integrate", "--dry-run"]);
    assert_eq!(said.code, 1, "integrate refuses it as well\n{}{}", said.out, said.err);
}

fn id(run: &Armed, revision: &str) -> String {
    run.git(API, &["rev-parse", revision]).ok().out.trim().to_owned()
}

#[test]
fn no_shared_setting_hides_a_violation() {
    let run = sneaked();
    finds_it(&run);
    let (tip, bad, base) = (id(&run, "HEAD"), id(&run, "HEAD~1"), id(&run, "main"));

    run.sandbox.git(&["replace", &bad, &base]).ok();
    finds_it(&run);
    run.sandbox.git(&["replace", "-d", &bad]).ok();

    run.sandbox.write(".git/info/grafts", format!("{tip} {base}\n"));
    finds_it(&run);
    std::fs::remove_file(run.sandbox.root.join(".git/info/grafts")).expect("it was there");

    run.sandbox.write(".git/shallow", format!("{tip}\n"));
    finds_it(&run);
    std::fs::remove_file(run.sandbox.root.join(".git/shallow")).expect("it was there");

    run.sandbox.write(".git/info/attributes", "* -diff merge=ours\n");
    run.sandbox.git(&["config", "diff.ignoreSubmodules", "all"]).ok();
    finds_it(&run);
}

/// A commit-graph says who is whose parent, and git believes it; verification reads the commits.
#[test]
fn no_commit_graph_hides_a_violation() {
    let run = sneaked();
    let (tip, bad, base) = (id(&run, "HEAD"), id(&run, "HEAD~1"), id(&run, "main"));
    // A graph in which the parent of the tip is the base: written while a graft says so.
    run.sandbox.write(".git/info/grafts", format!("{tip} {base}\n"));
    run.sandbox.git(&["commit-graph", "write", "--reachable"]).ok();
    std::fs::remove_file(run.sandbox.root.join(".git/info/grafts")).expect("it was there");
    let path = run.sandbox.root.join(".git/objects/info/commit-graph");
    if path.exists() {
        assert!(!bad.is_empty());
    }
    finds_it(&run);
}

#[test]
fn what_git_refuses_is_found_in_its_commit() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] Good").ok();
    // Which remembers that all is well so far.
    let status = || run.sandbox.git(&["orchestrate", "status", "--format", "json"]).ok().out;
    assert!(!status().contains("object/malformed"));
    let script = "set -e
        inner=$(printf '100644 blob %s\\t.git\\n' $(git hash-object -w api/x.py) | git mktree)
        api=$( (git ls-tree HEAD:api; printf '040000 tree %s\\tsub\\n' $inner) | git mktree)
        top=$(git ls-tree HEAD | sed \"s/tree .*\\tapi$/tree $api\\tapi/\" | git mktree)
        git update-ref HEAD $(git commit-tree -p HEAD -m '[CHECKPOINT] Tree' $top)
        git cat-file commit HEAD~1 | sed 's/ Good$/ Good@/; s/^tree .*/tree '$top'/; s/^parent .*/parent '$(git rev-parse HEAD)'/' |
          sed 's/ada@/ada#/g' | tr @ '\\0' | tr '#' @ >../c
        git update-ref HEAD $(git hash-object -t commit -w --literally ../c)";
    let mut command = run.sandbox.command("bash", &run.path(API));
    Said::from(command.args(["-c", script]).output().expect("bash runs")).ok();
    let said = verify(&run).fails(1).out;
    let (tree, nul) = (id(&run, "HEAD~1"), id(&run, "HEAD"));
    let line = |commit: &str, rule: &str, words: &str| {
        said.lines().any(|line| {
            line.trim_start().starts_with(&commit[..10]) && line.contains(rule) && line.contains(words)
        })
    };
    assert!(line(&tree, "object/malformed", "hasDotgit"), "{said}");
    assert!(line(&nul, "message/character", "NUL"), "{said}");
    for status in [status(), status()] {
        assert!(status.contains("object/malformed") && status.contains(&tree), "{status}");
    }
}

#[test]
fn one_broken_branch_hides_no_other() {
    let run = sneaked();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] Fine").ok();
    for content in ["nonsense\n", "1234567890123456789012345678901234567890\n", ""] {
        run.sandbox.write(&format!(".git/refs/heads/{BROKEN}"), content);
        let said = verify(&run).fails(1).out;
        assert!(said.contains("scope/outside"), "{content:?}: {said}");
        assert!(said.contains("task-2-models  1 commit, nothing wrong"), "{content:?}: {said}");
        assert!(said.contains("unknown: "), "{content:?}: {said}");
        run.sandbox.git(&["orchestrate", "status"]).ok();
    }
    // Where objects are gone, too.
    run.sandbox.write(&format!(".git/refs/heads/{BROKEN}"), format!("{}\n", id(&run, "main")));
    let tip = id(&run, BRANCH);
    let object = run.sandbox.root.join(format!(".git/objects/{}/{}", &tip[..2], &tip[2..]));
    std::fs::rename(&object, run.sandbox.root.join("../object")).expect("it was there");
    let said = verify(&run).fails(1).out;
    assert!(said.contains("task-2-models  1 commit, nothing wrong"), "{said}");
    assert!(said.contains("unknown: ") && said.contains("task-1-api"), "{said}");
}

#[test]
fn a_shallow_clone_says_what_it_cannot_know() {
    let run = sneaked();
    let url = format!("file://{}", run.sandbox.root.display());
    let clone = [
        "clone",
        "-q",
        "--depth",
        "1",
        "--branch",
        "work/task-1-api",
        "--no-single-branch",
        &url,
        "../shallow",
    ];
    run.sandbox.git(&clone).ok();
    let git = |args: &[&str]| run.sandbox.git_in("../shallow", args);
    git(&["fetch", "-q", "--depth", "1", "origin", "refs/orchestrate/demo/plan:refs/orchestrate/demo/plan"])
        .ok();
    let said = git(&["orchestrate", "verify", API]).fails(1).out;
    assert!(said.contains("unknown: "), "{said}");
    assert!(!said.contains("nothing wrong"), "what is not known is not called fine: {said}");
    git(&["fetch", "-q", "--unshallow"]).ok();
    let said = git(&["orchestrate", "verify", API]).fails(1).out;
    assert!(said.contains("scope/outside") && !said.contains("unknown: "), "{said}");
}
