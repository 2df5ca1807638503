//! What a person should know who starts a run.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bstr::ByteSlice;

use super::{Options, Warning};
use crate::git::Repository;
use crate::git::head::Head;
use crate::git::plan_ref::RecordedPlan;
use crate::git::uncommitted::Uncommitted;
use crate::ops::plan_file;

/// All of them, in the order in which they are told. What is being made at `places` meanwhile does not
/// count.
pub fn of(
    main: &Repository,
    options: &Options,
    known: Option<&RecordedPlan>,
    places: &[PathBuf],
) -> Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    let plan = &options.plan;
    let top = main.workdir().context("a main worktree")?;
    // The plan is recorded; whoever needs it has it.
    let is_plan = |one: &Uncommitted| {
        let is_read = || {
            let path = one.path.to_path().ok().map(|path| top.join(path));
            path.is_some_and(|path| fs_err::read(path).is_ok_and(|text| text == options.input))
        };
        one.path == plan_file::DEFAULT || one.untracked && is_read()
    };
    let is_site = |one: &Uncommitted| {
        let path = one.path.to_path().ok().map(|path| top.join(path));
        one.untracked && path.is_some_and(|path| places.iter().any(|place| path.starts_with(place)))
    };
    let uncommitted = main.uncommitted(top, &[])?.into_iter();
    let dirty = uncommitted.filter(|one| !is_plan(one) && !is_site(one)).count();
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
