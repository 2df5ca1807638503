//! Where the branches of a run are: of each task, here and on the remote, of the base, of the
//! integration.

use std::collections::HashMap;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Target;
use crate::model::branch;
use crate::model::plan::{Plan, Task};

/// The tips of a run.
#[derive(Debug, Clone, Default)]
pub struct Tips {
    /// The remote that the run travels by; empty if there is none.
    pub remote: String,
    /// In the plan's order.
    pub tasks: Vec<BranchTips>,
    /// The base branch by the full names of its refs, as far as it is there: here, then as last
    /// fetched from the remotes that say where it is.
    pub bases: Vec<(String, ObjectId)>,
    /// The integration branch.
    pub integration: Option<ObjectId>,
}

impl Tips {
    /// The refs of the base that are not where the run began.
    pub fn moved_bases(&self, base_commit_id: ObjectId) -> impl Iterator<Item = &str> {
        let moved = self.bases.iter().filter(move |(_, tip)| *tip != base_commit_id);
        moved.map(|(name, _)| name.as_str())
    }

    /// Where the base was last fetched.
    pub fn fetched_bases(&self) -> Vec<ObjectId> {
        let fetched = self.bases.iter().filter(|(name, _)| !name.starts_with(branch::PREFIX));
        fetched.map(|(_, tip)| *tip).collect()
    }
}

/// One branch, here and on the remote.
#[derive(Debug, Clone, Default)]
pub struct BranchTips {
    /// The local branch's tip.
    pub tip: Option<ObjectId>,
    /// What the local branch points to if it is a symbolic ref.
    pub symbolic_target: Option<String>,
    /// The remote branch's tip as last fetched.
    pub remote_tip: Option<ObjectId>,
    /// Where the branch was before a clean-up took it, if it is gone: reports go on from there (S1-88).
    pub kept: Option<ObjectId>,
}

impl Tips {
    /// Reads them. A branch that cannot be read is unknown, and hides no other.
    pub fn read(repo: &Repository, recorded: &RecordedPlan, unknown: &mut Vec<String>) -> Result<Tips> {
        let plan = &recorded.plan;
        let remote = repo.run_remote().unwrap_or_default();
        let listed = listed(repo, plan);
        let try_branch = |name: &str| -> Result<BranchTips> {
            let full = branch::full(name);
            let (tip, symbolic_target) = match listed.get(&full) {
                Some(tip) => (Some(*tip), None),
                None => {
                    let symbolic_target = match repo.ref_target(&full)? {
                        Some(Target::Symbolic(target)) => Some(target),
                        _ => None,
                    };
                    (repo.ref_commit(&full)?, symbolic_target)
                }
            };
            let remote_tip = match remote.as_str() {
                "" => None,
                remote => repo.ref_commit(&format!("refs/remotes/{remote}/{name}"))?,
            };
            Ok(BranchTips { tip, symbolic_target, remote_tip, kept: None })
        };
        let mut branch = |name: String| -> BranchTips {
            try_branch(&name).unwrap_or_else(|error| {
                unknown.push(format!("the branch {name}: {error:#}"));
                BranchTips::default()
            })
        };
        let mut task_branch = |task: &Task| -> Result<BranchTips> {
            let mut tips = branch(plan.layout.branch(&plan.run, task));
            if tips.tip.is_none() && tips.remote_tip.is_none() {
                tips.kept = repo.newest_backup(&plan.run, task.name.as_str())?;
            }
            Ok(tips)
        };
        let tasks = plan.tasks.iter().map(&mut task_branch).collect::<Result<_>>()?;
        let integration = branch(plan.layout.integration(&plan.run));
        let bases = bases(repo, recorded, &remote).unwrap_or_else(|error| {
            unknown.push(format!("the base {}: {error:#}", plan.base));
            Vec::new()
        });
        Ok(Tips { tasks, bases, integration: integration.tip.or(integration.remote_tip), remote })
    }
}

/// The branches of the tasks that hold a commit and nothing else, all read at once.
fn listed(repo: &Repository, plan: &Plan) -> HashMap<String, ObjectId> {
    let mut names = plan.tasks.iter().map(|task| branch::full(&plan.layout.branch(&plan.run, task)));
    let mut common = names.next().unwrap_or_default();
    for name in names {
        let same = common.chars().zip(name.chars()).take_while(|(one, other)| one == other);
        common.truncate(same.map(|(one, _)| one.len_utf8()).sum());
    }
    let directory = common.rfind('/').map_or(0, |slash| slash + 1);
    let commit = |(name, target)| match target {
        Target::Object(id) if repo.is_commit(id) => Some((name, id)),
        _ => None,
    };
    let refs = repo.refs_under(&common[..directory]).unwrap_or_default();
    refs.into_iter().filter_map(commit).collect()
}

fn bases(repo: &Repository, recorded: &RecordedPlan, remote: &str) -> Result<Vec<(String, ObjectId)>> {
    let Some(full) = recorded.base_ref.as_ref().filter(|full| full.starts_with(branch::PREFIX)) else {
        return Ok(repo.remote_base(&recorded.plan.base).into_iter().collect());
    };
    let here = repo.ref_commit(full)?.map(|tip| (full.clone(), tip));
    let fetched = if remote.is_empty() { Vec::new() } else { repo.fetched_bases(branch::short(full))? };
    Ok(here.into_iter().chain(fetched).collect())
}
