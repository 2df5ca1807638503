//! What may be done to the paths of a scope entry, in a few words.

use crate::model::scope::{Access, ScopeEntry};
use crate::render::escape;

/// What an entry asks for besides the path; empty if anything may be done.
pub fn condition(entry: &ScopeEntry) -> String {
    match &entry.access {
        Access::Edit => String::new(),
        Access::Create => "new files only".into(),
        Access::Append { lines: None } => "added lines only".into(),
        Access::Append { lines: Some(lines) } => {
            format!("added lines only, each matching {}", escape::terminal(lines))
        }
    }
}

/// The word for it in machine formats, as the plan writes it.
pub fn word(access: &Access) -> &'static str {
    match access {
        Access::Edit => "edit",
        Access::Create => "create",
        Access::Append { .. } => "append",
    }
}
