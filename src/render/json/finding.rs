//! A finding as JSON, the same wherever one appears.

use bstr::ByteSlice;
use serde::Serialize;

use crate::model::finding;

/// One violated rule.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: String,
    /// The rule's stable name, such as `scope/outside`.
    pub rule: &'static str,
    /// The commit it was found in; `null` if it is about something else.
    pub commit: Option<String>,
    /// The path it is about, with bytes that are not UTF-8 replaced; `null` if it is about none.
    pub path: Option<String>,
    /// The task whose scope holds the path; `null` if none is known.
    pub owner: Option<String>,
    /// For people.
    pub message: String,
    /// What to do about it, one remedy a line; may be empty.
    pub hint: String,
}

impl From<&finding::Finding> for Finding {
    fn from(one: &finding::Finding) -> Finding {
        Finding {
            severity: one.severity.to_string(),
            rule: one.rule(),
            commit: one.commit_id.map(|id| id.to_string()),
            path: one.path().map(|path| path.to_str_lossy().into_owned()),
            owner: one.owner().map(ToString::to_string),
            message: one.to_string(),
            hint: one.hint(),
        }
    }
}
