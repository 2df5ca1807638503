//! A repository that is out to deceive its reader: whatever it says in titles, subjects, paths,
//! branches and files, no verb lets anything out that steers a terminal, hides, or is markup.

use crate::armed::Armed;
use crate::sandbox::{Said, Sandbox};

/// What an attacker writes wherever text is taken: a title for a terminal, a colour in C1, text that
/// reads backwards, invisible characters, line separators, HTML, a link and a fence.
const EVIL: &str = "E\u{1b}]0;t\u{7}\u{9b}31m\u{202e}x\u{200b}\u{ad}\u{2028}\u{e0041}\u{feff}<script>alert(1)</script>[l](javascript:x)|``` <!-- ";

const PLAN: &str = r#"
run = "demo"
base = "main"
title = "EVIL"

[protocol]
body = "off"

[[task]]
name = "task-1-api"
title = "EVIL"
scope = ["api/", { path = "imports.py", access = "append", lines = '^<script>|x$', why = "EVIL" }]
steps = ["EVIL"]
checkpoints = ["EVIL"]
needs = [{ item = "task-2/Model", until_then = "EVIL" }]
provides = ["routes"]

[[task]]
name = "task-2-models"
title = "EVIL"
scope = ["models/"]
provides = ["Model"]

[[task]]
name = "task-3-docs"
title = "EVIL"
scope = ["docs/"]
"#;

/// As TOML writes it in a string.
fn quoted(text: &str) -> String {
    text.chars()
        .map(
            |c| if c.is_ascii_graphic() || c == ' ' { c.to_string() } else { format!("\\U{:08x}", c as u32) },
        )
        .collect()
}

fn hostile() -> Armed {
    let sandbox = Sandbox::repository();
    for path in ["api/a.py", "models/m.py", "imports.py"] {
        sandbox.write(path, "one\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", EVIL]).ok();
    let run = Armed::on(sandbox, &PLAN.replace("EVIL", &quoted(EVIL)));
    let name = EVIL.replace('/', "_");
    run.write("task-1-api", &format!("api/{name}"), EVIL);
    run.write("task-1-api", &format!("{name}/{name}"), EVIL);
    run.write("task-1-api", "imports.py", format!("one\n{EVIL}\n"));
    sneak(&run, "task-1-api", &format!("[BLOCKED:{EVIL}] {EVIL}\n\nSummary:\n- {EVIL}\n"));
    std::os::unix::fs::symlink(EVIL, run.path("task-1-api").join("api/link")).expect("a link");
    sneak(&run, "task-1-api", &format!("[{EVIL}] {EVIL}"));
    run.write("task-1-api", &format!("api/{name}"), "uncommitted\n");
    run.write("task-1-api", &format!("{name}/untracked"), EVIL);
    run.write("task-2-models", &format!("models/{name}"), EVIL);
    sneak(&run, "task-2-models", &format!("[COMPLETE] {EVIL}"));
    run.write("task-3-docs", "docs/<script>[l](javascript;x)`<!--.md", EVIL);
    sneak(&run, "task-3-docs", "[COMPLETE] <script>alert(1)</script> [l](javascript:x) <!-- `");
    run.git("task-1-api", &["worker", "announce", EVIL]);
    run.git("task-1-api", &["worker", "fail", "-m", EVIL]);
    run
}

/// Commits everything with a message that no hook sees and git does not clean.
fn sneak(run: &Armed, task: &str, message: &str) {
    run.git(task, &["-c", "core.hooksPath=/dev/null", "add", "--all"]).ok();
    let tree = run.git(task, &["write-tree"]).ok().out;
    let parent = run.git(task, &["rev-parse", "HEAD"]).ok().out;
    let mut make = run.sandbox.command("git", &run.path(task));
    make.args(["commit-tree", tree.trim(), "-p", parent.trim()]);
    let commit = Said::of(make, message.as_bytes()).ok().out;
    run.git(task, &["update-ref", "HEAD", commit.trim()]).ok();
}

/// A character that must not get out, in whatever form.
fn is_raw(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[track_caller]
fn nothing_raw(what: &str, text: &str) {
    let found = text.chars().find(|&c| is_raw(c));
    assert!(found.is_none(), "{what} lets U+{:04X} out:\n{text:?}", found.unwrap_or_default() as u32);
}

/// Markdown without its code, where markup is text.
fn without_code(markdown: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let ticks = &line.trim_start()[..line.trim_start().bytes().take_while(|&byte| byte == b'`').count()];
        match fence {
            Some(open) if ticks.len() >= open.len() && line.trim() == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line.trim_start()[ticks.len()..].contains('`') => {
                fence = Some(ticks)
            }
            None => prose += &(spans_removed(line) + "\n"),
        }
    }
    assert!(fence.is_none(), "every fence is closed:\n{markdown}");
    prose
}

