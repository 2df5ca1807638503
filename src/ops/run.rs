//! Which run a call is about, and which task the worktree it was made from belongs to.
//!
//! Several runs may be active at once (design.md section 8): a verb takes the run that it was told,
//! else the run of the worktree it is called from, else the only active one; else it must ask. A
//! worktree's task is what its own configuration says, and only if the worktree is what it claims
//! to be: a copied or redirected one would write to another worker's branch.

use anyhow::{Result, bail};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::head::{Head, Operation};
use crate::git::hooks::{self, WORKTREE_KEY};
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::hint;
use crate::model::journal::{Entry, Event};
use crate::model::name::{RunName, TaskName};
use crate::model::plan::{Plan, Task};

pub use crate::git::hooks::{RUN_KEY, TASK_KEY};

/// The run that is meant: `asked`, else that of this worktree, else the only active one.
pub fn choose(repo: &Repository, asked: Option<&str>) -> Result<RecordedPlan> {
    match choose_if_active(repo, asked)? {
        Ok(recorded) => Ok(recorded),
        Err(over) => Err(hint::error("no run is active in this repository", list(&over))),
    }
}

/// The same; the runs that are over, if none was named and none is active.
pub fn choose_if_active(
    repo: &Repository,
    asked: Option<&str>,
) -> Result<std::result::Result<RecordedPlan, Vec<RunName>>> {
    let runs = repo.runs()?;
    if let Some(name) = asked.map(str::to_owned).or_else(|| repo.config(RUN_KEY)) {
        return match runs.iter().find(|run| run.as_str() == name) {
            Some(run) => repo.read_plan(run).map(Ok),
            None => Err(hint::error(format!("there is no run {name:?} in this repository"), list(&runs))),
        };
    }
    let mut active = Vec::new();
    for run in &runs {
        // What cannot be read makes no choice; whoever needs it says so.
        if is_active(&repo.readable_journals(run)?.0) {
            active.push(run.clone());
        }
    }
    if active.len() > 1 {
        active.retain(|run| repo.read_plan(run).is_ok());
    }
    match active.as_slice() {
        [run] => repo.read_plan(run).map(Ok),
        [] => Ok(Err(runs)),
        _ => Err(hint::error("several runs are active; say which one is meant", list(&active))),
    }
}

/// The run of this worktree; an error if the worktree belongs to none.
pub fn own(repo: &Repository) -> Result<RecordedPlan> {
    match repo.config(RUN_KEY) {
        Some(name) => choose(repo, Some(&name)),
        None => Err(no_task(repo)),
    }
}

/// Whether a run with this journal is active: not cleaned up as a whole since it was last started.
pub fn is_active(journal: &[Entry]) -> bool {
    let last = journal.iter().rev().find(|entry| match entry.event {
        Event::Started => true,
        Event::CleanedUp => entry.task.is_none(),
        _ => false,
    });
    last.is_none_or(|entry| entry.event == Event::Started)
}

/// Whether a start came to its end for this task, and nothing of it was cleaned up since.
pub fn is_started(journal: &[Entry], task: &TaskName) -> bool {
    let last = journal.iter().rev().find(|entry| match entry.event {
        Event::Started => entry.task.as_ref() == Some(task),
        Event::CleanedUp | Event::Abandoned => entry.task.as_ref().is_none_or(|name| name == task),
        _ => false,
    });
    last.is_some_and(|entry| entry.event == Event::Started)
}

/// Where a task's branch was when the last clean-up took it because its work was merged, if no start
/// has come since.
pub fn cleaned_up_at(journal: &[Entry], task: &TaskName) -> Option<ObjectId> {
    let of_task = |entry: &&Entry| entry.task.as_ref() == Some(task);
    let counts = |entry: &&Entry| matches!(entry.event, Event::Started | Event::CleanedUp | Event::Abandoned);
    let last = journal.iter().rfind(|entry| of_task(entry) && counts(entry))?;
    last.commit_id.filter(|_| last.event == Event::CleanedUp)
}

/// The task of this worktree, if the worktree is the task's: its configuration names it, its
/// registration points both ways, and the task's branch is checked out (S1-45).
pub fn own_task<'plan>(repo: &Repository, plan: &'plan Plan) -> Result<&'plan Task> {
    let task = registered_task(repo, plan)?;
    check_branch(repo, &plan.layout.branch(&plan.run, task))?;
    Ok(task)
}

