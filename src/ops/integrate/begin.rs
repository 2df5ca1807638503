//! Beginning an integration: who takes part, into which branch, and whether that branch is free.
//!
//! Everything that can be refused is refused here, before anything is written. What is remembered
//! then is enough for another call to go on, so it is written before the first step.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Target;
use crate::model::branch;
use crate::model::facts::TaskFacts;
use crate::model::integration::commands::{self, Failing};
use crate::model::integration::progress::{Failed, Progress};
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::journal;
use crate::model::name::RunName;
use crate::ops::integrate::Options;
use crate::ops::integrate::answered;
use crate::ops::integrate::gather::{Scene, gather};
use crate::ops::integrate::outcome::{Origin, Outcome};
use crate::ops::integrate::proceed::Work;
use crate::ops::integrate::refusal::{BranchTrouble, Refusal};
use crate::ops::integrate::resume;
use crate::ops::integrate::train::drive;

/// Begins an integration.
pub fn begin(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let run = &recorded.plan.run;
    if let Some((_, progress)) = repo.read_progress(run)? {
        // A call that was killed, or that a full disk stopped: nobody is asked anything, so the same again
        // goes on.
        return match progress.stopped.is_none() && is_asked_again(&progress, recorded, options) {
            true => resume::go_on(repo, recorded, options),
            false => Ok(Outcome::Refused(Refusal::InProgress(progress.stopped))),
        };
    }
    let mut scene = gather(repo, recorded, options.now, &[])?;
    let failed = hold_back(&mut scene, options);
    if options.no_replay {
        scene.forget();
    }
    let branch = branch_name(&scene, options);
    let tip = repo.ref_commit(&branch::full(&branch))?;
    let not_ready = not_ready(&scene, options.only_complete);
    // A branch can be taken over although there is nothing to add to it.
    let is_taken_over =
        |refusal: &Refusal| options.reuse && tip.is_some() && matches!(refusal, Refusal::NothingToMerge(_));
    if let Some(refusal) = not_ready.filter(|refusal| !is_taken_over(refusal)) {
        return Ok(Outcome::Refused(refusal));
    }
    if let Some(refusal) = unusable(&scene, recorded, options, &branch)? {
        return Ok(Outcome::Refused(refusal));
    }
    scene.warn_of_breaches(&branch, tip)?;
    let progress = Progress {
        branch,
        original_tip: tip,
        start: start(&scene, tip)?,
        exec: options.exec.clone(),
        batch: options.batch,
        resolve_trivial: options.resolve_trivial,
        no_replay: options.no_replay,
        only_complete: options.only_complete,
        skipped: Vec::new(),
        failed,
        stopped: None,
    };
    match repo.write_progress(run, None, &progress)? {
        Some(id) => {
            tell_commands(repo, run, &options.exec)?;
            if let Some(tip) = tip.filter(|_| options.reuse) {
                answered::take_over(repo, run, &progress.branch, tip)?;
            }
            drive(Work::new(scene, recorded, (id, progress), tip))
        }
        None => Ok(Outcome::Refused(Refusal::InProgress(None))),
    }
}

/// Whether these options are those of the integration that is in progress.
fn is_asked_again(progress: &Progress, recorded: &RecordedPlan, options: &Options) -> bool {
    let usual = || recorded.plan.layout.integration(&recorded.plan.run);
    progress.branch == options.into.clone().unwrap_or_else(usual)
        && progress.exec == options.exec
        && progress.batch == options.batch
        && (progress.resolve_trivial, progress.no_replay) == (options.resolve_trivial, options.no_replay)
        && progress.only_complete == options.only_complete
        && !options.reuse
}

