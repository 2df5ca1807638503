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
        let local = Listed::read(repo, branch::PREFIX, plan);
        let fetched =
            (!remote.is_empty()).then(|| Listed::read(repo, &format!("refs/remotes/{remote}/"), plan));
        let try_branch = |name: &str| -> Result<BranchTips> {
            let (tip, symbolic_target) = local.branch(repo, name)?;
            let remote_tip = fetched.as_ref().map(|fetched| fetched.branch(repo, name)).transpose()?;
            Ok(BranchTips {
                tip,
                symbolic_target,
                remote_tip: remote_tip.and_then(|(tip, _)| tip),
                kept: None,
            })
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
        let bases = bases(repo, recorded).unwrap_or_else(|error| {
            unknown.push(format!("the base {}: {error:#}", plan.base));
            Vec::new()
        });
        Ok(Tips { tasks, bases, integration: integration.tip.or(integration.remote_tip), remote })
    }
}

/// The refs where the branches of the tasks are, all read at once.
struct Listed {
    /// What the names of branches begin with there.
    prefix: String,
    /// What all names that were listed begin with.
    common: String,
    /// `None` where they cannot be listed: then each is looked for by itself, so that a broken one hides
    /// no other.
    refs: Option<HashMap<String, Target>>,
}

impl Listed {
    fn read(repo: &Repository, prefix: &str, plan: &Plan) -> Listed {
        let name = |task: &Task| format!("{prefix}{}", plan.layout.branch(&plan.run, task));
        let mut names = plan.tasks.iter().map(name);
        let mut common = names.next().unwrap_or_else(|| prefix.to_owned());
        for name in names {
            let same = common.chars().zip(name.chars()).take_while(|(one, other)| one == other);
            common.truncate(same.map(|(one, _)| one.len_utf8()).sum());
        }
        common.truncate(common.rfind('/').map_or(0, |slash| slash + 1));
        let refs = repo.refs_under(&common).ok().map(|refs| refs.into_iter().collect());
        Listed { prefix: prefix.to_owned(), common, refs }
    }

    /// The branch's tip, and what it points to if it is a symbolic ref.
    fn branch(&self, repo: &Repository, name: &str) -> Result<(Option<ObjectId>, Option<String>)> {
        let full = format!("{}{name}", self.prefix);
        match self.refs.as_ref().filter(|_| full.starts_with(&self.common)).map(|refs| refs.get(&full)) {
            Some(None) => return Ok((None, None)),
            Some(Some(Target::Object(id))) if repo.is_commit(*id) => return Ok((Some(*id), None)),
            _ => {}
        }
        let symbolic_target = match repo.ref_target(&full)? {
            Some(Target::Symbolic(target)) => Some(target),
            _ => None,
        };
        Ok((repo.ref_commit(&full)?, symbolic_target))
    }
}

fn bases(repo: &Repository, recorded: &RecordedPlan) -> Result<Vec<(String, ObjectId)>> {
    let Some(full) = recorded.base_ref.as_ref().filter(|full| full.starts_with(branch::PREFIX)) else {
        return Ok(repo.remote_base(&recorded.plan.base).into_iter().collect());
    };
    let here = repo.ref_commit(full)?.map(|tip| (full.clone(), tip));
    let upstream = recorded.base_upstream.as_deref();
    let fetched = repo.fetched_bases(branch::short(full), upstream)?;
    Ok(here.into_iter().chain(fetched).collect())
}
