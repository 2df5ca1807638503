//! `git orchestrate conflicts`: whose work collides with whose, while it is still being done.
//!
//! What is not committed takes part: each worktree with something new is taken as it would be
//! committed now, in the clean room, so that nothing of the worktree or the repository changes.

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::survey::Depth;
use crate::model::branch;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::matrix::{self, Beyond, Matrix, Pair, Side, Whose};
use crate::model::meeting::Meeting;
use crate::ops::run;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// Only pairs in which one of these tasks takes part, by any name that means one; all if empty.
    pub tasks: Vec<String>,
    /// Only pairs that meet at this path, relative to the top; a directory ends with `/`.
    pub path: Option<BString>,
    /// Leave out what is not committed.
    pub committed: bool,
}

/// Asks about every pair; writes nothing.
pub fn run(repo: &Repository, options: &Options) -> Result<Matrix> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    let plan = &recorded.plan;
    let asked: Vec<Whose> = options
        .tasks
        .iter()
        .map(|text| Ok(Whose::Task(plan.find_task(text)?.name.clone())))
        .collect::<Result<_>>()?;
    let depth = if options.committed { Depth::History } else { Depth::Worktrees };
    let mut facts = repo.survey(&recorded, depth)?;
    let base = facts.base_tip.unwrap_or(facts.base_commit_id);
    let room = CleanRoom::open(repo, base)?;
    let base_name = recorded.base_ref.as_deref().unwrap_or(&plan.base);
    let (sides, tips) = sides(repo, &room, &mut facts, base_name)?;
    let mut places = matrix::pairs(&sides);
    places.retain(|(one, other)| {
        asked.is_empty() || asked.contains(&sides[*one].of) || asked.contains(&sides[*other].of)
    });
    let commits: Vec<(ObjectId, ObjectId)> =
        places.iter().map(|(one, other)| (tips[*one], tips[*other])).collect();
    let meetings = room.meet(facts.base_commit_id, &commits)?;
    let mut pairs: Vec<Pair> = places
        .into_iter()
        .zip(meetings)
        .map(|((one, other), meeting)| Pair { one, other, meeting })
        .collect();
    let path = options.path.as_ref().map(|path| path.as_bstr());
    if let Some(path) = path {
        pairs.retain(|pair| meets_at(&pair.meeting, path));
    }
    let touching = path.map(|path| matrix::touching(&facts, path)).unwrap_or_default();
    Ok(Matrix { run: plan.run.clone(), sides, pairs, touching, unknown: facts.unknown })
}

fn meets_at(meeting: &Meeting, path: &bstr::BStr) -> bool {
    let below = |one: &BString| path.ends_with(b"/") && one.starts_with(path.as_bytes());
    matches!(meeting, Meeting::Unknown(_)) || meeting.paths().into_iter().any(|one| one == path || below(one))
}

/// The sides, and the commit that stands for each.
fn sides(
    repo: &Repository,
    room: &CleanRoom,
    facts: &mut Facts,
    base_name: &str,
) -> Result<(Vec<Side>, Vec<ObjectId>)> {
    let (mut sides, mut commits, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for task in &facts.tasks {
        let Some(tip) = task.effective_tip() else { continue };
        let (commit_id, worktree) = match with_uncommitted(repo, room, task) {
            Ok(Some((commit_id, worktree))) => (commit_id.unwrap_or(tip), worktree),
            Ok(None) => (tip, Beyond::Nothing),
            Err(error) => {
                unknown.push(format!("what is uncommitted for {}: {error:#}", task.name));
                (tip, Beyond::Nothing)
            }
        };
        sides.push(Side { of: Whose::Task(task.name.clone()), branch: task.branch.clone(), tip, worktree });
        commits.push(commit_id);
    }
    facts.unknown.extend(unknown);
    let plan = &facts.plan;
    let others = [
        (Whose::Base, base_name.to_owned(), facts.base_tip),
        (Whose::Integration, plan.layout.integration(&plan.run), facts.integration_tip),
    ];
    for (of, branch, tip) in others {
        let Some(tip) = tip else { continue };
        let branch = branch::short(&branch).to_owned();
        sides.push(Side { of, branch, tip, worktree: Beyond::Nothing });
        commits.push(tip);
    }
    Ok((sides, commits))
}

/// The commit that holds what the task's worktree has beyond its tip, where it has anything.
fn with_uncommitted(
    repo: &Repository,
    room: &CleanRoom,
    task: &TaskFacts,
) -> Result<Option<(Option<ObjectId>, Beyond)>> {
    let Some(worktree) = task.worktree.as_ref().filter(|worktree| worktree.present) else { return Ok(None) };
    let count = worktree.dirty.as_ref().map_or(0, Vec::len);
    // Another branch, or the middle of a rebase: what lies there belongs to other commits.
    if count == 0 || worktree.branch.as_deref() != Some(task.branch.as_str()) {
        return Ok(None);
    }
    if repo.uncommitted(&worktree.path, &[])?.iter().any(|one| one.unmerged) {
        return Ok(Some((None, Beyond::LeftOut(count))));
    }
    Ok(Some((Some(room.snapshot(repo, &worktree.path)?), Beyond::Included(count))))
}
