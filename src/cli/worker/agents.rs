//! How each coding agent's program is told to ask before it writes.
//!
//! One table for the man page; a test holds the README to it, and runs every command in it.

use std::fmt::Write as _;

/// What to write where for one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// What the program is called.
    pub program: &'static str,
    /// The file, relative to the project.
    pub file: &'static str,
    /// What stands in it.
    pub text: &'static str,
}

/// The programs whose hooks are documented by their makers.
pub const SETTINGS: [Setting; 8] = [
    Setting {
        program: "Claude Code",
        file: ".claude/settings.json",
        text: r#"{
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "Edit|MultiEdit|Write|NotebookEdit",
        "hooks": [{ "type": "command", "command": "git worker check --hook" }]
      }
    ]
  }
}"#,
    },
    Setting {
        program: "OpenAI Codex",
        file: ".codex/hooks.json",
        text: r#"{
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "apply_patch|Bash",
        "hooks": [{ "type": "command", "command": "git worker check --hook" }]
      }
    ]
  }
}"#,
    },
    Setting {
        program: "Gemini CLI",
        file: ".gemini/settings.json",
        text: r#"{
  "hooks": {
    "BeforeTool": [
      {
        "matcher": "write_file|replace",
        "hooks": [{ "type": "command", "command": "git worker check --hook" }]
      }
    ]
  }
}"#,
    },
    Setting {
        program: "Cursor",
        file: ".cursor/hooks.json",
        text: r#"{
  "version": 1,
  "hooks": {
    "preToolUse": [
      { "matcher": "Write|Delete", "command": "git worker check --hook --format json" }
    ]
  }
}"#,
    },
    Setting {
        program: "GitHub Copilot",
        file: ".github/hooks/orchestrate.json",
        text: r#"{
  "version": 1,
  "hooks": {
    "preToolUse": [
      {
        "type": "command",
        "matcher": "create|edit|str_replace_editor|apply_patch",
        "bash": "! command -v git-worker >/dev/null || git worker check --hook --format json"
      }
    ]
  }
}"#,
    },
    Setting {
        program: "Windsurf",
        file: ".windsurf/hooks.json",
        text: r#"{
  "hooks": {
    "pre_write_code": [
      { "command": "git worker check --hook", "show_output": true }
    ]
  }
}"#,
    },
    Setting {
        program: "Factory",
        file: ".factory/settings.json",
        text: r#"{
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "Create|Edit|MultiEdit|ApplyPatch",
        "hooks": [{ "type": "command", "command": "git worker check --hook" }]
      }
    ]
  }
}"#,
    },
    Setting {
        program: "opencode",
        file: ".opencode/plugins/scope.js",
        text: r#"import { spawnSync } from "node:child_process"

export const Scope = async ({ directory }) => ({
  "tool.execute.before": async (call, { args }) => {
    const event = { tool_name: call.tool, tool_input: args, cwd: directory }
    const options = { cwd: directory, input: JSON.stringify(event), encoding: "utf8" }
    const said = spawnSync("git", ["worker", "check", "--hook"], options)
    if (said.status === 2) throw new Error(said.stderr)
  },
})"#,
    },
];

/// The table as the examples of the man page.
pub fn help() -> String {
    let mut text = String::from(
        "What to write into which file of the project, or into the file of the same form in your home,\n\
         so that an agent asks before it writes. Commands that it runs in a shell are not judged.\n",
    );
    for setting in SETTINGS {
        let _ = write!(text, "\n{}, {}:\n\n{}\n", setting.program, setting.file, setting.text);
    }
    text
}
