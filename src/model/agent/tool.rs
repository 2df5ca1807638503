//! The tools of coding agents: which of them change files, and which arguments name them.
//!
//! Names are compared without case and punctuation, so `MultiEdit`, `multi_edit` and `multiedit` are
//! one. Tools that read, run or ask are known by name as well, so that an agent which sends every
//! call is not told about each that it was not recognised.

use serde_json::{Map, Value};

use super::patch;

/// Which files a call changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touches {
    /// These, as the agent wrote them, each once; never empty.
    Files(Vec<String>),
    /// None: the tool reads, runs or asks.
    Nothing,
    /// That cannot be told, for this reason.
    Unknown(String),
}

/// What a tool does with the files that its arguments name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Changes,
    /// Its source stays as it was.
    Copies,
    /// Runs a command, which may be a patch.
    Runs,
    Looks,
}

const CHANGES: &[&str] = &[
    "applypatch",
    "create",
    "createfile",
    "delete",
    "deletefile",
    "edit",
    "editfile",
    "editnotebook",
    "editnotebookfile",
    "inserteditintofile",
    "move",
    "movefile",
    "multiedit",
    "multireplacestringinfile",
    "notebookedit",
    "patch",
    "remove",
    "removefile",
    "rename",
    "renamefile",
    "replace",
    "replacestringinfile",
    "searchreplace",
    "strreplace",
    "strreplacebasededittool",
    "strreplaceeditor",
    "tabwrite",
    "undoedit",
    "write",
    "writefile",
];

const COPIES: &[&str] = &["copy", "copyfile"];

const RUNS: &[&str] =
    &["bash", "exec", "execcommand", "execute", "powershell", "runinterminal", "runshellcommand", "shell"];

const LOOKS: &[&str] = &[
    "agent",
    "askuser",
    "askuserquestion",
    "codebasesearch",
    "enterplanmode",
    "exitplanmode",
    "fetch",
    "filesearch",
    "glob",
    "googlewebsearch",
    "grep",
    "grepsearch",
    "list",
    "listdir",
    "listdirectory",
    "ls",
    "lsp",
    "question",
    "read",
    "readfile",
    "readlints",
    "readmanyfiles",
    "rg",
    "search",
    "searchfilecontent",
    "semanticsearch",
    "skill",
    "tabread",
    "task",
    "todoread",
    "todowrite",
    "toolsearch",
    "updateplan",
    "updatetodo",
    "view",
    "viewimage",
    "webfetch",
    "websearch",
    "writetodos",
];

/// Arguments that are a path.
const PATHS: &[&str] = &[
    "file_path",
    "filePath",
    "path",
    "notebook_path",
    "notebookPath",
    "target_file",
    "target_notebook",
    "old_path",
    "oldPath",
    "new_path",
    "newPath",
    "destination",
    "destination_path",
    "source",
    "source_path",
];

/// Arguments that hold more of the kind: paths, or objects with arguments of their own.
const PARTS: &[&str] = &["edits", "replacements", "operations", "operation", "files", "paths", "file_paths"];

/// Arguments that are the text of a patch.
const PATCHES: &[&str] = &["input", "patch", "patchText", "command"];

/// How deep parts are looked for in parts.
const DEEPEST: usize = 4;

