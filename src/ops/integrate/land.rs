//! `--land`: the finished integration branch becomes part of the base branch (S1-86).

use anyhow::Result;

use crate::git::Repository;
use crate::git::advance::Advanced;
use crate::git::clean_room::CleanRoom;
use crate::git::merges::Incoming;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::integration::clash::Clash;
use crate::model::integration::message;
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::integrate::Options;
use crate::ops::integrate::outcome::{Landed, Outcome, Refusal};
use crate::ops::integrate::proceed::full;

/// Lands the run.
pub fn run(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let plan = &recorded.plan;
    let refused = |refusal| Ok(Outcome::Refused(refusal));
    if let Some((_, progress)) = repo.read_progress(&plan.run)? {
        return refused(Refusal::InProgress(progress.stopped));
    }
    let Some(base_ref) = &recorded.base_ref else { return refused(Refusal::NoBaseBranch) };
    let base = base_ref.strip_prefix("refs/heads/").unwrap_or(base_ref).to_owned();
    let Some(base_tip) = repo.ref_commit(base_ref)? else { return refused(Refusal::NoBaseBranch) };
    let branch = options.into.clone().unwrap_or_else(|| plan.layout.integration(&plan.run));
    let Some(tip) = repo.ref_commit(&full(&branch))? else { return refused(Refusal::NothingToLand(branch)) };
    if repo.is_ancestor(tip, base_tip)? {
        return Ok(Outcome::Landed(Landed { base, branch, tip: base_tip, up_to_date: true }));
    }
    let missing = not_integrated(repo, recorded, tip)?;
    if !missing.is_empty() && !options.only_complete {
        return refused(Refusal::NotIntegrated(missing));
    }

    let room = CleanRoom::open(repo, base_tip)?;
    let merged = room.merge(base_tip, Incoming { tip, branch: &branch })?;
    if !merged.conflicts.is_empty() {
        let bare = |conflict| Clash { conflict, ours: vec![], theirs: vec![], hunks: vec![], proposal: None };
        return refused(Refusal::LandingConflict(merged.conflicts.into_iter().map(bare).collect()));
    }
    room.hand_over(repo, &[merged.tree_id], &[base_tip, tip])?;
    let commit_id = repo.commit_tree(merged.tree_id, &[base_tip, tip], &message::of_landing(&plan.run))?;
    match repo.advance_branch(
        base_ref,
        Some(base_tip),
        commit_id,
        &format!("integrate: land {}", plan.run),
    )? {
        Advanced::Done => {}
        Advanced::Lost { .. } => return refused(Refusal::Moved { branch: base }),
        Advanced::Unclean(path) => return refused(Refusal::CheckedOut { branch: base, path }),
    }
    let entry = Entry {
        text: format!("landed on {base}"),
        commit_id: Some(commit_id),
        ..Entry::new(Event::Other("landed".into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(&plan.run, journal::ORCHESTRATOR, &entry)?;
    Ok(Outcome::Landed(Landed { base, branch, tip: commit_id, up_to_date: false }))
}

/// The tasks with work that is not in the integration branch.
fn not_integrated(
    repo: &Repository,
    recorded: &RecordedPlan,
    tip: gix_hash::ObjectId,
) -> Result<Vec<TaskName>> {
    let facts = repo.survey(recorded, Depth::History)?;
    let mut missing = Vec::new();
    for task in &facts.tasks {
        let is_in = match task.effective_tip() {
            Some(own) => task.has_own_commits() && repo.is_ancestor(own, tip)?,
            None => task.is_integrated(),
        };
        if !is_in {
            missing.push(task.name.clone());
        }
    }
    Ok(missing)
}
