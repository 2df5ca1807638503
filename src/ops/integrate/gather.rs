//! Everything that an integration needs to know before its first step.

use std::cell::OnceCell;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::plan_ref::RecordedPlan;
use crate::git::remote;
use crate::model::branch;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::hint;
use crate::model::integration::order::{self, Edge, Order};
use crate::model::integration::roster::{self, LeftOut, Obstacle, Roster};
use crate::model::journal;
use crate::model::name::TaskName;
use crate::model::plan::Task;
use crate::model::status::{Clock, RunStatus, STALLED_AFTER};
use crate::ops::integrate::collisions;
use crate::ops::integrate::memory::Memory;
use crate::ops::integrate::outcome::{Breach, Step, StepResult, Warning};
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
    /// Read when the first conflict asks for it.
    memory: OnceCell<Memory>,
}

/// Looks at everything; `away` do not take part whatever is found.
pub fn gather<'a>(
    repo: &'a Repository,
    recorded: &RecordedPlan,
    now: i64,
    away: &[LeftOut],
) -> Result<Scene<'a>> {
    let judged = Proposal::of_run(repo, recorded)?;
    let facts = judged.survey(recorded, repo)?;
    let start = facts.base_tip.unwrap_or(facts.base_commit_id);
    let mut room = CleanRoom::open(repo, start)?;
    room.hold_objects();
    let (findings, unreadable) = judge(repo, &judged, &facts);
    let status = RunStatus::new(&facts, findings, Clock { now, stalled_after: STALLED_AFTER });
    let unsound = unsound(&room, &facts, start);
    let edges = roster::edges(&facts, &status);
    let obstacles = status.tasks.iter().zip(unsound.iter().zip(unreadable)).map(|(task, known)| {
        let (unsound, unreadable) = known;
        let own =
            || unreadable.map(Obstacle::Unreadable).or_else(|| roster::obstacle(task, unsound.as_deref()));
        let away = away.iter().find(|one| one.task == task.name).map(|one| one.obstacle.clone());
        let obstacle = away.or_else(own);
        (task.name.clone(), obstacle)
    });
    let roster = roster::roster(obstacles.collect(), &edges);
    let (order, unknown) = {
        let takes_part = |task: &&Task| roster.tasks.contains(&task.name);
        let tasks: Vec<&Task> = facts.plan.tasks.iter().filter(takes_part).collect();
        let (collisions, unknown) = collisions::among((repo, &room), &facts, &tasks, start);
        (order::order(&tasks, &edges, &collisions), unknown)
    };
    let mut warnings = warnings(repo, recorded, &facts, &order)?;
    warnings.extend(unknown.map(Warning::Unknown));
    Ok(Scene { repo, facts, roster, order, edges, room, start, warnings, memory: OnceCell::new() })
}

/// The findings of each task, and why those that cannot be judged cannot. A journal that cannot be
/// read may have taken a COMPLETE back; the orchestrator's speaks of all tasks.
fn judge(repo: &Repository, judged: &Proposal, facts: &Facts) -> (Vec<Vec<Finding>>, Vec<Option<String>>) {
    let of_branch = verdict::of_branches(judged.repository(), facts);
    let journal = |writer: &str| repo.read_journal(&facts.plan.run, writer).map(drop);
    let of_all = journal(journal::ORCHESTRATOR).err();
    let judge = |task: &TaskFacts| {
        let read = journal(task.name.as_str()).and_then(|()| of_branch(task));
        match (read, &of_all) {
            (Ok(findings), None) => (findings, None),
            (Ok(_), Some(error)) => (Vec::new(), Some(hint::in_line(error))),
            (Err(error), _) => (Vec::new(), Some(hint::in_line(&error))),
        }
    };
    facts.tasks.iter().map(judge).unzip()
}

fn warnings(
    repo: &Repository,
    recorded: &RecordedPlan,
    facts: &Facts,
    order: &Order,
) -> Result<Vec<Warning>> {
    let ignored = order.ignored.iter().cloned().map(Warning::Ignored);
    let unknown = facts.unknown.iter().cloned().map(Warning::Unknown);
    Ok(ignored.chain(unknown).chain(bases_ahead(repo, recorded, facts)?).collect())
}

