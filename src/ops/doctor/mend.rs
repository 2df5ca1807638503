//! The repair: what is ours, and what nobody can have meant.
//!
//! Arming a worktree again puts right nearly all that can be wrong with hooks, and keeps what others
//! put in their place. A lock is removed only where our programs alone take it and nobody changed it
//! for a minute. Shared settings that a person may have made stay as they are.

use std::path::Path;

use anyhow::{Context, Result};

use crate::git::Repository;
use crate::git::hooks;
use crate::git::plan_ref::RecordedPlan;
use crate::model::health::repository::RepositoryDefect;
use crate::model::health::{Defect, Place, Remedy, Symptom, WorktreeDefect};
use crate::model::lock_reason;
use crate::ops::doctor::patients::{self, Patient};
use crate::ops::doctor::shared;
use crate::ops::traces;

/// Mends what can be mended; returns what failed.
pub fn all(repo: &Repository, runs: &[RecordedPlan], symptoms: &[Symptom]) -> Result<Vec<String>> {
    let mut failed = Vec::new();
    let mut note = |what: &str, done: Result<()>| {
        if let Err(error) = done {
            failed.push(format!("{what} could not be mended: {error:#}"));
        }
    };
    let mendable: Vec<&Symptom> =
        symptoms.iter().filter(|symptom| symptom.defect.remedy() == Remedy::Repair).collect();
    for symptom in &mendable {
        match &symptom.defect {
            Defect::Worktree(WorktreeDefect::Moved { to }) => {
                note("a moved worktree", point_at(repo, to));
            }
            Defect::Repository(defect) => note(defect.rule(), shared_defect(repo, runs, defect)),
            _ => {}
        }
    }
    let (patients, copies) = patients::all(repo, runs)?;
    for copy in &copies {
        note("a copied setting", hooks::forget(repo, copy));
    }
    if mendable.iter().any(|symptom| is_about_hooks(symptom)) {
        for patient in &patients {
            note("the hooks", arm(repo, patient));
        }
        note("the directory of the hooks", hooks::clear_up(repo));
    }
    for patient in patients.iter().filter(|patient| patient.linked.is_some()) {
        note("the lock of a worktree", lock(repo, patient));
    }
    Ok(failed)
}

/// A moved worktree may have lost nothing but its place, so its hooks are looked at again.
fn is_about_hooks(symptom: &Symptom) -> bool {
    matches!(symptom.defect, Defect::Hooks(_) | Defect::Worktree(WorktreeDefect::Moved { .. }))
        && !matches!(symptom.place, Place::Worktree { task: None, .. })
}

fn arm(repo: &Repository, patient: &Patient) -> Result<()> {
    match &patient.linked {
        Some(linked) if linked.present => {
            hooks::arm(repo, linked, &patient.identity, &hooks::find_program()?)
                .with_context(|| format!("in the worktree of {}", patient.identity.task))
        }
        _ => Ok(()),
    }
}

fn lock(repo: &Repository, patient: &Patient) -> Result<()> {
    match &patient.linked {
        Some(linked) if linked.present && linked.lock.is_none() => {
            let reason = lock_reason::of(&patient.identity.task, &patient.identity.run);
            repo.lock_worktree(&linked.path, &reason)
        }
        _ => Ok(()),
    }
}

fn point_at(repo: &Repository, moved_to: &Path) -> Result<()> {
    let repair = ["worktree", "repair", "--"];
    repo.git().at(repo.common_dir()).args(repair).args([moved_to]).output().map(drop)
}

fn shared_defect(repo: &Repository, runs: &[RecordedPlan], defect: &RepositoryDefect) -> Result<()> {
    match defect {
        RepositoryDefect::Bare { is_bare, file } => {
            let value = if *is_bare { "false" } else { "true" };
            let file = repo.common_dir().join(file);
            let _lock = repo.lock("config")?;
            let set = ["config", "--file"];
            repo.git().args(set).args([file.as_os_str()]).args(["core.bare", value]).output().map(drop)
        }
        RepositoryDefect::StaleLock { path, .. } => remove(path),
        RepositoryDefect::Leftover { path } => remove(path),
        RepositoryDefect::MissingSetting { run, .. } | RepositoryDefect::MissingExclude { run, .. } => {
            let Some(recorded) = runs.iter().find(|one| one.plan.run.as_str() == run) else { return Ok(()) };
            let missing = shared::missing(repo, recorded)?;
            traces::leave(repo, &recorded.plan.run, &missing).map(drop)
        }
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
