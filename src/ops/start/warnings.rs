//! What a person should know who starts a run.

use anyhow::{Context, Result};

use super::Warning;
use crate::git::Repository;
use crate::git::head::Head;
use crate::git::plan_ref::RecordedPlan;
use crate::model::plan::Plan;
use crate::ops::plan_file;

/// All of them, in the order in which they are told.
pub fn of(main: &Repository, plan: &Plan, known: Option<&RecordedPlan>) -> Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    let top = main.workdir().context("a main worktree")?;
    let dirty = main.uncommitted(top, &[])?.into_iter().filter(|one| one.path != plan_file::DEFAULT).count();
    if dirty > 0 {
        warnings.push(Warning::MainDirty(dirty));
    }
    if let Head::Detached(id) = main.head()? {
        warnings.push(Warning::MainDetached(id));
    }
    let Some(known) = known else { return Ok(warnings) };
    if known.plan.base != plan.base {
        warnings.push(Warning::BaseKept { written: plan.base.clone(), recorded: known.base_commit_id });
    }
    let dropped = known.plan.tasks.iter().filter(|task| plan.task(&task.name).is_none());
    warnings.extend(dropped.map(|task| Warning::Dropped(task.name.clone())));
    Ok(warnings)
}
