//! Which paths may be changed as JSON, version 1.

use bstr::ByteSlice;
use serde::Serialize;

use crate::ops::check::{Answer, Outcome, Verdict};
use crate::ops::verdict::PutBack;
use crate::render::json::document;
use crate::render::json::finding::Finding;
use crate::render::text::check::lines;
use crate::render::words::access;

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    /// 1.
    version: u32,
    /// The worktree's task.
    task: String,
    /// Every path may be changed.
    allowed: bool,
    /// In the order of the question.
    paths: Vec<Path>,
}

/// The answer about one path.
#[derive(Debug, Serialize)]
struct Path {
    /// As it was asked for, with bytes that are not UTF-8 replaced.
    path: String,
    /// It may be changed.
    allowed: bool,
    /// How: `edit`, `create` or `append`; `null` if not at all, or if it comes into no commit.
    access: Option<&'static str>,
    /// The entry of the scope that says so; `null` if there is none.
    entry: Option<String>,
    /// On what condition, or why not; empty if there is nothing to say.
    reason: String,
    /// What is wrong.
    findings: Vec<Finding>,
    /// The command that puts it back, where that is all that may be done; else `null`.
    put_back: Option<String>,
}

/// The document of an answer.
pub fn answers(outcome: &Outcome) -> String {
    let path = |Answer { asked, verdict, put_back }: &Answer| {
        let (entry, findings) = match verdict {
            Verdict::Allowed(entry) => (Some(entry), Vec::new()),
            Verdict::Refused(findings) | Verdict::Holds(findings) => {
                (None, findings.iter().map(Finding::from).collect())
            }
            Verdict::Free(_) | Verdict::Elsewhere(_) => (None, Vec::new()),
        };
        Path {
            path: asked.to_str_lossy().into_owned(),
            allowed: verdict.is_yes(),
            access: entry.map(|entry| access::word(&entry.access)),
            entry: entry.map(|entry| entry.pattern.to_string()),
            reason: lines(verdict).join("; "),
            findings,
            put_back: put_back.as_ref().and_then(PutBack::command),
        }
    };
    document(&Document {
        version: 1,
        task: outcome.task.to_string(),
        allowed: outcome.is_yes(),
        paths: outcome.answers.iter().map(path).collect(),
    })
}
