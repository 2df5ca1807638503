//! Tasks of an earlier version of the plan whose work is left on a branch that no task has any more.

use anyhow::Result;

use crate::git::Repository;
use crate::git::former_tasks::FormerTask;
use crate::model::branch;
use crate::model::facts::{Dropped, Facts};

impl Repository {
    /// Those of `former`, the tasks that the plan had once. Work that is on the base, the integration
    /// branch or the branch of a task of the plan is not left.
    pub fn dropped_tasks(&self, former: &[FormerTask], facts: &Facts) -> Result<Vec<Dropped>> {
        let mut known = vec![facts.base_commit_id];
        known.extend(facts.base_tip.iter().chain(&facts.integration_tip).chain(&facts.fetched_base_tips));
        known.extend(facts.tasks.iter().filter_map(|task| task.effective_tip()));
        let mut dropped = Vec::new();
        for former in former {
            let Some(tip) = self.left_branch(former)? else { continue };
            let commits = self.commits_between(&known, &[tip])?.len();
            if commits > 0 {
                let (task, branch) = (former.task.name.clone(), former.branch.clone());
                let worktree = self.checked_out_at(&branch::full(&branch))?;
                dropped.push(Dropped { task, branch, tip, commits, worktree });
            }
        }
        Ok(dropped)
    }
}
