//! `git worker status`: my task, what I wait for, who waits for me, what to do next.

use anyhow::{Context, Result};

use crate::git::Repository;
use crate::git::head::Operation;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::contact::Contact;
use crate::model::facts::Facts;
use crate::model::hint;
use crate::model::matrix::Whose;
use crate::model::name::TaskName;
use crate::model::status::own::{Next, OwnStatus};
use crate::model::status::{Clock, RunStatus};
use crate::ops::field::{Field, Places};
use crate::ops::overview::{self, Overview};
use crate::ops::run;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The moment, and what counts as stalled.
    pub clock: Clock,
}

/// Computes the status of this worktree's task; writes nothing but kept answers.
pub fn run(repo: &Repository, options: &Options) -> Result<OwnStatus> {
    let recorded = run::choose(repo, None)?;
    let task = run::own_task(repo, &recorded.plan)?;
    let Overview { facts, mut status } = overview::read(repo, &recorded, Depth::Scopes, options.clock)?;
    let met = contacts(repo, &recorded, &facts, (&task.name, &mut status));
    let own = OwnStatus::new(&recorded.plan, &status, &task.name);
    let mut own = own.context("the plan has lost this task meanwhile")?;
    match met {
        Ok((contacts, unknown)) => (own.contacts, own.unknown) = (contacts, unknown),
        Err(error) => own.unknown.push(format!("who else changes the same: {}", hint::in_line(&error))),
    }
    if let Some(operation) = repo.operation() {
        own.next = finish(repo, &operation)?;
    }
    Ok(own)
}

/// Nothing can be committed by our verbs before git is at rest.
fn finish(repo: &Repository, operation: &Operation) -> Result<Next> {
    let (operation, finish, abort) = match operation {
        Operation::Merge => ("merge", "git commit --no-edit", "git merge --abort"),
        Operation::Rebase { .. } => ("rebase", "git rebase --continue", "git rebase --abort"),
        Operation::CherryPick => ("cherry-pick", "git cherry-pick --continue", "git cherry-pick --abort"),
        Operation::Revert => ("revert", "git revert --continue", "git revert --abort"),
        Operation::Am => ("series of patches", "git am --continue", "git am --abort"),
        Operation::Bisect => ("bisection", "git bisect reset", "git bisect reset"),
    };
    let top = repo.workdir().context("a task has a worktree")?;
    let uncommitted = repo.uncommitted(top, &[])?.into_iter();
    let unmerged = uncommitted.filter(|one| one.unmerged).map(|one| one.path).collect();
    Ok(Next::Finish { operation, finish, abort, unmerged })
}

/// What others have changed as well, and what of that is unknown.
fn contacts(
    repo: &Repository,
    recorded: &RecordedPlan,
    facts: &Facts,
    (task, status): (&TaskName, &mut RunStatus),
) -> Result<(Vec<Contact>, Vec<String>)> {
    let mut field = Field::survey(repo, recorded, facts)?;
    let is_own = |of: &Whose| matches!(of, Whose::Task(name) if name == task);
    let Some(own) = field.sides.iter().position(|side| is_own(&side.of)) else {
        return Ok(Default::default());
    };
    let pairs = field.meet(|(one, other): Places| one == own || other == own)?;
    let known = status.unknown.len();
    status.add_meetings(&field.sides, &pairs);
    let unknown = [status.unknown.split_off(known), field.unknown.clone()].concat();
    Ok((field.contacts(own, &pairs)?, unknown))
}
