//! Work that merges bring to a shared branch while its own branches are not on the server, or not as
//! far: whose branch each merged side is. It is judged then as if that branch had been pushed along.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::git::objects::CommitObject;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::integration::message::{of_landing, of_merge};
use crate::model::message;
use crate::model::plan::Task;
use crate::ops::server::scene::Scene;
use crate::ops::server::stray;

/// What a shared branch gains.
pub struct Gain<'s> {
    scene: &'s Scene<'s>,
    /// Where it ends.
    tip: Option<ObjectId>,
    /// Those of it that are on no task's branch and belong to none by a merge there, newest first.
    rest: &'s [CommitObject],
    /// Where each of them is.
    places: HashMap<ObjectId, usize>,
}

impl<'s> Gain<'s> {
    /// What a branch gains that ends at `tip`, with those commits of it that are on no task's branch.
    pub fn of(scene: &'s Scene<'s>, tip: Option<ObjectId>, rest: &'s [CommitObject]) -> Gain<'s> {
        let places = rest.iter().enumerate().map(|(place, commit)| (commit.id, place)).collect();
        Gain { scene, tip, rest, places }
    }

    /// The full names of the tasks' branches that the merges tell of, each with its tip.
    pub fn branches(&self) -> Result<BTreeMap<String, ObjectId>> {
        let mut branches: BTreeMap<String, ObjectId> = BTreeMap::new();
        let repo = self.scene.after();
        for merge in self.rest.iter().filter(|commit| commit.parent_ids.len() > 1) {
            if self.is_landing(merge) {
                continue;
            }
            for &tip in &merge.parent_ids[1..] {
                let work: Vec<&CommitObject> = self.line(tip).filter(|commit| declares(commit)).collect();
                let Some(name) = self.branch_of(merge, &work)? else { continue };
                let known =
                    branches.get(&name).copied().map_or_else(|| repo.ref_commit(&name), |id| Ok(Some(id)));
                let goes_on = known?.map_or(Ok(true), |known| repo.is_ancestor(known, tip))?;
                if goes_on {
                    branches.insert(name, tip);
                }
            }
        }
        Ok(branches)
    }

    /// What stands on the branch itself, by no merge of a task: what an integration never makes.
    pub fn direct(&self) -> HashSet<ObjectId> {
        let mut direct = HashSet::new();
        let mut open: Vec<ObjectId> = self.tip.into_iter().collect();
        while let Some(tip) = open.pop() {
            for commit in self.line(tip) {
                if direct.insert(commit.id) && commit.parent_ids.len() > 1 && self.is_landing(commit) {
                    open.extend(&commit.parent_ids[1..]);
                }
            }
        }
        direct
    }

    /// The first parents from `tip` on that are among the rest, newest first.
    fn line(&self, tip: ObjectId) -> impl Iterator<Item = &CommitObject> {
        std::iter::successors(self.find(&tip), |commit| self.find(commit.parent_ids.first()?))
    }

    fn find(&self, id: &ObjectId) -> Option<&CommitObject> {
        self.places.get(id).map(|place| &self.rest[*place])
    }

    /// Whether it is the merge of an integration branch, whose line is as the shared branch's own.
    fn is_landing(&self, merge: &CommitObject) -> bool {
        let subject = subject(merge);
        self.scene.plans.keys().any(|run| subject == of_landing(run).as_bytes())
    }

    /// The full name of the branch that this work is of: the one that the merge names, else that of the first
    /// task that may make all of its changes.
    fn branch_of(&self, merge: &CommitObject, work: &[&CommitObject]) -> Result<Option<String>> {
        if work.is_empty() {
            return Ok(None);
        }
        let named: Vec<_> = self.tasks().filter(|(recorded, task)| names(merge, recorded, task)).collect();
        if let [(recorded, task)] = named.as_slice() {
            return Ok(Some(full_name(recorded, task)));
        }
        let candidates = if named.is_empty() { self.tasks().collect() } else { named };
        for (recorded, task) in candidates {
            let mut fits = true;
            for commit in work {
                fits = fits && stray::fits(self.scene, (recorded, task), commit)?;
            }
            if fits {
                return Ok(Some(full_name(recorded, task)));
            }
        }
        Ok(None)
    }

    fn tasks(&self) -> impl Iterator<Item = (&RecordedPlan, &Task)> {
        let plans = self.scene.plans.values();
        plans.flat_map(|recorded| recorded.plan.tasks.iter().map(move |task| (recorded, task)))
    }
}

fn declares(commit: &CommitObject) -> bool {
    commit.parent_ids.len() == 1 && message::status(commit.message.as_bstr()).is_some()
}

/// Whether the merge says that it brings the task: in the words of an integration, or in git's own.
fn names(merge: &CommitObject, recorded: &RecordedPlan, task: &Task) -> bool {
    let (subject, branch) = (subject(merge), recorded.plan.layout.branch(&recorded.plan.run, task));
    let quoted = |start: &str| {
        let rest = subject
            .strip_prefix(start.as_bytes())
            .and_then(|rest| rest.find_byte(b'\'').map(|end| &rest[..end]));
        rest.is_some_and(|name| {
            name == branch.as_bytes()
                || name.strip_suffix(branch.as_bytes()).is_some_and(|rest| rest.ends_with(b"/"))
        })
    };
    subject == of_merge(&recorded.plan, task).as_bytes()
        || quoted("Merge branch '")
        || quoted("Merge remote-tracking branch '")
}

fn subject(commit: &CommitObject) -> &BStr {
    commit.message.lines().next().unwrap_or_default().as_bstr()
}

fn full_name(recorded: &RecordedPlan, task: &Task) -> String {
    branch::full(&recorded.plan.layout.branch(&recorded.plan.run, task))
}
