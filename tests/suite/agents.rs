//! `git worker check --hook`: the JSON that the programs of coding agents send, as their makers
//! document it, and the answers that they take.

use std::path::Path;

use orchestrate::cli::worker::agents::SETTINGS;
use serde_json::{Value, json};

use crate::armed::Armed;
use crate::sandbox::Said;

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";

/// What a program's hook says to an event, in the worktree of a task.
fn hook(run: &Armed, event: &Value, args: &[&str]) -> Said {
    raw(run, &run.path(MODELS), event.to_string().as_bytes(), args)
}

fn raw(run: &Armed, directory: &Path, input: &[u8], args: &[&str]) -> Said {
    let mut command = run.sandbox.command("git", directory);
    for name in ["CLAUDE", "GEMINI", "CURSOR", "FACTORY"] {
        command.env_remove(format!("{name}_PROJECT_DIR"));
    }
    command.args(["worker", "check", "--hook"]).args(args);
    Said::of(command, input)
}

/// The event is let through, without a word.
#[track_caller]
fn allowed(run: &Armed, event: &Value) {
    let said = hook(run, event, &[]).ok();
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""), "silence is consent: {event}");
    assert_eq!(hook(run, event, &["--format", "json"]).ok().out, "{}\n", "no decision: {event}");
}

/// The event is refused, with the exit code and in words.
#[track_caller]
fn refused(run: &Armed, event: &Value, says: &str) {
    let said = hook(run, event, &[]).fails(2);
    assert_eq!(said.out, "", "the programs read standard error: {event}");
    assert!(said.err.contains(says), "{event}: {}", said.err);
}

/// The event is let through, with a warning that it was not judged.
#[track_caller]
fn unrecognised(run: &Armed, event: &Value, says: &str) {
    let said = hook(run, event, &[]).ok();
    assert!(said.err.starts_with("warning: git worker check: not judged, "), "{event}: {}", said.err);
    assert!(said.err.contains(says), "{event}: {}", said.err);
}

/// Both answers of one program: `event` makes an event for a path.
fn check(event: impl Fn(&Armed, &str) -> Value) {
    let run = Armed::new();
    let full = |task: &str, path: &str| run.path(task).join(path).display().to_string();
    allowed(&run, &event(&run, &full(MODELS, "models/new.py")));
    refused(&run, &event(&run, &full(MODELS, "api/a.py")), "it belongs to task-1-api");
    refused(&run, &event(&run, &full(API, "models/new.py")), "is in the worktree of task-1-api");
}

#[test]
fn claude_code_asks() {
    let event = |tool: &'static str, arguments: fn(&str) -> Value| {
        move |run: &Armed, path: &str| {
            json!({
                "session_id": "abc123",
                "transcript_path": "/home/u/.claude/projects/p/t.jsonl",
                "cwd": run.path(MODELS),
                "permission_mode": "default",
                "hook_event_name": "PreToolUse",
                "tool_name": tool,
                "tool_input": arguments(path),
                "tool_use_id": "toolu_01ABC123",
            })
        }
    };
    check(event("Write", |path| json!({ "file_path": path, "content": "x\n" })));
    check(event(
        "Edit",
        |path| json!({ "file_path": path, "old_string": "a", "new_string": "b", "replace_all": false }),
    ));
    check(event(
        "MultiEdit",
        |path| json!({ "file_path": path, "edits": [{ "old_string": "a", "new_string": "b" }] }),
    ));
    check(event("NotebookEdit", |path| json!({ "notebook_path": path, "new_source": "x", "cell_id": "1" })));
    let run = Armed::new();
    let outside = "/etc/passwd";
    allowed(&run, &event("Read", |path| json!({ "file_path": path }))(&run, outside));
    let read = event("Read", |path| json!({ "file_path": path }))(&run, "api/a.py");
    allowed(&run, &read);
    allowed(&run, &event("Bash", |path| json!({ "command": format!("rm {path}") }))(&run, "api/a.py"));
}

