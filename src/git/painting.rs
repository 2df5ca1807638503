//! Two colours that run from two sets of commits down to their ancestors, until a question about
//! the two histories is settled.
//!
//! A commit that gets a colour late passes it on again, so the colours are right for all that was
//! reached, in whatever order that happened. What is not reached any more cannot matter as long as
//! clocks are right; where a clock went backwards, a few more commits are looked at
//! before a painting stops, as git does.

use std::collections::BinaryHeap;

use anyhow::Result;
use gix_hash::ObjectId;

use super::walk::{History, Node, Rank};
use crate::model::ids::IdSet;

/// Reachable from the left side.
pub(in crate::git) const LEFT: u8 = 1;
/// Reachable from the right side.
pub(in crate::git) const RIGHT: u8 = 2;
/// Reachable from another commit that is reachable from both.
const STALE: u8 = 4;

/// How many commits are looked at after all seems settled.
const SLOP: usize = 64;

/// What a painting is to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) enum Question {
    /// The best common ancestors.
    Common,
    /// What each side has that the other has not.
    Both,
    /// What the left side has that the right side has not.
    Left,
}

/// A commit that a painting has reached.
struct Reached {
    colours: u8,
    rank: Rank,
    parent_ids: Vec<ObjectId>,
    /// How many entries it has in the queue: one for each time that it got a colour.
    queued: usize,
}

/// One painting.
pub(in crate::git) struct Painting<'a> {
    history: History<'a>,
    question: Question,
    reached: gix::hashtable::HashMap<ObjectId, Reached>,
    queue: BinaryHeap<(Rank, ObjectId)>,
    /// How many entries of the queue are open.
    open: usize,
    /// Where a shallow clone ends.
    missing: Vec<ObjectId>,
    /// As they left the queue; once more for each late colour.
    order: Vec<ObjectId>,
}

impl Question {
    /// Whether the answer depends on what a commit of these colours leads to.
    fn is_open(self, colours: u8) -> bool {
        match self {
            Question::Common => colours & STALE == 0,
            Question::Both => colours & (LEFT | RIGHT) != LEFT | RIGHT,
            Question::Left => colours & (LEFT | RIGHT) == LEFT,
        }
    }
}

impl<'a> Painting<'a> {
    pub(in crate::git) fn new(history: History<'a>, question: Question) -> Painting<'a> {
        let (reached, queue, missing, order) = Default::default();
        Painting { history, question, reached, queue, open: 0, missing, order }
    }

    /// The same, with room for so many commits.
    pub(in crate::git) fn with_room(mut self, commits: usize) -> Painting<'a> {
        self.reached.reserve(commits);
        self.order.reserve(commits);
        self
    }

    /// What it has walked through.
    pub(in crate::git) fn into_history(self) -> History<'a> {
        self.history
    }

    /// The colours of a commit, none if it was not reached.
    pub(in crate::git) fn colours(&self, id: ObjectId) -> u8 {
        self.reached.get(&id).map_or(0, |reached| reached.colours)
    }

    /// The commits that were passed and whose colours `wanted` accepts, each once, newest first.
    pub(in crate::git) fn passed(&self, wanted: impl Fn(u8) -> bool) -> Vec<ObjectId> {
        let mut seen = IdSet::default();
        let ids = self.order.iter().copied();
        ids.filter(|id| wanted(self.colours(*id)) && seen.insert(*id)).collect()
    }

    /// Everything that was reached, with its colours, in no order.
    pub(in crate::git) fn reached(&self) -> impl Iterator<Item = (ObjectId, u8)> {
        self.reached.iter().map(|(id, reached)| (*id, reached.colours))
    }

    /// Runs the colours from both sides until the question is settled.
    pub(in crate::git) fn paint(&mut self, left: &[ObjectId], right: &[ObjectId]) -> Result<()> {
        for (tips, colour) in [(left, LEFT), (right, RIGHT)] {
            for tip in tips {
                self.colour(*tip, colour)?;
            }
        }
        let mut lowest = None;
        let mut slop = SLOP;
        while let Some((rank, id)) = self.queue.pop() {
            if self.is_settled(rank, lowest) {
                slop -= 1;
            }
            if slop == 0 {
                break;
            }
            if self.question.is_open(self.pass_on(id)?) {
                lowest = Some(lowest.map_or(rank, |lowest: Rank| lowest.min(rank)));
            }
        }
        // What both sides lead to need not be here; what only one does could have changed the answer.
        let one_sided = |id: &&ObjectId| self.colours(**id) & (LEFT | RIGHT) != LEFT | RIGHT;
        match self.missing.iter().find(one_sided).copied() {
            Some(id) => self.history.node(id).map(drop),
            None => Ok(()),
        }
    }

    /// Nothing in the queue can change the answer: none of it is open, and it ranks below all that
    /// the answer is made of.
    fn is_settled(&self, rank: Rank, lowest: Option<Rank>) -> bool {
        let below = self.question == Question::Common || lowest.is_none_or(|lowest| rank < lowest);
        self.open == 0 && below
    }

    /// Hands the colours of a commit that left the queue to its parents; returns them.
    fn pass_on(&mut self, id: ObjectId) -> Result<u8> {
        let reached = self.reached.get_mut(&id).expect("only what was reached is queued");
        let mut colours = reached.colours;
        reached.queued -= 1;
        if self.question.is_open(colours) {
            self.open -= 1;
        }
        if reached.queued > 0 {
            return Ok(colours);
        }
        self.order.push(id);
        if self.question == Question::Common && colours & (LEFT | RIGHT) == LEFT | RIGHT {
            colours |= STALE;
        }
        let parent_ids = std::mem::take(&mut reached.parent_ids);
        parent_ids.iter().try_for_each(|parent| self.colour(*parent, colours))?;
        self.reached.get_mut(&id).expect("it was there above").parent_ids = parent_ids;
        Ok(colours)
    }

    /// Gives a commit colours, and queues it if it did not have them all.
    fn colour(&mut self, id: ObjectId, colours: u8) -> Result<()> {
        if !self.reached.contains_key(&id) {
            let node = match self.history.find(id)? {
                Some(node) => node,
                None if self.history.may_end() => {
                    self.missing.push(id);
                    Node { rank: Rank::MIN, parent_ids: Vec::new() }
                }
                None => self.history.node(id)?,
            };
            let reached = Reached { colours: 0, rank: node.rank, parent_ids: node.parent_ids, queued: 0 };
            self.reached.insert(id, reached);
        }
        let reached = self.reached.get_mut(&id).expect("it was inserted above");
        if reached.colours | colours == reached.colours {
            return Ok(());
        }
        if self.question.is_open(reached.colours) {
            self.open -= reached.queued;
        }
        reached.colours |= colours;
        reached.queued += 1;
        if self.question.is_open(reached.colours) {
            self.open += reached.queued;
        }
        self.queue.push((reached.rank, id));
        Ok(())
    }
}
