//! Commits that were found to break no rule, kept on disk for answers that change no branch.
//!
//! A branch is remembered by one of its commits: of that one and of all below it, down to what the branch
//! starts on, it is kept which have nothing wrong with them. This is only kept where it follows from the
//! commits and the plan alone, which never change under their ids: nothing was merged, nothing declared
//! COMPLETE, and no rule of the task asks what others have done. Everything else is judged each time.
//! What verifies or merges does not ask here.

use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::cache::{Cache, Key, digest};
use crate::model::facts::{Commit, Facts, TaskFacts};
use crate::model::message::{self, Prefix};
use crate::model::plan::{DependencyMode, Plan, Task};
use crate::model::scope::Access;

/// Where it is kept.
const CACHE: &str = "clean";

/// How many commits back it is looked for what was kept; to judge more of them again is rare.
const BACK: usize = 64;

/// Another version may judge by other rules.
const VERSION: &[u8] = env!("CARGO_PKG_VERSION").as_bytes();

/// What was kept, and what is new.
pub(super) struct Clean<'a> {
    /// `None` where nothing is kept, as history may be cut off.
    cache: Option<Cache>,
    facts: &'a Facts,
}

impl<'a> Clean<'a> {
    /// What is kept of a run.
    pub fn of(repo: &Repository, facts: &'a Facts) -> Clean<'a> {
        Clean { cache: (!repo.is_shallow()).then(|| repo.cache(CACHE)), facts }
    }

    /// Of a task's oldest commits whether each is known to be clean.
    pub fn known(&mut self, task: &TaskFacts) -> Vec<bool> {
        let (Some(cache), Some(below)) = (&mut self.cache, start(self.facts, task)) else {
            return Vec::new();
        };
        for count in (1..=straight(&task.commits, below)).rev().take(BACK) {
            let key = key(self.facts, task, below, task.commits[count - 1].id);
            if let Some(kept) = key.and_then(|key| cache.find(key)) {
                let is_clean =
                    |place: usize| kept.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1);
                return (0..count).map(is_clean).collect();
            }
        }
        Vec::new()
    }

    /// Remembers that of a task's commits, as far as that can be kept and goes beyond what is `known`.
    pub fn keep(&mut self, task: &TaskFacts, known: usize, clean: &[bool]) {
        let (Some(cache), Some(below)) = (&mut self.cache, start(self.facts, task)) else { return };
        let straight = &task.commits[..straight(&task.commits, below).min(clean.len())];
        let count = straight.iter().take_while(|commit| !is_complete(commit)).count();
        let Some(newest) = straight[known.min(count)..count].last() else { return };
        let byte = |clean: &[bool]| clean.iter().rev().fold(0, |byte, clean| byte << 1 | u8::from(*clean));
        if let Some(key) = key(self.facts, task, below, newest.id) {
            cache.keep(key, clean[..count].chunks(8).map(byte).collect());
        }
    }

    /// Writes what is new to disk.
    pub fn store(self) {
        if let Some(cache) = self.cache {
            cache.store();
        }
    }
}

/// What a task's commits start on, if no rule of the task asks for anything but them.
fn start(facts: &Facts, task: &TaskFacts) -> Option<ObjectId> {
    let planned = facts.plan.task(&task.name).filter(|planned| asks_nobody(&facts.plan, planned));
    planned.and_then(|_| task.commits.first()?.parent_ids.first().copied())
}

/// Whether a task neither waits for others nor has paths of which notes tell whose they are.
fn asks_nobody(plan: &Plan, task: &Task) -> bool {
    let waits = plan.dependencies == DependencyMode::Strict && !task.needs.is_empty();
    !waits && task.scope.iter().all(|entry| entry.access != Access::Create)
}

/// How many of the oldest commits have one parent each, the one before.
fn straight(commits: &[Commit], below: ObjectId) -> usize {
    let mut parent = below;
    let follows = |commit: &&Commit| {
        let follows = commit.parent_ids == [parent];
        parent = commit.id;
        follows
    };
    commits.iter().take_while(follows).count()
}

fn is_complete(commit: &Commit) -> bool {
    message::status(commit.message.as_ref()) == Some(Prefix::Complete)
}

fn key(facts: &Facts, task: &TaskFacts, below: ObjectId, newest: ObjectId) -> Option<Key> {
    let mut all = Vec::with_capacity(256);
    [facts.plan_commit_id, facts.base_commit_id, below, newest]
        .iter()
        .for_each(|id| all.extend_from_slice(id.as_bytes()));
    [VERSION, b" ", task.name.as_str().as_bytes()].iter().for_each(|part| all.extend_from_slice(part));
    digest(&all).ok()
}
