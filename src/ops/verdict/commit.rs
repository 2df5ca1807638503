//! What is wrong with one commit, as it stands in the history or as it is about to.

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use super::former;
use super::gather::Gathering;
use super::ground::Ground;
use super::history::History;
use super::merged;
use super::owner::Merge;
use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::change::PathChange;
use crate::model::facts::Commit;
use crate::model::finding::state::StateViolation;
use crate::model::finding::{Finding, Violation};
use crate::model::judge::identity::Place;
use crate::model::judge::merge::SideOf;
use crate::model::judge::{self, Case, Step};
use crate::model::plan::Task;

/// What is wrong with each of these commits of a task's own, by itself: with the branch as it was before.
pub fn of_commits(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    commits: &[Commit],
) -> Result<Vec<Vec<Finding>>> {
    let ground = Ground::of_plan(repo, recorded).with_unwritten(commits.iter().map(|commit| commit.id));
    let judge = |commit: &Commit| {
        let history = History::before(commit.parent_ids.first().copied());
        judge_commit(&ground, task, &history, commit)
    };
    commits.iter().map(judge).collect()
}

/// What is wrong with the change and the message of a commit, taken by itself: as if a task's branch
/// began with it. Costs the same however long its history is.
pub fn of_lone_commit(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    commit: &Commit,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let parent = commit.parent_ids.first().copied();
    let history = History::of(&[], parent);
    let mut gathering = Gathering::new(&ground, task, &history, repo.tree_of(parent)?);
    gathering.result(commit.tree_id);
    gathering.encoding(commit.encoding.clone());
    gathering.change(&commit.change)?;
    let known = gathering.known();
    let (step, message) = (Step::Own(&commit.change), Some(commit.message.as_bstr()));
    let case = Case { plan: &recorded.plan, task, step, place: None, message, known: &known };
    Ok(judge::judge(&case).into_iter().map(|finding| finding.at(commit.id)).collect())
}

/// A commit, made or not, between its parents and its message.
pub(super) struct Moment<'a> {
    /// What it is once it is made, or what it replaces.
    pub commit_id: Option<ObjectId>,
    pub parent: Option<ObjectId>,
    pub merged: &'a [ObjectId],
    pub change: &'a [PathChange],
    pub message: Option<&'a BStr>,
}

/// What is wrong with a commit, for which it was made on that history.
pub(super) fn judge_commit(
    ground: &Ground<'_>,
    task: &Task,
    history: &History<'_>,
    commit: &Commit,
) -> Result<Vec<Finding>> {
    let parent = commit.parent_ids.first().copied();
    let old_tree_id = history.newest_tree(ground)?;
    let mut gathering = Gathering::new(ground, task, history, old_tree_id);
    gathering.result(commit.tree_id);
    let moment = Moment {
        commit_id: Some(commit.id),
        parent,
        merged: commit.parent_ids.get(1..).unwrap_or_default(),
        change: &commit.change,
        message: Some(commit.message.as_bstr()),
    };
    gathering.encoding(commit.encoding.clone());
    let mut findings = judge_at(gathering, &moment, None)?;
    if findings.iter().any(asks_for_evidence)
        && history.is_reopened(ground, task, (commit.id, &commit.origin()))?
    {
        findings.retain(|finding| !asks_for_evidence(finding));
    }
    // A merge may bring commits of which something is to be said.
    let place = |finding: Finding| match finding.commit_id {
        None => finding.at(commit.id),
        Some(_) => finding,
    };
    Ok(findings.into_iter().map(place).collect())
}

/// Whether a finding asks for what a COMPLETE needs no more once it is taken back.
pub(super) fn asks_for_evidence(finding: &Finding) -> bool {
    matches!(finding.violation, Violation::State(StateViolation::NoEvidence { .. }))
}

/// What is wrong with a commit, where it is being made and for what it is.
pub(super) fn judge_at(
    mut gathering: Gathering<'_>,
    moment: &Moment<'_>,
    place: Option<&Place>,
) -> Result<Vec<Finding>> {
    let (plan, task) = (gathering.ground.plan, gathering.task);
    let merged = brings_news(gathering.ground.repo, moment.parent, moment.merged)?;
    let case = |step, known| Case { plan, task, step, place, message: moment.message, known };
    match (moment.parent, merged) {
        (Some(ours), merged @ [_, ..]) => {
            let ground = gathering.ground;
            let merge = Merge { ground, task, commit_id: moment.commit_id, ours };
            let mut sides = merge.sides(merged)?;
            if gathering.is_made() {
                former::excuse(ground, &mut sides)?;
            }
            let of = (task, gathering.history);
            let paths = merged::paths(ground, of, ours, merged, moment.change)?;
            gathering.own_paths(merge.own_paths(&paths, &sides)?);
            gathering.merge(&paths, &sides)?;
            let parents = [&[ours], merged].concat();
            gathering.state_of_merge(&parents, || merged::has_own_work(&merge, &paths, &sides))?;
            let known = gathering.known();
            let mut findings = judge::judge(&case(Step::Merge { paths: &paths, sides: &sides }, &known));
            for (of, side) in merge.own_sides(&sides) {
                if *of == SideOf::Own {
                    findings.extend(side.nested(&findings)?);
                    findings.extend(side.strange()?);
                }
                findings.extend(side.wrong_messages()?);
            }
            Ok(findings)
        }
        _ => {
            gathering.change(moment.change)?;
            gathering.state(moment.parent, moment.message, moment.change)?;
            let known = gathering.known();
            Ok(judge::judge(&case(Step::Own(moment.change), &known)))
        }
    }
}

/// What is merged; nothing where all of it is on the branch already. git makes no such merge, so it is a
/// commit like any other that was given another parent by hand.
pub(super) fn brings_news<'m>(
    repo: &Repository,
    parent: Option<ObjectId>,
    merged: &'m [ObjectId],
) -> Result<&'m [ObjectId]> {
    let Some(parent) = parent else { return Ok(merged) };
    for id in merged {
        // What is not here, as in a shallow clone, is for the judge of merges to say.
        if !repo.contains(*id) || !repo.is_ancestor(*id, parent)? {
            return Ok(merged);
        }
    }
    Ok(&[])
}
