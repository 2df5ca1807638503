//! What was committed past the hooks is found by `git orchestrate verify`, rule by rule.

use crate::analytics::started;
use crate::armed::{Armed, PLAN};
use crate::sandbox::{Said, Sandbox};

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";

impl Armed {
    /// `git <args>` without any hook.
    fn sneak(&self, task: &str, args: &[&str]) -> Said {
        self.git(task, &[&["-c", "core.hooksPath=/dev/null"], args].concat())
    }

    /// Commits one file, as it is, without any hook.
    fn sneak_file(&self, task: &str, path: &str, content: &str) {
        self.write(task, path, content);
        self.git(task, &["add", "--all"]).ok();
        self.sneak(task, &["commit", "-q", "-m", "[CHECKPOINT] Sneak"]).ok();
    }

    /// The findings of `verify` on a task, as `<severity> <rule> <words>`.
    fn findings(&self, task: &str) -> Vec<String> {
        let said = self.sandbox.git(&["orchestrate", "verify", "--format", "json", task]);
        let report: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(said.code == 0, report["passed"] == true, "the exit code is the answer");
        let findings = report["tasks"][0]["findings"].as_array().expect("a list").iter();
        let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().expect("a word").to_owned();
        findings
            .map(|one| [word(one, "severity"), word(one, "rule"), word(one, "message")].join(" "))
            .collect()
    }
}

#[track_caller]
fn found(findings: &[String], expected: &[&str]) {
    for words in expected {
        let hit = findings.iter().any(|finding| finding.starts_with(words));
        assert!(hit, "{words:?} is missing in {findings:#?}");
    }
    assert_eq!(findings.len(), expected.len(), "nothing else is found: {findings:#?}");
}

#[test]
fn paths_are_found() {
    let run = Armed::new();
    run.sneak_file(MODELS, "README.txt", "mine\n");
    run.sneak_file(MODELS, "imports.py", "import b\n");
    run.sneak_file(MODELS, "models/CON.py", "x\n");
    run.sneak_file(MODELS, "models/M.py", "x\n");
    run.sneak_file(MODELS, "models/.gitattributes", "* merge=ours\n");
    std::os::unix::fs::symlink("/etc/passwd", run.path(MODELS).join("models/link")).expect("a link");
    run.git(MODELS, &["add", "models/link"]).ok();
    run.sneak(MODELS, &["commit", "-qm", "[CHECKPOINT] Sneak"]).ok();
    let tip = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    let entry = format!("160000,{},models/sub", tip.trim());
    run.git(MODELS, &["update-index", "--add", "--cacheinfo", &entry]).ok();
    run.sneak(MODELS, &["commit", "-qm", "[CHECKPOINT] Sneak"]).ok();
    found(
        &run.findings(MODELS),
        &[
            "error scope/outside README.txt",
            "error scope/append imports.py",
            "error path/unportable models/CON.py",
            "error path/collision models/M.py",
            "error scope/protected models/.gitattributes",
            "error scope/symlink models/link",
            "error scope/submodule models/sub",
        ],
    );
}

#[test]
fn messages_are_found() {
    let run = Armed::new();
    let sneak = |message: &str| run.sneak(MODELS, &["commit", "-q", "--allow-empty", "-m", message]).ok();
    sneak("Add model");
    sneak("[NEEDS:task-2/x] own");
    sneak("[CHECKPOINT] a\n[COMPLETE] b");
    sneak("[CHECKPOINT] \u{202e}reversed");
    sneak("[COMPLETE] Done");
    sneak("[CHECKPOINT] After");
    found(
        &run.findings(MODELS),
        &[
            "error message/prefix",
            "error message/needs",
            "error message/blank-line",
            "error message/character",
            "error state/after-complete",
        ],
    );
}

