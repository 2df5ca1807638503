//! Tasks of an earlier version of the plan whose work is left on a branch that no task has any more.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::facts::{Dropped, Facts};
use crate::model::ref_role;

impl Repository {
    /// Those of a run, by the newest version of the plan that has them. Work that is on the base, the
    /// integration branch or the branch of a task of the plan is not left.
    pub fn dropped_tasks(&self, recorded: &RecordedPlan, facts: &Facts) -> Result<Vec<Dropped>> {
        let mut seen: HashSet<String> =
            ref_role::branches(&recorded.plan, recorded.base_ref.as_deref()).collect();
        let mut known = vec![facts.base_commit_id];
        known.extend(facts.base_tip.iter().chain(&facts.integration_tip).chain(&facts.fetched_base_tips));
        known.extend(facts.tasks.iter().filter_map(|task| task.effective_tip()));
        let mut dropped = Vec::new();
        for plan in self.earlier_plans(recorded)? {
            for task in &plan.tasks {
                let name = plan.layout.branch(&plan.run, task);
                if !seen.insert(name.clone()) {
                    continue;
                }
                let Some(tip) = self.left_branch(&name)? else { continue };
                let commits = self.commits_between(&known, &[tip])?.len();
                if commits > 0 {
                    dropped.push(Dropped { task: task.name.clone(), branch: name, tip, commits });
                }
            }
        }
        Ok(dropped)
    }

    fn left_branch(&self, name: &str) -> Result<Option<ObjectId>> {
        let here = self.ref_commit(&branch::full(name))?;
        match (here, self.run_remote()) {
            (None, Some(remote)) => self.ref_commit(&format!("refs/remotes/{remote}/{name}")),
            _ => Ok(here),
        }
    }
}
