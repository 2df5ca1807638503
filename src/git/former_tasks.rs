//! Tasks that a run's plan had once: an amendment dropped them, or gave them another name.
//!
//! Every accepted plan is a commit at the plan's ref, so what a task was called and what it was allowed
//! stays known after it is gone.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use crate::model::branch;
use crate::model::layout::Layout;
use crate::model::plan::{Plan, Task};
use crate::model::ref_role;

/// A task of an earlier plan whose branch is no branch of the run any more.
#[derive(Debug, Clone)]
pub struct FormerTask {
    /// As the newest plan had it that named it.
    pub task: Task,
    /// How its branch and its worktree were named.
    pub layout: Layout,
    /// Short name of its branch.
    pub branch: String,
    /// When the plan was amended that dropped it, in seconds since the epoch.
    pub until: i64,
}

impl Repository {
    /// Those of a run, the last dropped first; `plan_commit_id` is the version of the plan that counts.
    pub fn former_tasks(
        &self,
        plan: &Plan,
        plan_commit_id: ObjectId,
        base_ref: Option<&str>,
    ) -> Result<Vec<FormerTask>> {
        let mut seen: HashSet<String> = ref_role::branches(plan, base_ref).collect();
        let mut former = Vec::new();
        for earlier in self.earlier_plans(plan_commit_id)? {
            for task in &earlier.plan.tasks {
                let layout = &earlier.plan.layout;
                let branch = layout.branch(&earlier.plan.run, task);
                if seen.insert(branch.clone()) {
                    let (task, layout) = (task.clone(), layout.clone());
                    former.push(FormerTask { task, layout, branch, until: earlier.until });
                }
            }
        }
        Ok(former)
    }

    /// Where the branch of a former task is, here or on the run's remote; `None` if it is gone.
    pub fn left_branch(&self, former: &FormerTask) -> Result<Option<ObjectId>> {
        let here = self.ref_commit(&branch::full(&former.branch))?;
        match (here, self.run_remote()) {
            (None, Some(remote)) => self.ref_commit(&format!("refs/remotes/{remote}/{}", former.branch)),
            _ => Ok(here),
        }
    }
}
