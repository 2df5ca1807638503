//! What is wrong with what a worker is about to push.
//!
//! A worker publishes its own branch, its records, its journal and tags. The commits that the push
//! would bring to its branch are judged as `verify` judges them, with the branch where it would be
//! then; what the remote has already is not this push's fault. Work of a task under any other name
//! would escape that, so it is refused. A branch that holds no task's work is nobody's business.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::finding::Finding;
use crate::model::finding::push::{Keeper, PushViolation};
use crate::model::name::TaskName;
use crate::model::plan::Task;
use crate::model::push::{Judged, Update};
use crate::model::ref_role::{BranchRole, DataRef};
use crate::ops::proposal::{Proposal, view};
use crate::ops::verdict;

/// A worker who pushes.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'a> {
    /// Where from.
    pub repo: &'a Repository,
    /// The worker's run.
    pub recorded: &'a RecordedPlan,
    /// The worker's task.
    pub task: &'a Task,
}

impl Publisher<'_> {
    /// What is wrong with each ref, in the push's order.
    pub fn judge(&self, updates: &[Update]) -> Result<Vec<Judged>> {
        let judge = |update: &Update| {
            let findings = self.judge_one(update)?;
            Ok(Judged::new(update.clone(), findings))
        };
        updates.iter().map(judge).collect()
    }

    fn judge_one(&self, update: &Update) -> Result<Vec<Finding>> {
        if let Some((run, DataRef::Plan)) = DataRef::of(&update.name) {
            return Ok(vec![Finding::error(PushViolation::Plan { run, keeper: Keeper::Starter })]);
        }
        let Some(short) = update.name.strip_prefix(branch::PREFIX) else { return Ok(Vec::new()) };
        if short == self.own_branch() {
            // Whether a branch may go is for the remote to say; here nothing is lost.
            return update.new.map_or(Ok(Vec::new()), |new| self.own_commits(update, new));
        }
        let mut unknown = Vec::new();
        if let Some(other) = self.owner(&update.name, &mut unknown)? {
            return Ok(vec![Finding::error(PushViolation::OtherTask {
                task: self.task.name.clone(),
                own_branch: self.own_branch(),
                other,
            })]);
        }
        let worker = update.new.map_or(Ok(None), |new| self.worker_of(update, new));
        let worker = worker.unwrap_or_else(|error| {
            unknown.push(format!("{error:#}"));
            None
        });
        let warn = |why| Finding::warning(PushViolation::Unknown { why });
        match worker {
            Some(task) => Ok(vec![Finding::error(PushViolation::OtherName {
                branch: short.to_owned(),
                own_branch: self.branch_of(&task),
                task: task.name,
            })]),
            None => Ok(unknown.into_iter().map(warn).collect()),
        }
    }

    /// Judges what the push adds to the own branch.
    fn own_commits(&self, update: &Update, new: ObjectId) -> Result<Vec<Finding>> {
        let mut view = view(self.repo, self.recorded)?;
        view.set(&update.name, Some(new));
        // What was fetched of this branch is another clone's work, and not where the branch will be.
        if let Some(remote) = self.repo.run_remote() {
            let own = self.own_branch();
            let name = format!("refs/remotes/{remote}/{own}");
            let known = self.repo.ref_commit(&name).ok().flatten();
            view.set(&name, None);
            view.set(&format!("refs/remotes/before-this-push/{own}"), known);
        }
        let proposal = Proposal::new(self.repo, self.recorded, view)?;
        let facts = proposal.survey(self.recorded, proposal.repository())?;
        let Some(task) = facts.task(&self.task.name) else { return Ok(Vec::new()) };
        if task.is_cut_off {
            let why = "the history ends before the run's base, so only the remote can judge it".into();
            return Ok(vec![Finding::warning(PushViolation::Unknown { why })]);
        }
        let findings = verdict::of_branch(proposal.repository(), &facts, task)?;
        let published = self.published(update, new);
        let is_new = |finding: &Finding| match (&published, finding.commit_id) {
            (Some(published), Some(id)) => published.contains(&id),
            _ => true,
        };
        Ok(findings.into_iter().filter(is_new).collect())
    }

    /// The commits that the remote does not have yet; `None` where that is not known.
    fn published(&self, update: &Update, new: ObjectId) -> Option<HashSet<ObjectId>> {
        let old = update.old.filter(|old| self.repo.contains(*old))?;
        Some(self.repo.commits_between(&[old], &[new]).ok()?.into_iter().collect())
    }

    /// The task, of any run, that a branch belongs to. A plan that cannot be read is not this worker's
    /// doing, and is named in `unknown`.
    fn owner(&self, name: &str, unknown: &mut Vec<String>) -> Result<Option<TaskName>> {
        let task = |recorded: &RecordedPlan| match BranchRole::of(&recorded.plan, None, name) {
            Some(BranchRole::Task(task)) => Some(task.name.clone()),
            _ => None,
        };
        if let Some(task) = task(self.recorded) {
            return Ok(Some(task));
        }
        let others = self.repo.runs()?.into_iter().filter(|run| *run != self.recorded.plan.run);
        for run in others {
            match self.repo.read_plan(&run) {
                Ok(recorded) => {
                    if let Some(task) = task(&recorded) {
                        return Ok(Some(task));
                    }
                }
                Err(error) => unknown.push(format!("{error:#}")),
            }
        }
        Ok(None)
    }

    /// The task whose work is in what is pushed under another name, and not integrated yet.
    fn worker_of(&self, update: &Update, new: ObjectId) -> Result<Option<Task>> {
        let pushed = self.repo.commits_between(&self.shared(update)?, &[new])?;
        let pushed: HashSet<ObjectId> = pushed.into_iter().collect();
        if pushed.is_empty() {
            return Ok(None);
        }
        let others = self.recorded.plan.tasks.iter().filter(|other| other.name != self.task.name);
        for task in [self.task].into_iter().chain(others) {
            let Some(tip) = self.repo.ref_commit(&branch::full(&self.branch_of(task))).ok().flatten() else {
                continue;
            };
            let own =
                verdict::own_chain(self.repo, self.recorded, task, (tip, usize::MAX)).unwrap_or_default();
            if own.iter().any(|id| pushed.contains(id)) {
                return Ok(Some(task.clone()));
            }
        }
        Ok(None)
    }

    /// What is everybody's: the run's base, the base branch as it was fetched, what is integrated,
    /// and what the remote has under this name. Not the local base branch, which could have been
    /// moved onto a task's work.
    fn shared(&self, update: &Update) -> Result<Vec<ObjectId>> {
        let mut names = vec![branch::full(&self.recorded.plan.layout.integration(&self.recorded.plan.run))];
        let base = self.recorded.base_ref.as_deref().map(branch::short);
        if let (Some(remote), Some(base)) = (self.repo.run_remote(), base) {
            names.push(format!("refs/remotes/{remote}/{base}"));
        }
        let mut shared = vec![self.recorded.base_commit_id];
        shared.extend(names.iter().filter_map(|name| self.repo.ref_commit(name).ok().flatten()));
        shared.extend(update.old.filter(|old| self.repo.contains(*old)));
        Ok(shared)
    }

    fn own_branch(&self) -> String {
        self.branch_of(self.task)
    }

    fn branch_of(&self, task: &Task) -> String {
        self.recorded.plan.layout.branch(&self.recorded.plan.run, task)
    }
}
