//! `git worker merge`: bring a needed task's work into the own branch.
//!
//! Always with a merge commit: a fast-forward would put the other worker's commits on this task's
//! first-parent chain, where they would count as its own (S1-66). Only tasks that this one needs, by
//! the plan or by a NEEDS that it committed, are merged. Where a remote has more of the branch than
//! this repository, that is what is merged (S1-71).

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::head::Operation;
use crate::git::survey::Depth;
use crate::model::branch;
use crate::model::facts::{RemoteBranch, TaskFacts};
use crate::model::message::{self, Prefix};
use crate::model::name::TaskName;
use crate::model::plan::{DependencyMode, Plan, Task};
use crate::ops::desk::Desk;
use crate::ops::publish::{Published, publish};
use crate::ops::turn::Turn;

/// What to merge.
#[derive(Debug, Clone)]
pub struct Options {
    /// The task, by any name that means it.
    pub task: String,
    /// Whether git puts uncommitted changes aside meanwhile: in this worktree, not in the stash, which
    /// all worktrees share.
    pub autostash: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The task that was meant.
    pub task: TaskName,
    /// Full name of the branch that was merged, local or remote-tracking; the id of its last commit where
    /// it is gone.
    pub from: String,
    /// Set when the local and the remote branch have commits of their own; the local one counts.
    pub diverged: Option<RemoteBranch>,
    /// How it ended.
    pub end: End,
}

/// How a merge ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is this very task.
    Own {
        /// Where another clone's work on it would come from, if anywhere.
        remote: Option<String>,
        /// Short name of its branch.
        branch: String,
    },
    /// The plan does not say that it is needed, and no NEEDS asked for it.
    NotNeeded,
    /// There is no branch to merge.
    NoBranch,
    /// Everything was there already.
    UpToDate,
    /// There is a merge commit.
    Merged {
        /// The commit.
        id: ObjectId,
        /// Whether it was pushed; `None` if the plan does not ask for it.
        published: Option<Published>,
        /// The changes that were put aside and could not simply be taken back.
        unsettled: Option<Unsettled>,
    },
    /// git stopped with conflicts in these paths, in its usual merge state.
    Conflicts(Vec<BString>, Aside),
    /// A hook refused the merge commit; git is still in its merge state.
    Stopped,
    /// git refused to begin, and said why on the user's terminal; whether anything is uncommitted.
    Refused(Ground),
}

/// What git had to begin from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Nothing is uncommitted.
    Clean,
    /// Something is that git could put aside, and may have been in its way.
    Uncommitted,
    /// The same, and the plan lets nothing be committed before this merge.
    Uncommittable,
    /// New files are, which git puts nowhere.
    Untracked,
}

/// What git has put aside until a merge ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Nothing.
    Nothing,
    /// What was uncommitted.
    Changes,
}

/// Changes that were put aside and conflict with what was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The stash in which git keeps them.
    pub stash: ObjectId,
    /// Where they conflict.
    pub paths: Vec<BString>,
}

/// Merges.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let turn = Turn::take(&desk)?;
    desk.at_rest()?;
    let other = desk.plan().find_task(&options.task)?.clone();
    let facts = repo.survey(&desk.recorded, Depth::History)?;
    let own = facts.task(&desk.task.name).context("the plan has the worker's task")?;
    let theirs = facts.task(&other.name).context("the plan has this task")?;
    let from = source(theirs);
    let outcome = |from: Option<String>, end| {
        let diverged = theirs.remote.clone().filter(|remote| remote.ahead > 0 && remote.behind > 0);
        let from = from.unwrap_or_else(|| branch::full(&theirs.branch));
        Ok(Outcome { task: other.name.clone(), from, diverged, end })
    };
    if other.name == desk.task.name {
        let (remote, branch) = (desk.repo.run_remote(), desk.branch.clone());
        return outcome(from, End::Own { remote, branch });
    }
    if !is_needed(desk.plan(), &desk.task, own, &other) {
        return outcome(from, End::NotNeeded);
    }
    let Some(from) = from else { return outcome(None, End::NoBranch) };
    let end = merge(turn, &other, &from, options.autostash)?;
    outcome(Some(from), end)
}

