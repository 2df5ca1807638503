//! What is wrong with changing a path before anything is written there.

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};

use super::gather::Gathering;
use super::ground::Ground;
use super::history::History;
use super::inheritance::Inheritance;
use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::change::PathChange;
use crate::model::finding::cure::{self, Source};
use crate::model::finding::{Finding, PathViolation};
use crate::model::judge::{Case, Step, paths};
use crate::model::plan::{Plan, Task};

/// What is wrong with changing a path in a worktree of `task`, whatever is written there: its name
/// and its place, not its content.
pub fn of_intention(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    change: &PathChange,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let tip = repo.head()?.commit_id();
    let history = History::of(&[], tip);
    let mut gathering = Gathering::new(&ground, task, &history, repo.tree_of(tip)?);
    gathering.name(change)?;
    let known = gathering.known();
    let case =
        Case { plan: ground.plan, task, step: Step::Own(&[]), place: None, message: None, known: &known };
    Ok(paths::judge_one(&case, change))
}

/// A path that the branch should have otherwise: it may be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// The path.
    pub path: BString,
    /// Where it can be had as it should be, if a command names that.
    pub source: Option<Source>,
}

impl PutBack {
    /// The command that does it.
    pub fn command(&self) -> Option<String> {
        self.source.map(|source| cure::restore(source, self.path.as_bstr()))
    }
}

/// Whether nothing would be wrong with having at `path` again what the branch has from others, where its
/// tip has something else.
pub fn put_back(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    change: &PathChange,
) -> Result<Option<PutBack>> {
    let ground = Ground::of_plan(repo, recorded);
    let tip = repo.head()?.commit_id();
    let history = History::before(tip);
    let Inheritance { entry, source } = history.inheritance(&ground, task, change.path.as_bstr())?;
    if entry == change.old {
        return Ok(None);
    }
    let change = PathChange { new: entry, ..change.clone() };
    let mut gathering = Gathering::new(&ground, task, &history, repo.tree_of(tip)?);
    gathering.change(std::slice::from_ref(&change))?;
    let known = gathering.known();
    let step = Step::Own(std::slice::from_ref(&change));
    let case = Case { plan: ground.plan, task, step, place: None, message: None, known: &known };
    let is_right = paths::judge_one(&case, &change).is_empty();
    Ok(is_right.then_some(PutBack { path: change.path, source }))
}

/// What is wrong with the place of a path alone: no entry of the task's scope allows it.
pub fn of_path(plan: &Plan, task: &Task, path: &BStr) -> Option<PathViolation> {
    let rule = paths::entry_for(task, path).err()?;
    let owner = paths::owner_of(plan, task, path);
    Some(PathViolation { path: path.to_owned(), task: task.name.clone(), owner, rule })
}
