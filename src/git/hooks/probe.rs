//! Proof that our hooks fire in a worktree: git itself is asked to run them.
//!
//! Settings and files can all look right and still nothing run: a `noexec` mount, another
//! `core.hooksPath` on the way, a manager's hook in place of ours. So `git hook run` runs the
//! worktree's hooks with a number that only our program gives back. It then ends with a failure on
//! purpose: the variable must not be a way to commit past the hook.

use std::path::Path;

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::Repository;
use crate::git::worktrees::LinkedWorktree;
use crate::model::facts::HooksState;
use crate::model::health::HookDefect;

pub use super::program::PROBE;

/// How the hook program ends when it was probed.
pub const PROBED: u8 = 87;

/// Runs the `pre-commit` of a worktree without committing, and says whether it was ours.
pub fn probe(repo: &Repository, worktree: &LinkedWorktree) -> Result<HooksState> {
    if let HooksState::Broken(defect) = super::state(repo, worktree) {
        return Ok(HooksState::Broken(defect));
    }
    let silent = silent(repo, &worktree.path, &["pre-commit".to_owned()])?;
    Ok(match silent {
        None => HooksState::Effective,
        Some(silent) => HooksState::Broken(silent.to_string()),
    })
}

/// Runs the hooks of these events in a worktree; the defect, if ours did not answer for each. Two
/// processes an event, and nothing of the user's runs.
pub fn silent(repo: &Repository, worktree: &Path, events: &[String]) -> Result<Option<HookDefect>> {
    let there = Repository::open(worktree)?;
    let (mut silent, mut said) = (Vec::new(), String::new());
    for event in events {
        let nonce = nonce();
        let git = there.disable_configured(repo.git().at(worktree));
        let run = git.args(["hook", "run", event]).env(PROBE, &nonce).run()?;
        let answer = answer(&nonce, event);
        let is_answer = |text: &[u8]| text.lines().any(|line| line == answer.as_bytes());
        if is_answer(&run.stderr) || is_answer(&run.stdout) {
            continue;
        }
        if said.is_empty() {
            said = run.stderr.lines().next().unwrap_or_default().to_str_lossy().into_owned();
        }
        silent.push(event.clone());
    }
    if silent.is_empty() {
        return Ok(None);
    }
    Ok(Some(HookDefect::Silent { events: silent, said }))
}

/// The line that our program answers with when it was called as `event`.
pub fn answer(nonce: &str, event: &str) -> String {
    format!("orchestrate-probe {nonce} {event}")
}

/// A number that no earlier probe had.
fn nonce() -> String {
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}", std::process::id(), time.as_nanos())
}
