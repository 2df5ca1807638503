//! Proof that our hooks fire in a worktree: git itself is asked to run one.
//!
//! Settings and files can all look right and still nothing run: a `noexec` mount, another
//! `core.hooksPath` on the way, a manager's hook in place of ours. So `git hook run` runs the
//! worktree's `pre-commit` with a number that only our program gives back. It then ends with a
//! failure on purpose: the variable must not be a way to commit past the hook.

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::Repository;
use crate::git::worktrees::LinkedWorktree;
use crate::model::facts::HooksState;

/// The variable that carries the number; our program answers it and does nothing else.
pub const PROBE: &str = "GIT_ORCHESTRATE_PROBE";

/// How the hook program ends when it was probed.
pub const PROBED: u8 = 87;

/// Runs the `pre-commit` of a worktree without committing, and says whether it was ours.
pub fn probe(repo: &Repository, worktree: &LinkedWorktree) -> Result<HooksState> {
    if let HooksState::Broken(defect) = super::state(repo, worktree) {
        return Ok(HooksState::Broken(defect));
    }
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let nonce = format!("{}-{}", std::process::id(), time.as_nanos());
    let run = repo.git().at(&worktree.path).args(["hook", "run", "pre-commit"]).env(PROBE, &nonce).run()?;
    if run.stderr.contains_str(answer(&nonce)) || run.stdout.contains_str(answer(&nonce)) {
        return Ok(HooksState::Effective);
    }
    let said = run.stderr.lines().next().unwrap_or_default().to_str_lossy().into_owned();
    Ok(HooksState::Broken(format!("git ran no hook of ours: {said}")))
}

/// The line that our program answers with.
pub fn answer(nonce: &str) -> String {
    format!("orchestrate-probe {nonce}")
}
