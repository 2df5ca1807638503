//! The turn of a worktree: of our calls that stage, commit or merge there, one is at work.
//!
//! git's own lock of the index is held for a moment only; a verb looks at the index, changes it, has
//! hooks or the plan's evidence commands run, and may put it back. A plain `git commit` takes no turn,
//! so whoever holds one still looks whether the branch has moved.

use std::ffi::OsStr;

use anyhow::Result;

use crate::git::lock::Lock;
use crate::model::hint;
use crate::ops::claim;
use crate::ops::desk::Desk;

/// Says to a call from a hook of a call that holds the turn in which worktree it does: the one would wait
/// for the other.
const HOOK: &str = "GIT_ORCHESTRATE_TURN";

/// The same to a call from an evidence command. What is proven must stay as it is, so it gets no turn.
const PROOF: &str = "GIT_ORCHESTRATE_PROOF";

/// What a call needs to change the index of a worktree or to commit there; held until it is dropped.
#[derive(Debug)]
pub struct Turn<'desk> {
    /// Whose it is.
    pub desk: &'desk Desk<'desk>,
    /// None in a hook of the call that holds it.
    _lock: Option<Lock>,
}

impl<'desk> Turn<'desk> {
    /// Waits for the turn. It is an error, which says who is at work, if that takes longer than a lock
    /// may, or if it would take for ever.
    pub fn take(desk: &'desk Desk<'desk>) -> Result<Turn<'desk>> {
        let name = lock_name(desk);
        let is_within = |mark| std::env::var_os(mark).is_some_and(|whose| whose == desk.repo.git_dir());
        let lock = match desk.repo.try_lock(&name)? {
            None if is_within(PROOF) => {
                let remedy = "take git worker out of the evidence command: \
                              the call that runs it waits for it, and commits afterwards";
                return Err(hint::error(busy(desk), remedy));
            }
            None if is_within(HOOK) => None,
            None => Some(desk.repo.lock(&name).map_err(|error| error.context(busy(desk)))?),
            lock => lock,
        };
        if let Some(lock) = &lock {
            lock.sign();
        }
        Ok(Turn { desk, _lock: lock })
    }

    /// What a git that runs hooks gets into its environment, for the calls of those.
    pub fn for_hooks(&self) -> (&'static str, &OsStr) {
        (HOOK, self.desk.repo.git_dir().as_os_str())
    }

    /// What an evidence command gets.
    pub fn for_proof(&self) -> (&'static str, &OsStr) {
        (PROOF, self.desk.repo.git_dir().as_os_str())
    }
}

fn lock_name(desk: &Desk) -> String {
    let worktree = desk.repo.git_dir().file_name().unwrap_or_default();
    format!("commit-{}", worktree.to_string_lossy())
}

/// Who is at work, and that it may take long.
fn busy(desk: &Desk) -> String {
    let holder = claim::holder(desk.repo, &format!("{}.lock", lock_name(desk)));
    let who = holder.map_or(String::new(), |holder| format!(": {holder}"));
    let top = desk.top.display();
    format!("another git worker is at work in {top}, perhaps with its hooks or evidence commands{who}")
}