/// The branch that has more: the local one, unless the remote one is ahead of it or alone. Where a
/// clean-up took the branch, what it was.
fn source(theirs: &TaskFacts) -> Option<String> {
    let local = branch::full(&theirs.branch);
    let name = |remote: &RemoteBranch| format!("refs/remotes/{}/{}", remote.remote, theirs.branch);
    let remote = theirs.remote.as_ref().map(|remote| (name(remote), remote));
    match (theirs.tip, remote) {
        (None, Some((name, _))) => Some(name),
        (Some(_), Some((name, remote))) if remote.behind > 0 && remote.ahead == 0 => Some(name),
        (Some(_), _) => Some(local),
        (None, None) => theirs.kept_tip.map(|tip| tip.to_string()),
    }
}

fn is_needed(plan: &Plan, task: &Task, own: &TaskFacts, other: &Task) -> bool {
    let asked = |text: &bstr::BStr| match message::status(text) {
        Some(Prefix::Needs { task, .. }) => plan.find_task(&task).is_ok_and(|found| found.name == other.name),
        _ => false,
    };
    task.needs.iter().any(|need| need.task == other.name)
        || own.own_commits().any(|commit| asked(commit.message.as_bstr()))
}

/// Gives the turn away before it publishes, as hooks of a push may take long.
fn merge(turn: Turn<'_>, other: &Task, from: &str, autostash: bool) -> Result<End> {
    let desk = turn.desk;
    let (before, stash) = (desk.tip()?, desk.repo.ref_commit(STASH)?);
    let title = format!("Merge {}: {}", other.name.short(), other.title);
    // git would advise to use the stash.
    let own_advice = ["-c", "advice.commitBeforeMerge=false"];
    let mut merge = desk.repo.git().at(&desk.top).args(own_advice);
    merge = merge.args(["merge", "--quiet", "--no-ff", "-m", &title]);
    if autostash {
        merge = merge.args(["--autostash"]);
    }
    let (mark, whose) = turn.for_hooks();
    let done = merge.args([from]).env(mark, whose).inherit()?.success();
    let id = desk.tip()?;
    if id != before {
        drop(turn);
        let published = desk.plan().protocol.push.then(|| publish(desk)).transpose()?;
        let unsettled = unsettled(desk, before, stash)?;
        return Ok(End::Merged { id, published, unsettled });
    }
    if done {
        return Ok(End::UpToDate);
    }
    if Repository::open(&desk.top)?.operation() != Some(Operation::Merge) {
        return Ok(End::Refused(ground(desk, other)?));
    }
    let conflicts = unmerged(desk)?;
    let is_aside = desk.repo.git_dir().join("MERGE_AUTOSTASH").exists();
    let aside = if is_aside { Aside::Changes } else { Aside::Nothing };
    Ok(if conflicts.is_empty() { End::Stopped } else { End::Conflicts(conflicts, aside) })
}

/// What git would not begin from.
fn ground(desk: &Desk, other: &Task) -> Result<Ground> {
    let uncommitted = desk.repo.uncommitted(&desk.top, &[])?;
    let is_barred = desk.plan().dependencies == DependencyMode::Strict
        && desk.task.needs.iter().any(|need| need.task == other.name);
    Ok(match uncommitted.iter().all(|one| one.untracked) {
        _ if uncommitted.is_empty() => Ground::Clean,
        true => Ground::Untracked,
        false if is_barred => Ground::Uncommittable,
        false => Ground::Uncommitted,
    })
}

/// Where git leaves what it put aside and cannot take back.
const STASH: &str = "refs/stash";

/// What git put aside on top of `tip` and could not take back, if the newest stash is not what it was.
fn unsettled(desk: &Desk, tip: ObjectId, before: Option<ObjectId>) -> Result<Option<Unsettled>> {
    let Some(stash) = desk.repo.ref_commit(STASH)?.filter(|stash| Some(*stash) != before) else {
        return Ok(None);
    };
    let is_own = desk.repo.commit(stash)?.parent_ids.first() == Some(&tip);
    is_own.then(|| Ok(Unsettled { stash, paths: unmerged(desk)? })).transpose()
}

fn unmerged(desk: &Desk) -> Result<Vec<BString>> {
    let uncommitted = desk.repo.uncommitted(&desk.top, &[])?.into_iter();
    Ok(uncommitted.filter(|one| one.unmerged).map(|one| one.path).collect())
}
