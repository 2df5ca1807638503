//! The examination: worktree by worktree, then what all of them share.

use std::panic::resume_unwind;
use std::sync::Mutex;

use anyhow::Result;

use crate::git::Repository;
use crate::git::hooks::{self, probe};
use crate::git::plan_ref::RecordedPlan;
use crate::git::worktrees::{INITIALIZING, LinkedWorktree};
use crate::model::branch;
use crate::model::finding::Severity;
use crate::model::health::configured::{ConfiguredHook, Support};
use crate::model::health::{HookDefect, Place, Symptom, WorktreeDefect};
use crate::ops::doctor::patients::{self, Patient};
use crate::ops::doctor::{Checked, Outcome, shared};

/// How many worktrees are probed at the same time.
const AT_ONCE: usize = 4;

/// What is tried in each worktree.
struct Probe {
    /// The events whose hooks are run.
    events: Vec<String>,
    /// Those of which it is known already why they are silent.
    explained: Explained,
}

/// Which silence needs no further words.
enum Explained {
    /// Any.
    All,
    /// That of these events.
    Events(Vec<String>),
}

/// What was found in one worktree.
#[derive(Default)]
struct Seen {
    symptoms: Vec<Symptom>,
    checked: Option<Checked>,
    configured: Vec<ConfiguredHook>,
    unknown: Vec<String>,
}

/// Looks at everything. Writes nothing.
pub fn all(repo: &Repository, runs: &[RecordedPlan], now: i64) -> Result<Outcome> {
    let (patients, copies) = patients::all(repo, runs)?;
    let mut outcome = Outcome {
        runs: runs.iter().map(|recorded| recorded.plan.run.clone()).collect(),
        worktrees: Vec::new(),
        hooks: None,
        configured: Vec::new(),
        support: Support::Runs,
        symptoms: Vec::new(),
        mended: Vec::new(),
        unknown: Vec::new(),
    };
    let is_equipped = patients.iter().any(|patient| patient.linked.as_ref().is_some_and(|one| one.present));
    let shared = if is_equipped { hooks::shared_defects(repo)? } else { Vec::new() };
    let probe = Probe { events: hooks::installed_events(repo)?, explained: explained(&shared) };
    let of_repository = |defect: HookDefect| Symptom { place: Place::Repository, defect: defect.into() };
    outcome.symptoms.extend(shared.into_iter().map(of_repository));
    for seen in worktrees(repo, &patients, &probe) {
        outcome.symptoms.extend(seen.symptoms);
        outcome.worktrees.extend(seen.checked);
        for hook in seen.configured {
            if !outcome.configured.contains(&hook) {
                outcome.configured.push(hook);
            }
        }
        outcome.unknown.extend(seen.unknown);
    }
    outcome.hooks = is_equipped.then(|| hooks::hooks_dir(repo));
    if !outcome.configured.is_empty() {
        outcome.support = repo.configured_hooks_support()?;
    }
    for copy in copies {
        let place = Place::Worktree { path: copy.path, task: None };
        outcome.symptoms.push(Symptom { place, defect: HookDefect::Copied.into() });
    }
    let defects = shared::defects(repo, runs, now, is_equipped, &mut outcome.unknown)?;
    let symptom = |defect| Symptom { place: Place::Repository, defect };
    outcome.symptoms.extend(defects.into_iter().map(symptom));
    Ok(outcome)
}

/// What was found in each worktree, in order; a few are looked at at the same time, since most of
/// it is waiting for git.
fn worktrees(repo: &Repository, patients: &[Patient], probe: &Probe) -> Vec<Seen> {
    let top = repo.workdir().unwrap_or_else(|| repo.common_dir());
    let queue = Mutex::new(patients.iter().enumerate());
    let look = || {
        let mut all = Vec::new();
        loop {
            let next = queue.lock().expect("nobody panics while holding it").next();
            let Some((place, patient)) = next else { return all };
            let seen = Repository::open(top).and_then(|repo| look_at(&repo, patient, probe));
            let told = |error| format!("the worktree of {}: {error:#}", patient.identity.task);
            let seen = seen.unwrap_or_else(|error| Seen { unknown: vec![told(error)], ..Seen::default() });
            all.push((place, seen));
        }
    };
    let mut all: Vec<(usize, Seen)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE.min(patients.len())).map(|_| scope.spawn(look)).collect();
        let told =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        told.flatten().collect()
    });
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, seen)| seen).collect()
}

