//! What a branch has from the base that the base has no more: somebody amended or rewound it.
//!
//! Only the base's reflog tells, and a worker can write that, too. So it excuses nothing: what is wrong
//! with these commits stays wrong. But the remedy is another one: they go, and are not mended.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use super::ground::Ground;
use crate::model::facts::TaskFacts;
use crate::model::finding::Finding;
use crate::model::finding::merge::MergeViolation;

/// The commits that a task's branch begins with, without records, if something is wrong with them and the
/// base had them once.
pub(super) fn of_branch(
    ground: &Ground<'_>,
    task_facts: &TaskFacts,
    findings: &[Finding],
) -> Result<Option<Finding>> {
    let wrong: HashSet<ObjectId> =
        findings.iter().filter(|one| one.is_error()).filter_map(|one| one.commit_id).collect();
    let past = if wrong.is_empty() { &[] } else { ground.base_past()? };
    let newest = task_facts.commits.iter().rposition(|commit| past.contains(&commit.id));
    let left = &task_facts.commits[..newest.map_or(0, |newest| newest + 1)];
    let commits: Vec<ObjectId> = left.iter().rev().map(|commit| commit.id).collect();
    let Some(&newest) = commits.first().filter(|_| commits.iter().any(|id| wrong.contains(id))) else {
        return Ok(None);
    };
    for tip in ground.base_tips()? {
        if ground.repo.is_ancestor(newest, tip)? {
            return Ok(None);
        }
    }
    for id in &commits {
        if ground.is_recorded(&task_facts.name, *id)? {
            return Ok(None);
        }
    }
    let Some(base) = base_name(ground)? else { return Ok(None) };
    Ok(Some(Finding::warning(MergeViolation::BaseLeft { base, commits }).at(newest)))
}

/// The base as git finds it here: the branch, else where it was fetched.
fn base_name(ground: &Ground<'_>) -> Result<Option<String>> {
    let Some(name) = &ground.base_branch else { return Ok(None) };
    if ground.local_tip(name)?.is_some() {
        return Ok(Some(name.clone()));
    }
    let fetched = ground.fetched_bases(name)?.into_iter().next();
    Ok(fetched.map(|(full, _)| full.trim_start_matches("refs/remotes/").to_owned()))
}