/// Which files a call of the tool `name` changes.
pub fn touches(name: &str, arguments: &Value) -> Touches {
    let (remote, own_name) = local_name(name);
    let Some(work) = work(&plain(own_name)) else {
        return if remote {
            Touches::Nothing
        } else {
            Touches::Unknown(format!("the tool {name} is not known"))
        };
    };
    let mut found = match work {
        Work::Looks => return Touches::Nothing,
        Work::Runs => match arguments.as_object().and_then(command).and_then(patch::in_command) {
            Some(paths) => paths,
            None => return Touches::Nothing,
        },
        // An editor of several commands in one tool, of which one only looks.
        Work::Changes if arguments.get("command").and_then(Value::as_str) == Some("view") => {
            return Touches::Nothing;
        }
        Work::Changes | Work::Copies => {
            let mut paths = Vec::new();
            gather(arguments, work, DEEPEST, &mut paths);
            paths
        }
    };
    // What a server elsewhere calls a path may be one of another machine.
    if remote {
        found.retain(|path| path.starts_with('/'));
        if found.is_empty() {
            return Touches::Nothing;
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| !path.is_empty() && seen.insert(path.clone()));
    if found.is_empty() {
        return Touches::Unknown(format!("the arguments of the tool {name} name no file"));
    }
    Touches::Files(found)
}

/// Whether a tool belongs to an MCP server, and the name that it has there.
fn local_name(name: &str) -> (bool, &str) {
    if let Some(rest) = name.strip_prefix("mcp__") {
        return (true, rest.rsplit("__").next().unwrap_or(rest));
    }
    match name.strip_prefix("MCP:") {
        Some(rest) => (true, rest.trim()),
        None => (false, name),
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn work(name: &str) -> Option<Work> {
    let kinds = [(CHANGES, Work::Changes), (COPIES, Work::Copies), (RUNS, Work::Runs), (LOOKS, Work::Looks)];
    kinds.into_iter().find(|(names, _)| names.contains(&name)).map(|(_, work)| work)
}

/// The text that a shell is given.
fn command(arguments: &Map<String, Value>) -> Option<&str> {
    match arguments.get("command").or_else(|| arguments.get("cmd"))? {
        Value::String(text) => Some(text),
        // A program and its arguments; the last is the patch, or what a shell is to run.
        Value::Array(words) => words.last()?.as_str(),
        _ => None,
    }
}

fn gather(arguments: &Value, work: Work, depth: usize, paths: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match arguments {
        Value::String(text) => paths.extend(patch::paths(text).unwrap_or_default()),
        Value::Array(parts) => parts.iter().for_each(|part| match part {
            Value::String(path) => paths.push(path.clone()),
            part => gather(part, work, depth, paths),
        }),
        Value::Object(fields) => {
            let is_left = |name: &str| work == Work::Copies && name.starts_with("source");
            let named = PATHS.iter().filter(|name| !is_left(name));
            paths.extend(named.filter_map(|name| fields.get(*name)?.as_str()).map(str::to_owned));
            let patches = PATCHES.iter().filter_map(|name| fields.get(*name)?.as_str());
            paths.extend(patches.filter_map(patch::paths).flatten());
            let parts = PARTS.iter().filter_map(|name| fields.get(*name));
            parts.filter(|part| !part.is_string()).for_each(|part| gather(part, work, depth, paths));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tool: &str, arguments: &str, expect: &[&str]) {
        let arguments: Value = serde_json::from_str(arguments).expect("JSON");
        match touches(tool, &arguments) {
            Touches::Files(files) => assert_eq!(files, expect, "{tool} {arguments}"),
            other => assert!(expect.is_empty() && other == Touches::Nothing, "{tool} {arguments}: {other:?}"),
        }
    }

    #[test]
    fn tools_that_change_files_name_them() {
        check("Write", r#"{"file_path": "a", "content": ""}"#, &["a"]);
        check("NotebookEdit", r#"{"notebook_path": "a.ipynb", "new_source": ""}"#, &["a.ipynb"]);
        check(
            "multi_edit",
            r#"{"filePath": "a", "edits": [{"oldString": "x"}, {"filePath": "b"}]}"#,
            &["a", "b"],
        );
        check(
            "multi_replace_string_in_file",
            r#"{"replacements": [{"filePath": "a"}, {"filePath": "a"}]}"#,
            &["a"],
        );
        check("move_file", r#"{"source": "a", "destination": "b"}"#, &["b", "a"]);
        check("copy_file", r#"{"source": "a", "destination": "b"}"#, &["b"]);
        check("delete", r#"{"paths": ["a", "b"]}"#, &["a", "b"]);
        check("str_replace_editor", r#"{"command": "create", "path": "a"}"#, &["a"]);
        check("apply_patch", r#"{"operation": {"type": "update_file", "path": "a", "diff": ""}}"#, &["a"]);
    }

    #[test]
    fn tools_that_do_not_are_let_through() {
        check("Read", r#"{"file_path": "a"}"#, &[]);
        check("str_replace_editor", r#"{"command": "view", "path": "a"}"#, &[]);
        check("Bash", r#"{"command": "rm a"}"#, &[]);
        check("grep", r#"{"path": "a"}"#, &[]);
    }

    #[test]
    fn a_servers_path_counts_if_it_is_one_of_this_machine() {
        check("mcp__github__delete_file", r#"{"path": "README.md", "repo": "r"}"#, &[]);
        check("mcp__filesystem__write_file", r#"{"path": "/r/a"}"#, &["/r/a"]);
        check("mcp__tracker__create_issue", r#"{"path": "/r/a"}"#, &[]);
        check("MCP:write_file", r#"{"path": "/r/a"}"#, &["/r/a"]);
    }

    #[test]
    fn patches_are_read_wherever_they_stand() {
        let text = r#""*** Begin Patch\n*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n*** End Patch""#;
        for key in ["input", "patch", "patchText", "command"] {
            check("apply_patch", &format!("{{\"{key}\": {text}}}"), &["a", "b"]);
        }
        check("apply_patch", text, &["a", "b"]);
        check("Bash", &format!(r#"{{"command": ["apply_patch", {text}]}}"#), &["a", "b"]);
    }

    #[test]
    fn what_names_no_file_is_unknown() {
        for (tool, arguments) in [
            ("Edit", "{}"),
            ("Edit", "null"),
            ("apply_patch", r#""no patch""#),
            ("Teleport", r#"{"path": "a"}"#),
        ] {
            let arguments: Value = serde_json::from_str(arguments).expect("JSON");
            assert!(matches!(touches(tool, &arguments), Touches::Unknown(_)), "{tool} {arguments}");
        }
    }
}
