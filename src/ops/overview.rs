//! The status of a run, read and judged: what `status`, `brief` and a worker's own status start from.

use std::panic::resume_unwind;

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::facts::Facts;
use crate::model::hint;
use crate::model::status::{Clock, RunStatus};
use crate::ops::{soundness, verdict};

/// A run at one moment, with the facts that its status was computed from.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What is.
    pub facts: Facts,
    /// What it means.
    pub status: RunStatus,
}

/// Surveys a run, judges it, and computes its status.
pub fn read(repo: &Repository, recorded: &RecordedPlan, depth: Depth, clock: Clock) -> Result<Overview> {
    Ok(of(repo, repo.survey_kept(recorded, depth, repo.kept_soon())?, clock))
}

/// Judges every commit of every task of what was surveyed, and computes the status. Meanwhile git looks
/// at the objects that are new.
pub fn of(repo: &Repository, mut facts: Facts, clock: Clock) -> Overview {
    let door = repo.door();
    let (findings, sound) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| Some(soundness::check_new(&door.open().ok()?, &facts)));
        let findings = verdict::of_all_kept(repo, &facts);
        (findings, beside.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let sound = sound.unwrap_or_else(|| soundness::check_new(repo, &facts));
    let mut judged = sound.unwrap_or_else(|error| {
        facts.unknown.push(format!("whether git takes all objects: {}", hint::in_line(&error)));
        vec![Vec::new(); facts.tasks.len()]
    });
    for (place, findings) in findings.into_iter().enumerate() {
        judged[place].extend(findings.unwrap_or_else(|error| {
            let name = &facts.tasks[place].name;
            facts.unknown.push(format!("whether {name} keeps the rules: {}", hint::in_line(&error)));
            Vec::new()
        }));
    }
    let status = RunStatus::new(&facts, judged, clock);
    Overview { facts, status }
}
