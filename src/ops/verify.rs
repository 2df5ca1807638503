//! `git orchestrate verify`: every rule over every commit of the tasks' branches, however they were
//! committed.
//!
//! Hooks advise, this decides: it reads commits from the object store and believes no record, so it
//! finds what a hook could not see. It changes nothing.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::facts::TaskFacts;
use crate::model::finding::Finding;
use crate::model::name::{RunName, TaskName};
use crate::ops::{run, verdict};

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
    /// The run.
    pub run: RunName,
    /// In the plan's order.
    pub tasks: Vec<Verified>,
    /// What could not be read; nothing is claimed about it.
    pub unknown: Vec<String>,
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
    /// Nothing refuses, and everything could be read.
    pub fn is_yes(&self) -> bool {
        let clean = |task: &Verified| !task.findings.iter().any(Finding::is_error);
        self.unknown.is_empty() && self.tasks.iter().all(clean)
    }
}

/// Judges the branches.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    let plan = &recorded.plan;
    let asked: Vec<&TaskName> =
        options.tasks.iter().map(|text| Ok(&plan.find_task(text)?.name)).collect::<Result<_>>()?;
    let facts = repo.survey(&recorded, Depth::History)?;
    let mut unknown = facts.unknown.clone();
    let mut tasks = Vec::new();
    let of_branch = verdict::of_branches(repo, &facts);
    for task in facts.tasks.iter().filter(|task| asked.is_empty() || asked.contains(&&task.name)) {
        match of_branch(task) {
            Ok(findings) => tasks.push(verified(task, findings)),
            Err(error) => unknown.push(format!("{}: {error:#}", task.branch)),
        }
    }
    Ok(Outcome { run: plan.run.clone(), tasks, unknown })
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
