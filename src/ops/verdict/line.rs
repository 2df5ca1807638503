//! The first-parent chain of a task's branch, read as far as anybody looks.
//!
//! It ends where it leaves the base: the recorded one, or, after a rebase or a fast-forward, where the
//! base is now. What the base gained is no task's work, unless its record says so: then the base was
//! moved onto the task's branch. Nearly every question is settled by the newest commits, so what is
//! below them is not read for it, and nobody looks for where a chain ends.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use anyhow::Result;
use gix_hash::ObjectId;

use super::ground::Ground;
use crate::git::objects::CommitObject;
use crate::model::plan::Task;

/// The chain below a commit of a task's branch. Places are counted from its newest commit.
pub(super) struct Line {
    newest: Option<ObjectId>,
    read: RefCell<Vec<Rc<CommitObject>>>,
    /// How many of these are known to be on the line.
    proven: Cell<usize>,
    /// How many commits there are, once that is known.
    length: OnceCell<usize>,
    /// Whether the last of them, down to the recorded base, has a record of the task.
    is_recorded_to_its_end: OnceCell<bool>,
}

impl Line {
    pub fn below(newest: Option<ObjectId>) -> Line {
        Line {
            newest,
            read: RefCell::default(),
            proven: Cell::default(),
            length: OnceCell::new(),
            is_recorded_to_its_end: OnceCell::new(),
        }
    }

    /// The commit at a place; `None` below the end of the line.
    pub fn commit(&self, ground: &Ground<'_>, task: &Task, place: usize) -> Result<Option<Rc<CommitObject>>> {
        while self.proven.get() <= place {
            let next = self.proven.get();
            let Some(commit) = self.candidate(ground, next)? else { return Ok(None) };
            if self.leaves(ground, task, commit.id)? {
                let _ = self.length.set(next);
                return Ok(None);
            }
            self.proven.set(next + 1);
        }
        self.candidate(ground, place)
    }

    /// The same, but it may be below where the line leaves the base.
    pub fn candidate(&self, ground: &Ground<'_>, place: usize) -> Result<Option<Rc<CommitObject>>> {
        if self.length.get().is_some_and(|length| place >= *length) {
            return Ok(None);
        }
        self.ancestor(ground, place)
    }

    /// The first-parent ancestor at a place, down to the recorded base.
    fn ancestor(&self, ground: &Ground<'_>, place: usize) -> Result<Option<Rc<CommitObject>>> {
        let mut read = self.read.borrow_mut();
        while read.len() <= place {
            let next = read.last().map_or(self.newest, |commit| commit.parent_ids.first().copied());
            let Some(id) = next.filter(|id| *id != ground.base_commit_id) else { return Ok(None) };
            let found = ground.repo.commit(id);
            let missing = |error| match ground.repo.contains(id) {
                true => error,
                false => ground.repo.missing_commit(id),
            };
            read.push(Rc::new(found.map_err(missing)?));
        }
        Ok(read.get(place).cloned())
    }

    /// Whether a commit is the base's and not the task's. Of a line that is recorded to its end none is.
    fn leaves(&self, ground: &Ground<'_>, task: &Task, id: ObjectId) -> Result<bool> {
        if ground.is_recorded(&task.name, id)? || !ground.trunk()?.contains(&id) {
            return Ok(false);
        }
        if self.is_recorded_to_its_end.get().is_none() {
            let mut last = None;
            for place in 0.. {
                let Some(commit) = self.ancestor(ground, place)? else { break };
                last = Some(commit.id);
            }
            let recorded = last.map_or(Ok(false), |last| ground.is_recorded(&task.name, last))?;
            let _ = self.is_recorded_to_its_end.set(recorded);
        }
        Ok(self.is_recorded_to_its_end.get() == Some(&false))
    }
}
