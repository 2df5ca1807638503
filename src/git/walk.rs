//! History: ancestors, common ancestors, and what one side has that the other has not.
//!
//! Commits are read as they are: neither grafts nor replace refs nor `.git/shallow` hide a parent.
//! Where a parent is missing, as at the end of a shallow clone, the question cannot be answered, and
//! that is what the error says, unless both sides lead there: what they share need not be here. Nor
//! is a commit-graph believed: it repeats what commits say of their parents, and whoever can write it
//! could leave a commit out.

use std::collections::HashSet;
use std::collections::hash_map::Entry;
use std::ops::Deref;

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use super::Repository;
use super::kept::Kept;
use super::objects::{CommitObject, malformed};
use super::painting::{LEFT, Painting, Question, RIGHT};
use crate::model::change::PathChange;
use crate::model::few::Few;
use crate::model::hint;
use crate::model::ids::IdMap;

/// What a walk needs of a commit.
#[derive(Debug, Clone)]
pub(in crate::git) struct Node {
    /// Above all its ancestors, unless a clock went backwards.
    pub(in crate::git) rank: Rank,
    /// In git's order.
    pub(in crate::git) parent_ids: Vec<ObjectId>,
}

/// Seconds since the epoch, in the committer's word.
pub(in crate::git) type Rank = i64;

/// Access to commits as nodes of a graph.
pub(in crate::git) struct History<'a> {
    repo: &'a Repository,
    graph: gix::revwalk::Graph<'a, 'a, ()>,
    /// Set where the commits are wanted as well.
    whole: Option<Whole<'a>>,
}

/// What a walk has found and read.
pub(in crate::git) struct Reading {
    /// What they say, as far as that could be read in full.
    pub(in crate::git) commits: IdMap<Box<Known>>,
    /// The others.
    pub(in crate::git) unread: Vec<ObjectId>,
}

/// A commit that was read in full.
pub(in crate::git) struct Known {
    /// What it says.
    pub(in crate::git) commit: CommitObject,
    /// What it changes against its first parent, if that was kept.
    pub(in crate::git) kept: Option<Vec<PathChange>>,
    /// The same, if it was asked.
    pub(in crate::git) change: Option<Vec<PathChange>>,
    /// The tasks that have a record of it, if that was asked, by their places in the plan.
    pub(in crate::git) recorded_by: Option<Few>,
}

/// Commits that a walk has read in full.
struct Whole<'a> {
    /// Where they are looked for first.
    kept: &'a mut Kept,
    commits: IdMap<Box<Known>>,
}

impl Repository {
    /// The first-parent chain from `tip`, newest first; it ends before a member of `stop`, or with a
    /// root.
    pub fn first_parents(&self, tip: ObjectId, stop: &HashSet<ObjectId>) -> Result<Vec<ObjectId>> {
        let mut history = History::new(self);
        let mut chain = Vec::new();
        let mut next = Some(tip);
        while let Some(id) = next.filter(|id| !stop.contains(id)) {
            chain.push(id);
            next = history.node(id)?.parent_ids.first().copied();
        }
        Ok(chain)
    }

    /// Whether `ancestor` is `of` itself or one of its ancestors.
    pub fn is_ancestor(&self, ancestor: ObjectId, of: ObjectId) -> Result<bool> {
        if ancestor == of {
            return Ok(true);
        }
        self.painted(Question::Common, &[ancestor], &[of], |painting| painting.colours(ancestor) & RIGHT != 0)
    }

    /// The best common ancestors, sorted by id; none if the histories are unrelated.
    pub fn merge_bases(&self, a: ObjectId, b: ObjectId) -> Result<Vec<ObjectId>> {
        let common = |colours| colours == LEFT | RIGHT;
        let mut bases = self.painted(Question::Common, &[a], &[b], |painting| painting.passed(common))?;
        bases.sort();
        // Clocks that go backwards can leave an ancestor of a base among the bases.
        let mut best = Vec::new();
        for &base in &bases {
            let others = bases.iter().filter(|other| **other != base);
            let above = others.map(|other| self.is_ancestor(base, *other)).collect::<Result<Vec<_>>>()?;
            if !above.contains(&true) {
                best.push(base);
            }
        }
        Ok(best)
    }

