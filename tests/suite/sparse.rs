//! Worktrees that hold only what their task needs: as git's sparse checkout means it, and with every
//! rule at work in them.

use crate::sandbox::Sandbox;

const PLAN: &str = "run = \"few\"\n[setup]\nsparse = true\n\
    [[task]]\nname = \"task-1-api\"\nscope = [\"api/v1/\", \"docs/api.md\"]\nneeds = [\"task-2/models\"]\n\
    [[task]]\nname = \"task-2-models\"\nscope = [\"models/*.rs\"]\nprovides = [\"models\"]\n\
    [[task]]\nname = \"task-3-words\"\nscope = [\"*/words.txt\"]\n";

const API: &str = "worktrees/task-1-api";

fn repository() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet"]).ok();
    for path in ["README.md", "api/v1/a.rs", "api/v2/a.rs", "api/mod.rs", "docs/api.md", "docs/deep/x.md"] {
        sandbox.write(path, "old\n");
    }
    for path in ["models/a.rs", "models/b.rs", "web/a.ts", "web/deep/b.ts"] {
        sandbox.write(path, "old\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "All"]).ok();
    sandbox.write("../plan.toml", PLAN);
    sandbox
}

fn started() -> Sandbox {
    let sandbox = repository();
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    sandbox
}

/// The files that are there, as git lists them.
fn files(sandbox: &Sandbox, task: &str) -> Vec<String> {
    let tree = format!("worktrees/{task}");
    let listed = sandbox.git_in(&tree, &["ls-files", "-t"]).ok().out;
    assert_eq!(sandbox.git_in(&tree, &["status", "--porcelain"]).ok().out, "", "{task} is clean");
    let there = listed.lines().filter_map(|line| line.strip_prefix("H "));
    let there: Vec<String> = there.map(str::to_owned).collect();
    assert!(there.iter().all(|path| sandbox.root.join(&tree).join(path).exists()), "{task}: {there:?}");
    there
}

const OF_API: [&str; 6] =
    ["README.md", "api/mod.rs", "api/v1/a.rs", "docs/api.md", "models/a.rs", "models/b.rs"];

#[test]
fn a_worktree_holds_its_scope_and_what_it_needs() {
    let sandbox = started();
    assert_eq!(files(&sandbox, "task-1-api"), OF_API);
    assert_eq!(files(&sandbox, "task-2-models"), ["README.md", "models/a.rs", "models/b.rs"]);
    assert_eq!(files(&sandbox, "task-3-words").len(), 10, "what can match anywhere needs all");
    assert!(sandbox.root.join("web/a.ts").exists(), "the main worktree has all of it");
    let brief = sandbox.git_in(API, &["worker", "brief"]).ok().out;
    assert!(brief.contains("`git sparse-checkout add <directory>` brings more"), "{brief}");
    let again = sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok().out;
    assert!(again.contains("nothing to do"), "{again}");
    let health = sandbox.git(&["orchestrate", "doctor"]).ok().out;
    assert!(health.contains("nothing is wrong"), "{health}");
}

#[test]
fn the_rules_hold_there() {
    let sandbox = started();
    let commit = |paths: &[&str]| {
        paths.iter().for_each(|path| sandbox.write(&format!("{API}/{path}"), "new\n"));
        sandbox.git_in(API, &["add", "--sparse", "."]).ok();
        sandbox.git_in(API, &["commit", "--quiet", "-m", "[CHECKPOINT] Work"])
    };
    commit(&["api/v1/a.rs", "api/v1/new/b.rs"]).ok();
    let refused = commit(&["web/deep/b.ts"]);
    assert!(refused.code != 0 && refused.err.contains("web/deep/b.ts"), "{}", refused.err);
    sandbox.git_in(API, &["reset", "--quiet", "--hard"]).ok();
    sandbox.git_in(API, &["sparse-checkout", "add", "web"]).ok();
    sandbox.write(&format!("{API}/web/a.ts"), "new\n");
    sandbox.git_in(API, &["-c", "core.hooksPath=", "commit", "--quiet", "-am", "[CHECKPOINT] Around"]).ok();
    let found = sandbox.git(&["orchestrate", "verify"]);
    assert!(found.code == 1 && found.out.contains("web/a.ts"), "{}", found.out);
}

#[test]
fn uncommitted_work_there_is_seen() {
    let sandbox = started();
    sandbox.write(&format!("{API}/models/a.rs"), "theirs\n");
    sandbox.write("worktrees/task-2-models/models/a.rs", "mine\n");
    let met = sandbox.git(&["orchestrate", "conflicts"]);
    assert!(met.code == 1 && met.out.contains("models/a.rs"), "{}", met.out);
}

#[test]
fn work_is_merged_and_cleaned_up() {
    let sandbox = started();
    let before = sandbox.git(&["rev-parse", "main"]).ok().out;
    let done =
        [("task-2-models", "models/a.rs"), ("task-1-api", "api/v1/a.rs"), ("task-3-words", "web/words.txt")];
    for (task, path) in done {
        let tree = format!("worktrees/{task}");
        if task == "task-1-api" {
            sandbox.git_in(&tree, &["worker", "merge", "task-2"]).ok();
            assert_eq!(sandbox.read(&format!("{tree}/models/a.rs")), "new\n");
        }
        sandbox.write(&format!("{tree}/{path}"), "new\n");
        sandbox.git_in(&tree, &["add", "."]).ok();
        sandbox.git_in(&tree, &["commit", "--quiet", "-m", "[COMPLETE] Done"]).ok();
    }
    sandbox.git(&["orchestrate", "integrate"]).ok();
    sandbox.git(&["orchestrate", "integrate", "--land"]).ok();
    let changed = sandbox.git(&["diff", "--name-only", before.trim(), "main"]).ok().out;
    assert_eq!(changed, "api/v1/a.rs\nmodels/a.rs\nweb/words.txt\n", "what was not checked out is as it was");
    sandbox.git(&["orchestrate", "cleanup"]).ok();
    assert_eq!(sandbox.git(&["config", "--get", "extensions.worktreeConfig"]).code, 1, "as before");
}

#[test]
fn a_dry_run_prints_what_makes_the_same() {
    let sandbox = repository();
    let script = sandbox.git(&["orchestrate", "start", "--dry-run", "../plan.toml"]).ok().out;
    let line = |words: &str| script.lines().find(|line| line.contains(words) && line.contains("task-1-api"));
    let line = |words| line(words).unwrap_or_else(|| panic!("{words}: {script}"));
    let made =
        ["git branch", "git worktree add", "sparse-checkout set", "reset --hard"].map(line).join(" && ");
    let made = format!("git config extensions.worktreeConfig true && {made}");
    let done = sandbox.command("sh", &sandbox.root).args(["-c", &made]).output().expect("a shell runs");
    assert!(done.status.success(), "{made}");
    assert_eq!(files(&sandbox, "task-1-api"), OF_API);
}

fn amend(sandbox: &Sandbox, from: &str, to: &str) {
    let plan = sandbox.read("../plan.toml");
    assert!(plan.contains(from), "{from}: {plan}");
    sandbox.write("../plan.toml", plan.replace(from, to));
}

fn start(sandbox: &Sandbox, args: &[&str]) -> String {
    sandbox.git(&[&["orchestrate", "start"], args, &["../plan.toml"]].concat()).ok().out
}

#[test]
fn an_amended_plan_widens_what_is_there() {
    let sandbox = started();
    let models = "worktrees/task-2-models";
    let lines = |said: &str| -> Vec<String> {
        said.lines().filter(|line| line.contains("worktree has")).map(str::to_owned).collect()
    };
    // A scope grows by what is there below it already, and by a directory of its own.
    amend(&sandbox, "\"models/*.rs\"", "\"models/*.rs\", \"models/deep/\", \"web/deep/\"");
    sandbox.write(&format!("{models}/models/a.rs"), "mine\n");
    sandbox.write(&format!("{models}/web/deep/b.ts"), "mine too\n");
    sandbox.write(&format!("{models}/web/new"), "new\n");
    let script = start(&sandbox, &["--dry-run"]);
    let add = |tree: &str| format!("git -C {tree} sparse-checkout add --skip-checks -- web/deep\n");
    assert!(script.contains(&add(models)) && script.contains(&add(API)), "{script}");
    let said = start(&sandbox, &[]);
    let expect =
        ["task-1-api", "task-2-models"].map(|task| format!("{task}: its worktree has web/deep as well now"));
    assert_eq!(lines(&said), expect, "who needs it has it, too: {said}");
    for (path, content) in [("models/a.rs", "mine\n"), ("web/deep/b.ts", "mine too\n"), ("web/new", "new\n")]
    {
        assert_eq!(sandbox.read(&format!("{models}/{path}")), content, "{path} is as it was left");
    }
    assert_eq!(sandbox.read(&format!("{models}/web/a.ts")), "old\n", "files beside come along");
    assert_eq!(files(&sandbox, "task-1-api"), [&OF_API[..], &["web/a.ts", "web/deep/b.ts"]].concat());
    assert!(start(&sandbox, &[]).contains("nothing to do"));

    // A need brings the other's scope; a pattern that matches anywhere brings all.
    amend(&sandbox, "provides", "needs = [\"task-1/api\"]\nprovides");
    amend(&sandbox, "needs = [\"task-2/models\"]", "provides = [\"api\"]");
    amend(&sandbox, ", \"models/deep/\", \"web/deep/\"", "");
    amend(&sandbox, "\"docs/api.md\"", "\"docs/api.md\", \"**/api.toml\"");
    let said = start(&sandbox, &[]);
    let expect =
        ["task-1-api", "task-2-models"].map(|task| format!("{task}: its worktree has all files now"));
    assert_eq!(lines(&said), expect, "{said}");
    assert_eq!(files(&sandbox, "task-1-api").len(), 10);
    assert_eq!(sandbox.read(&format!("{models}/web/deep/b.ts")), "mine too\n");
    assert!(start(&sandbox, &[]).contains("nothing to do"));
}

#[test]
fn what_a_person_made_of_it_stays() {
    let sandbox = started();
    sandbox.git_in(API, &["sparse-checkout", "add", "web"]).ok();
    sandbox.git_in("worktrees/task-2-models", &["sparse-checkout", "set", "--no-cone", "/models/a.rs"]).ok();
    amend(&sandbox, "\"models/*.rs\"", "\"models/*.rs\", \"docs/deep/\"");
    let said = start(&sandbox, &[]);
    assert!(said.contains("task-1-api: its worktree has docs/deep as well now"), "{said}");
    assert!(!said.contains("task-2-models: its"), "patterns are a person's: {said}");
    assert!(
        files(&sandbox, "task-1-api").contains(&"web/deep/b.ts".to_owned()),
        "more than was asked for stays"
    );
    assert_eq!(files(&sandbox, "task-2-models"), ["models/a.rs"]);
    // What a plan does not want any more stays as well.
    amend(&sandbox, ", \"docs/deep/\"", "");
    start(&sandbox, &[]);
    assert!(files(&sandbox, "task-1-api").contains(&"docs/deep/x.md".to_owned()));
}

#[test]
fn evidence_that_misses_a_file_is_told_how_to_get_it() {
    let sandbox = repository();
    sandbox.write(
        "../plan.toml",
        PLAN.replacen("[setup]", "[protocol]\nevidence = [\"cat web/a.ts\"]\n[setup]", 1),
    );
    sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
    sandbox.write(&format!("{API}/api/v1/a.rs"), "new\n");
    let complete = ["worker", "complete", "-m", "All"];
    let said = sandbox.git_in(API, &complete).fails(1);
    assert!(
        said.err.contains("cat web/a.ts failed with exit code 1, so the task is not complete"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("this worktree is sparse, git sparse-checkout disable brings all"),
        "{}",
        said.err
    );
    sandbox.git_in(API, &["sparse-checkout", "disable"]).ok();
    sandbox.git_in(API, &complete).ok();
}

/// A clone that its person has made sparse, with a plan that does not speak of it.
fn sparse_clone(set: &[&str]) -> Sandbox {
    let sandbox = repository();
    sandbox.write("../plan.toml", PLAN.replacen("[setup]\nsparse = true\n", "", 1));
    sandbox.git(&[&["sparse-checkout", "set"], set].concat()).ok();
    sandbox
}

#[test]
fn what_a_person_made_sparse_has_the_scope_in_each_worktree() {
    let sandbox = sparse_clone(&["web/deep"]);
    let script = start(&sandbox, &["--dry-run"]);
    let widen = format!("git -C {API} sparse-checkout add --skip-checks -- api/v1 docs/api.md models\n");
    assert!(script.contains(&widen), "{script}");
    start(&sandbox, &[]);
    let with_web = [&OF_API[..], &["web/a.ts", "web/deep/b.ts"]].concat();
    assert_eq!(files(&sandbox, "task-1-api"), with_web, "scope, needs, and what the person has");
    assert_eq!(files(&sandbox, "task-3-words").len(), 10, "what can match anywhere needs all");
    let main = sandbox.git(&["sparse-checkout", "list"]).ok().out;
    assert_eq!(main, "web/deep\n", "the main worktree is as it was");
    sandbox.write(&format!("{API}/api/v1/new.rs"), "new\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "New"]).ok();
    assert!(start(&sandbox, &[]).contains("nothing to do"));
}

#[test]
fn patterns_of_a_person_are_not_for_a_new_worktree() {
    let sandbox = sparse_clone(&["--no-cone", "/web/a.ts"]);
    start(&sandbox, &[]);
    assert_eq!(files(&sandbox, "task-1-api").len(), 10);
    assert_eq!(sandbox.git(&["sparse-checkout", "list"]).ok().out, "/web/a.ts\n");
    assert!(start(&sandbox, &[]).contains("nothing to do"));
}

#[test]
fn a_file_beside_a_sparse_checkout_is_committed_where_it_is_in_scope() {
    let sandbox = started();
    sandbox.git_in(API, &["sparse-checkout", "set", "models"]).ok();
    sandbox.write(&format!("{API}/api/v1/new.rs"), "new\n");
    sandbox.git_in(API, &["worker", "checkpoint", "-m", "New"]).ok();
    let changed = sandbox.git_in(API, &["show", "--name-status", "--format="]).ok().out;
    assert_eq!(changed, "A\tapi/v1/new.rs\n", "and nothing that is not checked out is taken away");
}

/// What is outside of every checkout was never fetched, and a merge needs none of it.
#[test]
fn work_in_a_partial_clone_is_merged() {
    let server = repository();
    server.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    let sandbox = Sandbox::empty();
    let url = format!("file://{}", server.root.display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", "--sparse", &url, "."]).ok();
    let (without_the_last, _) = PLAN.rsplit_once("[[task]]").expect("three tasks");
    sandbox.write("../plan.toml", without_the_last);
    sandbox.git(&["orchestrate", "start", "../plan.toml"]).ok();
    for (task, path) in [("task-2-models", "models/a.rs"), ("task-1-api", "api/v1/a.rs")] {
        let tree = format!("worktrees/{task}");
        sandbox.write(&format!("{tree}/{path}"), "new\n");
        sandbox.git_in(&tree, &["worker", "complete"]).ok();
    }
    std::fs::rename(&server.root, server.root.with_extension("away")).expect("another name");
    sandbox.git(&["orchestrate", "integrate"]).ok();
    let changed = sandbox.git(&["diff-tree", "-r", "--name-only", "main", "integration/few"]).ok().out;
    assert_eq!(changed, "api/v1/a.rs\nmodels/a.rs\n");
    std::fs::rename(server.root.with_extension("away"), &server.root).expect("its name");
}
