//! Work that merges bring to a shared branch while its own branches are not on the server, or not as
//! far: whose branch each merged side is. It is judged then as if that branch had been pushed along.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::git::objects::CommitObject;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
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
    /// All that it gains.
    landed: &'s HashSet<ObjectId>,
}

impl<'s> Gain<'s> {
    /// What a branch gains that ends at `tip`, with those commits of it that are on no task's branch.
    pub fn of(
        scene: &'s Scene<'s>,
        (tip, landed): (Option<ObjectId>, &'s HashSet<ObjectId>),
        rest: &'s [CommitObject],
    ) -> Gain<'s> {
        let places = rest.iter().enumerate().map(|(place, commit)| (commit.id, place)).collect();
        Gain { scene, tip, rest, places, landed }
    }

    /// The full names of the tasks' branches that the merges tell of, each with its tip.
    pub fn branches(&self) -> Result<BTreeMap<String, ObjectId>> {
        let mut branches: BTreeMap<String, ObjectId> = BTreeMap::new();
        let repo = self.scene.after();
        let line = self.shared_line()?;
        for merge in self.rest.iter().chain(&line).filter(|commit| commit.parent_ids.len() > 1) {
            if self.is_landing(merge) {
                continue;
            }
            for &tip in &merge.parent_ids[1..] {
                let Whose::Task(name) = self.whose(merge, tip)? else { continue };
                let known =
                    branches.get(&name).copied().map_or_else(|| repo.ref_commit(&name), |id| Ok(Some(id)));
                let goes_on = match known? {
                    None => true,
                    Some(known) => known != tip && repo.is_ancestor(known, tip)?,
                };
                if goes_on {
                    branches.insert(name, tip);
                }
            }
        }
        Ok(branches)
    }

    /// The first parents of what it gains that a task's branch has as well, which has merged the shared one.
    fn shared_line(&self) -> Result<Vec<CommitObject>> {
        let (mut line, mut next) = (Vec::new(), self.tip);
        while let Some(id) = next.filter(|id| self.landed.contains(id)) {
            let commit = self.scene.after().commit(id)?;
            next = commit.parent_ids.first().copied();
            line.extend(Some(commit).filter(|commit| self.find(&commit.id).is_none()));
        }
        Ok(line)
    }

    /// What stands on the branch itself, by no merge of a task, or by one that could be of any of several:
    /// what an integration never makes.
    pub fn direct(&self) -> Result<HashSet<ObjectId>> {
        let mut direct = HashSet::new();
        let mut open: Vec<ObjectId> = self.tip.into_iter().collect();
        while let Some(tip) = open.pop() {
            for commit in self.line(tip) {
                if direct.insert(commit.id) && commit.parent_ids.len() > 1 && self.is_landing(commit) {
                    open.extend(&commit.parent_ids[1..]);
                }
            }
        }
        for merge in self.rest.iter().filter(|commit| commit.parent_ids.len() > 1) {
            for &tip in &merge.parent_ids[1..] {
                if !self.is_landing(merge) && self.whose(merge, tip)? == Whose::Anybodys {
                    direct.extend(self.line(tip).map(|commit| commit.id));
                }
            }
        }
        Ok(direct)
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

    /// Whose work a merge brings by one of its sides: that of the task which the merge names, else of the
    /// only one that may make all of its changes. Of more than one, the notes may tell, or what it goes on
    /// from.
    fn whose(&self, merge: &CommitObject, tip: ObjectId) -> Result<Whose> {
        let named: Vec<_> = self.tasks().filter(|(recorded, task)| names(merge, recorded, task)).collect();
        if let [(recorded, task)] = named.as_slice() {
            let task = Whose::Task(full_name(recorded, task));
            return Ok(if self.brings_work(tip)? { task } else { Whose::Nobodys });
        }
        let work: Vec<&CommitObject> = self.line(tip).filter(|commit| declares(commit)).collect();
        if work.is_empty() {
            return Ok(Whose::Nobodys);
        }
        let mut fitting = Vec::new();
        for (recorded, task) in if named.is_empty() { self.tasks().collect() } else { named } {
            let mut fits = true;
            for commit in &work {
                fits = fits && stray::fits(self.scene, (recorded, task), commit)?;
            }
            fitting.extend(fits.then_some((recorded, task)));
        }
        match fitting.as_slice() {
            [] => return Ok(Whose::Nobodys),
            [(recorded, task)] => return Ok(Whose::Task(full_name(recorded, task))),
            _ => {}
        }
        let mut known = Vec::new();
        for (recorded, task) in fitting {
            if self.is_known((recorded, task), (tip, &work))? {
                known.push(full_name(recorded, task));
            }
        }
        Ok(match <[String; 1]>::try_from(known) {
            Ok([name]) => Whose::Task(name),
            Err(_) => Whose::Anybodys,
        })
    }

    /// Whether a merged side declares anything, also where a task has merged it or was begun on it, whose
    /// branch is here.
    fn brings_work(&self, tip: ObjectId) -> Result<bool> {
        let mut next = Some(tip);
        while let Some(id) = next.filter(|id| self.landed.contains(id)) {
            let commit = self.scene.after().commit(id)?;
            if declares(&commit) {
                return Ok(true);
            }
            next = commit.parent_ids.first().copied();
        }
        Ok(false)
    }

    /// Whether the notes say that work is the task's, or it goes on from where the task's branch is.
    fn is_known(
        &self,
        (recorded, task): (&RecordedPlan, &Task),
        (tip, work): (ObjectId, &[&CommitObject]),
    ) -> Result<bool> {
        let repo = self.scene.after();
        let below = self.line(tip).last().and_then(|commit| commit.parent_ids.first().copied());
        let branch = repo.ref_commit(&full_name(recorded, task))?;
        if branch.is_some_and(|branch| Some(branch) == below && branch != recorded.base_commit_id) {
            return Ok(true);
        }
        let notes = repo.notes(&notes_ref(&recorded.plan.run, &task.name))?;
        Ok(work.iter().any(|commit| notes.contains_key(&commit.id)))
    }

    fn tasks(&self) -> impl Iterator<Item = (&RecordedPlan, &Task)> {
        let plans = self.scene.plans.values();
        plans.flat_map(|recorded| recorded.plan.tasks.iter().map(move |task| (recorded, task)))
    }
}

/// Whose work a merge brings.
#[derive(Debug, PartialEq, Eq)]
enum Whose {
    /// Of the task with this branch, by its full name.
    Task(String),
    /// It could be of more than one task.
    Anybodys,
    /// There is none, or no task may make all of it.
    Nobodys,
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
