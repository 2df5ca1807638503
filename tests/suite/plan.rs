//! `git orchestrate plan` and the patterns of scopes, against git itself.

use std::fmt::Write as _;
use std::process::Stdio;

use orchestrate::model::pattern::Pattern;

use crate::sandbox::{Said, Sandbox, fixture};

/// Components of the paths and patterns that are compared with git.
const NAMES: [&str; 9] = ["a", "b", "ab", "a.py", "b.rs", "[ab]", "a b", "é", "-x"];
const PATTERNS: [&str; 22] = [
    "a",
    "b",
    "*",
    "?",
    "**",
    "*.py",
    "a*",
    "*b",
    "[ab]",
    "[!a]",
    "[a-b]*",
    "[[:alpha:]]",
    "[^[:alpha:]]*",
    "??",
    "a b",
    "é",
    "?b",
    r"\[ab\]",
    "*.*",
    "[]ab]",
    "[a-]*",
    "-*",
];

/// Every path of one or two components, and some of three.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = NAMES.iter().map(|name| format!("top-{name}")).collect();
    for first in NAMES {
        for second in NAMES {
            paths.push(format!("{first}/{second}"));
            paths.push(format!("deep/{first}/{second}"));
        }
    }
    paths
}

fn patterns() -> Vec<String> {
    let mut patterns = Vec::new();
    for first in PATTERNS {
        patterns.push(format!("{first}/"));
        patterns.push(format!("top-{first}"));
        patterns.push(format!("**/{first}"));
        patterns.push(format!("deep/{first}/"));
        for second in PATTERNS.iter().step_by(2) {
            patterns.push(format!("{first}/{second}"));
            patterns.push(format!("deep/**/{second}"));
        }
    }
    patterns
}

/// What `git ls-files` selects for a pattern. A subtree below a glob is spelt out for git, for which
/// a trailing slash means a directory only where nothing else is a wildcard. What git selects
/// because the pattern, as it is written, names a directory is taken away: that needs the slash.
fn selected_by_git(sandbox: &Sandbox, pattern: &str) -> Vec<String> {
    let mut specs = vec![format!(":(glob){pattern}")];
    if pattern.ends_with('/') {
        specs.push(format!(":(glob){pattern}**"));
    }
    let mut args = vec!["ls-files", "-z", "--"];
    args.extend(specs.iter().map(String::as_str));
    let below = format!("{pattern}/");
    let out = sandbox.git(&args).ok().out;
    out.split_terminator('\0').filter(|path| !path.starts_with(&below)).map(str::to_owned).collect()
}

#[test]
fn a_pattern_matches_what_git_selects() {
    let sandbox = Sandbox::repository();
    for path in paths() {
        sandbox.write(&path, "");
    }
    sandbox.git(&["add", "--all"]).ok();
    let tracked: Vec<String> =
        sandbox.git(&["ls-files", "-z"]).ok().out.split_terminator('\0').map(str::to_owned).collect();
    let mut compared = 0;
    for text in patterns() {
        let Ok(pattern) = Pattern::parse(&text) else { continue };
        let ours: Vec<&String> =
            tracked.iter().filter(|path| pattern.matches(path.as_bytes().into())).collect();
        let theirs = selected_by_git(&sandbox, &text);
        assert_eq!(ours, theirs.iter().collect::<Vec<_>>(), "git ls-files -- ':(glob){text}'");
        compared += 1;
    }
    assert!(compared > 300, "enough patterns are legal to compare: {compared}");
}

/// Runs `git orchestrate plan <args>` with a text on standard input.
fn plan(sandbox: &Sandbox, args: &[&str], text: &[u8]) -> Said {
    let mut child = sandbox
        .command("git", &sandbox.root)
        .args(["orchestrate", "plan"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let text = text.to_owned();
    // A program that refuses early closes the pipe; that is its right.
    let writer = std::thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, &text)));
    let said = child.wait_with_output().expect("it ends").into();
    writer.join().expect("the writer ends");
    said
}

fn example(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("a fixture")
}

