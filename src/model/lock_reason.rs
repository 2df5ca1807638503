//! Why a task's worktree is locked: so that no prune forgets it while it is away.
//!
//! A lock with any other reason is a person's, who may have locked one of ours again.

use super::name::{RunName, TaskName};

/// Between the names of the task and of the run.
const BETWEEN: &str = " of run ";

/// The reason that we give.
pub fn of(task: &TaskName, run: &RunName) -> String {
    format!("{task}{BETWEEN}{run}")
}

/// Whether a reason is one that we give, if perhaps for a task or run of another plan.
pub fn is_ours(reason: &str) -> bool {
    let names = reason.trim().split_once(BETWEEN);
    names.is_some_and(|(task, run)| TaskName::new(task).is_ok() && RunName::new(run).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_names_make_a_reason_of_ours() {
        let check = |reason: &str, expect| assert_eq!(is_ours(reason), expect, "{reason:?}");
        check("task-1-alpha of run r", true);
        check("task-1-alpha of run r\n", true);
        for theirs in
            ["", "mine", "mine: long experiment of run r", "task-1-alpha of run", "a of run r, keep"]
        {
            check(theirs, false);
        }
    }
}