    /// How many commits only `a` has, and how many only `b` has.
    pub fn ahead_behind(&self, a: ObjectId, b: ObjectId) -> Result<(usize, usize)> {
        self.painted(Question::Both, &[a], &[b], |painting| {
            let count = |side| painting.passed(|colours| colours & (LEFT | RIGHT) == side).len();
            (count(LEFT), count(RIGHT))
        })
    }

    /// What is reachable from `tips` and not from `hidden`, each once, newest first.
    pub fn commits_between(&self, hidden: &[ObjectId], tips: &[ObjectId]) -> Result<Vec<ObjectId>> {
        let left = |colours| colours & (LEFT | RIGHT) == LEFT;
        self.painted(Question::Left, tips, hidden, |painting| painting.passed(left))
    }

    /// Whether `tip` leads to `ancestor` by a way that passes none of `avoided`, above `base`.
    pub fn leads_past(
        &self,
        avoided: &[ObjectId],
        (tip, ancestor): (ObjectId, ObjectId),
        base: ObjectId,
    ) -> Result<bool> {
        let above: HashSet<ObjectId> = self.commits_between(&[base], &[tip])?.into_iter().collect();
        let (mut history, mut seen) = (History::new(self), avoided.iter().copied().collect::<HashSet<_>>());
        let mut open = vec![tip];
        while let Some(id) = open.pop() {
            if !above.contains(&id) || !seen.insert(id) {
                continue;
            }
            if id == ancestor {
                return Ok(true);
            }
            open.extend(history.node(id)?.parent_ids);
        }
        Ok(false)
    }

    /// What is reachable from `tips` and not from `base`, with all that the commits say; what is kept is
    /// not read again.
    pub(in crate::git) fn read_between(
        &self,
        base: ObjectId,
        tips: &[ObjectId],
        kept: &mut Kept,
    ) -> Result<Reading> {
        if let Some(commits) = self.read_down(base, tips, kept) {
            return Ok(Reading { commits, unread: Vec::new() });
        }
        let room = kept.count();
        let commits = IdMap::with_capacity_and_hasher(room, Default::default());
        let history = History { whole: Some(Whole { kept, commits }), ..History::new(self) };
        let mut painting = Painting::new(history, Question::Left).with_room(room);
        painting.paint(tips, &[base])?;
        let is_wanted = |(_, colours): &(ObjectId, u8)| colours & (LEFT | RIGHT) == LEFT;
        let (wanted, others): (Vec<_>, Vec<_>) = painting.reached().partition(is_wanted);
        let mut commits = painting.into_history().whole.map(|whole| whole.commits).unwrap_or_default();
        others.iter().for_each(|(id, _)| drop(commits.remove(id)));
        let unread = wanted.into_iter().map(|(id, _)| id).filter(|id| !commits.contains_key(id)).collect();
        Ok(Reading { commits, unread })
    }

    /// The same where every way down ends with the base, which takes no painting: what has the base below
    /// it is nothing that the base leads to. `None` where a way ends elsewhere, or is about to, as it came
    /// to something older than the base; and where something cannot be read in full.
    fn read_down(&self, base: ObjectId, tips: &[ObjectId], kept: &mut Kept) -> Option<IdMap<Box<Known>>> {
        let oldest = self.commit(base).ok()?.time;
        let mut commits = IdMap::with_capacity_and_hasher(kept.count(), Default::default());
        let mut open = tips.to_vec();
        while let Some(id) = open.pop() {
            if id == base {
                continue;
            }
            let Entry::Vacant(free) = commits.entry(id) else { continue };
            let known = self.known(id, kept)?;
            if known.commit.parent_ids.is_empty() || known.commit.time < oldest {
                return None;
            }
            open.extend(known.commit.parent_ids.iter().rev());
            free.insert(Box::new(known));
        }
        Some(commits)
    }

