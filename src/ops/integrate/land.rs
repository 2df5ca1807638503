//! `--land`: the finished integration branch becomes part of the base branch (S1-86).
//!
//! Only what somebody answers for lands: what an integration merged, or what a person concluded or
//! took over. Who else wrote to the branch is found out here. And what lands is exactly what was
//! tested: where the base has moved since, the sum would be another one, so it is made anew first.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::advance::Advanced;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::integration::answers::Answers;
use crate::model::integration::message;
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::destination;
use crate::ops::integrate::Options;
use crate::ops::integrate::answered;
use crate::ops::integrate::gather::{Scene, gather};
use crate::ops::integrate::outcome::{Landed, Outcome};
use crate::ops::integrate::refusal::{BranchTrouble, Landing, Refusal, Since};
use crate::ops::integrate::withdrawn::{first_step, withdrawn};
use crate::ops::integrate::{proof, undo};

/// Lands the run.
pub fn run(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let plan = &recorded.plan;
    let refused = |refusal| Ok(Outcome::Refused(refusal));
    if let Some((_, progress)) = repo.read_progress(&plan.run)? {
        return refused(Refusal::InProgress(progress.stopped));
    }
    let nowhere = || Ok(Outcome::Refused(Refusal::NoBaseBranch(destination::of(repo, recorded))));
    let Some(base_ref) = &recorded.base_ref else { return nowhere() };
    let Some(base_tip) = repo.ref_commit(base_ref)? else { return nowhere() };
    let base = branch::short(base_ref).to_owned();
    let branch = options.into.clone().unwrap_or_else(|| plan.layout.integration(&plan.run));
    let Some(tip) = repo.ref_commit(&branch::full(&branch))? else {
        return refused(Refusal::branch(branch, BranchTrouble::Missing));
    };
    let landing = Landing { branch, is_usual: options.into.is_none(), only_complete: options.only_complete };
    let scene = gather(repo, recorded, options.now, &[])?;
    let has_landed = repo.is_ancestor(tip, base_tip)?;
    let answers = repo.answers(&plan.run)?;
    let taken_back = withdrawn(&scene, &answers, (base_tip, tip))?;
    if !taken_back.is_empty() {
        let held: Vec<ObjectId> = taken_back.iter().map(|one| one.complete_commit_id).collect();
        let first = first_step(repo, recorded, (&answers, tip), &held)?;
        return refused(Refusal::Withdrawn { landing, tasks: taken_back, first });
    }
    let missing = not_integrated(&scene, if has_landed { base_tip } else { tip })?;
    if !missing.is_empty() && !landing.only_complete {
        let fails = |name| scene.facts.task(name).is_some_and(|task| task.failing().is_some());
        let commands = if missing.iter().any(fails) { scene.facts.commands.clone() } else { Vec::new() };
        return refused(Refusal::NotIntegrated { landing, tasks: missing, commands });
    }
    if has_landed {
        let branch = landing.branch;
        return Ok(Outcome::Landed(Landed { base, branch, tip: base_tip, up_to_date: true }));
    }
    let commits = answered::unanswered(&scene, &answers, base_tip, tip)?;
    if !commits.is_empty() {
        return refused(Refusal::Unanswered { landing, commits });
    }
    let violating = violating(&scene, &answers, tip)?;
    if !violating.is_empty() {
        return refused(Refusal::Violating { landing, tasks: violating });
    }
    if let Some(refusal) = unproven(repo, recorded, (&landing, &answers), (&base, base_tip), tip)? {
        return refused(refusal);
    }
    match land(&scene, recorded, (base_ref, base_tip), tip)? {
        Ok(tip) => Ok(Outcome::Landed(Landed { base, branch: landing.branch, tip, up_to_date: false })),
        Err(refusal) => refused(refusal),
    }
}

/// Whether what would land is something else than what was tested, or was not tested.
fn unproven(
    repo: &Repository,
    recorded: &RecordedPlan,
    (landing, answers): (&Landing, &Answers),
    (base, base_tip): (&str, ObjectId),
    tip: ObjectId,
) -> Result<Option<Refusal>> {
    let landing = landing.clone();
    if repo.is_ancestor(base_tip, tip)? {
        let commands = proof::missing(repo, recorded, tip)?;
        if !commands.is_empty() {
            return Ok(Some(Refusal::Unproven { landing, commands }));
        }
        let since_undo = proof::untested_since_undo(repo, recorded, tip)?;
        let (since, commands) = match since_undo.is_empty() {
            false => (Since::Undo, since_undo),
            true => (
                Since::Hand { is_taken_over: answers.knows(tip) },
                proof::untested_by_hand(repo, recorded, answers, tip)?,
            ),
        };
        let untested = !commands.is_empty();
        return Ok(untested.then_some(Refusal::Untested { landing, since, commands }));
    }
    let states = undo::states(repo, recorded, answers, tip)?;
    Ok(Some(Refusal::BaseMoved {
        landing,
        base: base.to_owned(),
        commits: repo.ahead_behind(tip, base_tip)?.1,
        first: states.into_iter().filter_map(|state| state.task).next_back(),
        tested: proof::tested(repo, recorded, tip)?,
    }))
}

/// Merges into the base branch and moves it, together with the worktree that has it checked out.
fn land(
    scene: &Scene<'_>,
    recorded: &RecordedPlan,
    (base_ref, base_tip): (&str, ObjectId),
    tip: ObjectId,
) -> Result<Result<ObjectId, Refusal>> {
    let repo = scene.repo;
    let run = &recorded.plan.run;
    let base = branch::short(base_ref);
    // The tip holds the base, so their merge is the tip's own tree.
    let parents = [base_tip, tip];
    let commit_id = repo.commit_tree(repo.commit(tip)?.tree_id, &parents, &message::of_landing(run))?;
    match repo.advance_branch(base_ref, Some(base_tip), commit_id, &format!("integrate: land {run}"))? {
        Advanced::Done => {}
        Advanced::Lost { .. } => return Ok(Err(Refusal::branch(base, BranchTrouble::Moved))),
        Advanced::Unclean { worktree, things } => {
            return Ok(Err(Refusal::branch(base, BranchTrouble::Unclean { worktree, things })));
        }
    }
    let entry = Entry {
        text: format!("landed on {base}"),
        commit_id: Some(commit_id),
        ..Entry::new(Event::Other(journal::LANDED.into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    Ok(Ok(commit_id))
}

/// The tasks whose work is in the integration branch and breaks the rules as the plan has them now. What
/// a person took over with the branch is that person's to answer for.
fn violating(scene: &Scene<'_>, answers: &Answers, tip: ObjectId) -> Result<Vec<LeftOut>> {
    let mut found = Vec::new();
    for one in &scene.roster.left_out {
        let own = scene.facts.task(&one.task).and_then(|task| task.effective_tip());
        let Some(own) = own.filter(|_| matches!(one.obstacle, Obstacle::Violations(_))) else { continue };
        if scene.repo.is_ancestor(own, tip)? && !answered::is_taken_over(scene.repo, answers, own)? {
            found.push(one.clone());
        }
    }
    Ok(found)
}

/// The tasks with work that is not in the integration branch.
fn not_integrated(scene: &Scene<'_>, tip: ObjectId) -> Result<Vec<TaskName>> {
    let mut missing = Vec::new();
    for task in &scene.facts.tasks {
        let is_in = match task.effective_tip() {
            Some(own) => task.has_own_commits() && scene.room.repository().is_ancestor(own, tip)?,
            None => task.is_integrated(),
        };
        if !is_in {
            missing.push(task.name.clone());
        }
    }
    Ok(missing)
}
