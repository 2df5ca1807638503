//! What git refuses of the objects of task branches, as findings in the commits that brought them.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::cache::digest;
use crate::git::clean_room::CleanRoom;
use crate::git::soundness::Malformed;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::{Finding, ObjectViolation};
use crate::model::ids::IdMap;

/// Where it is kept which tips were found sound, each with the commits whose objects were not looked at.
const CACHE: &str = "sound-1";

/// How many commits back it is looked for one that was found sound; to look at more again is rare.
const BACK: usize = 64;

/// The commits whose objects are nobody's of the run's tasks.
pub fn known(facts: &Facts) -> Vec<ObjectId> {
    let known = [Some(facts.base_commit_id), facts.base_tip, facts.integrated_tip];
    known.into_iter().flatten().collect()
}

/// [`check`] for an answer that changes no branch: for each task of the run, in order, what is wrong
/// with its objects. A tip that was found sound is remembered, so that the next call looks only at
/// what came since.
pub fn check_new(repo: &Repository, facts: &Facts) -> Result<Vec<Vec<Finding>>> {
    let mut findings = vec![Vec::new(); facts.tasks.len()];
    let mut cache = repo.cache(CACHE);
    let (mut known, mut open) = (known(facts), Vec::new());
    let mut ground = Ground::new(repo, known.clone());
    for (place, task) in facts.tasks.iter().enumerate().filter(|(_, task)| !task.is_cut_off) {
        let Some(tip) = task.effective_tip().filter(|tip| !ground.ids.contains(tip)) else { continue };
        let mut is_sound = |id: &ObjectId| {
            let key = digest(id.as_bytes()).ok();
            key.and_then(|key| cache.find(key)).is_some_and(|passed_over| ground.has_all(passed_over))
        };
        if !is_sound(&tip) {
            known.extend(task.commits.iter().rev().take(BACK).map(|commit| commit.id).find(is_sound));
            open.push((place, task, digest(tip.as_bytes())?));
        }
    }
    if open.is_empty() {
        return Ok(findings);
    }
    let room = CleanRoom::open(repo, facts.base_commit_id)?;
    let tasks: Vec<&TaskFacts> = open.iter().map(|(_, task, _)| *task).collect();
    for (found, (place, _, key)) in check(&room, &tasks, &known)?.into_iter().zip(open) {
        if found.is_empty() {
            cache.keep(key, ground.bytes());
        }
        findings[place] = found;
    }
    cache.store();
    Ok(findings)
}

/// The commits whose objects are nobody's now.
struct Ground<'a> {
    repo: &'a Repository,
    ids: Vec<ObjectId>,
    /// Of commits that were among them once, whether they still lead there.
    has: IdMap<bool>,
}

impl Ground<'_> {
    fn new(repo: &Repository, ids: Vec<ObjectId>) -> Ground<'_> {
        let has = ids.iter().map(|id| (*id, true)).collect();
        Ground { repo, ids, has }
    }

    /// Whether these lead to all that those did, so that what was found sound beyond those is so beyond
    /// these. The base goes on all the time.
    fn has_all(&mut self, those: &[u8]) -> bool {
        let width = self.repo.object_hash().len_in_bytes();
        those.len().is_multiple_of(width)
            && those.chunks_exact(width).map(ObjectId::from_bytes_or_panic).all(|id| self.has(id))
    }

    fn has(&mut self, id: ObjectId) -> bool {
        let leads = |tip: &ObjectId| self.repo.is_ancestor(id, *tip).unwrap_or(false);
        *self.has.entry(id).or_insert_with(|| self.ids.iter().any(leads))
    }

    fn bytes(&self) -> Vec<u8> {
        self.ids.iter().flat_map(|id| id.as_bytes().iter().copied()).collect()
    }
}

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
