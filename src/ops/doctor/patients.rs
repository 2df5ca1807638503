//! Which worktrees there are to be looked at, and whose they are.

use std::path::PathBuf;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::hooks::{self, TaskIdentity};
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::git::worktrees::LinkedWorktree;
use crate::model::branch;
use crate::model::journal::Event;
use crate::model::plan::{Plan, Task};
use crate::ops::run;

/// A worktree that should be a task's.
pub struct Patient {
    /// Whose it is.
    pub identity: TaskIdentity,
    /// The short name of the task's branch.
    pub branch: String,
    /// Its work is in the base branch, so that it needs no branch any more.
    pub has_landed: bool,
    /// Where its work was last, if there is any; asked only where the branch is gone.
    pub last: Option<ObjectId>,
    /// Where it is registered, or should be.
    pub path: PathBuf,
    /// Its record; `None` if git knows no such worktree.
    pub linked: Option<LinkedWorktree>,
}

/// The worktrees of the runs' tasks, in the plans' order, and those that have the settings of
/// another one.
pub fn all(repo: &Repository, runs: &[RecordedPlan]) -> Result<(Vec<Patient>, Vec<LinkedWorktree>)> {
    let mut linked = repo.worktrees()?;
    let mut patients = Vec::new();
    for recorded in runs {
        let plan = &recorded.plan;
        let journal = repo.readable_journals(&plan.run)?.0;
        let is_integrated = |task| {
            journal.iter().any(|entry| entry.event == Event::Integrated && entry.task.as_ref() == Some(task))
        };
        let base = recorded.base_ref.as_deref().map(|name| repo.ref_commit(name)).transpose();
        let base = base.ok().flatten().flatten();
        let has = |head: Option<ObjectId>| {
            head.zip(base).is_some_and(|(head, base)| repo.is_ancestor(head, base).unwrap_or(false))
        };
        let mut of_run = Vec::new();
        for task in &plan.tasks {
            let found = linked.iter().position(|one| belongs(one, plan, task));
            let found = found.map(|place| linked.remove(place));
            let is_due =
                found.is_some() || is_expected(repo, plan, task, run::is_started(&journal, &task.name));
            if is_due {
                let last = last(repo, recorded, task, found.as_ref())?;
                let head = found.as_ref().and_then(|linked| linked.head).or(last);
                let has_landed = is_integrated(&task.name) && has(head);
                of_run.push(Patient { has_landed, last, ..patient(repo, plan, task, found) });
            }
        }
        // Somebody who only fetched a run has none of its worktrees, and needs none.
        if of_run.iter().any(|patient| patient.linked.is_some()) {
            patients.append(&mut of_run);
        }
    }
    let copies = linked.into_iter().filter(|one| hooks::is_copy(repo, one).unwrap_or(false));
    Ok((patients, copies.collect()))
}

/// A task that was started and still has a branch, whatever that holds, has a worktree, too.
fn is_expected(repo: &Repository, plan: &Plan, task: &Task, is_started: bool) -> bool {
    let has_branch = || repo.ref_object(&branch::full(&plan.layout.branch(&plan.run, task)));
    is_started && has_branch().map_or(true, |id| id.is_some())
}

/// Where a branch that is gone was last: as its worktree tells if that is on it still, else by the newest
/// record. `None` if the branch is there, or nothing was done on it.
fn last(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    linked: Option<&LinkedWorktree>,
) -> Result<Option<ObjectId>> {
    let (plan, base) = (&recorded.plan, recorded.base_commit_id);
    let full_name = branch::full(&plan.layout.branch(&plan.run, task));
    let is_gone = matches!(repo.ref_object(&full_name), Ok(None));
    let Some(linked) = linked.filter(|_| is_gone) else { return Ok(None) };
    let noted = repo.newest_noted(&notes_ref(&plan.run, &task.name), base)?;
    let moves = if linked.branch == Some(full_name) { repo.head_reflog(&linked.git_dir) } else { Vec::new() };
    // That the branch was removed from there is the newest, and leads nowhere.
    let left = moves.iter().rev().map(|one| one.new).find(|id| !id.is_null());
    let left = left.filter(|id| repo.is_commit(*id));
    Ok(left.filter(|id| *id != base || noted.is_some()).or(noted))
}

fn patient(repo: &Repository, plan: &Plan, task: &Task, linked: Option<LinkedWorktree>) -> Patient {
    let top = repo.main_workdir().unwrap_or_else(|| repo.common_dir().to_owned());
    let planned = || top.join(plan.layout.worktree(&plan.run, task));
    Patient {
        identity: TaskIdentity { run: plan.run.clone(), task: task.name.clone() },
        branch: plan.layout.branch(&plan.run, task),
        has_landed: false,
        last: None,
        path: linked.as_ref().map_or_else(planned, |linked| linked.path.clone()),
        linked,
    }
}

/// Whether it is the worktree of the task: it has the task's branch, or says so itself.
fn belongs(linked: &LinkedWorktree, plan: &Plan, task: &Task) -> bool {
    let own_branch = branch::full(&plan.layout.branch(&plan.run, task));
    linked.branch.as_deref() == Some(&own_branch)
        || hooks::own_task(linked, &plan.run).as_deref() == Some(task.name.as_str())
}