#[test]
fn codex_asks() {
    let event = |run: &Armed, tool: &str, command: &str| {
        json!({
            "session_id": "s", "turn_id": "t", "transcript_path": null, "cwd": run.path(MODELS),
            "hook_event_name": "PreToolUse", "model": "gpt", "permission_mode": "default",
            "tool_name": tool, "tool_use_id": "call-1", "tool_input": { "command": command },
        })
    };
    let patch = |body: &str| format!("*** Begin Patch\n{body}\n*** End Patch");
    let run = Armed::new();
    let asks = |body: &str| event(&run, "apply_patch", &patch(body));
    allowed(&run, &asks("*** Add File: models/a.py\n+x\n*** Update File: models/m.py\n@@\n-one\n+1"));
    refused(&run, &asks("*** Add File: models/a.py\n+x\n*** Delete File: api/a.py"), "api/a.py is outside");
    refused(
        &run,
        &asks("*** Update File: models/m.py\n*** Move to: docs/m.py\n@@\n-one\n+1"),
        "docs/m.py is outside",
    );
    refused(
        &run,
        &asks("*** Update File: api/a.py\n*** Move to: models/a.py\n@@\n-one\n+1"),
        "api/a.py is outside",
    );
    allowed(&run, &asks("*** Add File: models/how.md\n+*** Delete File: api/a.py"));
    unrecognised(&run, &asks(""), "name no file");
    let shell = |command: &str| event(&run, "Bash", command);
    allowed(&run, &shell("cargo test"));
    let bad = patch("*** Delete File: api/a.py");
    refused(&run, &shell(&format!("apply_patch <<'EOF'\n{bad}\nEOF")), "api/a.py is outside");
    allowed(&run, &shell(&format!("cat > /tmp/notes <<'EOF'\n{bad}\nEOF")));
    check(|run, path| event(run, "apply_patch", &patch(&format!("*** Delete File: {path}"))));
}

#[test]
fn gemini_asks() {
    let event = |run: &Armed, tool: &str, arguments: Value| {
        json!({
            "session_id": "s", "transcript_path": "/t.json", "cwd": run.path(MODELS),
            "hook_event_name": "BeforeTool", "timestamp": "2026-01-01T00:00:00Z",
            "tool_name": tool, "tool_input": arguments,
        })
    };
    check(|run, path| event(run, "write_file", json!({ "file_path": path, "content": "x" })));
    check(|run, path| {
        event(run, "replace", json!({ "file_path": path, "old_string": "a", "new_string": "b" }))
    });
    let run = Armed::new();
    allowed(&run, &event(&run, "read_file", json!({ "file_path": "api/a.py" })));
    allowed(&run, &event(&run, "run_shell_command", json!({ "command": "ls", "dir_path": "api" })));
    let bad = event(&run, "replace", json!({ "file_path": "api/a.py" }));
    let said: Value = serde_json::from_str(&hook(&run, &bad, &["--format", "json"]).ok().out).expect("JSON");
    assert_eq!(said["decision"], "deny");
    assert!(said["reason"].as_str().expect("a reason").contains("it belongs to task-1-api"), "{said}");
}

