//! The tasks that the plan has no more, whose branch or worktree is still there: they are cleaned up
//! with the others, by the same proof.

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::name::TaskName;
use crate::model::plan::Task;

/// The plan with them, and what they are called.
pub fn added(repo: &Repository, recorded: &RecordedPlan) -> Result<(RecordedPlan, Vec<TaskName>)> {
    let (mut with, plan) = (recorded.clone(), &recorded.plan);
    let mut names = Vec::new();
    let worktrees = repo.worktrees()?;
    let top = repo.main_workdir();
    for former in repo.former_tasks(plan, recorded.commit_id, recorded.base_ref.as_deref())? {
        let place = top.as_ref().map(|top| top.join(plan.layout.worktree(&plan.run, &former.task)));
        let full = branch::full(&former.branch);
        let is_there = repo.ref_target(&full)?.is_some()
            || worktrees.iter().any(|one| Some(&one.path) == place.as_ref());
        let is_known = plan.task(&former.task.name).is_some() || names.contains(&former.task.name);
        if is_there && !is_known && plan.layout.branch(&plan.run, &former.task) == former.branch {
            names.push(former.task.name.clone());
            // What it needed may be gone as well, and does not matter any more.
            with.plan.tasks.push(Task { needs: Vec::new(), ..former.task });
        }
    }
    Ok((with, names))
}
