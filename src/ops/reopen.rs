//! `git worker reopen`: take a COMPLETE back, so that work can go on (S1-52).

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::Violation;
use crate::model::finding::state::StateViolation;
use crate::model::journal::Entry;
use crate::ops::desk::Desk;
use crate::ops::standing::{standing, take_back};
use crate::ops::verdict;

/// Why.
#[derive(Debug, Clone)]
pub struct Options {
    /// In the worker's own words; may be empty.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was no COMPLETE to take back.
    NotComplete,
    /// The journal says so now.
    Reopened(Entry),
}

/// Writes it into the worker's journal; the COMPLETE itself stays in the history.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let facts = repo.survey(&desk.recorded, Depth::History)?;
    let own = facts.task(&desk.task.name).context("the plan has the worker's task")?;
    let taken_back = standing(own).into_iter().chain(overstepped(repo, &facts, own)?);
    let taken_back: BTreeSet<ObjectId> = taken_back.collect();
    let mut entries = taken_back.into_iter().map(|complete| take_back(&desk, complete, &options.reason));
    entries.next_back().map_or(Ok(Outcome::NotComplete), |last| {
        entries.try_for_each(|entry| entry.map(drop))?;
        last.map(Outcome::Reopened)
    })
}

/// The COMPLETEs after which something was committed although they stood.
fn overstepped(repo: &Repository, facts: &Facts, own: &TaskFacts) -> Result<Vec<ObjectId>> {
    let findings = verdict::of_branch(repo, facts, own)?.into_iter();
    let complete = findings.filter_map(|finding| match finding.violation {
        Violation::State(StateViolation::AfterComplete { complete_commit_id }) => Some(complete_commit_id),
        _ => None,
    });
    Ok(complete.collect())
}
