//! `git worker check` as programs call it: paths on standard input, places, links, directories.

use crate::armed::Armed;
use crate::sandbox::Said;

const MODELS: &str = "task-2-models";

fn check(run: &Armed, args: &[&str], input: &str) -> Said {
    let mut command = run.sandbox.command("git", &run.path(MODELS));
    command.args(["worker", "check"]).args(args);
    Said::of(command, input.as_bytes())
}

#[test]
fn paths_come_separated_by_nul() {
    let run = Armed::new();
    check(&run, &["-z"], "models/a\nb.py\0models/ein Wort.py\0").fails(1);
    check(&run, &["-z"], "models/ein Wort.py\0").ok();
    let said = check(&run, &["--stdin", "models/x"], "api/a.py\0").fails(1);
    assert_eq!(said.out.lines().count(), 2, "arguments and input both count: {}", said.out);
}

#[test]
fn a_link_is_what_it_leads_to() {
    let run = Armed::new();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, run.path(MODELS).join(name)).expect("a link");
    };
    link("../../../README", "models/out");
    link("../api", "models/api");
    link("m.py", "models/same");
    assert!(check(&run, &["models/out"], "").fails(1).out.contains("is in another worktree"));
    assert!(check(&run, &["models/api/a.py"], "").fails(1).out.contains("it belongs to task-1-api"));
    check(&run, &["models/same", "models/new/deep/x.py", "models/../models/./x.py"], "").ok();
    check(&run, &["models/../../x.py"], "").fails(1);
    check(&run, &[".git"], "").fails(1);
    check(&run, &["models/M.py"], "").fails(1);
}

#[test]
fn every_place_has_its_owner() {
    let run = Armed::new();
    let outside = tempfile::tempdir().expect("a temporary directory");
    let beyond = outside.path().join("scratch.txt");
    std::os::unix::fs::symlink(&beyond, run.path(MODELS).join("models/away")).expect("a link");
    let said = |path: &str| check(&run, &[path], "");
    assert!(said(&beyond.display().to_string()).ok().out.contains("is outside of the repository"));
    said("models/away").ok();
    let other = said("../task-1-api/models/m.py").fails(1);
    assert!(other.out.contains("is in the worktree of task-1-api"), "{}", other.out);
    let own = run.path(MODELS).join("models/m.py");
    let hint = format!("hint: in your own worktree it is {}", own.display());
    assert!(other.err.contains(&hint), "{}", other.err);
    assert!(said("../../models/m.py").fails(1).err.contains(&hint), "the main worktree is another one");
    for path in [".git", "../../.git/config", "../../.git/hooks/pre-commit"] {
        assert!(said(path).fails(1).out.contains("is git's own"), "{path}");
    }
    assert!(said("../task-1-api").fails(1).out.contains("is a whole worktree"));
    assert!(said(".").fails(1).out.contains("is a whole worktree"));
}

#[test]
fn what_git_ignores_comes_into_no_commit() {
    let run = Armed::new();
    run.sandbox.write(".git/info/exclude", "build/\n*.log\n/api/a.py\n");
    for path in ["build/out.o", "api/trace.log", "api/new/deep.log"] {
        assert!(check(&run, &[path], "").ok().out.contains("is ignored by git"), "{path}");
    }
    check(&run, &["api/a.py"], "").fails(1); // It is tracked, so it is not ignored.
    check(&run, &["models/x.log"], "").ok();
}

#[test]
fn one_process_asks_what_git_ignores() {
    let run = Armed::new();
    run.sandbox.write(".git/info/exclude", "*.log\n!kept.log\n");
    let paths = ["a.log", "api/a.py", "kept.log", ":b.log", "b c.log", "deep/c.log"];
    let trace = run.sandbox.root.join("../trace");
    let mut command = run.sandbox.command("git", &run.path(MODELS));
    command.args(["worker", "check"]).args(paths).env("GIT_TRACE", &trace);
    let said = Said::of(command, b"").fails(1);
    let free = |path: &&str| said.out.lines().any(|line| line.contains(*path) && line.contains("ignored"));
    assert_eq!(paths.iter().filter(|path| free(path)).count(), 4, "{}", said.out);
    let traced = std::fs::read_to_string(trace).expect("a trace");
    assert_eq!(traced.matches("git check-ignore").count(), 1, "one process for all paths: {traced}");
}