/// Leaves out who failed a command before and has not changed since: without commands nobody would notice.
pub fn hold_back(scene: &mut Scene<'_>, options: &Options) -> Vec<Failed> {
    if !options.exec.is_empty() {
        return Vec::new();
    }
    let takes_part = |task: &&TaskFacts| scene.roster.tasks.contains(&task.name) && !task.is_integrated();
    let failed = |task: &TaskFacts| {
        let Failing { command, code } = task.failing()?;
        Some(Failed { task: task.name.clone(), command, code })
    };
    let held: Vec<Failed> = scene.facts.tasks.iter().filter(takes_part).filter_map(failed).collect();
    for Failed { task, command, code } in held.iter().cloned() {
        scene.leave_out(LeftOut { task, obstacle: Obstacle::Failed { command, code } });
    }
    held
}

/// Writes down which commands run from now on, for calls that are told none.
pub fn tell_commands(repo: &Repository, run: &RunName, exec: &[String]) -> Result<()> {
    if exec.is_empty() {
        return Ok(());
    }
    repo.append_journal(run, journal::ORCHESTRATOR, &commands::entry(exec)).map(drop)
}

/// Why the roster does not do, if it does not.
pub fn not_ready(scene: &Scene<'_>, only_complete: bool) -> Option<Refusal> {
    if scene.roster.is_short() && !only_complete {
        return Some(Refusal::NotReady(scene.roster.left_out.clone()));
    }
    let is_over = scene.roster.tasks.is_empty() && !scene.roster.has_failed();
    is_over.then(|| Refusal::NothingToMerge(scene.roster.left_out.clone()))
}

/// What the branch grows from.
pub fn origin(recorded: &RecordedPlan, original_tip: Option<ObjectId>, start: ObjectId) -> Origin {
    // What people call the base: its branch, where the run has recorded one.
    let base = recorded.base_ref.as_deref().map_or(recorded.plan.base.as_str(), branch::short);
    if original_tip == Some(start) { Origin::Itself } else { Origin::Base(base.to_owned()) }
}

/// Where merging begins: a branch that holds nothing that the base has not follows the base.
pub fn start(scene: &Scene<'_>, tip: Option<ObjectId>) -> Result<ObjectId> {
    match tip {
        Some(tip) if !scene.repo.is_ancestor(tip, scene.start)? => Ok(tip),
        _ => Ok(scene.start),
    }
}

/// Short name of the branch to merge into.
pub fn branch_name(scene: &Scene<'_>, options: &Options) -> String {
    let plan = &scene.facts.plan;
    options.into.clone().unwrap_or_else(|| plan.layout.integration(&plan.run))
}

/// Whether an existing branch may be merged into: the person named it, or it is exactly as the last
/// integration of this run left it (S1-75), in the word of the orchestrator's own journal.
pub fn is_ours(repo: &Repository, recorded: &RecordedPlan, options: &Options, tip: ObjectId) -> Result<bool> {
    if options.reuse || options.into.is_some() {
        return Ok(true);
    }
    Ok(repo.answers(&recorded.plan.run)?.knows(tip))
}

fn unusable(
    scene: &Scene<'_>,
    recorded: &RecordedPlan,
    options: &Options,
    branch: &str,
) -> Result<Option<Refusal>> {
    let repo = scene.repo;
    if matches!(repo.ref_target(&branch::full(branch))?, Some(Target::Symbolic(_))) {
        return Ok(Some(Refusal::branch(branch, BranchTrouble::Symbolic)));
    }
    let Some(tip) = repo.ref_commit(&branch::full(branch))? else { return Ok(None) };
    if !is_ours(repo, recorded, options, tip)? {
        return Ok(Some(Refusal::branch(
            branch,
            BranchTrouble::Exists { tip, breaches: scene.breaches(tip)? },
        )));
    }
    let Some(worktree) = repo.checked_out_at(&branch::full(branch))? else { return Ok(None) };
    let things = repo.paths_in_the_way(&worktree, &[])?;
    let is_free = things.is_nothing();
    Ok((!is_free).then(|| Refusal::branch(branch, BranchTrouble::Unclean { worktree, things })))
}
