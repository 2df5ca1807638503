//! Everything that an integration needs to know before its first step.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::plan_ref::RecordedPlan;
use crate::model::facts::Facts;
use crate::model::integration::order::{self, Edge, Order};
use crate::model::integration::roster::{self, Obstacle, Roster};
use crate::model::name::TaskName;
use crate::model::plan::Task;
use crate::model::status::{Clock, RunStatus, STALLED_AFTER};
use crate::ops::integrate::outcome::{Step, StepResult, Warning};
use crate::ops::proposal::Proposal;
use crate::ops::verdict;

/// What is known, and the room to try it in.
pub struct Scene<'a> {
    /// The real repository.
    pub repo: &'a Repository,
    /// One survey of it.
    pub facts: Facts,
    /// Who takes part.
    pub roster: Roster,
    /// In which order.
    pub order: Order,
    /// What builds on what.
    pub edges: Vec<Edge>,
    /// Where merges are tried.
    pub room: CleanRoom,
    /// Where a new integration branch starts: the base branch's tip.
    pub start: ObjectId,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// Looks at everything; `skipped` are left out by a person's word.
pub fn gather<'a>(
    repo: &'a Repository,
    recorded: &RecordedPlan,
    now: i64,
    skipped: &[TaskName],
) -> Result<Scene<'a>> {
    let judged = Proposal::of_run(repo, recorded)?;
    let facts = judged.survey(recorded, repo)?;
    let start = facts.base_tip.unwrap_or(facts.base_commit_id);
    let room = CleanRoom::open(repo, start)?;
    let findings =
        facts.tasks.iter().map(verdict::of_branches(judged.repository(), &facts)).collect::<Result<_>>()?;
    let status = RunStatus::new(&facts, findings, Clock { now, stalled_after: STALLED_AFTER });
    let unsound = unsound(&room, &facts, start)?;
    let edges = roster::edges(&facts, &status);
    let obstacles = status.tasks.iter().zip(&unsound).map(|(task, unsound)| {
        let own = || roster::obstacle(task, unsound.as_deref());
        let obstacle = if skipped.contains(&task.name) { Some(Obstacle::Skipped) } else { own() };
        (task.name.clone(), obstacle)
    });
    let roster = roster::roster(obstacles.collect(), &edges);
    let order = {
        let takes_part = |task: &&Task| roster.tasks.contains(&task.name);
        let tasks: Vec<&Task> = facts.plan.tasks.iter().filter(takes_part).collect();
        order::order(&tasks, &edges)
    };
    let warnings = warnings(repo, recorded, &facts, &order)?;
    Ok(Scene { repo, facts, roster, order, edges, room, start, warnings })
}

fn warnings(
    repo: &Repository,
    recorded: &RecordedPlan,
    facts: &Facts,
    order: &Order,
) -> Result<Vec<Warning>> {
    let ignored = order.ignored.iter().cloned().map(Warning::Ignored);
    let unknown = facts.unknown.iter().cloned().map(Warning::Unknown);
    Ok(ignored.chain(unknown).chain(base_behind(repo, recorded, facts)?).collect())
}

/// Nothing is fetched; what was fetched last is compared.
fn base_behind(repo: &Repository, recorded: &RecordedPlan, facts: &Facts) -> Result<Option<Warning>> {
    let base = recorded.base_ref.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let (Some(base), Some(tip), Some(remote)) = (base, facts.base_tip, repo.run_remote()) else {
        return Ok(None);
    };
    let remote = format!("{remote}/{base}");
    let Some(theirs) = repo.ref_commit(&format!("refs/remotes/{remote}"))? else { return Ok(None) };
    let (_, commits) = repo.ahead_behind(tip, theirs)?;
    Ok((commits > 0).then_some(Warning::BaseBehind { remote, commits }))
}

impl Scene<'_> {
    /// The step of a task, with its result.
    pub fn step(&self, name: &TaskName, result: StepResult) -> Step {
        let title = self.facts.plan.task(name).map(|task| task.title.clone()).unwrap_or_default();
        let branch = self.facts.task(name).map(|task| task.branch.clone()).unwrap_or_default();
        Step { task: name.clone(), title, branch, result }
    }
}

/// What git says of the objects of each task's branch. All are checked at once; only where that
/// finds something, each is checked by itself.
fn unsound(room: &CleanRoom, facts: &Facts, start: ObjectId) -> Result<Vec<Option<String>>> {
    let known: Vec<ObjectId> =
        [Some(start), Some(facts.base_commit_id), facts.integration_tip].into_iter().flatten().collect();
    let tips: Vec<Option<ObjectId>> = facts.tasks.iter().map(|task| task.effective_tip()).collect();
    let all: Vec<ObjectId> = tips.iter().flatten().copied().collect();
    if all.is_empty() || room.check_objects(&all, &known)?.is_none() {
        return Ok(vec![None; tips.len()]);
    }
    let check = |tip: &Option<ObjectId>| match tip {
        Some(tip) => room.check_objects(&[*tip], &known),
        None => Ok(None),
    };
    tips.iter().map(check).collect()
}
