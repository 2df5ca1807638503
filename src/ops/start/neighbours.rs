//! The other active runs: what of theirs is in the way of one that starts, or beside it.

use std::collections::HashMap;

use anyhow::Result;

use super::Warning;
use crate::git::Repository;
use crate::model::name::RunName;
use crate::model::plan::Plan;
use crate::model::plan::encounter::encounters;
use crate::model::ref_role;
use crate::ops::run::is_active;

/// The plans of the other active runs.
pub struct Neighbours(Vec<Plan>);

impl Neighbours {
    /// Those of a run.
    pub fn read(main: &Repository, run: &RunName) -> Result<Neighbours> {
        let mut plans = Vec::new();
        for other in main.runs()?.into_iter().filter(|other| other != run) {
            if is_active(&main.read_journals(&other)?) {
                plans.push(main.read_plan(&other)?.plan);
            }
        }
        Ok(Neighbours(plans))
    }

    /// Their branches, by short name: two runs cannot share one, because its worktree has one task and
    /// its commits are judged by one plan.
    pub fn branches(&self) -> HashMap<String, RunName> {
        let of = |other: &Plan| {
            let branches = ref_role::branches(other, None).collect::<Vec<_>>();
            branches.into_iter().map(|branch| (branch, other.run.clone())).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    /// Which of their tasks may change the same paths as those of a plan.
    pub fn overlaps(&self, plan: &Plan) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for other in &self.0 {
            let met = encounters(plan, other);
            let overlap = |encounter| Warning::Overlap { run: other.run.clone(), encounter };
            warnings.extend(met.found.into_iter().map(overlap));
            if !met.are_all {
                warnings.push(Warning::MoreOverlaps(other.run.clone()));
            }
        }
        warnings
    }
}
