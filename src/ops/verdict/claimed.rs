//! Whether what is said to be a task's work, and is not on its branch, is such work: within its scope.
//!
//! A branch that is rewritten leaves commits behind of which only the notes say whose they were, and
//! anybody can write a note. So each is held against the scope of the task that it is noted for. What
//! the base or the integration branch has as well is judged there, and so is what is on the task's
//! present branch.

use std::collections::HashSet;
use std::rc::Rc;

use anyhow::Result;
use bstr::BStr;
use gix_hash::ObjectId;

use super::commit::{Moment, judge_at};
use super::gather::Gathering;
use super::ground::Ground;
use super::history::History;
use super::own_side::OwnSide;
use super::undone::soften_what_was_undone;
use crate::model::finding::merge::MergeViolation;
use crate::model::finding::{Finding, Violation};
use crate::model::judge::merge::SideOf;
use crate::model::plan::Task;

/// What is wrong with a merged commit as work of `owner`, whose branch does not answer for it.
pub(super) fn judge(
    ground: &Ground<'_>,
    owner: &Task,
    ours: ObjectId,
    side: ObjectId,
) -> Result<Option<SideOf>> {
    let mut known = ground.base_tips()?;
    known.push(ours);
    known.extend(ground.integrated()?);
    // Where a shallow clone ends too early, nothing tells what is brought.
    let Ok(brought) = ground.repo.commits_between(&known, &[side]) else {
        return Ok(Some(SideOf::Foreign));
    };
    let brought: HashSet<ObjectId> = brought.into_iter().collect();
    // The branch of a task that the plan does not have any more is judged nowhere else.
    let is_judged = ground.whole_plan()?.task(&owner.name).is_some();
    let judged = match ground.judged_tip(owner)?.filter(|_| is_judged) {
        Some(tip) => ground.line(tip)?,
        None => Rc::default(),
    };
    let mut next = Some(side);
    while let Some(id) = next.filter(|id| brought.contains(id) && !judged.contains(id)) {
        let parents = ground.repo.commit(id)?.parent_ids;
        let Some(parent) = parents.first() else { return Ok(Some(SideOf::Foreign)) };
        let task = noted_for(ground, owner, id)?;
        if let Some(wrong) = wrong_with(ground, task, id, side)?.first() {
            let path = wrong.path().map(ToOwned::to_owned);
            return Ok(Some(SideOf::Claimed { task: task.name.clone(), commit_id: id, path }));
        }
        next = Some(*parent);
    }
    Ok(None)
}

/// What merges do that a side of the own branch brings. Such a side is judged by all that it brings
/// together, where it does not show that a merge in it has dropped something.
pub(super) fn wrong_merges(side: &OwnSide<'_>) -> Result<Vec<Finding>> {
    let OwnSide { ground, task, commit_id: tip, .. } = *side;
    let brought = side.brought()?;
    let mut found = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| brought.contains(id)) {
        let parents = ground.repo.commit(id)?.parent_ids;
        if parents.len() > 1 && noted_for(ground, task, id)?.name == task.name {
            let wrong = wrong_with(ground, task, id, tip)?;
            let paths = wrong.iter().filter_map(Finding::path);
            let nested = |path: &BStr| MergeViolation::Nested { commit_id: id, path: path.to_owned() };
            found.extend(paths.map(|path| Finding::error(nested(path))));
        }
        next = parents.first().copied();
    }
    Ok(found)
}

/// The task that a commit on `owner`'s former branch was made for: a fast-forward may have brought it.
fn noted_for<'a>(ground: &Ground<'a>, owner: &'a Task, id: ObjectId) -> Result<&'a Task> {
    if ground.record(&owner.name, id)?.is_some() {
        return Ok(owner);
    }
    for other in &ground.whole_plan()?.tasks {
        if ground.record(&other.name, id)?.is_some() {
            return Ok(other);
        }
    }
    Ok(owner)
}

/// What a commit does to a path, or merges, which its task may not, unless `tip` has put it right.
fn wrong_with(ground: &Ground<'_>, task: &Task, id: ObjectId, tip: ObjectId) -> Result<Rc<[Finding]>> {
    let key = (task.name.clone(), id, tip);
    if let Some(known) = ground.wrong.borrow().get(&key) {
        return Ok(Rc::clone(known));
    }
    let wrong: Rc<[Finding]> = find_wrong(ground, task, id, tip)?.into();
    ground.wrong.borrow_mut().insert(key, Rc::clone(&wrong));
    Ok(wrong)
}

fn find_wrong(ground: &Ground<'_>, task: &Task, id: ObjectId, tip: ObjectId) -> Result<Vec<Finding>> {
    let commit = ground.repo.commit(id)?;
    let parent = commit.parent_ids.first().copied();
    let history = History::before(parent);
    let old_tree_id = ground.repo.tree_of(parent)?;
    let change = ground.repo.diff_trees(old_tree_id, commit.tree_id)?;
    let mut gathering = Gathering::new(ground, task, &history, old_tree_id);
    gathering.result(commit.tree_id);
    let merged = commit.parent_ids.get(1..).unwrap_or_default();
    let moment = Moment { commit_id: Some(id), parent, merged, change: &change, message: None };
    let findings = judge_at(gathering, &moment, None)?;
    let mut findings: Vec<Finding> = findings.into_iter().map(|finding| finding.at(id)).collect();
    findings.retain(|finding| finding.is_error() && is_of_content(&finding.violation));
    soften_what_was_undone(ground, task, &History::before(Some(tip)), tip, &mut findings)?;
    findings.retain(Finding::is_error);
    Ok(findings)
}

fn is_of_content(violation: &Violation) -> bool {
    use MergeViolation::{Altered, Claimed, Foreign, Nested};
    match violation {
        Violation::Path(_) => true,
        Violation::Merge(wrong) => {
            matches!(wrong, Altered { .. } | Nested { .. } | Claimed { .. } | Foreign { .. })
        }
        _ => false,
    }
}
