//! `git orchestrate brief` and `git worker brief`: the prompts of a run's tasks.

use anyhow::Result;
use bstr::BStr;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::brief::{Brief, Kind, Progress, remaining};
use crate::model::plan::Task;
use crate::model::status::action::Action;
use crate::model::status::{Clock, flag::Flag};
use crate::ops::overview::{self, Overview};
use crate::ops::run;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// Whose brief.
    pub whose: Whose,
    /// Which text.
    pub kind: Kind,
    /// The moment, and what counts as stalled.
    pub clock: Clock,
}

/// Whose brief is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// That of the task that this text means.
    Task(String),
    /// That of the task of this worktree.
    Own,
}

/// The briefs that were asked for, in the plan's order; writes nothing but kept answers.
pub fn run(repo: &Repository, options: &Options) -> Result<Vec<Brief>> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    let plan = &recorded.plan;
    let tasks: Vec<&Task> = match &options.whose {
        Whose::All => plan.tasks.iter().collect(),
        Whose::Task(text) => vec![plan.find_task(text)?],
        Whose::Own => vec![run::own_task(repo, plan)?],
    };
    let overview = match options.kind {
        Kind::Kickoff => None,
        Kind::Tasks | Kind::Resume | Kind::Continue => {
            Some(overview::read(repo, &recorded, Depth::Worktrees, options.clock)?)
        }
    };
    let base_tree_id = repo.commit(recorded.base_commit_id).map(|base| base.tree_id);
    let brief = |task: &Task| {
        let is_in_base =
            |path: &str| base_tree_id.as_ref().is_ok_and(|tree_id| is_there(repo, *tree_id, path));
        let progress = overview.as_ref().and_then(|overview| progress(overview, task));
        Brief { progress, ..Brief::new(plan, task, is_in_base) }
    };
    Ok(tasks.into_iter().map(brief).collect())
}

/// Whether a path of a scope is there at the base; a directory ends in `/`.
fn is_there(repo: &Repository, tree_id: ObjectId, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let entry = repo.tree_entry(tree_id, BStr::new(path)).ok().flatten();
    entry.is_some() || repo.tree_names(tree_id, BStr::new(path)).is_ok_and(|names| !names.is_empty())
}

fn progress(overview: &Overview, task: &Task) -> Option<Progress> {
    let status = overview.status.task(&task.name)?;
    let expected = if task.checkpoints.is_empty() { &task.steps } else { &task.checkpoints };
    let ready = overview.status.actions.iter().filter_map(|action| match action {
        Action::Resume { task: to, provider, merge } if *to == task.name => {
            Some((provider.clone(), merge.clone()))
        }
        _ => None,
    });
    let dirty = status.flags.iter().find_map(|flag| match flag {
        Flag::Dirty(paths) => Some(paths.clone()),
        _ => None,
    });
    Some(Progress {
        state: status.state.clone(),
        completed: status.log.clone(),
        remaining: remaining(expected, &status.log, status.state.is_done()),
        ready: ready.collect(),
        dirty: dirty.unwrap_or_default(),
        worktree: status.worktree.clone(),
    })
}
