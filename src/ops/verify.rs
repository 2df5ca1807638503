//! `git orchestrate verify`: every rule over every commit of the tasks' branches, however they were
//! committed.
//!
//! Hooks advise, this decides: it reads commits from the object store and believes no record, so it
//! finds what a hook could not see. It reads them in a clean room, where nothing that worktrees share
//! can change what they look like, and hears git's own strict check of the new objects first. It
//! changes nothing.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::hint;
use crate::model::name::{RunName, TaskName};
use crate::model::shell;
use crate::ops::proposal::Proposal;
use crate::ops::{run, soundness, verdict};

/// What is verified.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// Only these tasks, by any name that means one; all if empty.
    pub tasks: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was verified.
    pub subject: Subject,
    /// In the plan's order, then those that the plan has no more.
    pub tasks: Vec<Verified>,
    /// What could not be read; nothing is claimed about it.
    pub unknown: Vec<String>,
}

/// What a verification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A run.
    Run(RunName),
    /// Nothing: no run was named.
    Nothing {
        /// How many runs are here; all of them are over.
        over: usize,
        /// The remote that may have more.
        remote: Option<String>,
    },
}

impl Subject {
    /// The run, if there is one.
    pub fn run(&self) -> Option<&str> {
        match self {
            Subject::Run(run) => Some(run.as_str()),
            Subject::Nothing { .. } => None,
        }
    }
}

/// One task's branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The task.
    pub task: TaskName,
    /// Short name of its branch.
    pub branch: String,
    /// What the verdict is about; `None` if there is no such branch.
    pub tip: Option<ObjectId>,
    /// How many commits were judged, merges included.
    pub commits: usize,
    /// Oldest commit first.
    pub findings: Vec<Finding>,
}

impl Outcome {
    fn nothing(repo: &Repository, over: usize) -> Outcome {
        let subject = Subject::Nothing { over, remote: repo.run_remote() };
        Outcome { subject, tasks: Vec::new(), unknown: Vec::new() }
    }

    /// Nothing refuses, and everything could be read.
    pub fn is_yes(&self) -> bool {
        let clean = |task: &Verified| !task.findings.iter().any(Finding::is_error);
        self.unknown.is_empty() && self.tasks.iter().all(clean)
    }
}

/// Judges the branches, in a clean room.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let recorded = match run::choose_if_active(repo, options.run.as_deref())? {
        Ok(recorded) => recorded,
        Err(over) if options.tasks.is_empty() => return Ok(Outcome::nothing(repo, over.len())),
        Err(_) => run::choose(repo, None)?,
    };
    let plan = &recorded.plan;
    let asked: Vec<&TaskName> =
        options.tasks.iter().map(|text| Ok(&plan.find_task(text)?.name)).collect::<Result<_>>()?;
    let room = Proposal::of_run(repo, &recorded)?;
    let facts = room.survey(&recorded, repo)?;
    let mut unknown = facts.unknown.clone();
    // What ends before the base is named as unknown already; of its commits nothing can be said.
    let readable = |task: &&TaskFacts| !task.is_cut_off && (asked.is_empty() || asked.contains(&&task.name));
    let judged: Vec<&TaskFacts> = facts.tasks.iter().filter(readable).collect();
    unknown.extend(judged.iter().filter(|task| is_elsewhere(task)).map(|task| absent(repo, &task.branch)));
    let unsound = unsound(&room, &facts, &judged, &mut unknown);
    let mut tasks = Vec::new();
    let findings = verdict::of_all(room.repository(), &facts, &judged);
    for ((task, unsound), findings) in judged.into_iter().zip(unsound).zip(findings) {
        match findings {
            Ok(findings) => tasks.push(verified(task, unsound.into_iter().chain(findings).collect())),
            Err(error) => unknown.push(format!("{}: {}", task.branch, hint::in_line(&error))),
        }
    }
    if asked.is_empty() {
        tasks.extend(facts.dropped.iter().map(|one| Verified {
            task: one.task.clone(),
            branch: one.branch.clone(),
            tip: Some(one.tip),
            commits: 0,
            findings: vec![one.finding()],
        }));
    }
    // The clean room knows nothing of remotes.
    if let Some(fetch) = repo.fetch_promised().filter(|_| !unknown.is_empty()) {
        unknown.push(format!("what this partial clone never fetched ({fetch})"));
    }
    Ok(Outcome { subject: Subject::Run(plan.run.clone()), tasks, unknown })
}

/// Whether a task was started and its branch is neither here nor cleaned up: what it holds lies in
/// another clone.
fn is_elsewhere(task: &TaskFacts) -> bool {
    task.effective_tip().is_none() && run::is_started(&task.journal, &task.name)
}

fn absent(repo: &Repository, branch: &str) -> String {
    let remedy = repo.run_remote().map_or("git orchestrate start tells how to go on".into(), |remote| {
        let refspec = shell::word(format!("{branch}:refs/remotes/{remote}/{branch}"));
        format!("git fetch {} {refspec}", shell::word(&remote))
    });
    format!("{branch}: it was started and is not here ({remedy})")
}

/// What git refuses of each task's objects; all at once, and one by one where that cannot be read.
fn unsound(
    room: &Proposal,
    facts: &Facts,
    judged: &[&TaskFacts],
    unknown: &mut Vec<String>,
) -> Vec<Vec<Finding>> {
    let known = soundness::known(facts);
    if let Ok(findings) = soundness::check(room.room(), judged, &known) {
        return findings;
    }
    let mut check = |task: &&TaskFacts| match soundness::check(room.room(), &[*task], &known) {
        Ok(findings) => findings.into_iter().flatten().collect(),
        Err(error) => {
            unknown.push(format!("{}: {error:#}", task.branch));
            Vec::new()
        }
    };
    judged.iter().map(&mut check).collect()
}

fn verified(task: &TaskFacts, findings: Vec<Finding>) -> Verified {
    Verified {
        task: task.name.clone(),
        branch: task.branch.clone(),
        tip: task.effective_tip(),
        commits: task.commits.len(),
        findings,
    }
}