/// Nothing is fetched; what was fetched last is compared.
fn bases_ahead(repo: &Repository, recorded: &RecordedPlan, facts: &Facts) -> Result<Vec<Warning>> {
    let base = recorded.base_ref.as_deref().and_then(|name| name.strip_prefix(branch::PREFIX));
    let (Some(base), Some(tip)) = (base, facts.base_tip) else { return Ok(Vec::new()) };
    let mut warnings = Vec::new();
    for (name, theirs) in repo.fetched_bases(base, recorded.base_upstream.as_deref())? {
        let (_, commits) = repo.ahead_behind(tip, theirs)?;
        if commits == 0 {
            continue;
        }
        let remote = remote::short(&name).to_owned();
        let mut tasks = Vec::new();
        for task in &facts.tasks {
            let Some(own) = task.effective_tip() else { continue };
            for shared in repo.merge_bases(own, theirs)? {
                if !tasks.contains(&task.name) && !repo.is_ancestor(shared, tip)? {
                    tasks.push(task.name.clone());
                }
            }
        }
        warnings.push(Warning::BaseBehind { remote, commits, tasks });
    }
    Ok(warnings)
}

impl Scene<'_> {
    /// What a branch at `tip` holds of tasks that are left out because they break rules.
    pub fn breaches(&self, tip: ObjectId) -> Result<Vec<Breach>> {
        let mut breaches = Vec::new();
        for LeftOut { task, obstacle } in &self.roster.left_out {
            let Obstacle::Violations(findings) = obstacle else { continue };
            for finding in findings {
                let Some(commit_id) = finding.commit_id else { continue };
                if self.repo.is_ancestor(commit_id, tip)? {
                    breaches.push(Breach { task: task.clone(), commit_id, rule: finding.rule() });
                }
            }
        }
        Ok(breaches)
    }

    /// Says what the branch that is merged into has of them already.
    pub fn warn_of_breaches(&mut self, branch: &str, tip: Option<ObjectId>) -> Result<()> {
        let breaches = tip.map_or(Ok(Vec::new()), |tip| self.breaches(tip))?;
        if !breaches.is_empty() {
            self.warnings.push(Warning::Holds { branch: branch.to_owned(), breaches });
        }
        Ok(())
    }

    /// Every conflict is a new one.
    pub fn forget(&self) {
        self.memory.get_or_init(Memory::default);
    }

    /// What people decided in earlier conflicts of the run.
    pub fn memory(&self) -> Result<&Memory> {
        if let Some(known) = self.memory.get() {
            return Ok(known);
        }
        let journal = self.repo.read_journal(&self.facts.plan.run, journal::ORCHESTRATOR)?;
        let memory = Memory::read(&self.room, &journal)?;
        Ok(self.memory.get_or_init(|| memory))
    }

    /// Leaves a task out, and with it what builds on it.
    pub fn leave_out(&mut self, one: LeftOut) {
        let mut away = std::mem::take(&mut self.roster.left_out);
        away.push(one);
        let obstacle = |task: &Task| {
            let found = away.iter().find(|one| one.task == task.name);
            (task.name.clone(), found.map(|one| one.obstacle.clone()))
        };
        self.roster = roster::roster(self.facts.plan.tasks.iter().map(obstacle).collect(), &self.edges);
    }

    /// The step of a task, with its result.
    pub fn step(&self, name: &TaskName, result: StepResult) -> Step {
        let title = self.facts.plan.task(name).map(|task| task.title.clone()).unwrap_or_default();
        let branch = self.facts.task(name).map(|task| task.branch.clone()).unwrap_or_default();
        let why = self.order.reasons.get(name).cloned().unwrap_or_default();
        Step { task: name.clone(), title, branch, why, result }
    }
}

/// What git says of the objects of each task's branch. All are checked at once; only where that
/// finds something, each is checked by itself.
fn unsound(room: &CleanRoom, facts: &Facts, start: ObjectId) -> Vec<Option<String>> {
    let known: Vec<ObjectId> =
        [Some(start), Some(facts.base_commit_id), facts.integrated_tip].into_iter().flatten().collect();
    let tips: Vec<Option<ObjectId>> = facts.tasks.iter().map(|task| task.effective_tip()).collect();
    let all: Vec<ObjectId> = tips.iter().flatten().copied().collect();
    if all.is_empty() || matches!(room.check_objects(&all, &known), Ok(None)) {
        return vec![None; tips.len()];
    }
    let check = |tip: ObjectId| match room.check_objects(&[tip], &known) {
        Ok(said) => said,
        // What is missing cannot be checked, and hides no other.
        Err(error) => Some(hint::in_line(&error)),
    };
    tips.into_iter().map(|tip| tip.and_then(check)).collect()
}
