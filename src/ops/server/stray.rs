//! A commit on a shared branch that declares a task's status and is on no task's branch: a
//! cherry-pick, or work whose branch was never pushed. It passes if some task may make that change.

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::objects::CommitObject;
use crate::model::change::PathChange;
use crate::model::finding::{Finding, Violation};
use crate::model::name::{RunName, TaskName};
use crate::model::scope;
use crate::ops::server::scene::Scene;
use crate::ops::verdict;

/// Whose it is.
pub enum Whose {
    /// The first task that may make all of its changes.
    Task {
        /// The run.
        run: RunName,
        /// The task of it.
        task: TaskName,
    },
    /// No task may.
    Nobodys {
        /// Why not, in a line.
        why: String,
    },
}

/// Finds out.
pub fn judge(scene: &Scene<'_>, commit: &CommitObject) -> Result<Whose> {
    let repo = scene.after();
    let change = repo.change_of(commit)?;
    let commit = commit.clone().into_own(change);
    let mut path = None;
    for recorded in scene.plans.values() {
        for task in &recorded.plan.tasks {
            let outside = |one: &&PathChange| scope::lookup(&task.scope, one.path.as_bstr()).is_none();
            if let Some(one) = commit.change.iter().find(outside) {
                path = path.or_else(|| Some(one.path.to_str_lossy().into_owned()));
                continue;
            }
            let found = verdict::of_lone_commit(repo, recorded, task, &commit)?;
            let about_change = |one: &Finding| {
                one.is_error() && matches!(one.violation, Violation::Path(_) | Violation::Message(_))
            };
            match found.into_iter().find(about_change) {
                None => {
                    return Ok(Whose::Task { run: recorded.plan.run.clone(), task: task.name.clone() });
                }
                Some(one) => path = path.or_else(|| one.path().map(|path| path.to_str_lossy().into_owned())),
            }
        }
    }
    let path = path.map(|path| format!(", such as {path}"));
    Ok(Whose::Nobodys { why: format!("no task may make all of its changes{}", path.unwrap_or_default()) })
}
