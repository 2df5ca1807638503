//! What a task has made and no branch leads to by first parents any more.
//!
//! A worker may put its branch onto another's that had merged it. Then that one's merge, and what lies
//! below it, is on the first-parent chain of both branches, and what the worker has made is on none. It
//! stays the worker's (S1-66): its record says so, its reflog, or that it is in its scope alone.

use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::reflog::Move;
use crate::git::survey::history::{Scene, keeps_to};
use crate::git::walk::Known;
use crate::model::branch;
use crate::model::few::Few;
use crate::model::ids::{IdMap, IdSet};
use crate::model::message;

/// What is asked about.
pub struct Overtaken<'a> {
    /// The first-parent chain of each task, oldest first.
    pub lines: &'a [Option<Vec<ObjectId>>],
    /// What is on more than one of them.
    pub shared: &'a IdMap<Few>,
    /// What the base and the integration branch have on theirs.
    pub base_chain: &'a IdSet,
    /// All commits of the run.
    pub commits: &'a IdMap<Box<Known>>,
    /// Which of some tasks made a commit.
    pub maker: &'a dyn Fn(&[usize], ObjectId) -> Option<usize>,
}

impl Overtaken<'_> {
    /// For each task what it has made so, oldest first.
    pub fn read(&self) -> Vec<Vec<ObjectId>> {
        let mut found: Vec<Vec<ObjectId>> = vec![Vec::new(); self.lines.len()];
        if self.shared.is_empty() {
            return found;
        }
        let on_lines: IdSet = self.lines.iter().flatten().flatten().copied().collect();
        let mut seen = IdSet::default();
        for id in self.lines.iter().flatten().flatten() {
            let Some(tasks) = self.shared.get(id).filter(|_| seen.insert(*id)) else { continue };
            for side in self.commits[id].parent_ids.iter().skip(1) {
                for made in self.side(*side, &on_lines, &mut seen) {
                    if let Some(task) = (self.maker)(tasks, made) {
                        found[task].push(made);
                    }
                }
            }
        }
        found
    }

    /// The first-parent chain of a merged commit as far as it is on nobody's, oldest first.
    fn side(&self, merged: ObjectId, on_lines: &IdSet, seen: &mut IdSet) -> Vec<ObjectId> {
        let is_nobodys = |id: &ObjectId| !on_lines.contains(id) && !self.base_chain.contains(id);
        let mut chain = Vec::new();
        let mut next = Some(merged);
        while let Some(commit) = next.filter(is_nobodys).and_then(|id| self.commits.get(&id)) {
            if !seen.insert(commit.id) {
                break;
            }
            chain.push(commit.id);
            next = commit.parent_ids.first().copied();
        }
        chain.reverse();
        chain
    }
}

/// Which of some tasks made a commit: the one that recorded it, the one on whose branch it was
/// committed, or the only one whose scope it keeps to, where no record and no reflog tells.
pub fn maker(
    repo: &Repository,
    recorded: &RecordedPlan,
    scene: &Scene<'_>,
    (tasks, commit): (&[usize], &Known),
) -> Option<usize> {
    let plan = &recorded.plan;
    let only = |is: &dyn Fn(usize) -> bool| {
        let mut all = tasks.iter().copied().filter(|task| is(*task));
        all.next().filter(|_| all.next().is_none())
    };
    if !commit.recorded_by().is_empty() {
        return only(&|task| commit.recorded_by().contains(&task));
    }
    let made = |one: &Move| one.new == commit.id && one.is_commit();
    let log =
        |task: usize| scene.real.reflog(&branch::full(&plan.layout.branch(&plan.run, &plan.tasks[task])));
    only(&|task| log(task).iter().any(made)).or_else(|| {
        message::status(commit.message.as_ref())?;
        let change = repo.change_of(commit).ok()?;
        only(&|task| commit.parent_ids.len() != 1 || keeps_to(&plan.tasks[task], &change))
    })
}
