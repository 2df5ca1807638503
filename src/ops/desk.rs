//! Where a worker sits: the worktree that a `git worker` command was called in, its run and task.
//!
//! Every command that writes begins here, so none of them can write to another worker's branch, and
//! none commits in the middle of a merge or rebase.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::head::Operation;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::hint;
use crate::model::journal::{Entry, Event};
use crate::model::name::RunName;
use crate::model::plan::{Plan, Task};
use crate::ops::run;

/// A worker's place.
#[derive(Debug)]
pub struct Desk<'repo> {
    /// The repository, seen from the worker's worktree.
    pub repo: &'repo Repository,
    /// The run's plan.
    pub recorded: RecordedPlan,
    /// The worker's task.
    pub task: Task,
    /// Short name of its branch.
    pub branch: String,
    /// The top of the worktree.
    pub top: PathBuf,
}

impl<'repo> Desk<'repo> {
    /// The desk that this worktree is; an error that says what to do if it is none (S1-45).
    pub fn of(repo: &'repo Repository) -> Result<Desk<'repo>> {
        let recorded = run::own(repo)?;
        let task = run::own_task(repo, &recorded.plan)?.clone();
        Desk::with(repo, recorded, task)
    }

    /// The same for a command that writes nothing, while HEAD may be detached.
    pub fn for_a_question(repo: &'repo Repository) -> Result<Desk<'repo>> {
        let recorded = run::own(repo)?;
        let task = run::asking_task(repo, &recorded.plan)?.clone();
        Desk::with(repo, recorded, task)
    }

    fn with(repo: &'repo Repository, recorded: RecordedPlan, task: Task) -> Result<Desk<'repo>> {
        let branch = recorded.plan.layout.branch(&recorded.plan.run, &task);
        let top = repo.workdir().context("a task has a worktree")?.to_owned();
        Ok(Desk { repo, recorded, task, branch, top })
    }

    /// The newest plan.
    pub fn plan(&self) -> &Plan {
        &self.recorded.plan
    }

    /// The run's name.
    pub fn run(&self) -> &RunName {
        &self.recorded.plan.run
    }

    /// Full name of the task's branch.
    pub fn ref_name(&self) -> String {
        branch::full(&self.branch)
    }

    /// The branch's tip.
    pub fn tip(&self) -> Result<ObjectId> {
        let tip = self.repo.ref_commit(&self.ref_name())?;
        tip.with_context(|| format!("branch {} has no commit", self.branch))
    }

    /// An error if a merge, rebase or the like must be finished before something can be committed.
    pub fn at_rest(&self) -> Result<()> {
        let Some(operation) = self.repo.operation() else { return Ok(()) };
        let (name, remedy) = describe(&operation);
        Err(hint::error(format!("{name} is in progress in {}", self.top.display()), remedy))
    }

    /// Writes an entry about the own task into the worker's own journal.
    pub fn note(&self, event: Event, text: &str, commit_id: Option<ObjectId>) -> Result<Entry> {
        self.write(self.entry(event, text, commit_id))
    }

    /// An entry about the own task, by its worker.
    pub fn entry(&self, event: Event, text: &str, commit_id: Option<ObjectId>) -> Entry {
        let task = Some(self.task.name.clone());
        Entry { task, text: text.to_owned(), commit_id, ..Entry::new(event, self.task.name.as_str()) }
    }

    /// Writes an entry into the worker's own journal.
    pub fn write(&self, entry: Entry) -> Result<Entry> {
        self.repo.append_journal(self.run(), &entry.writer, &entry)?;
        Ok(entry)
    }

    /// `path` as seen from the top of the worktree, for a path inside of it.
    pub fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.top).unwrap_or(path)
    }
}

/// What an unfinished operation is called, and how it is finished or taken back.
pub fn describe(operation: &Operation) -> (&'static str, &'static str) {
    match operation {
        Operation::Merge => {
            ("a merge", "conclude it: git commit --no-edit\nor take it back: git merge --abort")
        }
        Operation::Rebase { .. } => {
            ("a rebase", "git rebase --continue\nor take it back: git rebase --abort")
        }
        Operation::CherryPick => ("a cherry-pick", "git cherry-pick --continue\nor: git cherry-pick --abort"),
        Operation::Revert => ("a revert", "git revert --continue\nor take it back: git revert --abort"),
        Operation::Am => ("git am", "git am --continue\nor take it back: git am --abort"),
        Operation::Bisect => ("a bisection", "git bisect reset"),
    }
}
