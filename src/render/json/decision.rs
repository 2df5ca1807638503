//! A refusal in the JSON that an agent's program reads from its tool hook.
//!
//! These are shapes of others; they follow the programs' own documentation and have no version here.

use serde_json::{Value, json};

use crate::model::agent::Dialect;
use crate::render::json::line;

/// No decision: the call goes its ordinary way.
pub const NONE: &str = "{}\n";

/// The decision that a call is not made, and what the agent is told.
pub fn refusal(dialect: Dialect, reason: &str) -> String {
    let shape: Value = match dialect {
        Dialect::Claude | Dialect::Windsurf => json!({
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": reason,
            }
        }),
        Dialect::Gemini => json!({ "decision": "deny", "reason": reason }),
        Dialect::Cursor => json!({ "permission": "deny", "user_message": reason, "agent_message": reason }),
        Dialect::Copilot => json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }),
    };
    line(&shape)
}
