//! `git orchestrate report`: what happened in a run. It works after `cleanup`, too: what a branch had
//! is read from its records then, as far as the base or the integration branch has it.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::git::survey::Depth;
use crate::model::facts::{Commit, Facts};
use crate::model::integration::answers::UNDONE;
use crate::model::journal::{Entry, Event};
use crate::model::record::Record;
use crate::model::report::{Lines, Report};
use crate::model::status::{Clock, RunStatus};
use crate::ops::overview::{self, Overview};
use crate::ops::run;

/// What the journal calls an integration that was taken back as a whole.
const ABORTED: &str = "integration-aborted";

/// Computes the report of a run, chosen as for any verb, or of the only one that is over; writes
/// nothing.
pub fn run(repo: &Repository, run: Option<&str>, clock: Clock) -> Result<Report> {
    let recorded = match run::choose_if_active(repo, run)? {
        Ok(recorded) => recorded,
        Err(over) => match over.as_slice() {
            [only] => repo.read_plan(only)?,
            _ => run::choose(repo, run)?,
        },
    };
    let Overview { mut facts, status } = overview::read(repo, &recorded, Depth::History, clock)?;
    add_cleaned_up(repo, &recorded, &mut facts)?;
    let findings = status.tasks.iter().map(|task| task.findings.clone()).collect();
    let status = RunStatus { unknown: status.unknown, ..RunStatus::new(&facts, findings, clock) };
    let lines = facts.tasks.iter().map(|task| lines(repo, task.own_commits())).collect::<Result<Vec<_>>>()?;
    let mut journal = repo.read_journals(&facts.plan.run)?;
    forget_undone(repo, facts.base_tip, &mut journal)?;
    Ok(Report::new(&facts, &status, &journal, &lines))
}

/// Leaves out the merges that an `--undo` or an `--abort` took back.
fn forget_undone(repo: &Repository, base_tip: Option<ObjectId>, journal: &mut Vec<Entry>) -> Result<()> {
    let goes_back =
        |entry: &Entry| matches!(&entry.event, Event::Other(word) if word == UNDONE || word == ABORTED);
    let mut undone = HashSet::new();
    for (place, back) in journal.iter().enumerate().filter(|(_, entry)| goes_back(entry)) {
        let left: Vec<ObjectId> = back.commit_id.into_iter().chain(base_tip).collect();
        for (step, entry) in journal.iter().enumerate().take(place) {
            let Some(merge) =
                entry.commit_id.filter(|id| entry.event == Event::Integrated && repo.contains(*id))
            else {
                continue;
            };
            let mut is_left = false;
            for tip in left.iter().filter(|tip| repo.contains(**tip)) {
                is_left |= repo.is_ancestor(merge, *tip)?;
            }
            if !is_left {
                undone.insert(step);
            }
        }
    }
    let mut step = 0..;
    journal.retain(|_| step.next().is_none_or(|step| !undone.contains(&step)));
    Ok(())
}

fn lines<'a>(repo: &Repository, commits: impl Iterator<Item = &'a Commit>) -> Result<Lines> {
    let mut all = Lines::default();
    for commit in commits {
        let Lines { added, removed } = repo.line_counts(&commit.change)?;
        all.added += added;
        all.removed += removed;
    }
    Ok(all)
}

/// Gives tasks without a branch the commits that are recorded for them, if they were merged.
fn add_cleaned_up(repo: &Repository, recorded: &RecordedPlan, facts: &mut Facts) -> Result<()> {
    let trunk: Vec<ObjectId> = facts.base_tip.into_iter().chain(facts.integration_tip).collect();
    let mut merged = repo.commits_between(&[facts.base_commit_id], &trunk)?;
    merged.reverse();
    for task in facts.tasks.iter_mut().filter(|task| task.effective_tip().is_none()) {
        let notes = repo.notes(&notes_ref(&recorded.plan.run, &task.name))?;
        let own = merged.iter().filter(|id| notes.get(*id).is_some_and(is_record));
        task.commits = own.map(|id| own_commit(repo, *id)).collect::<Result<_>>()?;
        task.in_base = !task.commits.is_empty();
    }
    Ok(())
}

fn is_record(note: &BString) -> bool {
    Record::parse(note.as_bstr()).is_some()
}

fn own_commit(repo: &Repository, id: ObjectId) -> Result<Commit> {
    let commit = repo.commit(id)?;
    let change = repo.change_of(&commit)?;
    Ok(commit.into_own(change))
}
