//! What a coding agent is about to do, as the tool hook of its program tells it in JSON.
//!
//! Every program has its own words for the same few things: which tool, with which arguments, and
//! where. This reads them all into one [`Call`]. It does not know the repository, so it only says
//! which files a call names; and it never guesses: what it does not recognise is
//! [`Touches::Unknown`], because a hook that refuses by mistake stops an agent that did nothing wrong.
//!
//! The forms are those of the programs' own documentation: Claude Code, OpenAI Codex, Factory and
//! VS Code send `tool_name` and `tool_input`, Gemini CLI the same for `BeforeTool`, Cursor too and
//! besides one event for each kind of thing, GitHub Copilot `toolName` and `toolArgs`, Windsurf
//! `agent_action_name` and `tool_info`.

pub mod patch;
pub mod tool;

use serde_json::{Map, Value};

pub use tool::Touches;

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// How the agent's program wants to be answered.
    pub dialect: Dialect,
    /// Whether the call can still be stopped.
    pub moment: Moment,
    /// Where the agent works, as far as it says: relative paths are relative to the first.
    pub places: Vec<String>,
    /// Which files the call changes.
    pub touches: Touches,
}

/// A family of agents' programs that want the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Claude Code, and all who took its form: OpenAI Codex, Factory, VS Code.
    Claude,
    /// Gemini CLI.
    Gemini,
    /// Cursor.
    Cursor,
    /// GitHub Copilot.
    Copilot,
    /// Windsurf, which takes no other answer than the exit code and standard error.
    Windsurf,
}

/// When the agent's program asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the tool runs.
    Before,
    /// After it ran; the agent can only be told.
    After,
}

/// Reads an event. Anything that is JSON has an answer, at worst that it was not recognised.
pub fn read(event: &Value) -> Call {
    let Some(fields) = event.as_object() else {
        return Call {
            dialect: Dialect::Claude,
            moment: Moment::Before,
            places: Vec::new(),
            touches: Touches::Unknown("the event is not a JSON object".into()),
        };
    };
    let event = Event { fields };
    Call {
        dialect: event.dialect(),
        moment: event.moment(),
        places: event.places(),
        touches: event.touches(),
    }
}

/// The fields of an event, whatever the program calls them.
struct Event<'a> {
    fields: &'a Map<String, Value>,
}

impl<'a> Event<'a> {
    fn text(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.fields.get(*name)?.as_str())
    }

    fn name(&self) -> &'a str {
        self.text(&["hook_event_name", "hookEventName", "agent_action_name"]).unwrap_or_default()
    }

    fn dialect(&self) -> Dialect {
        let has = |name: &str| self.fields.contains_key(name);
        if has("agent_action_name") {
            Dialect::Windsurf
        } else if ["cursor_version", "workspace_roots", "conversation_id"].into_iter().any(has) {
            Dialect::Cursor
        } else if has("toolName") {
            Dialect::Copilot
        } else if matches!(self.name(), "BeforeTool" | "AfterTool") {
            Dialect::Gemini
        } else {
            Dialect::Claude
        }
    }

    fn moment(&self) -> Moment {
        let name = self.name().to_ascii_lowercase();
        let after = name.starts_with("after") || name.starts_with("post");
        if after { Moment::After } else { Moment::Before }
    }

    /// The directory of the call, then the folders that are open.
    fn places(&self) -> Vec<String> {
        let roots = self.fields.get("workspace_roots").and_then(Value::as_array);
        let roots = roots.into_iter().flatten().filter_map(Value::as_str);
        let places = self.text(&["cwd"]).into_iter().chain(roots);
        places.filter(|place| !place.is_empty()).map(str::to_owned).collect()
    }

    fn touches(&self) -> Touches {
        match self.name() {
            "pre_write_code" | "post_write_code" => self.call_of("write"),
            "afterFileEdit" | "afterTabFileEdit" => {
                tool::touches("write", &Value::Object(self.fields.clone()))
            }
            "pre_read_code" | "post_read_code" | "pre_run_command" | "post_run_command"
            | "pre_mcp_tool_use" | "post_mcp_tool_use" | "beforeReadFile" | "beforeTabFileRead"
            | "beforeMCPExecution" | "afterMCPExecution" => Touches::Nothing,
            "beforeShellExecution" | "afterShellExecution" => {
                tool::touches("shell", &Value::Object(self.fields.clone()))
            }
            name => match self.text(&["tool_name", "toolName"]) {
                Some(tool) => self.call_of(tool),
                None if name.is_empty() => Touches::Unknown("the event names no tool".into()),
                None => Touches::Unknown(format!("the event {name} names no tool")),
            },
        }
    }

    fn call_of(&self, tool: &str) -> Touches {
        let arguments = ["tool_input", "toolArgs", "toolInput", "tool_info"].iter();
        let Some(arguments) = arguments.copied().find_map(|name| self.fields.get(name)) else {
            return Touches::Unknown(format!("the event has no arguments of the tool {tool}"));
        };
        // Some programs hand over the arguments as the text that the model wrote.
        match arguments.as_str().map(serde_json::from_str::<Value>) {
            Some(Ok(parsed @ Value::Object(_))) => tool::touches(tool, &parsed),
            _ => tool::touches(tool, arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(event: &str, dialect: Dialect, touches: &Touches) {
        let call = read(&serde_json::from_str(event).expect("JSON"));
        assert_eq!((call.dialect, &call.touches), (dialect, touches), "{event}");
    }

    fn files(paths: &[&str]) -> Touches {
        Touches::Files(paths.iter().map(|path| (*path).to_owned()).collect())
    }

    #[test]
    fn each_program_is_recognised() {
        check(
            r#"{"hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"file_path":"/r/a"}}"#,
            Dialect::Claude,
            &files(&["/r/a"]),
        );
        check(
            r#"{"hook_event_name":"BeforeTool","tool_name":"replace","tool_input":{"file_path":"a"}}"#,
            Dialect::Gemini,
            &files(&["a"]),
        );
        check(
            r#"{"workspace_roots":["/r"],"tool_name":"Delete","tool_input":{"path":"a"}}"#,
            Dialect::Cursor,
            &files(&["a"]),
        );
        check(
            r#"{"toolName":"create","toolArgs":"{\"path\":\"a\",\"file_text\":\"\"}"}"#,
            Dialect::Copilot,
            &files(&["a"]),
        );
        check(
            r#"{"agent_action_name":"pre_write_code","tool_info":{"file_path":"/r/a","edits":[]}}"#,
            Dialect::Windsurf,
            &files(&["/r/a"]),
        );
    }

    #[test]
    fn an_event_after_the_fact_is_known_as_one() {
        let moment = |name: &str| read(&serde_json::json!({ "hook_event_name": name })).moment;
        for name in ["PostToolUse", "postToolUse", "AfterTool", "afterFileEdit", "post_write_code"] {
            assert_eq!(moment(name), Moment::After, "{name}");
        }
        for name in ["PreToolUse", "preToolUse", "BeforeTool", "beforeShellExecution", ""] {
            assert_eq!(moment(name), Moment::Before, "{name}");
        }
    }

    #[test]
    fn what_is_not_recognised_is_said() {
        for event in ["[]", "null", "7", "{}", r#"{"hook_event_name":"Stop"}"#, r#"{"tool_name":"Edit"}"#] {
            let call = read(&serde_json::from_str(event).expect("JSON"));
            assert!(matches!(call.touches, Touches::Unknown(_)), "{event}: {call:?}");
        }
    }
}