#[test]
fn plumbing_is_found() {
    let run = Armed::new();
    let tree = run.git(MODELS, &["write-tree"]).ok().out;
    let parent = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    let land = |headers: &str, message: &[u8]| {
        let who = "Ada <ada@example.org> 1705327200 +0000";
        let head = format!("tree {tree}parent {parent}author {who}\ncommitter {who}\n{headers}\n");
        let mut make = run.sandbox.command("git", &run.path(MODELS));
        make.args(["hash-object", "-t", "commit", "-w", "--stdin", "--literally"]);
        let commit = Said::of(make, &[head.as_bytes(), message].concat()).ok().out;
        run.git(MODELS, &["update-ref", "refs/heads/work/task-2-models", commit.trim()]).ok();
    };
    land("", b"[CHECKPOINT] caf\xe9\n");
    found(&run.findings(MODELS), &["error message/encoding"]);
    land("", b"[CHECKPOINT] a\n\n\0hidden\n");
    found(&run.findings(MODELS), &["error message/character"]);
    land("encoding ISO-2022-JP\n", b"[CHECKPOINT] a\n");
    found(&run.findings(MODELS), &["error message/encoding"]);
}

#[test]
fn what_was_put_right_is_a_warning() {
    let run = Armed::new();
    run.sneak_file(MODELS, "README.txt", "mine\n");
    run.sneak_file(MODELS, "README.txt", "again\n");
    run.sneak_file(MODELS, "imports.py", "import b\n");
    run.sneak_file(MODELS, "imports.py", "import a\nimport b\nimport c\n");
    assert_eq!(run.findings(MODELS).iter().filter(|one| one.starts_with("error")).count(), 2);
    run.git(MODELS, &["checkout", "-q", "main", "--", "README.txt"]).ok();
    run.git(MODELS, &["commit", "-qm", "[CHECKPOINT] Put it back"]).ok();
    found(
        &run.findings(MODELS),
        &["warning scope/outside README.txt", "warning scope/outside README.txt", "warning scope/append"],
    );
}

#[test]
fn merges_are_judged_by_what_they_bring() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/m.py", "[COMPLETE] Models").ok();
    run.sneak(API, &["merge", "-q", "--no-edit", "work/task-2-models"]).ok();
    found(&run.findings(API), &[]);
    run.sneak(API, &["reset", "-q", "--hard", "HEAD^"]).ok();
    run.sneak(API, &["merge", "-q", "--no-edit", "-s", "ours", "work/task-2-models"]).ok();
    found(&run.findings(API), &["error merge/altered models/m.py"]);
    run.sneak(API, &["reset", "-q", "--hard", "HEAD^"]).ok();
    run.sneak(API, &["merge", "-q", "--no-commit", "work/task-2-models"]).ok();
    run.write(API, "README.txt", "evil\n");
    run.write(API, "api/a.py", "decided here\n");
    run.git(API, &["add", "."]).ok();
    run.sneak(API, &["commit", "-q", "--no-edit"]).ok();
    found(&run.findings(API), &["error merge/altered README.txt"]);
    run.sneak(API, &["reset", "-q", "--hard", "HEAD^"]).ok();
    run.sandbox.git(&["checkout", "-q", "-b", "foreign"]).ok();
    run.sandbox.write("docs/d.md", "foreign\n");
    run.sandbox.git(&["commit", "-qam", "Foreign"]).ok();
    run.sneak(API, &["merge", "-q", "--no-edit", "foreign"]).ok();
    found(&run.findings(API), &["error merge/foreign"]);
}

#[test]
fn a_squash_of_foreign_work_is_own_work() {
    let run = Armed::new();
    run.commit(MODELS, "models/m.py", "[COMPLETE] Models").ok();
    run.sneak(API, &["merge", "-q", "--squash", "work/task-2-models"]).ok();
    run.sneak(API, &["commit", "-qm", "[CHECKPOINT] Squash"]).ok();
    found(&run.findings(API), &["error scope/outside models/m.py"]);
}

#[test]
fn a_merge_of_a_branch_that_was_rewritten_is_no_violation() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/m.py", "[COMPLETE] Models").ok();
    run.git(API, &["merge", "-q", "--no-edit", "work/task-2-models"]).ok();
    run.git(MODELS, &["commit", "-q", "--amend", "-m", "[COMPLETE] Models, all of them"]).ok();
    found(&run.findings(API), &["warning merge/rewritten"]);
}

