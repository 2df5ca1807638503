//! The log of a task: what each of its own commits declared, oldest first (S1-67).

use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::model::facts::Commit;
use crate::model::message::{self, Prefix, Subject};

/// One own commit, as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The commit.
    pub commit_id: ObjectId,
    /// Committer time, seconds since the epoch.
    pub time: i64,
    /// The status that it declares; `None` for a revert and for what breaks the protocol.
    pub prefix: Option<Prefix>,
    /// The subject without its prefix, or all of it where there is none.
    pub text: String,
}

/// The log of own commits; merges, and so what they brought in, do not count (S1-65).
pub fn read(commits: &[Commit]) -> Vec<LogEntry> {
    let mut log = Vec::with_capacity(commits.len());
    log.extend(commits.iter().filter(|commit| commit.is_own()).map(entry));
    log
}

fn entry(commit: &Commit) -> LogEntry {
    let message = commit.message.as_bstr();
    let (prefix, text) = match message::read(message) {
        Some(Subject::Status { prefix, description }) => (Some(prefix), description),
        _ => (None, message::first_line(message).to_str_lossy().into_owned()),
    };
    LogEntry { commit_id: commit.id, time: commit.time, prefix, text }
}

/// The commits of a task that later ones took back, and that no revert of the revert restored.
pub fn reverted(commits: &[Commit]) -> Vec<ObjectId> {
    let mut reverted = Vec::new();
    for (place, commit) in commits.iter().enumerate().rev() {
        if !reverted.contains(&commit.id) {
            reverted.extend(target(&commits[..place], commit));
        }
    }
    reverted
}

/// The commit that a revert takes back: the one that its body names, else the newest with the
/// subject that it quotes; a rebase leaves the old name in the body.
fn target(older: &[Commit], commit: &Commit) -> Option<ObjectId> {
    let message = commit.message.as_bstr();
    if !message::first_line(message).starts_with(b"Re") {
        return None;
    }
    let quoted = match message::read(message)? {
        Subject::Revert { of } => of,
        Subject::Reapply { of } => format!("Revert \"{of}\""),
        Subject::Status { .. } => return None,
    };
    let named = named_commit(message);
    let is_named =
        |one: &&Commit| named.as_ref().is_some_and(|hex| one.id.to_string().starts_with(hex.as_str()));
    let is_quoted = |one: &&Commit| message::first_line(one.message.as_bstr()) == quoted.as_str();
    let mut newest_first = older.iter().rev();
    let target = newest_first.clone().find(is_named).or_else(|| newest_first.find(is_quoted));
    target.map(|one| one.id)
}

/// The id in git's own line, `This reverts commit <id>.`, which may be abbreviated.
fn named_commit(message: &BStr) -> Option<String> {
    let rest = message.split_once_str("This reverts commit ")?.1;
    let hex: String =
        rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).map(|byte| char::from(*byte)).collect();
    (hex.len() >= 7).then(|| hex.to_ascii_lowercase())
}