#[test]
fn a_directory_is_the_files_in_it() {
    let run = Armed::new();
    check(&run, &["models", "models/", "./models/."], "").ok();
    let said = check(&run, &["api"], "").fails(1);
    assert!(said.out.contains("refused  api  api/a.py is outside the scope"), "{}", said.out);
    check(&run, &["docs", "nothing-here"], "").fails(1);
}

#[test]
fn a_detached_head_is_no_reason_to_ask_in_vain() {
    let run = Armed::new();
    run.git(MODELS, &["checkout", "-q", "--detach"]).ok();
    check(&run, &["models/x.py"], "").ok();
    check(&run, &["api/x.py"], "").fails(1);
    run.git(MODELS, &["checkout", "-q", "-b", "mine"]).ok();
    let said = check(&run, &["models/x.py"], "").fails(2);
    assert!(said.err.contains("assigned to branch work/task-2-models"), "{}", said.err);
}

#[test]
fn a_question_has_an_end() {
    let run = Armed::new();
    let said = check(&run, &["-z"], &"models/x\0".repeat(10_001)).fails(2);
    assert!(said.err.contains("10001 paths are too many"), "{}", said.err);
}

#[test]
fn links_that_lead_to_each_other_lead_nowhere() {
    let run = Armed::new();
    let models = run.path(MODELS).join("models");
    std::os::unix::fs::symlink("b", models.join("a")).expect("a link");
    std::os::unix::fs::symlink("a", models.join("b")).expect("a link");
    for path in ["models/a", "models/a/new.py"] {
        let said = check(&run, &[path], "").fails(1);
        assert!(said.out.contains("leads nowhere"), "no path comes of it: {}", said.out);
    }
}

#[test]
fn a_path_may_have_very_many_parts() {
    let run = Armed::new();
    check(&run, &[&format!("models/{}m.py", "./".repeat(10_000))], "").ok();
    let deep = format!("models/{}m.py", "x/".repeat(10_000));
    let said = check(&run, &[&deep], "");
    assert!([0, 1].contains(&said.code), "the question is answered: {}", said.err);
}

/// What a commit took past the hooks may be put back, and nothing else may be done with it.
#[test]
fn what_broke_the_rules_may_be_put_back() {
    let run = Armed::new();
    let path = format!("worktrees/{MODELS}");
    let git = |args: &[&str]| run.sandbox.git_in(&path, args);
    let tip = git(&["rev-parse", "--short=10", "HEAD"]).ok().out;
    git(&["rm", "--quiet", "api/a.py"]).ok();
    run.sandbox.write(&format!("{path}/README"), "other\n");
    run.sandbox.write(&format!("{path}/docs/new.md"), "new\n");
    git(&["add", "."]).ok();
    git(&["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "[CHECKPOINT] Sneak"]).ok();
    for (file, is_held) in [("api/a.py", false), ("README", true), ("docs/new.md", true)] {
        let said = check(&run, &[file], "").fails(1).err;
        let command = format!("git restore -SW --source={} -- :/{file}", tip.trim());
        assert_eq!(said, format!("hint: only to put it back is allowed: {command}\n"));
        let json = check(&run, &["--format", "json", file], "").fails(1).out;
        assert!(json.contains(&format!("\"put_back\": \"{command}\"")), "{json}");
        // What is not as it was is refused, where git decides.
        run.sandbox.write(&format!("{path}/{file}"), "something else\n");
        git(&["add", file]).ok();
        git(&["commit", "--quiet", "-m", "[CHECKPOINT] Not so"]).fails(1);
        git(&["reset", "--quiet", "--hard"]).ok();
        assert_eq!(git(&["ls-files", file]).ok().out.is_empty(), !is_held);
        let args: Vec<&str> = command.split(' ').skip(1).collect();
        git(&args).ok();
        git(&["worker", "checkpoint", "-m", "Put back"]).ok();
        assert!(!check(&run, &[file], "").fails(1).err.contains("git restore"), "it is as it was");
    }
    run.sandbox.git(&["orchestrate", "verify"]).ok();
}