/// A line without its code spans: between two runs of as many backticks; a backslash escapes one.
fn spans_removed(line: &str) -> String {
    let mut prose = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', '\\']) {
        prose += &rest[..at];
        rest = &rest[at..];
        if rest.starts_with('\\') {
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
            prose += &rest[..end];
            rest = &rest[end..];
            continue;
        }
        let run = rest.bytes().take_while(|&byte| byte == b'`').count();
        let (ticks, behind) = rest.split_at(run);
        let close = (0..behind.len()).find(|&at| {
            behind[at..].starts_with(ticks)
                && !behind[at + run..].starts_with('`')
                && (at == 0 || behind.as_bytes()[at - 1] != b'`')
        });
        match close {
            Some(at) => rest = &behind[at + run..],
            None => {
                prose += ticks;
                rest = behind;
            }
        }
    }
    prose + rest
}

#[test]
fn no_verb_lets_out_what_deceives() {
    let run = hostile();
    let lead: &[&[&str]] = &[
        &["orchestrate", "status"],
        &["orchestrate", "report"],
        &["orchestrate", "verify"],
        &["orchestrate", "brief", "task-1"],
        &["orchestrate", "brief", "--as", "tasks"],
        &["orchestrate", "brief", "--as", "resume", "task-1"],
        &["orchestrate", "brief", "--as", "continue", "task-1"],
        &["orchestrate", "integrate", "--dry-run", "--only-complete"],
        &["orchestrate", "cleanup", "--dry-run"],
        &["orchestrate", "plan", "../plan.toml"],
    ];
    let path = format!("api/{}", EVIL.replace('/', "_"));
    let worker: &[&[&str]] =
        &[&["worker", "status"], &["worker", "brief"], &["worker", "check", EVIL, &path, "imports.py"]];
    run.sandbox.write("../plan.toml", PLAN.replace("EVIL", &quoted(EVIL)));
    for (verbs, directory) in [(lead, run.sandbox.root.clone()), (worker, run.path("task-1-api"))] {
        for verb in verbs {
            let formats: &[&str] = if verb.contains(&"verify") {
                &["text", "markdown", "json", "sarif", "github"]
            } else {
                &["text", "markdown", "json"]
            };
            for format in formats {
                let mut command = run.sandbox.command("git", &directory);
                let said: Said =
                    command.args(*verb).args(["--format", format]).output().expect("it runs").into();
                let what = format!("git {} --format {format}", verb.join(" "));
                assert!(!said.out.is_empty(), "{what} answers: {}", said.err);
                nothing_raw(&what, &said.out);
                nothing_raw(&what, &said.err);
                match *format {
                    "json" | "sarif" => {
                        serde_json::from_str::<serde_json::Value>(&said.out).expect(&what);
                    }
                    "markdown" => {
                        let prose = without_code(&said.out);
                        let prose = prose.replace("\\<", "");
                        for markup in ["<script", "<!--"] {
                            assert!(!prose.contains(markup), "{what} lets {markup} out:\n{}", said.out);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn a_refusal_shows_nothing_raw() {
    let run = hostile();
    let check = |what: &str, said: Said| {
        assert_ne!(said.code, 0, "{what} is refused");
        nothing_raw(what, &said.err.replace('\t', " "));
        nothing_raw(what, &said.out.replace('\t', " "));
    };
    run.write("task-2-models", EVIL.replace('/', "_").as_str(), "x\n");
    run.git("task-2-models", &["add", "--all"]).ok();
    check("pre-commit", run.git("task-2-models", &["commit", "-q", "-m", "[CHECKPOINT] x"]));
    run.git("task-2-models", &["reset", "-q", "--hard"]).ok();
    check("commit-msg", run.git("task-2-models", &["commit", "-q", "--allow-empty", "-m", EVIL]));
    check("checkpoint", run.git("task-2-models", &["worker", "checkpoint", "-m", EVIL]));
    check("merge", run.git("task-2-models", &["worker", "merge", EVIL]));
    check("needs", run.git("task-2-models", &["worker", "needs", EVIL]));
    check("brief", run.sandbox.git(&["orchestrate", "brief", EVIL]));
    check("status", run.sandbox.git(&["orchestrate", "status", "--run", EVIL]));
    run.sandbox.write(EVIL.replace('/', "_").as_str(), format!("run = \"{}\"", quoted(EVIL)));
    check("plan", run.sandbox.git(&["orchestrate", "plan", EVIL.replace('/', "_").as_str()]));
}
