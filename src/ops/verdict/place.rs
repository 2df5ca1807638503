//! Where a commit is being made.

use std::path::Path;

use anyhow::Result;

use crate::git::Repository;
use crate::git::head::{Head, Operation};
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Target;
use crate::model::branch::{self, Symbolic};
use crate::model::finding::Finding;
use crate::model::judge::identity::{self, At, Mismatch, Place};
use crate::model::plan::Task;

/// The place that a commit would be made in, for the judge to compare with the task's own; `top` is
/// where git sees the top of the files.
pub fn place(repo: &Repository, recorded: &RecordedPlan, top: &Path) -> Result<Place> {
    let head = repo.head()?;
    let symbolic = match &head {
        Head::Branch { name, .. } => symbolic(repo, name)?,
        Head::Detached(_) => None,
    };
    let at = match head {
        Head::Branch { name, .. } => At::Branch(branch::short(&name).to_owned()),
        Head::Detached(_) => match repo.operation() {
            Some(Operation::Rebase { branch: full }) => At::Detached { rebasing: short(full.as_deref()) },
            _ => At::Detached { rebasing: None },
        },
    };
    let mismatch = repo.misplaced(top).map(|misplaced| Mismatch {
        actual: misplaced.actual.display().to_string(),
        expected: misplaced.registered.display().to_string(),
    });
    Ok(Place { at, symbolic, mismatch, base: short(recorded.base_ref.as_deref()) })
}

fn symbolic(repo: &Repository, name: &str) -> Result<Option<Symbolic>> {
    Ok(match repo.ref_target(name)? {
        Some(Target::Symbolic(target)) => {
            let tip = repo.last_known(name, &target);
            Some(Symbolic { target, tip })
        }
        _ => None,
    })
}

/// What is wrong with making a commit of `task` in a place, whatever it holds.
pub fn of_place(recorded: &RecordedPlan, task: &Task, place: &Place) -> Vec<Finding> {
    identity::judge(&recorded.plan, task, place)
}

fn short(full: Option<&str>) -> Option<String> {
    full.map(|full| branch::short(full).to_owned())
}
