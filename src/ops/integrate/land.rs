//! `--land`: the finished integration branch becomes part of the base branch (S1-86).
//!
//! Only what somebody answers for lands: what an integration merged, or what a person concluded or
//! took over. Who else wrote to the branch is found out here.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::advance::Advanced;
use crate::git::merges::Incoming;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::integration::clash::Clash;
use crate::model::integration::message;
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::answers::Answers;
use crate::ops::integrate::Options;
use crate::ops::integrate::answered;
use crate::ops::integrate::gather::{Scene, gather};
use crate::ops::integrate::outcome::{BranchTrouble, Landed, Outcome, Refusal};

/// Lands the run.
pub fn run(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let plan = &recorded.plan;
    let refused = |refusal| Ok(Outcome::Refused(refusal));
    if let Some((_, progress)) = repo.read_progress(&plan.run)? {
        return refused(Refusal::InProgress(progress.stopped));
    }
    let Some(base_ref) = &recorded.base_ref else { return refused(Refusal::NoBaseBranch) };
    let Some(base_tip) = repo.ref_commit(base_ref)? else { return refused(Refusal::NoBaseBranch) };
    let base = branch::short(base_ref).to_owned();
    let branch = options.into.clone().unwrap_or_else(|| plan.layout.integration(&plan.run));
    let Some(tip) = repo.ref_commit(&branch::full(&branch))? else {
        return refused(Refusal::branch(branch, BranchTrouble::Missing));
    };
    if repo.is_ancestor(tip, base_tip)? {
        return Ok(Outcome::Landed(Landed { base, branch, tip: base_tip, up_to_date: true }));
    }
    let scene = gather(repo, recorded, options.now, &[])?;
    let missing = not_integrated(&scene, tip)?;
    if !missing.is_empty() && !options.only_complete {
        return refused(Refusal::NotIntegrated(missing));
    }
    let commits = answered::unanswered(&scene, &Answers::read(repo, &plan.run)?, base_tip, tip)?;
    if !commits.is_empty() {
        return refused(Refusal::Unanswered { branch, is_usual: options.into.is_none(), commits });
    }
    match land(&scene, recorded, (base_ref, base_tip), Incoming { tip, branch: &branch })? {
        Ok(tip) => Ok(Outcome::Landed(Landed { base, branch, tip, up_to_date: false })),
        Err(refusal) => refused(refusal),
    }
}

/// Merges into the base branch and moves it, together with the worktree that has it checked out.
fn land(
    scene: &Scene<'_>,
    recorded: &RecordedPlan,
    (base_ref, base_tip): (&str, ObjectId),
    incoming: Incoming<'_>,
) -> Result<Result<ObjectId, Refusal>> {
    let (repo, room) = (scene.repo, &scene.room);
    let run = &recorded.plan.run;
    let base = branch::short(base_ref);
    let merged = room.merge(base_tip, incoming)?;
    if !merged.conflicts.is_empty() {
        let bare = |conflict| Clash { conflict, ours: vec![], theirs: vec![], hunks: vec![], proposal: None };
        return Ok(Err(Refusal::LandingConflict(merged.conflicts.into_iter().map(bare).collect())));
    }
    let parents = [base_tip, incoming.tip];
    room.hand_over(repo, &[merged.tree_id], &parents)?;
    let commit_id = repo.commit_tree(merged.tree_id, &parents, &message::of_landing(run))?;
    match repo.advance_branch(base_ref, Some(base_tip), commit_id, &format!("integrate: land {run}"))? {
        Advanced::Done => {}
        Advanced::Lost { .. } => return Ok(Err(Refusal::branch(base, BranchTrouble::Moved))),
        Advanced::Unclean(path) => return Ok(Err(Refusal::branch(base, BranchTrouble::CheckedOut(path)))),
    }
    let entry = Entry {
        text: format!("landed on {base}"),
        commit_id: Some(commit_id),
        ..Entry::new(Event::Other("landed".into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    Ok(Ok(commit_id))
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