#[test]
fn a_branch_that_is_none_is_found() {
    let run = Armed::new();
    run.sandbox.git(&["worktree", "remove", "--force", "worktrees/task-2-models"]).ok();
    run.sandbox.git(&["symbolic-ref", "refs/heads/work/task-2-models", "refs/heads/main"]).ok();
    let findings = run.findings(MODELS);
    assert!(findings.iter().any(|one| one.starts_with("error branch/symbolic")), "{findings:#?}");
    run.git(API, &["checkout", "-q", "--orphan", "lone"]).ok();
    run.sneak(API, &["commit", "-qm", "[CHECKPOINT] Alone"]).ok();
    run.git(API, &["branch", "-q", "-f", "work/task-1-api", "lone"]).ok();
    let findings = run.findings(API);
    assert!(findings.iter().any(|one| one.starts_with("error branch/unrelated")), "{findings:#?}");
}

#[test]
fn evidence_is_asked_for_by_tree() {
    let plan = PLAN.replace("body = \"off\"", "body = \"off\"\nevidence = [\"true\"]");
    let run = Armed::with_plan(&plan);
    let said = run.git(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] Done"]).fails(1);
    assert!(
        said.err.contains("state/evidence  COMPLETE needs evidence for exactly this tree: true"),
        "{}",
        said.err
    );
    run.sneak(MODELS, &["commit", "-q", "--allow-empty", "-m", "[COMPLETE] Done"]).ok();
    found(&run.findings(MODELS), &["error state/evidence"]);
}

#[test]
fn configuration_cannot_change_a_verdict() {
    let run = Armed::new();
    run.commit(API, "api/x.py", "[CHECKPOINT] X").ok();
    run.write(MODELS, "models/m.py", "theirs\ntwo\nthree\n");
    run.git(MODELS, &["commit", "-qam", "[COMPLETE] Models"]).ok();
    run.sandbox.write("models/m.py", "base\ntwo\nthree\n");
    run.sandbox.git(&["commit", "-qam", "Base moves"]).ok();
    // A driver that makes an edited result look like git's own, a graft, and a replaced commit.
    run.sandbox.write(".git/info/attributes", "* merge=union\n");
    run.sneak(API, &["merge", "-q", "--no-edit", "main"]).ok();
    run.sneak(API, &["merge", "-q", "--no-edit", "work/task-2-models"]).ok();
    found(&run.findings(API), &["error merge/altered models/m.py"]);
    run.sneak_file(MODELS, "README.txt", "mine\n");
    run.git(MODELS, &["replace", "HEAD", "HEAD~"]).ok();
    let findings = run.findings(MODELS);
    assert!(findings.iter().any(|one| one.starts_with("error scope/outside README.txt")), "{findings:#?}");
}

#[test]
fn a_forged_commit_graph_hides_nothing() {
    let run = Armed::new();
    run.sneak_file(MODELS, "README.txt", "mine\n");
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[COMPLETE] Models").ok();
    run.git(MODELS, &["commit-graph", "write", "--reachable"]).ok();
    let id = |revision: &str| run.git(MODELS, &["rev-parse", revision]).ok().out.trim().to_owned();
    forge_parent(&run.sandbox.root.join(".git/objects/info/commit-graph"), &id("HEAD~"), &id("main"));
    let log = run.git(MODELS, &["log", "--format=%s", "main..HEAD"]).ok().out;
    assert_eq!(log, "[COMPLETE] Models\n[CHECKPOINT] X\n", "git is fooled");
    found(&run.findings(MODELS), &["error scope/outside README.txt"]);
    let integrate = ["orchestrate", "integrate", "--dry-run", "--only-complete"];
    assert_ne!(run.sandbox.git(&integrate).code, 0, "and nothing is integrated");
}

