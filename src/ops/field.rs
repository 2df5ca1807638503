//! The field of a run: everybody's work as sides that can be merged, and where it meets.
//!
//! Paths are compared first, which needs no process; most sides touch nothing in common, and for them
//! that is all. What is not committed takes part: each worktree with something new is taken as it
//! would be committed now, in the clean room, so that nothing of the worktree or the repository
//! changes.

use std::collections::{BTreeSet, HashSet};

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::late_room::LateRoom;
use crate::git::meetings::{CACHE, Known};
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::change;
use crate::model::contact::{Contact, Outcome};
use crate::model::facts::{Facts, TaskFacts, Worktree};
use crate::model::footprint::{self, Footprint};
use crate::model::hint;
use crate::model::matrix::{Beyond, Pair, Side, Whose};
use crate::model::meeting::{Collision, Meeting};

/// Two sides by their places, the smaller one first.
pub type Places = (usize, usize);

/// All sides of a run.
pub struct Field<'a> {
    repo: &'a Repository,
    facts: &'a Facts,
    /// The tasks with a branch in the plan's order, then the base, then the integration branch.
    pub sides: Vec<Side>,
    /// The pairs of sides that may have something in common; all others have nothing.
    pub may_meet: BTreeSet<Places>,
    /// What could not be read.
    pub unknown: Vec<String>,
    /// Where the sides are merged.
    room: LateRoom<'a>,
    /// The commit that stands for each side, with what is not committed.
    tips: Vec<ObjectId>,
}

impl<'a> Field<'a> {
    /// Looks who may meet whom; starts no process.
    pub fn survey(repo: &'a Repository, recorded: &RecordedPlan, facts: &'a Facts) -> Result<Field<'a>> {
        // The base and the integration branch come after the tasks.
        let most = facts.tasks.len() + 2;
        let (mut sides, mut footprints) = (Vec::with_capacity(most), Vec::with_capacity(most));
        for task in &facts.tasks {
            let Some(tip) = task.effective_tip() else { continue };
            let dirty = dirty_worktree(task).map(|(worktree, paths)| (worktree, paths.len()));
            let worktree = dirty.map_or(Beyond::Nothing, |(_, count)| Beyond::Included(count));
            sides.push(Side {
                of: Whose::Task(task.name.clone()),
                branch: task.branch.clone(),
                tip,
                worktree,
            });
            footprints.push(Footprint::of_task(facts, task).map(|own| with_uncommitted(own, task)));
        }
        let plan = &facts.plan;
        let base = recorded.base_ref.clone().unwrap_or_else(|| plan.base.clone());
        let others = [
            (Whose::Base, base, facts.base_tip),
            (Whose::Integration, plan.layout.integration(&plan.run), facts.integration_tip),
        ];
        let mut unsure = BTreeSet::new();
        for (of, branch, tip) in others {
            let Some(tip) = tip else { continue };
            let branch = branch::short(&branch).to_owned();
            let (footprint, holds) = of_tip(repo, facts, tip)?;
            // Whoever is in it in part has another common ancestor with it than the base.
            unsure.extend(places_of(&sides, &holds).map(|task| (task, sides.len())));
            sides.push(Side { of, branch, tip, worktree: Beyond::Nothing });
            footprints.push(footprint);
        }
        let mut may_meet = footprint::may_meet(&footprints);
        may_meet.extend(unsure);
        may_meet.retain(|(one, other)| [one, other].iter().any(|place| sides[**place].is_task()));
        let tips = sides.iter().map(|side| side.tip).collect();
        let room = LateRoom::new(repo, facts.base_tip.unwrap_or(facts.base_commit_id));
        Ok(Field { repo, facts, sides, may_meet, unknown: Vec::new(), room, tips })
    }

    /// Finds out what becomes of the pairs of sides that may meet and are `wanted`.
    pub fn meet(&mut self, wanted: impl Fn(Places) -> bool) -> Result<Vec<Pair>> {
        let asked: Vec<Places> = self.may_meet.iter().copied().filter(|places| wanted(*places)).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        for place in asked.iter().flat_map(|(one, other)| [*one, *other]).collect::<BTreeSet<_>>() {
            if let Some(tip) = self.snapshot(place)? {
                self.tips[place] = tip;
            }
        }
        let commits: Vec<_> = asked.iter().map(|(one, other)| (self.tips[*one], self.tips[*other])).collect();
        let mut cache = self.repo.cache(CACHE);
        let meetings = self.room.meet(known(self.facts), self.facts.base_commit_id, &commits, &mut cache)?;
        cache.store();
        let pair = |((one, other), mut meeting): (Places, Meeting)| {
            meeting.name_sides(&self.sides[one].branch, &self.sides[other].branch);
            Pair { one, other, meeting }
        };
        Ok(asked.into_iter().zip(meetings).map(pair).collect())
    }

    /// What the side at `own` and another have both changed, conflicts first; `pairs` are those that
    /// were asked about.
    pub fn contacts(&self, own: usize, pairs: &[Pair]) -> Result<Vec<Contact>> {
        let (mut conflicts, mut merging) = (Vec::new(), Vec::new());
        for pair in pairs.iter().filter(|pair| [pair.one, pair.other].contains(&own)) {
            let other = pair.one + pair.other - own;
            let with = self.sides[other].of.clone();
            for Collision { conflict, spans } in pair.meeting.collisions() {
                let (one, two) = spans.iter().map(|span| (span.ours.clone(), span.theirs.clone())).unzip();
                let (mine, theirs) = if pair.one == own { (one, two) } else { (two, one) };
                let outcome = Outcome::Conflict(conflict.kind.clone());
                let paths = conflict.paths.clone();
                conflicts.push(Contact { with: with.clone(), paths, outcome, mine, theirs });
            }
            for path in pair.meeting.merging() {
                let tips = (self.tips[own], self.tips[other]);
                let (mine, theirs) = self.room.reader()?.changed_lines(tips, path.as_bstr())?;
                let paths = vec![path.clone()];
                merging.push(Contact { with: with.clone(), paths, outcome: Outcome::Merges, mine, theirs });
            }
        }
        conflicts.extend(merging);
        Ok(conflicts)
    }

    /// The commit that holds what the side's worktree has beyond its tip, where it has anything.
    fn snapshot(&mut self, place: usize) -> Result<Option<ObjectId>> {
        let Whose::Task(name) = self.sides[place].of.clone() else { return Ok(None) };
        let worktree = self.facts.task(&name).and_then(dirty_worktree);
        let Some((worktree, paths)) = worktree else { return Ok(None) };
        match self.room.room()?.snapshot(self.repo, &worktree.path, paths) {
            Ok(Some(commit_id)) => return Ok(Some(commit_id)),
            Ok(None) => self.sides[place].worktree = Beyond::LeftOut(paths.len()),
            Err(error) => {
                self.sides[place].worktree = Beyond::Nothing;
                self.unknown.push(format!("what is uncommitted for {name}: {}", hint::in_line(&error)));
            }
        }
        Ok(None)
    }
}