#[test]
fn cursor_asks() {
    let event = |run: &Armed, tool: &str, arguments: Value| {
        json!({
            "conversation_id": "c", "generation_id": "g", "model": "m", "hook_event_name": "preToolUse",
            "cursor_version": "2.4.0", "workspace_roots": [run.path(MODELS)], "user_email": null,
            "tool_name": tool, "tool_input": arguments, "tool_use_id": "abc123",
        })
    };
    check(|run, path| event(run, "Write", json!({ "file_path": path, "content": "x" })));
    check(|run, path| event(run, "Delete", json!({ "path": path })));
    let run = Armed::new();
    allowed(
        &run,
        &event(&run, "Shell", json!({ "command": "npm install", "working_directory": "/project" })),
    );
    allowed(&run, &event(&run, "MCP:query", json!({ "path": "api/a.py" })));
    let bad = event(&run, "Write", json!({ "file_path": "api/a.py" }));
    let said: Value = serde_json::from_str(&hook(&run, &bad, &["--format", "json"]).ok().out).expect("JSON");
    assert_eq!(said["permission"], "deny");
    for message in ["user_message", "agent_message"] {
        assert!(said[message].as_str().expect("a reason").contains("it belongs to task-1-api"), "{said}");
    }
    // What has been written already can only be told.
    let edited = |path: &str| {
        json!({
            "conversation_id": "c", "hook_event_name": "afterFileEdit", "workspace_roots": [run.path(MODELS)],
            "file_path": run.path(MODELS).join(path), "edits": [{ "old_string": "a", "new_string": "b" }],
        })
    };
    allowed(&run, &edited("models/m.py"));
    refused(&run, &edited("api/a.py"), "it belongs to task-1-api");
    assert_eq!(
        hook(&run, &edited("api/a.py"), &["--format", "json"]).fails(2).out,
        "",
        "there is nothing to deny"
    );
    let read = json!({ "conversation_id": "c", "hook_event_name": "beforeReadFile", "file_path": "api/a.py", "content": "" });
    allowed(&run, &read);
    allowed(
        &run,
        &json!({ "conversation_id": "c", "hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "/" }),
    );
}

#[test]
fn copilot_asks() {
    let event = |run: &Armed, tool: &str, arguments: Value| json!({ "sessionId": "s", "timestamp": 1_704_614_600_000_u64, "cwd": run.path(MODELS), "toolName": tool, "toolArgs": arguments });
    check(|run, path| event(run, "create", json!({ "path": path, "file_text": "x" })));
    check(|run, path| {
        event(run, "edit", json!({ "path": path, "old_str": "a", "new_str": "b" }).to_string().into())
    });
    check(|run, path| event(run, "str_replace_editor", json!({ "command": "insert", "path": path })));
    check(|run, path| {
        event(run, "apply_patch", format!("*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch").into())
    });
    let run = Armed::new();
    allowed(&run, &event(&run, "view", json!({ "path": "api/a.py" })));
    allowed(&run, &event(&run, "str_replace_editor", json!({ "command": "view", "path": "api/a.py" })));
    let bad = event(&run, "edit", json!({ "path": "api/a.py" }));
    let said: Value = serde_json::from_str(&hook(&run, &bad, &["--format", "json"]).ok().out).expect("JSON");
    assert_eq!(said["permissionDecision"], "deny");
    let reason = said["permissionDecisionReason"].as_str().expect("a reason");
    assert!(reason.contains("it belongs to task-1-api"), "{said}");
}

#[test]
fn windsurf_asks() {
    let event = |action: &str, info: Value| {
        json!({
            "agent_action_name": action, "trajectory_id": "t", "execution_id": "e",
            "timestamp": "2026-01-01T00:00:00Z", "model_name": "m", "tool_info": info,
        })
    };
    let edits = json!([{ "old_string": "a", "new_string": "b" }]);
    check(|_, path| {
        // No directory is told; the program runs the hook in the folder that is open.
        event("pre_write_code", json!({ "file_path": path, "edits": edits }))
    });
    let run = Armed::new();
    allowed(&run, &event("pre_read_code", json!({ "file_path": "api/a.py" })));
    allowed(&run, &event("pre_run_command", json!({ "command_line": "ls", "cwd": "/" })));
    let bad = event("pre_write_code", json!({ "file_path": "api/a.py" }));
    assert_eq!(hook(&run, &bad, &["--format", "json"]).fails(2).out, "", "it takes no JSON");
}

#[test]
fn factory_and_opencode_ask() {
    let event = |run: &Armed, tool: &str, arguments: Value| json!({ "cwd": run.path(MODELS), "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments });
    check(|run, path| event(run, "Create", json!({ "file_path": path, "content": "x" })));
    check(|run, path| {
        event(
            run,
            "ApplyPatch",
            json!({ "input": format!("*** Begin Patch\n*** Delete File: {path}\n*** End Patch") }),
        )
    });
    check(
        |run, path| json!({ "tool_name": "edit", "tool_input": { "filePath": path }, "cwd": run.path(MODELS) }),
    );
    check(|run, path| {
        let patch = format!("*** Begin Patch\n*** Delete File: {path}\n*** End Patch");
        json!({ "tool_name": "apply_patch", "tool_input": { "patchText": patch }, "cwd": run.path(MODELS) })
    });
}

#[test]
fn other_answers_in_json_are_claudes() {
    let run = Armed::new();
    let bad = json!({ "hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": { "file_path": "api/\u{202e}a.py" } });
    let said = hook(&run, &bad, &["--format", "json"]).ok().out;
    assert!(said.is_ascii(), "nothing hidden gets out: {said}");
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let decision = &said["hookSpecificOutput"];
    assert_eq!(
        (&decision["hookEventName"], &decision["permissionDecision"]),
        (&json!("PreToolUse"), &json!("deny"))
    );
    let reason = decision["permissionDecisionReason"].as_str().expect("a reason");
    assert!(reason.contains("hint: commit [NEEDS:task-1/routes]"), "{reason}");
}

#[test]
fn paths_are_taken_from_where_the_agent_is() {
    let run = Armed::new();
    let event = |cwd: &Path, path: &str| json!({ "cwd": cwd, "hook_event_name": "PreToolUse", "tool_name": "Edit", "tool_input": { "file_path": path } });
    let own = run.path(MODELS);
    allowed(&run, &event(&own.join("models"), "m.py"));
    allowed(&run, &event(&own.join("api"), "../models/new/m.py"));
    refused(&run, &event(&own.join("models"), "../api/a.py"), "it belongs to task-1-api");
    // Its program runs in the worker's worktree; wherever it goes, it stays that worker.
    refused(&run, &event(&run.sandbox.root, "models/m.py"), "is in another worktree");
    refused(&run, &event(&run.path(API), "api/a.py"), "is in the worktree of task-1-api");
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    allowed(&run, &event(elsewhere.path(), "notes.md"));
    std::os::unix::fs::symlink(run.path(API), elsewhere.path().join("link")).expect("a link");
    refused(&run, &event(elsewhere.path(), "link/api/a.py"), "is in the worktree of task-1-api");
    // Its program runs in the main worktree, and the event says that it is in a worker's.
    let there = event(&own, "api/a.py").to_string();
    let said = raw(&run, &run.sandbox.root, there.as_bytes(), &[]).fails(2);
    assert!(said.err.contains("it belongs to task-1-api"), "{}", said.err);
    let mut command = run.sandbox.command("git", &run.sandbox.root);
    command.env("CLAUDE_PROJECT_DIR", &own).args(["worker", "check", "--hook"]);
    Said::of(command, event(&run.sandbox.root, "README.txt").to_string().as_bytes()).fails(2);
}

#[test]
fn where_nobody_works_on_a_task_nothing_is_in_the_way() {
    let run = Armed::new();
    let event = |cwd: &Path, path: &Path| {
        let event = json!({ "cwd": cwd, "tool_name": "Edit", "tool_input": { "file_path": path } });
        raw(&run, cwd, event.to_string().as_bytes(), &[])
    };
    event(&run.sandbox.root, &run.path(API).join("docs/x")).ok();
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    event(elsewhere.path(), &run.path(API).join("docs/x")).ok();
    // A worktree that was made from a worker's inherits its settings, and is nobody's.
    run.git(MODELS, &["worktree", "add", "-q", "--detach", "../mine"]).ok();
    let mine = run.path(MODELS).with_file_name("mine");
    event(&mine, &mine.join("README.txt")).ok();
}

#[test]
fn a_worktree_that_is_not_what_it_should_be_is_refused() {
    let run = Armed::new();
    let event = json!({ "tool_name": "Edit", "tool_input": { "file_path": "models/m.py" } });
    run.git(MODELS, &["checkout", "-q", "-b", "mine"]).ok();
    refused(&run, &event, "hint: git switch work/task-2-models");
    let said: Value =
        serde_json::from_str(&hook(&run, &event, &["--format", "json"]).ok().out).expect("JSON");
    assert_eq!(said["hookSpecificOutput"]["permissionDecision"], "deny");
}

#[test]
fn what_is_not_recognised_is_let_through() {
    let run = Armed::new();
    unrecognised(&run, &json!([]), "not a JSON object");
    unrecognised(&run, &json!({}), "names no tool");
    unrecognised(&run, &json!({ "hook_event_name": "Stop" }), "the event Stop names no tool");
    unrecognised(
        &run,
        &json!({ "tool_name": "Teleport\u{1b}[2J", "tool_input": { "path": "api/a.py" } }),
        "Teleport\\x1b[2J",
    );
    unrecognised(&run, &json!({ "tool_name": "Edit" }), "no arguments");
    unrecognised(&run, &json!({ "tool_name": "Edit", "tool_input": { "file": "api/a.py" } }), "name no file");
    unrecognised(&run, &json!({ "tool_input": { "file_path": "api/a.py" } }), "names no tool");
    unrecognised(
        &run,
        &json!({ "tool_name": "Edit", "tool_input": { "file_path": ["api/a.py"] } }),
        "name no file",
    );
}

#[test]
fn a_mark_before_the_event_is_passed_over() {
    let run = Armed::new();
    let event = "\u{feff}{\"tool_name\": \"Edit\", \"tool_input\": {\"file_path\": \"api/a.py\"}}\r\n";
    let said = raw(&run, &run.path(MODELS), event.as_bytes(), &[]).fails(2);
    assert!(said.err.contains("it belongs to task-1-api"), "{}", said.err);
}

#[test]
fn what_cannot_be_told_refuses_nothing() {
    let run = Armed::new();
    let said = |input: &[u8]| {
        let said = raw(&run, &run.path(MODELS), input, &[]).fails(1);
        assert!(said.err.contains("not judged, for it cannot be told"), "{}", said.err);
        said.err
    };
    assert!(said(b"").contains("not the JSON of a tool hook"));
    said(b"no JSON");
    said(b"{\"tool_name\": \"Edit\", \"tool_input\": {\"file_path\": \"api/a.py\"}} and more");
    said(b"{\"tool_name\": \"\xff\"}");
    said(br#"{"tool_name": "Edit", "tool_input": {"file_path": "\ud800"}}"#);
    said("[".repeat(100_000).as_bytes());
    said(format!("{{\"tool_name\": {}1{}}}", "[".repeat(1_000), "]".repeat(1_000)).as_bytes());
    let many: String = (0..10_001).map(|n| format!("*** Add File: models/{n}\n")).collect();
    let patch =
        json!({ "tool_name": "apply_patch", "tool_input": { "input": format!("*** Begin Patch\n{many}") } });
    assert!(said(patch.to_string().as_bytes()).contains("too many"));
    run.sandbox.git(&["update-ref", "-d", "refs/orchestrate/demo/plan"]).ok();
    said(br#"{"tool_name": "Edit", "tool_input": {"file_path": "api/a.py"}}"#);
}

#[test]
fn hostile_paths_are_judged_like_others() {
    let run = Armed::new();
    let event = |path: &str| json!({ "tool_name": "Write", "tool_input": { "file_path": path } });
    for path in [
        "models/\u{0}x",
        "api/\u{0}",
        "api/\n",
        "../../../../../../../../repo/x",
        "models/../../../README.txt",
    ] {
        let code = hook(&run, &event(path), &[]).code;
        assert!([0, 1, 2].contains(&code), "{path:?} is answered: {code}");
    }
    refused(&run, &event("api/\u{1b}]0;x\u{7}"), "api/\\x1b]0;x\\x07");
    refused(&run, &event(&"x/".repeat(2_000)), "is outside the scope");
    // A very long content is read, one that is longer than any editor's is not.
    let long = |megabytes: usize| {
        let content = "x".repeat(megabytes << 20);
        let event =
            json!({ "tool_name": "Write", "tool_input": { "file_path": "api/a.py", "content": content } });
        raw(&run, &run.path(MODELS), event.to_string().as_bytes(), &[])
    };
    long(20).fails(2);
    assert!(long(65).fails(1).err.contains("longer than 64 MiB"));
}

#[test]
fn the_readme_shows_the_settings_of_the_manual() {
    let readme = include_str!("../../README.md");
    let shown: Vec<&str> = readme.split("<!-- agent -->\n```").skip(1).collect();
    assert_eq!(shown.len(), SETTINGS.len(), "one for each program");
    for (shown, setting) in shown.iter().zip(SETTINGS) {
        let text = shown.split_once('\n').and_then(|(_, rest)| rest.split_once("\n```"));
        assert_eq!(text.map(|(text, _)| text), Some(setting.text), "{}", setting.program);
        assert!(readme.contains(&format!("{}, `{}`", setting.program, setting.file)), "{}", setting.program);
    }
}

/// The command of a setting, as the program would run it, in the worktree of a task.
fn run_setting(run: &Armed, command: &str, event: &Value) -> Said {
    let mut shell = run.sandbox.command("bash", &run.path(MODELS));
    shell.args(["-c", command]).env_remove("CLAUDE_PROJECT_DIR");
    Said::of(shell, event.to_string().as_bytes())
}

#[test]
fn the_settings_in_the_manual_work() {
    let run = Armed::new();
    let event = |path: &str| json!({ "tool_name": "Edit", "tool_input": { "file_path": path }, "toolName": "edit", "toolArgs": { "path": path } });
    for setting in SETTINGS.iter().filter(|setting| setting.file.ends_with(".json")) {
        let parsed: Value = serde_json::from_str(setting.text).expect(setting.program);
        let mut commands = Vec::new();
        collect(&parsed, &mut commands);
        assert_eq!(commands.len(), 1, "{}", setting.program);
        let said = run_setting(&run, &commands[0], &event("api/a.py"));
        let denied = said.code == 2 || said.code == 0 && said.out.contains("\"deny\"");
        assert!(denied, "{}: {} {} {}", setting.program, said.code, said.out, said.err);
        assert_eq!(
            run_setting(&run, &commands[0], &event("models/m.py")).ok().err,
            "",
            "{}",
            setting.program
        );
    }
}

fn collect(value: &Value, commands: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let named = ["command", "bash"].iter().filter_map(|key| fields.get(*key)?.as_str());
            commands.extend(named.filter(|text| text.contains("git ")).map(str::to_owned));
            fields.values().for_each(|value| collect(value, commands));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, commands)),
        _ => {}
    }
}

#[test]
fn the_plugin_in_the_manual_works() {
    let Ok(node) = which::which("node") else { return };
    let run = Armed::new();
    let setting = SETTINGS.iter().find(|setting| setting.program == "opencode").expect("it is one of them");
    run.write(MODELS, "models/scope.mjs", setting.text);
    let call = r#"
        const { Scope } = await import(process.argv[1])
        const before = (await Scope({ directory: process.cwd() }))["tool.execute.before"]
        await before({ tool: "write" }, { args: { filePath: process.cwd() + "/models/m.py" } })
        await before({ tool: "bash" }, { args: { command: "ls" } })
        try {
            await before({ tool: "edit" }, { args: { filePath: "api/a.py" } })
        } catch (error) {
            console.log(error.message)
        }
    "#;
    let mut command = run.sandbox.command(node, &run.path(MODELS));
    let plugin = run.path(MODELS).join("models/scope.mjs");
    let said: Said =
        command.args(["--input-type=module", "-e", call]).arg(plugin).output().expect("node runs").into();
    assert!(said.ok().out.contains("it belongs to task-1-api"), "the tool is stopped with the reason");
}