fn look_at(repo: &Repository, patient: &Patient, probe: &Probe) -> Result<Seen> {
    let place = Place::Worktree { path: patient.path.clone(), task: Some(patient.identity.task.clone()) };
    let symptom = |defect| Symptom { place: place.clone(), defect };
    let mut seen = Seen::default();
    let linked = match &patient.linked {
        Some(linked) if linked.present => linked,
        other => {
            seen.symptoms.push(symptom(absence(other.as_ref()).into()));
            return Ok(seen);
        }
    };
    let copies = linked.claimants().into_iter().map(|copy| WorktreeDefect::Copy { copy });
    seen.symptoms.extend(copies.map(|defect| symptom(defect.into())));
    if linked.lock.is_none() {
        seen.symptoms.push(symptom(WorktreeDefect::Unlocked.into()));
    }
    match branch_defect(repo, patient) {
        Ok(defect) => seen.symptoms.extend(defect.map(|defect| symptom(defect.into()))),
        Err(error) => seen.unknown.push(format!("the branch of {}: {error:#}", patient.identity.task)),
    }
    let mut defects = hooks::worktree_defects(repo, linked, &patient.identity)?;
    let is_explained = defects.iter().any(|defect| defect.severity() == Severity::Error);
    let silent = probe::silent(repo, &linked.path, &probe.events)?;
    let hooks = probe.events.len();
    let fired = match &silent {
        None => hooks,
        Some(HookDefect::Silent { events, .. }) => hooks - events.len(),
        Some(_) => 0,
    };
    defects.extend(silent.filter(|silent| !is_explained && probe.explained.is_news(silent)));
    seen.symptoms.extend(defects.into_iter().map(|defect| symptom(defect.into())));
    seen.configured = Repository::open(&linked.path)?.configured_hooks();
    let (task, path) = (patient.identity.task.clone(), linked.path.clone());
    seen.checked = Some(Checked { task, path, fired, hooks });
    Ok(seen)
}

/// What is wrong with the task's branch, besides that its file holds no ref: that is the repository's.
fn branch_defect(repo: &Repository, patient: &Patient) -> Result<Option<WorktreeDefect>> {
    let branch = patient.branch.clone();
    let full_name = branch::full(&branch);
    if repo.broken_ref(&full_name).is_some() {
        return Ok(None);
    }
    let Some(id) = repo.ref_object(&full_name)? else {
        let last = patient.last;
        return Ok((!patient.has_landed).then_some(WorktreeDefect::NoBranch { branch, last }));
    };
    if repo.contains(id) {
        return repo.ref_commit(&full_name).map(|_| None);
    }
    let moves = repo.reflog(&full_name);
    let last_here = moves.iter().rev().map(|one| one.new).find(|id| repo.is_commit(*id));
    Ok(Some(WorktreeDefect::NoCommit { branch, last_here }))
}

fn absence(linked: Option<&LinkedWorktree>) -> WorktreeDefect {
    let Some(linked) = linked else { return WorktreeDefect::Missing };
    if linked.lock.as_deref().map(str::trim) == Some(INITIALIZING) {
        return WorktreeDefect::HalfMade;
    }
    match linked.claimants().into_iter().next() {
        Some(to) => WorktreeDefect::Moved { to },
        None if linked.is_severed() => WorktreeDefect::Severed,
        None => WorktreeDefect::Missing,
    }
}

/// What the defects of the files that all worktrees share explain.
fn explained(shared: &[HookDefect]) -> Explained {
    let is_all = |defect: &HookDefect| matches!(defect, HookDefect::ExtensionOff | HookDefect::NoExec { .. });
    if shared.iter().any(is_all) {
        return Explained::All;
    }
    let events = shared.iter().filter_map(|defect| match defect {
        HookDefect::Missing { event }
        | HookDefect::Empty { event }
        | HookDefect::NotExecutable { event }
        | HookDefect::Replaced { event, .. } => Some(event.clone()),
        _ => None,
    });
    Explained::Events(events.collect())
}

impl Explained {
    /// Whether a silence says more than is known.
    fn is_news(&self, silent: &HookDefect) -> bool {
        match (self, silent) {
            (Explained::All, _) => false,
            (Explained::Events(known), HookDefect::Silent { events, .. }) => {
                !events.iter().all(|event| known.contains(event))
            }
            _ => true,
        }
    }
}