#[test]
fn a_plan_is_read_outside_of_a_repository() {
    let sandbox = Sandbox::empty();
    let said = plan(&sandbox, &["-"], &example("analytics.toml")).ok();
    assert!(said.out.contains("Suggested order: Worker 2 → Worker 1 → Worker 3"), "{}", said.out);
    plan(&sandbox, &[], b"").fails(2);
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let sandbox = Sandbox::empty();
    sandbox.write("folder/x", "");
    let check = |args: &[&str], text: &[u8], code: i32, words: &str| {
        let said = plan(&sandbox, args, text).fails(code);
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains(words), "{args:?} says {words:?}: {all}");
    };
    check(&["missing.toml"], b"", 2, "missing.toml");
    check(&["folder"], b"", 2, "folder is a directory");
    check(&["-"], b"", 1, "the plan has no `run`");
    check(&["-"], b"run = \nbase = 7", 2, "stdin:1:7: error: ");
    check(&["-"], b"run = \"\xff\"", 2, "stdin:1:8: byte 0xff is not UTF-8");
    check(&["-"], b"\xff\xfer\0u\0n\0", 2, "UTF-16");
    check(&["-"], b"run = 'x'\n\0", 2, "stdin:2:1: error: the file holds a NUL byte");
    check(&["-"], &vec![b'#'; 5 << 20], 2, "larger than 4 MiB");
    let bom = [b"\xef\xbb\xbf", &example("analytics.toml")[..]].concat();
    check(&["-"], &bom, 0, "Run analytics-dashboard");
}

#[test]
fn a_large_or_hostile_plan_is_answered() {
    let sandbox = Sandbox::empty();
    let chain = |count: usize| {
        let mut text = String::from("run = 'chain'\n");
        for number in 1..=count {
            let need = if number > 1 { format!("needs = ['task-{}']", number - 1) } else { String::new() };
            let scope = format!("scope = ['src/part{number}/', 'tests/**/part_{number}_*.py']");
            let _ = writeln!(text, "[[task]]\nname = 'task-{number}-part'\n{scope}\n{need}");
        }
        text
    };
    let said = plan(&sandbox, &["-"], chain(900).as_bytes()).ok();
    assert!(said.out.contains("900 tasks in 900 waves"), "a chain of 900 tasks is a plan");
    plan(&sandbox, &["-"], chain(2_001).as_bytes()).fails(1);

    let scope = |pattern: &str| format!("run = 'r'\n[[task]]\nname = 'a'\nscope = [\"{pattern}\"]\n");
    for pattern in ["[".repeat(200_000), "a*".repeat(1_000), "**/".repeat(1_000), "x".repeat(1_000_000)] {
        let said = plan(&sandbox, &["-"], scope(&pattern).as_bytes()).fails(1);
        assert!(said.out.contains("error"), "a hostile pattern is refused, not searched");
    }
    let nested = format!("run = {}", "[".repeat(100_000));
    plan(&sandbox, &["-"], nested.as_bytes()).fails(2);
    let many: Vec<String> = (0..70_000).map(|number| format!("'f{number}*[ab]*x'")).collect();
    let large = format!(
        "run = 'r'\n[[task]]\nname = 'a'\nscope = [{}]\n[[task]]\nname = 'b'\nscope = ['f*']\n",
        many.join(",")
    );
    assert!(large.len() > 1_000_000);
    plan(&sandbox, &["-"], large.as_bytes()).fails(1);

    let entangled = |task: usize| {
        let patterns: Vec<String> =
            (0..20).map(|number| format!("'{}{}[a]'", "a*".repeat(22), task * 20 + number)).collect();
        format!("[[task]]\nname = 'a{task}'\nscope = [{}]\n", patterns.join(","))
    };
    let text: String = (0..100).map(entangled).collect();
    let said = plan(&sandbox, &["-"], format!("run = 'r'\n{text}").as_bytes()).fails(1);
    assert!(
        said.out.contains("too much work to decide"),
        "what is not decided is said, never taken for fine"
    );
}