/// The same for a question that writes nothing: HEAD may be detached, as in a bisection, but no other
/// branch may be checked out.
pub fn asking_task<'plan>(repo: &Repository, plan: &'plan Plan) -> Result<&'plan Task> {
    if current_branch(repo)?.is_some() { own_task(repo, plan) } else { registered_task(repo, plan) }
}

fn registered_task<'plan>(repo: &Repository, plan: &'plan Plan) -> Result<&'plan Task> {
    let Some(name) = claimed_task(repo) else { return Err(no_task(repo)) };
    let Some(task) = plan.tasks.iter().find(|task| task.name.as_str() == name) else {
        bail!("this worktree belongs to task {name}, which the plan of run {} does not have", plan.run);
    };
    check_registration(repo)?;
    Ok(task)
}

/// The name of the task that this worktree says it belongs to. One that was made from a worker's
/// inherits its settings, and is nobody's.
pub fn claimed_task(repo: &Repository) -> Option<String> {
    let is_own = hooks::is_own(repo.config(WORKTREE_KEY).as_deref(), repo.git_dir());
    repo.config(TASK_KEY).filter(|_| is_own)
}

/// The short name of the branch that is being worked on here, also in the middle of a rebase.
pub fn current_branch(repo: &Repository) -> Result<Option<String>> {
    let full = match (repo.head()?, repo.operation()) {
        (Head::Branch { name, .. }, _) => Some(name),
        (Head::Detached(_), Some(Operation::Rebase { branch })) => branch,
        (Head::Detached(_), _) => None,
    };
    Ok(full.map(|name| branch::short(&name).to_owned()))
}

fn check_branch(repo: &Repository, assigned: &str) -> Result<()> {
    let found = current_branch(repo)?;
    if found.as_deref() == Some(assigned) {
        return Ok(());
    }
    let found = found.map_or_else(|| "a detached HEAD".into(), |name| format!("branch {name}"));
    let remedy = match repo.ref_commit(&branch::full(assigned))? {
        Some(_) => format!("git switch {assigned}"),
        None => format!("git branch -m {assigned}"),
    };
    Err(hint::error(
        format!("this worktree is assigned to branch {assigned}, but {found} is checked out"),
        remedy,
    ))
}

/// The administrative directory and the worktree's `.git` file must name each other.
fn check_registration(repo: &Repository) -> Result<()> {
    let same = |a: &std::path::Path, b: &std::path::Path| {
        fs_err::canonicalize(a).ok().zip(fs_err::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
    };
    let Some(workdir) = repo.workdir() else { return Err(no_task(repo)) };
    let linked = repo.worktrees()?.into_iter().find(|linked| same(&linked.git_dir, repo.git_dir()));
    match linked {
        Some(linked) if linked.present && same(&linked.path, workdir) => Ok(()),
        Some(linked) => Err(hint::error(
            format!(
                "{} is not the worktree that git knows: the registered one is {}",
                workdir.display(),
                linked.path.display()
            ),
            "work in the registered one; a moved worktree is repaired with: git worktree repair",
        )),
        None => Err(no_task(repo)),
    }
}

fn no_task(repo: &Repository) -> anyhow::Error {
    let place = match repo.workdir() {
        Some(path) => format!("the worktree {}", path.display()),
        None => "this repository".into(),
    };
    let remedy = match is_on_task(repo).unwrap_or(false) {
        true => {
            "it has a task's branch, and no hooks; to make it that task's: git orchestrate doctor --repair"
        }
        false => {
            "change to a task's worktree; git worktree list shows them, git orchestrate start makes them"
        }
    };
    hint::error(format!("{place} belongs to no task"), remedy)
}

/// Whether this is a linked worktree that somebody has made for the branch of a task.
fn is_on_task(repo: &Repository) -> Result<bool> {
    let Head::Branch { name, .. } = repo.head()? else { return Ok(false) };
    if repo.git_dir() == repo.common_dir() {
        return Ok(false);
    }
    for run in repo.runs()? {
        let plan = repo.read_plan(&run)?.plan;
        if plan.tasks.iter().any(|task| branch::full(&plan.layout.branch(&plan.run, task)) == name) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn list(runs: &[RunName]) -> String {
    if runs.is_empty() {
        return "begin one with: git orchestrate start <plan file>".into();
    }
    runs.iter().map(|run| format!("--run {run}")).collect::<Vec<_>>().join("\n")
}
