//! Ours come back where something else took their place.
//!
//! A hook manager that is installed from inside of a worker's worktree writes into our directory, and
//! rarely over all of our hooks. Whichever of ours runs next puts the others back, before git asks for
//! them: `prepare-commit-msg` in time for `commit-msg`, and it judges what `pre-commit` did not.

use orchestrate::cli::session::Session;
use orchestrate::git::Repository;
use orchestrate::git::hooks;
use orchestrate::render::escape;

/// Puts our hooks back and says so; whether one of them had been displaced. What cannot be put back is
/// for `status` and `doctor` to tell: this hook still does its own work.
pub fn put_back(repo: &Repository, session: &Session) -> bool {
    let found = hooks::heal(repo).unwrap_or_default();
    for defect in &found {
        session.note(&format!("note: {}; ours is back", escape::terminal(defect.to_string())));
    }
    !found.is_empty()
}