    /// A commit that is kept, or that can be read in full.
    fn known(&self, id: ObjectId, kept: &mut Kept) -> Option<Known> {
        if let Some((commit, change)) = kept.commit(id) {
            return Some(Known { kept: Some(change), ..Known::of(commit) });
        }
        let (commit, is_dated) = self.dated_commit(id).ok()?;
        is_dated.then(|| Known::of(commit))
    }

    /// Paints what `left` and `right` lead to, as far as the question needs, and reads the answer.
    fn painted<T>(
        &self,
        question: Question,
        left: &[ObjectId],
        right: &[ObjectId],
        answer: impl FnOnce(&Painting<'_>) -> T,
    ) -> Result<T> {
        let mut painting = Painting::new(History::new(self), question);
        painting.paint(left, right)?;
        Ok(answer(&painting))
    }

    /// Why a commit that history names cannot be read, where it is not here.
    pub fn missing_commit(&self, id: ObjectId) -> anyhow::Error {
        if self.is_shallow() {
            return hint::error(
                format!("this clone is shallow: its history ends before {id}"),
                "fetch the rest with git fetch --unshallow",
            );
        }
        hint::error(format!("the commit {id} is missing"), "git fsck tells what else is damaged")
    }
}

impl<'a> History<'a> {
    /// Whether commits may be missing because a shallow clone never had them.
    pub(in crate::git) fn may_end(&self) -> bool {
        self.repo.is_shallow()
    }

    fn new(repo: &'a Repository) -> History<'a> {
        History { repo, graph: repo.gix.revision_graph(None), whole: None }
    }

    pub(in crate::git) fn node(&mut self, id: ObjectId) -> Result<Node> {
        self.find(id)?.ok_or_else(|| self.repo.missing_commit(id))
    }

    /// The same; `None` if the commit is missing.
    pub(in crate::git) fn find(&mut self, id: ObjectId) -> Result<Option<Node>> {
        if let Some(node) = self.whole.as_mut().and_then(|whole| whole.node(self.repo, id)) {
            return Ok(Some(node));
        }
        let doing = || format!("cannot read the commit {id}");
        let found = match self.graph.try_lookup(&id).with_context(doing)? {
            Some(commit) => Some(commit),
            // It may have moved into a pack at this moment.
            None => self.graph.try_lookup(&id).with_context(doing)?,
        };
        let Some(commit) = found else { return Ok(None) };
        let rank = commit.committer_timestamp().with_context(|| malformed(id))?;
        let parents = commit.iter_parents().collect::<Result<Vec<_>, _>>();
        Ok(Some(Node { rank, parent_ids: parents.with_context(|| malformed(id))? }))
    }
}

impl Whole<'_> {
    /// A commit that is kept, or that can be read in full.
    fn node(&mut self, repo: &Repository, id: ObjectId) -> Option<Node> {
        let known = repo.known(id, self.kept)?;
        let node = Node { rank: known.time, parent_ids: known.parent_ids.clone() };
        self.commits.insert(id, Box::new(known));
        Some(node)
    }
}

impl Known {
    /// A commit of which nothing else is known.
    pub(in crate::git) fn of(commit: CommitObject) -> Known {
        Known { commit, kept: None, change: None, recorded_by: None }
    }

    /// The tasks that have a record of it.
    pub(in crate::git) fn recorded_by(&self) -> &[usize] {
        self.recorded_by.as_deref().unwrap_or_default()
    }
}

impl Deref for Known {
    type Target = CommitObject;

    fn deref(&self) -> &CommitObject {
        &self.commit
    }
}
