//! The tasks that the plan has no more, or has elsewhere, whose branch or worktree is still there: they are
//! cleaned up with the others, by the same proof.

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::name::TaskName;
use crate::model::plan::Task;

/// A plan, and which of its tasks are former ones.
pub type Extended = (RecordedPlan, Vec<TaskName>);

/// The plan with those that were named by its own layout, then, for each other layout that it once had,
/// the plan as if it had that one and only the tasks of that time.
pub fn plans(repo: &Repository, recorded: &RecordedPlan) -> Result<Vec<Extended>> {
    let plan = &recorded.plan;
    let mut plans = vec![(recorded.clone(), Vec::new())];
    let worktrees = repo.worktrees()?;
    let top = repo.main_workdir();
    for former in repo.former_tasks(plan, recorded.commit_id, recorded.base_ref.as_deref())? {
        let place = top.as_ref().map(|top| top.join(former.layout.worktree(&plan.run, &former.task)));
        let is_there = repo.ref_target(&branch::full(&former.branch))?.is_some()
            || worktrees.iter().any(|one| Some(&one.path) == place.as_ref());
        if !is_there {
            continue;
        }
        let layout = former.layout.integrated_as(&plan.layout);
        let known = plans.iter().position(|(other, _)| other.plan.layout == layout);
        let place = known.unwrap_or_else(|| {
            let mut other = recorded.clone();
            (other.plan.layout, other.plan.tasks) = (layout, Vec::new());
            plans.push((other, Vec::new()));
            plans.len() - 1
        });
        let (with, names) = &mut plans[place];
        if with.plan.task(&former.task.name).is_none() {
            names.push(former.task.name.clone());
            // What it needed may be gone as well, and does not matter any more.
            with.plan.tasks.push(Task { needs: Vec::new(), ..former.task });
        }
    }
    Ok(plans)
}
