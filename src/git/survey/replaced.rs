//! What a branch stands on and another task has replaced since: by an amend, a rebase, a reset.
//!
//! A worker may put its branch onto a needed task's. When that task rewrites its own, what it had before
//! is on the first-parent chain of the other alone, who has made none of it. The task's record of such a
//! commit is believed where its branch bears it out, and the commit keeps to its scope.

use std::collections::{HashMap, HashSet};

use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::objects::CommitObject;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::git::survey::history::Scene;
use crate::model::branch;
use crate::model::facts::Replaced;
use crate::model::record::Record;

/// Where it is looked for. Tasks are named by their place in the plan.
pub struct Search<'a> {
    /// Where objects and notes are read.
    pub repo: &'a Repository,
    /// The plan.
    pub recorded: &'a RecordedPlan,
    /// What else was read.
    pub scene: &'a Scene<'a>,
    /// The first-parent chain of each task, oldest first; `None` if it has no branch.
    pub lines: &'a [Option<Vec<ObjectId>>],
    /// All commits of the run.
    pub commits: &'a HashMap<ObjectId, CommitObject>,
    /// Whether all that a commit changes is in a task's scope.
    pub fits: &'a dyn Fn(usize, ObjectId) -> bool,
}

impl Search<'_> {
    /// The commits that a task has replaced and others still have, with the task. `recorded_by` are the
    /// tasks that have a record of a commit.
    pub fn read(
        &self,
        recorded_by: &HashMap<ObjectId, Vec<usize>>,
        base_chain: &HashSet<ObjectId>,
    ) -> HashMap<ObjectId, usize> {
        let mut found = HashMap::new();
        let mut known: HashMap<usize, HashSet<ObjectId>> = HashMap::new();
        let held = self.lines.iter().enumerate().flat_map(|(holder, line)| {
            line.iter().flatten().filter(|id| !base_chain.contains(*id)).map(move |id| (holder, id))
        });
        for (holder, id) in held {
            let Some(&[task]) = recorded_by.get(id).map(Vec::as_slice) else { continue };
            let Some(line) = self.lines[task].as_ref().filter(|_| task != holder) else { continue };
            if found.contains_key(id) || line.contains(id) || !(self.fits)(task, *id) {
                continue;
            }
            let known = known.entry(task).or_insert_with(|| self.former(task, line));
            if known.contains(id) || self.has_successor(line, *id) {
                found.insert(*id, task);
            }
        }
        found
    }

    /// These commits of a first-parent chain, oldest first, as stretches of one task each.
    pub fn stretches<'i>(
        &self,
        line: impl Iterator<Item = &'i ObjectId>,
        replaced: &HashMap<ObjectId, usize>,
    ) -> Vec<Replaced> {
        let mut stretches: Vec<Replaced> = Vec::new();
        for id in line {
            let Some(&task) = replaced.get(id) else { continue };
            let Some(&below) = self.commits[id].parent_ids.first() else { continue };
            let task = &self.recorded.plan.tasks[task].name;
            match stretches.last_mut().filter(|last| last.newest == below && last.task == *task) {
                Some(last) => last.newest = *id,
                None => stretches.push(Replaced { task: task.clone(), below, newest: *id }),
            }
        }
        stretches
    }

    /// What a task's branch had as its reflog tells, and what its records say was rewritten.
    fn former(&self, task: usize, line: &[ObjectId]) -> HashSet<ObjectId> {
        let plan = &self.recorded.plan;
        let name = branch::full(&plan.layout.branch(&plan.run, &plan.tasks[task]));
        let moves = self.scene.real.reflog(&name).into_iter();
        let mut former: HashSet<ObjectId> = moves.filter(|one| one.is_commit()).map(|one| one.new).collect();
        let notes = self.repo.notes(&notes_ref(&plan.run, &plan.tasks[task].name)).unwrap_or_default();
        let before = |id: &ObjectId| Record::parse(notes.get(id)?.as_bstr())?.rewritten_from;
        for id in line {
            let mut next = before(id);
            while let Some(id) = next.filter(|id| former.insert(*id)) {
                next = before(&id);
            }
        }
        former
    }

    /// Whether a chain has a commit that came from where this one came from.
    fn has_successor(&self, line: &[ObjectId], id: ObjectId) -> bool {
        let origin = self.commits[&id].origin();
        line.iter().any(|one| self.commits[one].origin() == origin)
    }
}
