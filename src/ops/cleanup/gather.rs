//! What is there of a run, and what is proved about it.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::hooks;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Target;
use crate::git::survey::Depth;
use crate::git::worktrees::LinkedWorktree;
use crate::model::branch;
use crate::model::cleanup::{Evidence, WorktreeEvidence};
use crate::model::facts::{Facts, TaskFacts};
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};

/// What is known before anything goes.
pub struct Scene<'a> {
    /// The repository.
    pub repo: &'a Repository,
    /// The run's plan.
    pub recorded: &'a RecordedPlan,
    /// One survey.
    pub facts: Facts,
    /// In the plan's order.
    pub tasks: Vec<Site>,
    /// Short name of the integration branch.
    pub integration: String,
}

/// A task's worktree and branch.
pub struct Site {
    /// What the survey says.
    pub task: TaskFacts,
    /// The worktree that `start` made for it. One that a person added for the same branch is not ours
    /// to remove.
    pub worktree: Option<LinkedWorktree>,
    /// What decides.
    pub evidence: Evidence,
}

/// Looks at everything.
pub fn gather<'a>(repo: &'a Repository, recorded: &'a RecordedPlan) -> Result<Scene<'a>> {
    let facts = repo.survey(recorded, Depth::History)?;
    let mut worktrees = workers(repo, recorded)?;
    let merged_into: Vec<ObjectId> = [facts.base_tip, facts.integration_tip].into_iter().flatten().collect();
    let mut tasks = Vec::new();
    for task in &facts.tasks {
        let worktree = worktrees.remove(&task.name);
        let evidence = evidence(repo, recorded, task, worktree.as_ref(), &merged_into)?;
        tasks.push(Site { task: task.clone(), worktree, evidence });
    }
    let integration = recorded.plan.layout.integration(&recorded.plan.run);
    Ok(Scene { repo, recorded, facts, tasks, integration })
}

impl Scene<'_> {
    /// Short name of the base branch, for people.
    pub fn base(&self) -> String {
        let name = self.recorded.base_ref.as_deref().unwrap_or(&self.recorded.plan.base);
        branch::short(name).to_owned()
    }
}

/// The worktrees that were made for the run's tasks: each stands where the layout puts it, or its
/// own configuration names the run, a task and itself. Only those that stand elsewhere are opened.
fn workers(repo: &Repository, recorded: &RecordedPlan) -> Result<HashMap<TaskName, LinkedWorktree>> {
    let plan = &recorded.plan;
    let top = repo.main_workdir();
    let place = |task: &Task| top.as_ref().map(|top| top.join(plan.layout.worktree(&plan.run, task)));
    let planned: HashMap<PathBuf, &TaskName> =
        plan.tasks.iter().filter_map(|task| Some((place(task)?, &task.name))).collect();
    let mut found = HashMap::new();
    let mut others = Vec::new();
    for worktree in repo.worktrees()? {
        match planned.get(&worktree.path) {
            Some(task) => drop(found.insert((*task).clone(), worktree)),
            None => others.push(worktree),
        }
    }
    for worktree in others {
        if let Some(task) = configured_task(plan, &worktree) {
            found.entry(task).or_insert(worktree);
        }
    }
    Ok(found)
}

fn configured_task(plan: &Plan, worktree: &LinkedWorktree) -> Option<TaskName> {
    let own = Repository::open(&worktree.path).ok()?;
    let is_own = own.config(hooks::RUN_KEY).as_deref() == Some(plan.run.as_str())
        && hooks::is_own(own.config(hooks::WORKTREE_KEY).as_deref(), &worktree.git_dir);
    let name = own.config(hooks::TASK_KEY).filter(|_| is_own)?;
    plan.tasks.iter().map(|task| &task.name).find(|task| task.as_str() == name).cloned()
}

fn evidence(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &TaskFacts,
    worktree: Option<&LinkedWorktree>,
    merged_into: &[ObjectId],
) -> Result<Evidence> {
    let full = branch::full(&task.branch);
    let is_merged = |id: ObjectId| -> Result<bool> {
        for tip in merged_into {
            if repo.is_ancestor(id, *tip)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let elsewhere = repo.checked_out_at(&full)?.filter(|path| worktree.is_none_or(|one| one.path != *path));
    let own = match worktree {
        Some(one) => Some(WorktreeEvidence {
            present: one.present,
            head_is_safe: one.branch.as_deref() == Some(&full) || one.head.map_or(Ok(true), is_merged)?,
            is_here: repo.workdir() == Some(&one.path),
            uncommitted: if one.present { uncommitted(repo, recorded, one)? } else { Vec::new() },
        }),
        None => None,
    };
    Ok(Evidence {
        has_begun: task.has_own_commits() || (task.tip.is_none() && task.is_integrated()),
        is_merged: task.tip.map_or(Ok(true), is_merged)?,
        is_symbolic: matches!(repo.ref_target(&full)?, Some(Target::Symbolic(_))),
        worktree: own,
        elsewhere,
    })
}

/// What a worker left, without the untracked files that `start` itself copied there.
fn uncommitted(
    repo: &Repository,
    recorded: &RecordedPlan,
    worktree: &LinkedWorktree,
) -> Result<Vec<BString>> {
    let copied = &recorded.plan.setup.copy;
    let mut paths = repo.dirty_paths(&worktree.path)?;
    let Some(head) = worktree.head else { return Ok(paths) };
    let tree_id = repo.commit(head)?.tree_id;
    let mut work = Vec::new();
    for path in paths.drain(..) {
        let is_copy = copied.iter().any(|one| path == one.as_str());
        if !is_copy || repo.tree_entry(tree_id, path.as_bstr())?.is_some() {
            work.push(path);
        }
    }
    Ok(work)
}
