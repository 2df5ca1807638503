//! The word of warning that every verb of a worker begins with where no hook would stop a mistake.

use crate::cli::session::Session;
use crate::git::Repository;
use crate::git::hooks::{self, TASK_KEY, WORKTREE_KEY};
use crate::model::facts::HooksState;
use crate::render::escape;

/// Warns in one line if the hooks of this worker's worktree do not fire, as far as files and settings
/// show. Says nothing outside of one: the verb itself does.
pub fn warn(session: &Session) {
    if let Some(why) = defect() {
        let why = escape::terminal(why);
        session.note(&format!(
            "warning: hooks do not fire in this worktree ({why}); mend it with: git orchestrate doctor --repair"
        ));
    }
}

fn defect() -> Option<String> {
    let repo = Repository::discover().ok()?;
    let linked = repo.worktree_at(repo.workdir()?).ok()??;
    // A worktree that was made from a worker's has its settings and is nobody's.
    let is_own = |name: String| hooks::is_own(Some(&name), &linked.git_dir);
    let is_a_workers = repo.config(TASK_KEY).is_some() && repo.config(WORKTREE_KEY).is_none_or(is_own);
    match hooks::state(&repo, &linked) {
        HooksState::Broken(why) if is_a_workers => Some(why),
        _ => None,
    }
}