#[test]
fn a_broken_ref_of_another_run_is_no_concern() {
    let armed = Armed::new();
    for content in ["", "garbage bytes\n"] {
        armed.sandbox.write(".git/refs/orchestrate/other/plan", content);
        assert_eq!(armed.sandbox.git(&["orchestrate", "verify"]).code, 0, "{content:?}");
        assert_eq!(armed.sandbox.git(&["orchestrate", "status"]).code, 0, "{content:?}");
        let said = armed.sandbox.git(&["orchestrate", "status", "--run", "other"]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(".git/refs/orchestrate/other/plan holds no object id"), "{said:?}");
        assert!(said.err.contains("hint: rm "), "{said:?}");
    }
}

#[test]
fn a_broken_ref_of_the_run_is_unknown() {
    let armed = Armed::new();
    let name = format!("refs/orchestrate/{}/journal/{API}", armed.plan.run);
    armed.sandbox.write(&format!(".git/{name}"), "");
    let said = armed.sandbox.git(&["orchestrate", "verify"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains(&format!("unknown: the ref {name}: ")), "{said:?}");
    let said = armed.sandbox.git(&["orchestrate", "doctor"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("repository/ref"), "{said:?}");
    assert_eq!(armed.sandbox.git(&["orchestrate", "status"]).code, 0, "the rest goes on");
}

#[test]
fn work_of_a_task_that_the_plan_lost_is_named() {
    let armed = Armed::new();
    armed.commit("task-3-docs", "docs/x.md", "[CHECKPOINT] Docs").ok();
    armed.sandbox.write("plan.toml", PLAN.replace("task-3-docs", "task-3-pages"));
    armed.sandbox.git(&["orchestrate", "start", "plan.toml", "--yes"]).ok();
    let words =
        "task-3-docs is not in the plan any more, and work/task-3-docs has 1 commit that is nowhere else";
    for (verb, code) in [("verify", 0), ("status", 0), ("doctor", 1)] {
        let said = armed.sandbox.git(&["orchestrate", verb]);
        assert_eq!(said.code, code, "{verb}: {said:?}");
        assert!(said.out.contains(words), "{verb}: {said:?}");
        assert!(said.out.contains("git branch -D work/task-3-docs"), "{verb}: {said:?}");
    }
    armed.sandbox.git(&["update-ref", "refs/heads/work/task-3-pages", "work/task-3-docs"]).ok();
    let said = armed.sandbox.git(&["orchestrate", "verify"]);
    assert!(!said.out.contains("task-3-docs is not in the plan"), "the work is elsewhere: {said:?}");
    armed.sandbox.git(&["update-ref", "refs/heads/work/task-3-pages", "main"]).ok();

    let said = armed.sandbox.git(&["orchestrate", "verify"]);
    let remedy = said.out.lines().find_map(|line| line.split_once("if nobody wants it: ")).expect("a hint").1;
    let mut shell = armed.sandbox.command("sh", &armed.sandbox.root);
    shell.args(["-c", remedy]);
    Said::of(shell, b"").ok();
    armed.sandbox.git(&["rev-parse", "--verify", "--quiet", "work/task-3-docs"]).fails(1);
}

#[test]
fn the_worktree_of_a_dropped_task_is_named() {
    let armed = Armed::new();
    armed.sandbox.write("plan.toml", PLAN.replace("task-3-docs", "task-3-pages"));
    armed.sandbox.git(&["orchestrate", "start", "plan.toml", "--yes"]).ok();
    let said = armed.sandbox.git(&["orchestrate", "doctor"]).fails(1);
    let words = "task-3-docs is not in the plan any more, and its worktree is left";
    assert!(said.out.contains(words), "{said:?}");
    let (_, remedy) = said.out.split_once("git worktree unlock").expect("a remedy");
    let mut shell = armed.sandbox.command("sh", &armed.sandbox.root);
    let remedy = remedy.lines().next().expect("a line");
    shell.args(["-c", &format!("git worktree unlock{remedy}")]);
    Said::of(shell, b"").ok();
    let said = armed.sandbox.git(&["orchestrate", "doctor"]);
    assert!(!said.out.contains(words), "{said:?}");
}

#[test]
fn nothing_to_verify_is_no_error() {
    let armed = Armed::new();
    let verify = |args: &[&str]| armed.sandbox.git(&[&["orchestrate", "verify"], args].concat());
    armed.sandbox.git(&["orchestrate", "cleanup", "--force"]).ok();
    let said = verify(&[]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "nothing to verify: all runs here are over\n"),
        "{said:?}"
    );
    for format in ["markdown", "json", "sarif", "github"] {
        assert_eq!(verify(&["--format", format]).code, 0, "{format}");
    }
    let said = verify(&["--run", "other"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("there is no run \"other\""), "{said:?}");
    assert_eq!(verify(&[API]).code, 2, "a task that is named is asked about");
    let none = Sandbox::repository();
    let said = none.git(&["orchestrate", "verify"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.out, "nothing to verify: no run is here\n", "there is no remote to ask");
    none.git(&["remote", "add", "up", &armed.sandbox.root.display().to_string()]).ok();
    let said = none.git(&["orchestrate", "verify"]).ok().out;
    assert!(said.contains("git fetch up 'refs/orchestrate/*:refs/orchestrate/*' brings runs"), "{said}");
    none.git(&["fetch", "--quiet", "up", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    assert_eq!(none.git(&["orchestrate", "verify"]).ok().out, "nothing to verify: all runs here are over\n");
}

fn forge_parent(path: &std::path::Path, child: &str, parent: &str) {
    let mut graph = std::fs::read(path).expect("a commit-graph");
    let number = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let chunk = |name: &[u8]| {
        let entry = graph[8..].chunks(12).find(|entry| entry.starts_with(name)).expect("a chunk");
        number(&entry[4..])
    };
    let (fanout, ids, data) = (chunk(b"OIDF"), chunk(b"OIDL"), chunk(b"CDAT"));
    let commits = number(&graph[fanout + 255 * 4..fanout + 256 * 4]);
    let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let place = |wanted: &str| {
        let all = graph[ids..ids + commits * 20].chunks(20);
        all.map(hex).position(|id| id == wanted).expect("a commit of the graph")
    };
    let (child, parent) = (place(child), u32::try_from(place(parent)).expect("few commits"));
    let at = data + child * 36 + 20;
    graph[at..at + 4].copy_from_slice(&parent.to_be_bytes());
    std::fs::remove_file(path).expect("it is read-only");
    std::fs::write(path, graph).expect("a written file");
}

#[test]
fn a_started_task_without_a_branch_is_unknown() {
    let sandbox = started(|plan| plan);
    sandbox.git(&["clone", "-q", ".", "elsewhere"]).ok();
    let in_clone = |args: &[&str]| sandbox.git_in("elsewhere", args);
    in_clone(&["fetch", "-q", "origin", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
    in_clone(&["orchestrate", "verify"]).ok();
    let branch = "work/task-2-models-migrations";
    let there = format!("refs/remotes/origin/{branch}");
    in_clone(&["update-ref", "-d", &there]).ok();
    let said = in_clone(&["orchestrate", "verify"]).fails(1);
    let unknown =
        format!("unknown: {branch}: it was started and is not here (git fetch origin {branch}:{there})");
    assert!(said.out.contains(&unknown), "{}", said.out);
    in_clone(&["fetch", "-q", "origin", &format!("{branch}:{there}")]).ok();
    in_clone(&["orchestrate", "verify"]).ok();
    in_clone(&["remote", "remove", "origin"]).ok();
    let said = in_clone(&["orchestrate", "verify"]).fails(1).out;
    assert!(!said.contains("git fetch"), "there is nowhere to fetch from: {said}");
    assert!(said.contains("is not here (git orchestrate start tells how to go on)"), "{said}");
}

#[test]
fn a_namespace_is_for_pushes_only() {
    let run = Armed::new();
    run.sneak_file(API, "README.txt", "mine\n");
    let mut verify = run.sandbox.command("git", &run.path(API));
    verify.args(["orchestrate", "verify"]).env("GIT_NAMESPACE", "ns");
    let said = Said::from(verify.output().expect("git runs")).fails(1);
    assert!(said.out.contains("scope/outside"), "judged as without it: {}", said.out);
}
