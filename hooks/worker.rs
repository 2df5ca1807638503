//! The worker whose worktree a hook runs in.

use anyhow::{Context, Result};
use orchestrate::git::Repository;
use orchestrate::git::hooks::{self, RUN_KEY, TASK_KEY, WORKTREE_KEY};
use orchestrate::git::plan_ref::RecordedPlan;
use orchestrate::model::finding::Finding;
use orchestrate::model::finding::identity::IdentityViolation;
use orchestrate::model::hint;
use orchestrate::model::name::{RunName, TaskName};
use orchestrate::model::plan::Task;
use orchestrate::ops::verdict::{self, Attempt, Place};

/// Repository, plan and task of the worktree.
pub struct Worker {
    /// As git's environment names it.
    pub repo: Repository,
    /// The newest plan of the run, from its ref.
    pub recorded: RecordedPlan,
    task: TaskName,
}

/// Whether the worktree's own configuration may name a task. Reads one file and opens nothing, for
/// this is asked in worktrees that are none of ours, too.
pub fn is_armed() -> bool {
    let Some(git_dir) = std::env::var_os("GIT_DIR") else { return false };
    let config = fs_err::read(std::path::Path::new(&git_dir).join("config.worktree")).unwrap_or_default();
    config.windows(RUN_SECTION.len()).any(|window| window == RUN_SECTION)
}

const RUN_SECTION: &[u8] = b"[orchestrate]";

impl Worker {
    /// The worker that the configuration names; `None` where it names none, or was copied from
    /// another worktree. A name that the plan does not have is an error: nothing can be judged then.
    pub fn of(repo: Repository) -> Result<Option<Worker>> {
        let (Some(run), Some(task)) = (repo.config(RUN_KEY), repo.config(TASK_KEY)) else { return Ok(None) };
        if !hooks::is_own(repo.config(WORKTREE_KEY).as_deref(), repo.git_dir()) {
            return Ok(None);
        }
        let recorded = repo.read_plan(&RunName::new(&run)?)?;
        match TaskName::new(&task) {
            Ok(task) if recorded.plan.task(&task).is_some() => Ok(Some(Worker { repo, recorded, task })),
            _ => {
                let finding = Finding::error(IdentityViolation::UnknownTask { task });
                Err(hint::error(finding.to_string(), finding.hint()))
            }
        }
    }

    /// The worktree's task.
    pub fn task(&self) -> &Task {
        self.recorded.plan.task(&self.task).expect("it was found when the worker was made")
    }

    /// Where a commit is being made now.
    pub fn place(&self) -> Result<Place> {
        let top = std::env::current_dir().context("cannot find the current directory")?;
        verdict::place(&self.repo, &self.recorded, &top)
    }

    /// What is wrong with where a commit is being made now.
    pub fn misplaced(&self) -> Result<Vec<Finding>> {
        Ok(verdict::of_place(&self.recorded, self.task(), &self.place()?))
    }

    /// Judges the commit that is being made here.
    pub fn judge(&self, attempt: &Attempt) -> Result<Vec<Finding>> {
        verdict::of_staged(&self.repo, &self.recorded, self.task(), attempt)
    }
}
