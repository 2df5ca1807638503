//! Hooks that the configuration names, which git runs from 2.54 on: `hook.<name>.event`. They run before
//! ours, ours run once, and none runs where nobody meant it to. With an older git only what holds there
//! is tried, and that is told.

use std::io::Write as _;

use crate::armed::Armed;
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";

/// Whether this git runs them.
pub fn runs_configured(run: &Armed) -> bool {
    let said = run.sandbox.git(&["version"]).ok().out;
    let mut numbers = said.split(' ').nth(2).unwrap_or_default().split('.');
    let mut number = || numbers.next().and_then(|part| part.trim().parse::<u32>().ok()).unwrap_or_default();
    (number(), number()) >= (2, 54)
}

/// The same, and tells if not.
fn is_known(run: &Armed) -> bool {
    let is_known = runs_configured(run);
    if !is_known {
        // Past the capture of the test's output, so that nobody takes it for tried.
        let _ = writeln!(std::io::stderr(), "skipped in part: this git runs no configured hooks");
    }
    is_known
}

/// A hook `mine` in the shared configuration that leaves a line, and stages a file.
fn configured(event: &str) -> Armed {
    let run = Armed::new();
    let log = run.sandbox.root.join("../log");
    run.sandbox.git(&["config", "hook.mine=1.event", event]).ok();
    let command = format!("echo {event} >>'{}'; echo x >by-hook; git add by-hook; true", log.display());
    run.sandbox.git(&["config", "hook.mine=1.command", &command]).ok();
    run.sandbox.git(&["orchestrate", "doctor", "--accept"]);
    let _ = std::fs::remove_file(log);
    run
}

fn log(run: &Armed) -> String {
    std::fs::read_to_string(run.sandbox.root.join("../log")).unwrap_or_default()
}

#[test]
fn ours_run_once_and_after_the_configured() {
    let run = configured("pre-commit");
    let trace = run.sandbox.root.join("../trace");
    let commit = |path: &str| {
        let _ = std::fs::remove_file(&trace);
        run.write(MODELS, path, "x\n");
        run.git(MODELS, &["add", path]).ok();
        let mut command = run.sandbox.command("git", &run.path(MODELS));
        command.args(["commit", "-qm", "[CHECKPOINT] One"]).env("GIT_TRACE", &trace);
        Said::of(command, b"")
    };
    let said = commit("models/a.py");
    let traced = std::fs::read_to_string(&trace).expect("a trace");
    assert_eq!(
        traced
            .lines()
            .filter(|line| line.contains("start_command") && line.ends_with("hooks/pre-commit"))
            .count(),
        1,
        "ours runs once: {traced}"
    );
    if is_known(&run) {
        assert!(said.fails(1).err.contains("by-hook"), "ours sees what the configured hook staged");
        assert_eq!(log(&run), "pre-commit\n", "the configured hook ran once");
        run.sandbox.git(&["config", "hook.mine=1.command", "true"]).ok();
        run.git(MODELS, &["rm", "-qf", "--cached", "by-hook"]).ok();
        commit("models/a.py").ok();
        assert!(!run.note(MODELS, "HEAD").is_empty(), "the record is made as always");
    } else {
        said.ok();
    }
}

#[test]
fn looking_and_restoring_run_none_of_them() {
    for event in ["pre-commit", "post-commit", "post-index-change", "reference-transaction"] {
        let run = configured(event);
        let said = run.sandbox.git(&["orchestrate", "doctor"]);
        let does = if is_known(&run) { "runs before ours" } else { "does not run" };
        let line = format!("the hook mine=1 for {event} from ");
        assert!(said.out.lines().any(|one| one.contains(&line) && one.contains(does)), "{}", said.out);
        assert_eq!(log(&run), "", "the doctor ran the hook for {event}");
        assert_eq!(run.git(MODELS, &["status", "--porcelain"]).ok().out, "");
        let json = run.sandbox.git(&["orchestrate", "doctor", "--format", "json"]).out;
        assert!(json.contains("\"name\": \"mine=1\"") && json.contains("\"hooks_directory\""), "{json}");
    }
}

#[test]
fn an_event_that_is_switched_off_is_found() {
    let run = Armed::new();
    run.sandbox.git(&["config", "hook.commit-msg.enabled", "false"]).ok();
    let said = run.sandbox.git(&["orchestrate", "doctor"]).fails(1);
    assert!(said.out.contains("hook.commit-msg.enabled"), "{}", said.out);
    // From 2.55 on; an older git knows no such setting.
    let is_off = !run.git(MODELS, &["hook", "list", "commit-msg"]).out.contains("hookdir");
    let is_silent = said.out.contains("git runs no hook of ours for commit-msg");
    assert_eq!(is_silent, is_known(&run) && is_off, "{}", said.out);
}

#[test]
fn tricks_of_a_call_change_nothing_in_what_is_found() {
    let run = Armed::new();
    let sneak = "git rm -q --cached api/a.py; git add -f README";
    for (number, tricks) in [
        vec!["-c", "hook.pre-commit.enabled=false", "-c", "hook.prepare-commit-msg.enabled=false"],
        vec!["-c", "hook.x.event=commit-msg", "-c", "hook.x.command=git add -f README"],
        vec!["-c", "hook.x.event=prepare-commit-msg", "-c", "hook.x.command=git add -f README"],
        vec!["-c", "hook.x.event=post-commit", "-c", "hook.x.command=git commit -qn --amend --no-edit -a"],
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("models/{number}.py");
        run.write(API, &path, "x\n");
        run.git(API, &["add", "."]).ok();
        let words = [tricks.as_slice(), &["commit", "-qm", "[CHECKPOINT] Sneak"]].concat();
        let said = run.git(API, &words);
        if said.code == 0 {
            let found = run.sandbox.git(&["orchestrate", "verify"]).fails(1);
            assert!(found.out.contains(&path), "verification finds {path}: {}", found.out);
        }
        run.git(API, &["reset", "-q", "--hard", "HEAD"]).ok();
    }
    // The hook of a call runs before ours, but what it stages too late for pre-commit is found, too.
    run.git(API, &["reset", "-q", "--hard", "main"]).ok();
    run.write(API, "api/b.py", "x\n");
    run.git(API, &["add", "api/b.py"]).ok();
    let trick = ["-c", "hook.x.event=commit-msg", "-c", &format!("hook.x.command={sneak}")];
    let said = run.git(API, &[trick.as_slice(), &["commit", "-qm", "[CHECKPOINT] Fine"]].concat());
    let holds = run.git(API, &["diff", "--name-only", "main", "HEAD"]).ok().out;
    let verified = run.sandbox.git(&["orchestrate", "verify", "--format", "json"]);
    assert!(said.code != 0 || holds == "api/b.py\n" || verified.code == 1, "{holds}{}", verified.out);
}
