//! A commit on a shared branch that declares a task's status and is on no task's branch: a
//! cherry-pick, or what a merge brings of an older form of a branch. Whose it is, its change tells.

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::objects::CommitObject;
use crate::git::plan_ref::RecordedPlan;
use crate::model::change::PathChange;
use crate::model::finding::{Finding, Violation};
use crate::model::name::{RunName, TaskName};
use crate::model::plan::Task;
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
    let mut path = None;
    for recorded in scene.plans.values() {
        for task in &recorded.plan.tasks {
            match misfit(scene, (recorded, task), commit)? {
                None => {
                    return Ok(Whose::Task { run: recorded.plan.run.clone(), task: task.name.clone() });
                }
                Some(other) => path = path.or(other),
            }
        }
    }
    let path = path.map(|path| format!(", such as {path}"));
    Ok(Whose::Nobodys { why: format!("no task may make all of its changes{}", path.unwrap_or_default()) })
}

/// Whether the task may make the commit, taken by itself.
pub fn fits(scene: &Scene<'_>, of: (&RecordedPlan, &Task), commit: &CommitObject) -> Result<bool> {
    Ok(misfit(scene, of, commit)?.is_none())
}

/// Something about the commit that the task may not make: the path, where it is one.
fn misfit(
    scene: &Scene<'_>,
    (recorded, task): (&RecordedPlan, &Task),
    commit: &CommitObject,
) -> Result<Option<Option<String>>> {
    let repo = scene.after();
    let change = repo.change_of(commit)?;
    let outside = |one: &&PathChange| scope::lookup(&task.scope, one.path.as_bstr()).is_none();
    if let Some(one) = change.iter().find(outside) {
        return Ok(Some(Some(one.path.to_str_lossy().into_owned())));
    }
    let commit = commit.clone().into_own(change);
    let found = verdict::of_lone_commit(repo, recorded, task, &commit)?;
    let about_change =
        |one: &Finding| one.is_error() && matches!(one.violation, Violation::Path(_) | Violation::Message(_));
    let wrong = found.into_iter().find(about_change);
    Ok(wrong.map(|one| one.path().map(|path| path.to_str_lossy().into_owned())))
}
