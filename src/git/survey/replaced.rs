//! What a branch stands on and another task has replaced since: by an amend, a rebase, a reset; and
//! what was made for a task that the plan does not have any more.
//!
//! A worker may put its branch onto a needed task's. When that task rewrites its own, or goes, what it
//! had before is on the first-parent chain of the other alone, who has made none of it. The task's record
//! of such a commit is believed where its branch bears it out, and the commit keeps to its scope. Without
//! a record, the rewritten branch must have come to the same.

use std::collections::{HashMap, HashSet};

use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::former_tasks::FormerTask;
use crate::git::objects::CommitObject;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::git::survey::history::{Scene, fits};
use crate::git::walk::Known;
use crate::model::branch;
use crate::model::facts::Replaced;
use crate::model::ids::{IdMap, IdSet};
use crate::model::name::TaskName;
use crate::model::plan::Task;
use crate::model::record::Record;

/// How many ends are tried of what could be another task's: the worker's own work follows on it.
const TRIES: usize = 16;

/// Where it is looked for. Tasks are named by their place in the plan; those that the plan had once
/// come after them.
pub struct Search<'a> {
    /// Where objects and notes are read.
    pub repo: &'a Repository,
    /// The plan.
    pub recorded: &'a RecordedPlan,
    /// What else was read.
    pub scene: &'a Scene<'a>,
    /// The first-parent chain of each task, oldest first; `None` if it has no branch.
    pub lines: &'a [Option<Vec<ObjectId>>],
    /// What the base and the integration branch have on theirs.
    pub base_chain: &'a IdSet,
    /// All commits of the run; of those of the lines it is known what they change.
    pub commits: &'a IdMap<Box<Known>>,
}

/// Whose commits are that others have on their first-parent chain.
#[derive(Default)]
pub struct Found {
    /// A task has made and replaced them.
    pub replaced: IdMap<usize>,
    /// They look like a task's, copied or replaced since, and nothing shows it.
    pub alike: IdMap<usize>,
}

