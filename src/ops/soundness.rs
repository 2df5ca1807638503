//! What git refuses of the objects of task branches, as findings in the commits that brought them.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::clean_room::CleanRoom;
use crate::git::soundness::Malformed;
use crate::model::facts::TaskFacts;
use crate::model::finding::{Finding, ObjectViolation};

/// Checks the new objects of all these tasks at once; for each task, in order, what is wrong with
/// it. `known` are commits whose objects are nobody's of them.
pub fn check(room: &CleanRoom, tasks: &[&TaskFacts], known: &[ObjectId]) -> Result<Vec<Vec<Finding>>> {
    let tips: Vec<ObjectId> = tasks.iter().filter_map(|task| task.effective_tip()).collect();
    let nothing = vec![Vec::new(); tasks.len()];
    if tips.is_empty() {
        return Ok(nothing);
    }
    let malformed = refused(room, &tips, known)?;
    if malformed.is_empty() {
        return Ok(nothing);
    }
    tasks.iter().map(|task| of_task(room, task, known, &malformed)).collect()
}

/// NUL in a message is left to the judge, who finds it too and words it for people.
fn refused(room: &CleanRoom, tips: &[ObjectId], known: &[ObjectId]) -> Result<Vec<Malformed>> {
    let mut malformed = room.malformed(tips, known)?;
    malformed.retain(|one| !one.said.starts_with("nulInCommit"));
    Ok(malformed)
}

fn of_task(
    room: &CleanRoom,
    task: &TaskFacts,
    known: &[ObjectId],
    malformed: &[Malformed],
) -> Result<Vec<Finding>> {
    let said: HashMap<ObjectId, &str> =
        malformed.iter().filter_map(|one| Some((one.id?, one.said.as_str()))).collect();
    let wanted: HashSet<ObjectId> = said.keys().copied().collect();
    let (mut seen, mut findings) = (HashSet::new(), Vec::new());
    for commit in &task.commits {
        let mut found = room.repository().objects_below(commit.tree_id, &wanted, &mut seen);
        found.extend(wanted.contains(&commit.id).then_some(commit.id));
        findings.extend(found.into_iter().map(|id| {
            let said = said[&id].to_owned();
            Finding::error(ObjectViolation { id: Some(id), said }).at(commit.id)
        }));
    }
    if findings.is_empty()
        && let Some(tip) = task.effective_tip()
    {
        // What another commit brought, by a merge, or what git does not name.
        let own = refused(room, &[tip], known)?;
        findings.extend(
            own.into_iter().map(|one| Finding::error(ObjectViolation { id: one.id, said: one.said })),
        );
    }
    Ok(findings)
}
