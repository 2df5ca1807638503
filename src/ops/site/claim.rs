//! The claim of a start: which files it writes.

use anyhow::Result;

use crate::git::Repository;
use crate::model::branch;
use crate::model::journal::ORCHESTRATOR;
use crate::model::plan::Plan;
use crate::ops::claim::{self, Claim};

/// How a start marks itself.
const MARK: &str = "starting";

/// Waits for its turn, clears up behind a start that was killed, and marks this one.
pub fn take(main: &Repository, plan: &Plan) -> Result<Claim> {
    let lock = main.lock("start").map_err(|error| match claim::holder(main, MARK) {
        Some(holder) => error.context(format!("another start is under way: {holder}")),
        None => error,
    })?;
    Claim::take(main, lock, MARK, &written(plan))
}

/// Everything that a start of this plan writes.
fn written(plan: &Plan) -> Vec<String> {
    let run = format!("refs/orchestrate/{}", plan.run);
    let mut files: Vec<String> = ["config", "config.worktree", "packed-refs"].map(str::to_owned).into();
    files.push(format!("{run}/plan"));
    files.push(format!("{run}/journal/{ORCHESTRATOR}"));
    for task in &plan.tasks {
        files.push(branch::full(&plan.layout.branch(&plan.run, task)));
        let path = plan.layout.worktree(&plan.run, task);
        let name = path.rsplit('/').next().unwrap_or(&path);
        files.extend(["HEAD", "config.worktree"].map(|file| format!("worktrees/{name}/{file}")));
    }
    files
}
