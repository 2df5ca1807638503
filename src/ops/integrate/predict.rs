//! `--dry-run`: all steps in the object database. No ref, index, worktree or object is written.

use anyhow::Result;
use bstr::ByteSlice as _;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::change::Entry;
use crate::model::integration::hunk;
use crate::model::integration::progress::Progress;
use crate::model::name::TaskName;
use crate::ops::integrate::Options;
use crate::ops::integrate::begin::{self, branch_name};
use crate::ops::integrate::gather::{Scene, gather};
use crate::ops::integrate::outcome::{Outcome, Report, Step, StepResult};
use crate::ops::integrate::refusal::{BranchTrouble, Refusal};
use crate::ops::integrate::trial::{self, Attempt, Trial};

/// Predicts what a real run would do.
pub fn run(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let in_progress = repo.read_progress(&recorded.plan.run)?.map(|(_, progress)| progress);
    let away = in_progress.as_ref().map(Progress::left_out).unwrap_or_default();
    let only_complete = options.only_complete || in_progress.as_ref().is_some_and(|one| one.only_complete);
    let mut scene = gather(repo, recorded, options.now, &away)?;
    if in_progress.is_none() {
        begin::hold_back(&mut scene, options);
    }
    if options.no_replay || in_progress.as_ref().is_some_and(|one| one.no_replay) {
        scene.forget();
    }
    if let Some(refusal) = begin::not_ready(&scene, only_complete) {
        return Ok(Outcome::Refused(refusal));
    }
    let branch = in_progress.as_ref().map_or_else(|| branch_name(&scene, options), |one| one.branch.clone());
    let tip = repo.ref_commit(&branch::full(&branch))?;
    if let (Some(tip), None) = (tip, &in_progress)
        && !begin::is_ours(repo, recorded, options, tip)?
    {
        let breaches = scene.breaches(tip)?;
        return Ok(Outcome::Refused(Refusal::branch(branch, BranchTrouble::Exists { tip, breaches })));
    }
    scene.warn_of_breaches(&branch, tip)?;
    let start = match &in_progress {
        Some(progress) => progress.start,
        None => begin::start(&scene, tip)?,
    };
    let original_tip = in_progress.as_ref().map_or(tip, |one| one.original_tip);
    let onto = tip.filter(|tip| Some(*tip) != original_tip).unwrap_or(start);
    let resolves = options.resolve_trivial || in_progress.as_ref().is_some_and(|one| one.resolve_trivial);
    let trivial = if resolves { Trivial::Resolved } else { Trivial::Stops };
    let steps = walk(&scene, onto, trivial)?;
    Ok(Outcome::Report(Box::new(Report {
        run: recorded.plan.run.clone(),
        dry_run: true,
        branch,
        origin: begin::origin(recorded, original_tip, start),
        start,
        tip,
        steps,
        method: scene.order.method,
        left_out: scene.roster.left_out,
        warnings: scene.warnings,
        retried: Vec::new(),
        stopped: in_progress.and_then(|one| one.stopped),
        workbench: None,
        graph: None,
        checklist: None,
    })))
}

/// What a real run would do at a trivial conflict.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trivial {
    Resolved,
    Stops,
}

/// Each step goes on from the one before. After a conflict that only a person can resolve, the
/// files keep their markers and all that follows is tentative.
fn walk(scene: &Scene<'_>, start: ObjectId, trivial: Trivial) -> Result<Vec<Step>> {
    let mut onto = start;
    trial::foresee(scene, onto, &scene.order.tasks);
    let mut steps = Vec::new();
    let mut is_certain = true;
    for name in scene.order.tasks.iter().filter(|name| scene.roster.tasks.contains(name)) {
        let attempt = match trial::attempt(scene, onto, name)? {
            Trial::UpToDate => {
                steps.push(scene.step(name, StepResult::UpToDate));
                continue;
            }
            Trial::Merge(attempt) => attempt,
        };
        let tree_id = match attempt.resolved_tree_id {
            Some(tree_id) => tree_id,
            None => left_open(scene, name, &attempt)?,
        };
        onto = scene.room.trial_commit(tree_id, &[onto, attempt.tip])?;
        let needs_a_person = !attempt.clashes.is_empty() && attempt.resolved_tree_id.is_none();
        let result = result(*attempt, trivial);
        let result = if is_certain { result } else { StepResult::Tentative(Box::new(result)) };
        steps.push(scene.step(name, result));
        is_certain &= !needs_a_person;
    }
    Ok(steps)
}

/// The merged files, with markers that those of the next step can be told from.
fn left_open(scene: &Scene<'_>, name: &TaskName, attempt: &Attempt) -> Result<ObjectId> {
    let (scratch, tree_id) = (scene.room.repository(), attempt.merged.tree_id);
    let labels = trial::labels(scene.facts.task(name).map_or("", |task| &task.branch));
    let mut entries = Vec::new();
    for clash in attempt.clashes.iter().filter(|clash| !clash.hunks.is_empty()) {
        let path = &clash.conflict.paths[0];
        let Some(entry) = scratch.tree_entry(tree_id, path.as_bstr())? else { continue };
        if let Some(file) = hunk::left_open(&scratch.blob(entry.id)?, &labels) {
            entries.push((path.clone(), Some(Entry { id: scratch.write_blob(&file)?, ..entry })));
        }
    }
    scene.room.with_entries(tree_id, &entries)
}

fn result(attempt: Attempt, trivial: Trivial) -> StepResult {
    let is_settled = attempt.is_settled(trivial == Trivial::Resolved);
    let clashes = attempt.clashes;
    match attempt.resolved_tree_id {
        _ if !attempt.strays.is_empty() => StepResult::OutsideScope(attempt.strays),
        _ if clashes.is_empty() => StepResult::Clean(None),
        Some(_) if is_settled => StepResult::Resolved { commit_id: None, clashes },
        _ => StepResult::Conflict(clashes),
    }
}
