//! Whether somebody answers for all that would land: a verdict, or a person's word.
//!
//! Anybody who can write refs can put a commit on the integration branch. So what lands is not what
//! the branch holds but what is known of it: each commit of its first-parent chain is a step that
//! the orchestrator's own journal names, a merge that comes out the same when it is made again from
//! judged work, or lies below a commit that a person took over with `--reuse`.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::merges::Incoming;
use crate::git::objects::CommitObject;
use crate::model::facts::TaskFacts;
use crate::model::integration::answers::{Answers, CONCLUDED, TAKEN_OVER};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::RunName;
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::refusal::Unanswered;
use crate::ops::integrate::trial::{self, Trial};
use crate::ops::standing::standing;

/// Writes down that a person goes on with the branch as it is.
pub fn take_over(repo: &Repository, run: &RunName, branch: &str, tip: ObjectId) -> Result<()> {
    let entry = Entry {
        text: format!("{branch} was taken over as it is"),
        commit_id: Some(tip),
        ..Entry::new(Event::Other(TAKEN_OVER.into()), journal::ORCHESTRATOR)
    };
    repo.append_journal(run, journal::ORCHESTRATOR, &entry).map(drop)
}

/// Writes down what a person made of a step: the commits from `candidate` down to what it goes on
/// from or merges. It is written before the branch moves, because no one can find it out later.
pub fn conclude(repo: &Repository, run: &RunName, sides: [ObjectId; 2], candidate: ObjectId) -> Result<()> {
    let made: HashSet<ObjectId> = repo.commits_between(&sides, &[candidate])?.into_iter().collect();
    for id in repo.first_parents(candidate, &sides.into())? {
        if !made.contains(&id) {
            break;
        }
        let entry = Entry {
            text: "a person concluded the step".into(),
            commit_id: Some(id),
            ..Entry::new(Event::Other(CONCLUDED.into()), journal::ORCHESTRATOR)
        };
        repo.append_journal(run, journal::ORCHESTRATOR, &entry)?;
    }
    Ok(())
}

/// Whether a person went on with a branch that holds this commit.
pub fn is_taken_over(repo: &Repository, answers: &Answers, id: ObjectId) -> Result<bool> {
    for taken_over in answers.taken_over.iter().filter(|taken_over| repo.contains(**taken_over)) {
        if repo.is_ancestor(id, *taken_over)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The commits of the first-parent chain, newest first, that nobody answers for.
pub fn unanswered(
    scene: &Scene<'_>,
    answers: &Answers,
    base_tip: ObjectId,
    tip: ObjectId,
) -> Result<Vec<Unanswered>> {
    let scratch = scene.room.repository();
    let new: HashSet<ObjectId> = scratch.commits_between(&[base_tip], &[tip])?.into_iter().collect();
    let mut left = Vec::new();
    for id in scratch.first_parents(tip, &answers.taken_over)? {
        if !new.contains(&id) {
            break;
        }
        if answers.steps.contains(&id) {
            continue;
        }
        let commit = scratch.commit(id)?;
        if !is_merge_of_judged(scene, &commit, base_tip)? {
            let subject: BString = commit.message.lines().next().unwrap_or_default().into();
            left.push(Unanswered { commit_id: id, subject });
        }
    }
    Ok(left)
}

/// Whether it is what merging judged work, or the base, gives without a person.
fn is_merge_of_judged(scene: &Scene<'_>, commit: &CommitObject, base_tip: ObjectId) -> Result<bool> {
    let [onto, theirs] = commit.parent_ids[..] else { return Ok(false) };
    if scene.room.repository().is_ancestor(theirs, base_tip)? {
        let merged = scene.room.merge(onto, Incoming { tip: theirs, branch: "base" })?;
        return Ok(merged.conflicts.is_empty() && merged.tree_id == commit.tree_id);
    }
    let is_judged = |task: &&TaskFacts| {
        task.effective_tip() == Some(theirs)
            && scene.roster.tasks.contains(&task.name)
            && standing(task).is_some()
    };
    let Some(task) = scene.facts.tasks.iter().find(is_judged) else { return Ok(false) };
    let Trial::Merge(attempt) = trial::attempt(scene, onto, &task.name)? else { return Ok(false) };
    let clean = attempt.clashes.is_empty().then_some(attempt.merged.tree_id);
    Ok(attempt.strays.is_empty() && clean.or(attempt.resolved_tree_id) == Some(commit.tree_id))
}