impl Search<'_> {
    /// Looks at the chain of every task.
    pub fn read(&self) -> Found {
        let mut found = Found::default();
        let mut known: HashMap<usize, IdSet> = HashMap::new();
        let open: Vec<usize> = (0..self.lines.len()).filter(|holder| !self.is_plain(*holder)).collect();
        let held = open.iter().flat_map(|&holder| {
            let line = self.lines[holder].iter().flatten();
            line.filter(|id| !self.base_chain.contains(*id)).map(move |id| (holder, id))
        });
        for (holder, id) in held {
            let &[task] = self.commits[id].recorded_by() else { continue };
            let Some(line) = self.lines[task].as_ref().filter(|_| task != holder) else { continue };
            if found.replaced.contains_key(id) || line.contains(id) || !self.fits(task, *id) {
                continue;
            }
            let known = known.entry(task).or_insert_with(|| self.former(task, line));
            if known.contains(id) || self.has_successor(line, *id) {
                found.replaced.insert(*id, task);
            } else if !self.fits(holder, *id) {
                found.alike.insert(*id, task);
            }
        }
        self.dropped(&mut found);
        for &holder in &open {
            self.unrecorded(holder, &mut found);
        }
        for &holder in &open {
            self.copied(holder, &mut found);
        }
        found
    }

    /// Whether all of a task's chain is recorded by it alone and keeps to its scope: then there is
    /// nothing of anybody else to be found on it.
    fn is_plain(&self, holder: usize) -> bool {
        let is_plain = |id| {
            let known: &Known = &self.commits[id];
            known.recorded_by() == [holder] && fits(self.task(holder), known)
        };
        self.lines[holder].iter().flatten().all(is_plain)
    }

    /// These commits of a first-parent chain, oldest first, as stretches of one task each.
    pub fn stretches<'i>(
        &self,
        line: impl Iterator<Item = &'i ObjectId>,
        replaced: &IdMap<usize>,
    ) -> Vec<Replaced> {
        let mut stretches: Vec<Replaced> = Vec::new();
        for id in line {
            let Some(&task) = replaced.get(id) else { continue };
            let Some(&below) = self.commits[id].parent_ids.first() else { continue };
            let task = &self.task(task).name;
            match stretches.last_mut().filter(|last| last.newest == below && last.task == *task) {
                Some(last) => last.newest = *id,
                None => stretches.push(Replaced { task: task.clone(), below, newest: *id }),
            }
        }
        stretches
    }

    /// What was made for tasks that the plan does not have any more, and is recorded as theirs. Their
    /// branch must have it, or what was kept of that.
    fn dropped(&self, found: &mut Found) {
        let tasks = self.recorded.plan.tasks.len();
        for (place, former) in self.scene.former.iter().enumerate() {
            let notes = self.notes(&former.task.name);
            let mut line = None;
            for (holder, chain) in self.lines.iter().enumerate() {
                for id in chain.iter().flatten().filter(|id| notes.contains_key(*id)) {
                    let is_known = self.base_chain.contains(id) || !self.commits[id].recorded_by().is_empty();
                    let is_late = self.commits[id].time > former.until;
                    if is_known || is_late || !self.fits(tasks + place, *id) {
                        continue;
                    }
                    if line.get_or_insert_with(|| self.left(former)).contains(id) {
                        found.replaced.entry(*id).or_insert(tasks + place);
                    } else if !self.fits(holder, *id) {
                        found.alike.entry(*id).or_insert(tasks + place);
                    }
                }
            }
        }
    }

    /// What the branch of a former task has, or had when a command of ours removed it.
    fn left(&self, former: &FormerTask) -> IdSet {
        let run = &self.recorded.plan.run;
        let here = self.repo.left_branch(former).unwrap_or_default();
        let tip = here.or_else(|| self.repo.newest_backup(run, former.task.name.as_str()).ok()?);
        let base = HashSet::from([self.recorded.base_commit_id]);
        let line = tip.and_then(|tip| self.repo.first_parents(tip, &base).ok());
        line.unwrap_or_default().into_iter().collect()
    }

    /// What is on the chain of one task alone, was not recorded by it, leaves its scope, and is what
    /// another one has rewritten.
    fn unrecorded(&self, holder: usize, found: &mut Found) {
        let Some(line) = &self.lines[holder] else { return };
        let mut place = 0;
        while place < line.len() {
            place += match self.is_unexplained(holder, line[place], found) {
                true => self.rewritten(holder, &line[place..], found),
                false => 1,
            };
        }
    }

    /// Looks for what another task has rewritten at the beginning of a part of a chain; how many commits
    /// are settled by that.
    fn rewritten(&self, holder: usize, part: &[ObjectId], found: &mut Found) -> usize {
        let mut passed = 1;
        for (task, line) in self.lines.iter().enumerate().filter(|(task, _)| *task != holder) {
            let own = |id: &&ObjectId| !self.base_chain.contains(*id);
            let line: Vec<ObjectId> = line.iter().flatten().filter(own).copied().collect();
            let is_of = |id: &&ObjectId| {
                self.fits(task, **id)
                    && (self.is_unexplained(holder, **id, found)
                        || !self.is_recorded_by(holder, **id) && self.has_successor(&line, **id))
            };
            let run: Vec<&CommitObject> =
                part.iter().take_while(is_of).map(|id| &self.commits[id].commit).collect();
            let is_alike = |count: &usize| {
                let alike = self.repo.alike(&run[..*count], &line, None).unwrap_or_default();
                alike.is_some_and(|alike| alike.is_later)
            };
            if let Some(count) = (1..=run.len()).rev().take(TRIES).find(is_alike) {
                found.replaced.extend(part[..count].iter().map(|id| (*id, task)));
                return count;
            }
            passed = passed.max(run.len());
        }
        passed
    }

    /// What has on the chain of one task the author, the time and the subject of another's commit, and
    /// leaves the own scope. What changes nothing goes with the commits beside it.
    fn copied(&self, holder: usize, found: &mut Found) {
        let Some(chain) = &self.lines[holder] else { return };
        let is_asked = |id: &&ObjectId| !self.base_chain.contains(*id) && !found.replaced.contains_key(*id);
        let asked: Vec<ObjectId> = chain.iter().filter(is_asked).copied().collect();
        if asked.iter().all(|id| self.fits(holder, *id)) {
            return;
        }
        for (task, line) in self.lines.iter().enumerate().filter(|(task, _)| *task != holder) {
            let Some(line) = line else { continue };
            let is_copy =
                |id: &ObjectId| !line.contains(id) && self.fits(task, *id) && self.has_successor(line, *id);
            for row in asked.chunk_by(|one, next| is_copy(one) == is_copy(next)) {
                if is_copy(&row[0]) && row.iter().any(|id| !self.fits(holder, *id)) {
                    row.iter().for_each(|id| _ = found.alike.entry(*id).or_insert(task));
                }
            }
        }
    }

    fn is_unexplained(&self, holder: usize, id: ObjectId, found: &Found) -> bool {
        let is_elsewhere = || {
            let others = self.lines.iter().enumerate().filter(|(task, _)| *task != holder);
            others.filter_map(|(_, line)| line.as_ref()).any(|line| line.contains(&id))
        };
        !self.is_recorded_by(holder, id)
            && !self.base_chain.contains(&id)
            && !found.replaced.contains_key(&id)
            && self.commits[&id].parent_ids.len() == 1
            && !self.fits(holder, id)
            && !is_elsewhere()
    }

    fn is_recorded_by(&self, task: usize, id: ObjectId) -> bool {
        self.commits[&id].recorded_by().contains(&task)
    }

    /// What a task's branch had as its reflog tells, and what its records say was rewritten.
    fn former(&self, task: usize, line: &[ObjectId]) -> IdSet {
        let plan = &self.recorded.plan;
        let name = branch::full(&plan.layout.branch(&plan.run, &plan.tasks[task]));
        let moves = self.scene.real.reflog(&name).into_iter();
        let mut former: IdSet = moves.filter(|one| one.is_commit()).map(|one| one.new).collect();
        let notes = self.notes(&plan.tasks[task].name);
        for id in line {
            let mut next = notes.get(id).and_then(|record| record.rewritten_from);
            while let Some(id) = next.filter(|id| former.insert(*id)) {
                next = notes.get(&id).and_then(|record| record.rewritten_from);
            }
        }
        former
    }

    fn notes(&self, task: &TaskName) -> IdMap<Record> {
        let notes = self.repo.notes(&notes_ref(&self.recorded.plan.run, task)).unwrap_or_default();
        let record = |note: &[u8]| Record::parse(note.as_bstr()).filter(|record| record.task == *task);
        notes.into_iter().filter_map(|(id, note)| Some((id, record(&note)?))).collect()
    }

    /// Whether a chain has a commit that came from where this one came from.
    fn has_successor(&self, line: &[ObjectId], id: ObjectId) -> bool {
        let origin = self.commits[&id].origin();
        line.iter().any(|one| self.commits[one].origin() == origin)
    }

    fn fits(&self, task: usize, id: ObjectId) -> bool {
        fits(self.task(task), &self.commits[&id])
    }

    fn task(&self, place: usize) -> &Task {
        let tasks = &self.recorded.plan.tasks;
        tasks.get(place).unwrap_or_else(|| &self.scene.former[place - tasks.len()].task)
    }
}
