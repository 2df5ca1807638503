//! Going on after a stop: with what the person resolved, without a task, or back to the start.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::advance::Advanced;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Moved;
use crate::git::workbench::Workbench;
use crate::model::branch;
use crate::model::hint;
use crate::model::integration::order;
use crate::model::integration::progress::{Progress, Reason, Stopped};
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::integrate::Options;
use crate::ops::integrate::answered;
use crate::ops::integrate::begin;
use crate::ops::integrate::gather::{Scene, gather};
use crate::ops::integrate::outcome::{Aborted, Outcome, StepResult, Warning};
use crate::ops::integrate::proceed::Work;
use crate::ops::integrate::refusal::{BranchTrouble, Outdated, Refusal};
use crate::ops::integrate::salvage;
use crate::ops::integrate::takeover;
use crate::ops::integrate::train::{Failure, drive};

/// `--continue`.
pub fn go_on(repo: &Repository, recorded: &RecordedPlan, options: &Options) -> Result<Outcome> {
    let mut work = match open(repo, recorded, options)? {
        Ok(work) => work,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(refusal) = begin::not_ready(&work.scene, work.progress.only_complete) {
        return Ok(Outcome::Refused(refusal));
    }
    if let Some(stopped) = work.progress.stopped.clone()
        && let Some(end) = conclude(&mut work, &stopped)?
    {
        return Ok(end);
    }
    drive(work)
}

/// `--skip`: the task, and with it everything that builds on it.
pub fn skip(
    repo: &Repository,
    recorded: &RecordedPlan,
    options: &Options,
    task: Option<&str>,
) -> Result<Outcome> {
    let Some((progress_id, mut progress)) = repo.read_progress(&recorded.plan.run)? else {
        return Ok(Outcome::Refused(Refusal::NotInProgress));
    };
    let name = match (task, &progress.stopped) {
        (Some(text), _) => recorded.plan.find_task(text)?.name.clone(),
        (None, Some(stopped)) => stopped.task.clone(),
        (None, None) => return Err(hint::error("it stopped at no task", "say which: --skip <task>")),
    };
    let scene = gather(repo, recorded, options.now, &progress.left_out())?;
    if is_merged(repo, &scene, &name, repo.ref_commit(&branch::full(&progress.branch))?)? {
        let why = format!("{name} is merged already, so it cannot be left out");
        return Err(hint::error(why, "take everything back: git orchestrate integrate --abort"));
    }
    for one in order::dependents(&name, &scene.edges).into_iter().chain([name.clone()]) {
        if !progress.skipped.contains(&one) {
            progress.skipped.push(one);
        }
    }
    let Some(_) = repo.write_progress(&recorded.plan.run, Some(progress_id), &progress)? else {
        return Ok(Outcome::Refused(Refusal::InProgress(None)));
    };
    go_on(repo, recorded, options)
}

/// `--abort`: the branch goes back to where it was, or away; what was merged is kept as a backup.
pub fn abort(repo: &Repository, recorded: &RecordedPlan) -> Result<Outcome> {
    let run = &recorded.plan.run;
    let Some((progress_id, progress)) = repo.read_progress(run)? else {
        return Ok(Outcome::Refused(Refusal::NotInProgress));
    };
    let Progress { branch, original_tip, stopped, .. } = progress;
    let tip = repo.ref_commit(&branch::full(&branch))?;
    let mut backup = None;
    if let Some(tip) = tip.filter(|tip| Some(*tip) != original_tip) {
        if let Some(path) = repo.checked_out_at(&branch::full(&branch))? {
            return Ok(Outcome::Refused(Refusal::branch(branch, BranchTrouble::CheckedOut(path))));
        }
        backup = Some(repo.keep_backup(run, "integration", tip)?);
        let moved = match original_tip {
            Some(original) => {
                repo.move_ref(&branch::full(&branch), Some(tip), original, "integrate: abort")?
            }
            None => repo.delete_ref(&branch::full(&branch), tip)?,
        };
        if moved != Moved::Done {
            return Ok(Outcome::Refused(Refusal::branch(branch, BranchTrouble::Moved)));
        }
    } else if let (None, Some(original)) = (tip, original_tip) {
        let restored = repo.advance_branch(&branch::full(&branch), None, original, "integrate: abort")?;
        if restored != Advanced::Done {
            return Ok(Outcome::Refused(Refusal::branch(branch, BranchTrouble::Moved)));
        }
    }
    let kept = stopped.map_or(Ok(None), |stopped| salvage::keep(repo, run, &stopped, tip))?;
    repo.workbench(run).remove()?;
    let entry = Entry {
        text: format!("aborted; {branch} is back where it was"),
        commit_id: original_tip,
        ..Entry::new(Event::Other("integration-aborted".into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    if repo.clear_progress(run, progress_id)? != Moved::Done {
        return Ok(Outcome::Refused(Refusal::InProgress(None)));
    }
    Ok(Outcome::Aborted(Aborted { branch, restored: original_tip, backup, kept }))
}

fn is_merged(repo: &Repository, scene: &Scene<'_>, name: &TaskName, tip: Option<ObjectId>) -> Result<bool> {
    let own = scene.facts.task(name).and_then(|task| task.effective_tip());
    own.zip(tip).map_or(Ok(false), |(own, tip)| repo.is_ancestor(own, tip))
}

fn open<'a>(
    repo: &'a Repository,
    recorded: &'a RecordedPlan,
    options: &Options,
) -> Result<Result<Work<'a>, Refusal>> {
    let Some((progress_id, mut progress)) = repo.read_progress(&recorded.plan.run)? else {
        return Ok(Err(Refusal::NotInProgress));
    };
    if !options.exec.is_empty() && options.exec != progress.exec {
        begin::tell_commands(repo, &recorded.plan.run, &options.exec)?;
        progress.exec.clone_from(&options.exec);
    }
    progress.batch = options.batch.or(progress.batch);
    progress.resolve_trivial |= options.resolve_trivial;
    progress.only_complete |= options.only_complete;
    progress.no_replay |= options.no_replay;
    let scene = gather(repo, recorded, options.now, &progress.left_out())?;
    if progress.no_replay {
        scene.forget();
    }
    let tip = repo.ref_commit(&branch::full(&progress.branch))?;
    Ok(Ok(Work::new(scene, recorded, (progress_id, progress), tip)))
}

/// Takes over what the person did at the stopped step; an outcome if it is not done yet.
fn conclude(work: &mut Work<'_>, stopped: &Stopped) -> Result<Option<Outcome>> {
    let repo = work.scene.repo;
    let bench = repo.workbench(&work.recorded.plan.run);
    let is_merged = match work.tip {
        Some(tip) => repo.is_ancestor(stopped.tip, tip)?,
        None => false,
    };
    // Killed after the branch moved, or what was laid out is gone: the steps know what is left. To
    // go on from a merge that the person took back would drop the task's work.
    let is_elsewhere = work.onto() != stopped.onto;
    let is_skipped = work.progress.skipped.contains(&stopped.task);
    if is_merged || is_skipped || is_elsewhere || !is_laid_out(&bench, stopped)? {
        return forget_stop(work);
    }
    if let Some(why) = outdated(work, stopped)? {
        let task = stopped.task.clone();
        return Ok(Some(Outcome::Refused(Refusal::Outdated { task, why })));
    }
    let candidate = match takeover::candidate(work, &bench, stopped)? {
        Ok(candidate) => candidate,
        Err(refusal) => return Ok(Some(Outcome::Refused(refusal))),
    };
    if let Some(Failure { command, code }) = work.try_out(Some(&stopped.task), candidate)? {
        // Not left to the person to tell apart: what the commands made there.
        bench.show(candidate)?;
        bench.sweep()?;
        let reason = Reason::Exec { command: command.clone(), candidate };
        work.progress.stopped = Some(Stopped { reason, ..stopped.clone() });
        if let Some(refusal) = work.remember()? {
            return Ok(Some(Outcome::Refused(refusal)));
        }
        return work.stopped_at(&stopped.task, StepResult::ExecFailed { command, code }).map(Some);
    }
    answered::conclude(repo, &work.recorded.plan.run, [stopped.onto, stopped.tip], candidate)?;
    if let Some(refusal) = work.advance(&stopped.task, candidate)? {
        return Ok(Some(Outcome::Refused(refusal)));
    }
    let step = work.scene.step(&stopped.task, StepResult::Concluded(candidate));
    work.steps.push(step);
    forget_stop(work)
}

/// Why the work of the stopped step is not to be merged any more, if it is not. Its worker did not wait.
fn outdated(work: &Work<'_>, stopped: &Stopped) -> Result<Option<Outdated>> {
    let scene = &work.scene;
    let Some(task) = scene.facts.task(&stopped.task) else { return Ok(Some(Outdated::Dropped)) };
    let is_out =
        |one: &&LeftOut| one.task == stopped.task && !matches!(one.obstacle, Obstacle::Failed { .. });
    if let Some(one) = scene.roster.left_out.iter().find(is_out) {
        return Ok(Some(Outdated::LeftOut(one.clone())));
    }
    let has_it = |tip| scene.repo.is_ancestor(stopped.tip, tip);
    let is_there = task.effective_tip().map_or(Ok(false), has_it)?;
    Ok((!is_there).then_some(Outdated::Rewritten))
}

/// Whether the stopped merge is still there, under way or committed.
fn is_laid_out(bench: &Workbench<'_>, stopped: &Stopped) -> Result<bool> {
    if !bench.exists() {
        return Ok(false);
    }
    let is_committed = bench.head()? != stopped.onto;
    Ok(is_committed || bench.merging()? == Some(stopped.tip))
}

/// Nothing waits for a person any more; what is still on the bench will go.
fn forget_stop(work: &mut Work<'_>) -> Result<Option<Outcome>> {
    if let Some(stopped) = work.progress.stopped.take() {
        let kept = salvage::keep(work.scene.repo, &work.recorded.plan.run, &stopped, work.tip)?;
        work.scene.warnings.extend(kept.map(Warning::Kept));
    }
    Ok(work.remember()?.map(Outcome::Refused))
}