#[test]
fn the_commands_of_a_dry_run_can_be_typed() {
    let sandbox = Sandbox::repository();
    let text = String::from_utf8(example("analytics.toml"))
        .expect("text")
        .replace("base = \"main\"", "base = \"main\"\nworktree = \"trees; touch 'pwned'/of $HOME/{task}\"");
    let commands = plan(&sandbox, &["-", "--dry-run"], text.as_bytes()).ok().out;
    let shell =
        sandbox.command("sh", &sandbox.root).args(["-eu", "-c", &commands]).output().expect("a shell");
    let said = Said::from(shell).ok();
    assert!(said.out.contains("[work/task-3-frontend]"), "{}", said.out);
    let worktree = sandbox.root.join("trees; touch 'pwned'/of $HOME/task-1-api-endpoints");
    assert!(worktree.is_dir(), "an odd template is one word of the shell: {commands}");
}

#[test]
fn the_repository_is_looked_at() {
    let sandbox = Sandbox::from_script("myapp.sh");
    let text = String::from_utf8(example("analytics.toml")).expect("text");
    let said = plan(&sandbox, &["-"], text.replace("base = \"main\"", "base = \"later\"").as_bytes()).ok();
    assert!(said.out.contains("warning: `later` is not there yet to start from"), "{}", said.out);
    let said =
        plan(&sandbox, &["-"], text.replace("\"migrations/versions/\"", "\"migrations\"").as_bytes()).ok();
    assert!(
        said.out.contains("`migrations` is a directory, and none of its files is in scope"),
        "{}",
        said.out
    );
}

#[test]
fn every_format_holds_the_findings() {
    let sandbox = Sandbox::empty();
    let text = String::from_utf8(example("analytics.toml")).expect("text");
    let text = text.replace("\"static/css/analytics/\"", "\"models/\"");
    let said = plan(&sandbox, &["-", "--format", "json"], text.as_bytes()).fails(1);
    let json: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["schedule"]["waves"][0][0], "task-2-models-migrations");
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "scope/overlap");
    assert_eq!(finding["overlap"]["witness"], "models/analytics.py");
    assert!(finding["line"].as_u64() > Some(50), "{finding}");
    let said = plan(&sandbox, &["-", "--format", "markdown"], text.as_bytes()).fails(1);
    assert!(said.out.contains("### Findings\n- **error** `stdin:"), "{}", said.out);
    let schema = plan(&sandbox, &["--schema"], b"").ok().out;
    assert!(
        serde_json::from_str::<serde_json::Value>(&schema).expect("JSON")["properties"]["task"].is_object()
    );
}

#[test]
fn a_plan_file_is_never_half_written() {
    let sandbox = Sandbox::empty();
    let text = example("analytics.md");
    plan(&sandbox, &["-", "--run", "r", "--write", "no/such/folder.toml"], &text).fails(2);
    plan(&sandbox, &["-", "--run", "r", "--write", "plan.toml"], &text).ok();
    let written = sandbox.read("plan.toml");
    assert_eq!(plan(&sandbox, &["plan.toml", "--write", "-"], b"").ok().out, written, "it is canonical");
    plan(&sandbox, &["-", "--run", "other", "--write", "plan.toml"], &text).fails(1);
    assert_eq!(sandbox.read("plan.toml"), written, "what is there is not overwritten");
    plan(&sandbox, &["-", "--run", "other", "--write", "plan.toml", "--force"], &text).ok();
    assert!(sandbox.read("plan.toml").starts_with("run = \"other\""));
    let left = std::fs::read_dir(&sandbox.root).expect("a directory").count();
    assert_eq!(left, 1, "no temporary file is left");
}

#[test]
fn a_proposal_starts_a_run_and_the_run_shows_its_plan() {
    let sandbox = Sandbox::from_script("myapp.sh");
    sandbox.write("analytics-dashboard.md", example("analytics.md"));
    sandbox.git(&["orchestrate", "start", "analytics-dashboard.md"]).ok();
    let shown = sandbox.git(&["orchestrate", "plan"]).ok().out;
    assert!(shown.starts_with("Run analytics-dashboard\n3 tasks in 3 waves"), "{shown}");
    sandbox.write("worktrees/task-3-frontend/orchestrate.toml", "not the plan of the run");
    let inside = sandbox.git_in("worktrees/task-3-frontend/templates", &["orchestrate", "plan"]).ok().out;
    assert_eq!(inside, shown, "a worker sees the plan of its run, whatever files are there");
    let said = sandbox.git(&["orchestrate", "plan", "--run", "other"]).fails(2);
    assert!(said.err.contains("analytics-dashboard"), "the runs are listed: {}", said.err);
}