/// What the branches have changed since the base, as far as their commits tell it without a gap.
fn known(facts: &Facts) -> Known {
    let change = |task: &TaskFacts| {
        let mut parent = facts.base_commit_id;
        for commit in &task.commits {
            if commit.parent_ids != [parent] {
                return None;
            }
            parent = commit.id;
        }
        let net = change::net(task.commits.iter().map(|commit| commit.change.as_slice()))?;
        Some(((facts.base_commit_id, parent), net))
    };
    facts.tasks.iter().filter_map(change).collect()
}

/// The task's worktree and what is not committed there. Another branch, or the middle of a rebase:
/// what lies there belongs to other commits.
fn dirty_worktree(task: &TaskFacts) -> Option<(&Worktree, &[bstr::BString])> {
    let worktree = task.worktree.as_ref().filter(|worktree| worktree.present)?;
    let paths = worktree.dirty.as_deref().filter(|paths| !paths.is_empty())?;
    (worktree.branch.as_deref() == Some(task.branch.as_str())).then_some((worktree, paths))
}

fn with_uncommitted(mut footprint: Footprint, task: &TaskFacts) -> Footprint {
    let Some((worktree, paths)) = dirty_worktree(task) else { return footprint };
    for path in paths {
        let file = path.to_path().map(|relative| worktree.path.join(relative));
        footprint.add_uncommitted(path.as_bstr(), file.is_ok_and(|file| file.symlink_metadata().is_ok()));
    }
    footprint
}

/// What a branch that is nobody's has touched since the base, if that can be told; and the tasks of
/// which it holds something.
fn of_tip<'f>(
    repo: &Repository,
    facts: &'f Facts,
    tip: ObjectId,
) -> Result<(Option<Footprint>, Vec<&'f TaskFacts>)> {
    let base = facts.base_commit_id;
    if tip == base {
        return Ok((Some(Footprint::default()), Vec::new()));
    }
    if !repo.is_ancestor(base, tip)? {
        return Ok((None, Vec::new()));
    }
    let gained: HashSet<ObjectId> = repo.commits_between(&[base], &[tip])?.into_iter().collect();
    let changes = repo.diff_trees(repo.commit(base)?.tree_id, repo.commit(tip)?.tree_id)?;
    let is_held = |task: &&TaskFacts| task.commits.iter().any(|commit| gained.contains(&commit.id));
    Ok((Some(Footprint::of(&changes)), facts.tasks.iter().filter(is_held).collect()))
}

fn places_of<'s>(sides: &'s [Side], tasks: &'s [&TaskFacts]) -> impl Iterator<Item = usize> {
    let is_one =
        |side: &Side| matches!(&side.of, Whose::Task(name) if tasks.iter().any(|task| task.name == *name));
    sides.iter().enumerate().filter(move |(_, side)| is_one(side)).map(|(place, _)| place)
}
