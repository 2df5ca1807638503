//! The worker whose worktree a hook runs in.

use std::cell::OnceCell;
use std::path::PathBuf;

use anyhow::{Context, Result};
use orchestrate::git::Repository;
use orchestrate::git::hooks::{self, RUN_KEY, TASK_KEY, WORKTREE_KEY};
use orchestrate::git::plan_ref::RecordedPlan;
use orchestrate::model::branch;
use orchestrate::model::finding::Finding;
use orchestrate::model::finding::identity::IdentityViolation;
use orchestrate::model::hint;
use orchestrate::model::name::{RunName, TaskName};
use orchestrate::model::plan::Task;
use orchestrate::ops::records::{self, Judged, ToRecord};
use orchestrate::ops::verdict::{self, Attempt, Place};

/// Repository, plan and task of the worktree.
pub struct Worker {
    /// As git's environment names it.
    pub repo: Repository,
    run: RunName,
    task: TaskName,
    /// The plan as far as it is about the task; `None` where only the whole one can be read.
    excerpt: Option<RecordedPlan>,
    whole: OnceCell<RecordedPlan>,
}

/// Whether the worktree's own configuration may name a task. Reads one file and opens nothing, for
/// this is asked in worktrees that are none of ours, too.
pub fn is_armed() -> bool {
    let Some(git_dir) = git_dir() else { return false };
    let config = fs_err::read(git_dir.join("config.worktree")).unwrap_or_default();
    config.windows(RUN_SECTION.len()).any(|window| window == RUN_SECTION)
}

/// The git directory as git tells it to its hooks.
pub fn git_dir() -> Option<PathBuf> {
    std::env::var_os("GIT_DIR").map(PathBuf::from)
}

const RUN_SECTION: &[u8] = b"[orchestrate]";

impl Worker {
    /// The worker that the configuration names; `None` where it names none, or was copied from
    /// another worktree. A name that the plan does not have is an error: nothing can be judged then.
    pub fn of(repo: Repository) -> Result<Option<Worker>> {
        let (Some(run), Some(task)) = (repo.config(RUN_KEY), repo.config(TASK_KEY)) else { return Ok(None) };
        if !hooks::is_own(repo.config(WORKTREE_KEY).as_deref(), repo.git_dir()) {
            return Ok(None);
        }
        let run = RunName::new(&run)?;
        let unknown = |task| {
            let finding = Finding::error(IdentityViolation::UnknownTask { task });
            hint::error(finding.to_string(), finding.hint())
        };
        let Ok(name) = TaskName::new(&task) else {
            repo.read_plan(&run)?;
            return Err(unknown(task));
        };
        let excerpt = repo.read_excerpt(&run, &name).ok();
        let worker = Worker { repo, run, task: name, excerpt, whole: OnceCell::new() };
        if worker.excerpt.is_none() && worker.plan()?.plan.task(&worker.task).is_none() {
            return Err(unknown(task));
        }
        Ok(Some(worker))
    }

    /// The newest plan of the run, from its ref.
    pub fn plan(&self) -> Result<&RecordedPlan> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let whole = self.repo.read_plan(&self.run)?;
        Ok(self.whole.get_or_init(|| whole))
    }

    /// The plan, of which nothing but the task and what is outside of all tasks can be relied on.
    pub fn own_part(&self) -> &RecordedPlan {
        let read = self.excerpt.as_ref().or_else(|| self.whole.get());
        read.expect("one of them was read when the worker was made")
    }

    /// The worktree's task.
    pub fn task(&self) -> &Task {
        self.own_part().plan.task(&self.task).expect("it was found when the worker was made")
    }

    /// Full name of the task's branch.
    pub fn branch(&self) -> String {
        let plan = &self.own_part().plan;
        branch::full(&plan.layout.branch(&plan.run, self.task()))
    }

    /// Asks about a commit with the own part of the plan, and with all of it only if that could change
    /// the answer: if it names an error, or cannot be given.
    pub fn ask<T: HasFindings>(&self, question: impl Fn(&RecordedPlan, &Task) -> Result<T>) -> Result<T> {
        let answer = self.excerpt.as_ref().and_then(|excerpt| question(excerpt, self.task()).ok());
        if let Some(answer) = answer.filter(|answer| !answer.findings().iter().any(Finding::is_error)) {
            return Ok(answer);
        }
        let whole = self.plan()?;
        let task = whole.plan.task(&self.task);
        question(whole, task.context("the plan was changed at this moment; do it again")?)
    }

    /// Where a commit is being made now.
    pub fn place(&self) -> Result<Place> {
        let top = std::env::current_dir().context("cannot find the current directory")?;
        verdict::place(&self.repo, self.own_part(), &top)
    }

    /// What is wrong with where a commit is being made now.
    pub fn misplaced(&self) -> Result<Vec<Finding>> {
        let place = self.place()?;
        self.ask(|recorded, task| Ok(verdict::of_place(recorded, task, &place)))
    }

    /// Judges the commit that is being made here.
    pub fn judge(&self, attempt: &Attempt) -> Result<Vec<Finding>> {
        self.ask(|recorded, task| verdict::of_staged(&self.repo, recorded, task, attempt))
    }

    /// Judges these commits, which were made here, and records them; returns what was found.
    pub fn record(&self, entries: &[ToRecord<'_>]) -> Result<Vec<Finding>> {
        let judged = self.ask(|recorded, task| records::judge(&self.repo, recorded, task, entries))?;
        records::write(&self.repo, &self.run, &self.task, judged)
    }
}

/// An answer that findings are part of.
pub trait HasFindings {
    /// These.
    fn findings(&self) -> &[Finding];
}

impl HasFindings for Vec<Finding> {
    fn findings(&self) -> &[Finding] {
        self
    }
}

impl HasFindings for Judged {
    fn findings(&self) -> &[Finding] {
        &self.findings
    }
}
