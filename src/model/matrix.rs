//! How everybody's work meets everybody else's: one answer for each pair of sides.

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::facts::Facts;
use crate::model::meeting::Meeting;
use crate::model::name::{RunName, TaskName};

/// All pairs of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The run.
    pub run: RunName,
    /// The tasks with a branch in the plan's order, then the base, then the integration branch.
    pub sides: Vec<Side>,
    /// Every pair of a task with another task, the base or the integration branch, by the places of
    /// its sides; the first is the smaller one. In that order.
    pub pairs: Vec<Pair>,
    /// Who changes the path that was asked for; empty if none was.
    pub touching: Vec<Touch>,
    /// What could not be read, and so is not part of any answer.
    pub unknown: Vec<String>,
}

/// Something that can be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Whose work it is.
    pub of: Whose,
    /// Short name of its branch.
    pub branch: String,
    /// The newest commit.
    pub tip: ObjectId,
    /// What its worktree holds beyond that.
    pub worktree: Beyond,
}

impl Side {
    /// Whether it is a task's.
    pub fn is_task(&self) -> bool {
        matches!(self.of, Whose::Task(_))
    }
}

/// Whose work a side is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A task's.
    Task(TaskName),
    /// What was there before, and what was added to it since.
    Base,
    /// What is merged already.
    Integration,
}

impl Whose {
    /// Full name of the task, or `base` or `integration`.
    pub fn name(&self) -> &str {
        match self {
            Whose::Task(task) => task.as_str(),
            Whose::Base | Whose::Integration => self.short(),
        }
    }

    /// What it is called in a sentence: `task-2`, `base`, `integration`.
    pub fn short(&self) -> &str {
        match self {
            Whose::Task(task) => task.short(),
            Whose::Base => "base",
            Whose::Integration => "integration",
        }
    }
}

/// What a worktree holds that is not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing, or there is none.
    Nothing,
    /// So many paths; they take part.
    Included(usize),
    /// So many paths, which cannot take part: a merge is under way there.
    LeftOut(usize),
}

/// Two sides and what merging them gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Place of the first side.
    pub one: usize,
    /// Place of the second side.
    pub other: usize,
    /// What merging gives.
    pub meeting: Meeting,
}

/// A task that changes a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The task.
    pub task: TaskName,
    /// How many of its own commits change it.
    pub commits: usize,
    /// It is changed in the worktree, too.
    pub uncommitted: bool,
}

impl Matrix {
    /// What a pair of sides gives, in either order; `None` for a side with itself and for the base
    /// with the integration branch.
    pub fn meeting(&self, one: usize, other: usize) -> Option<&Meeting> {
        let (one, other) = (one.min(other), one.max(other));
        let pair = self.pairs.iter().find(|pair| (pair.one, pair.other) == (one, other));
        pair.map(|pair| &pair.meeting)
    }

    /// Nothing conflicts, and everything is known.
    pub fn is_yes(&self) -> bool {
        let fine = |pair: &Pair| !matches!(pair.meeting, Meeting::Conflict { .. } | Meeting::Unknown(_));
        self.unknown.is_empty() && self.pairs.iter().all(fine)
    }
}

/// The pairs to ask about among `sides`: none without a task.
pub fn pairs(sides: &[Side]) -> Vec<(usize, usize)> {
    let is_task = |place: usize| sides[place].is_task();
    let all = (0..sides.len()).flat_map(|one| (one + 1..sides.len()).map(move |other| (one, other)));
    all.filter(|(one, other)| is_task(*one) || is_task(*other)).collect()
}

/// Whether a changed path is `path`, or lies below it; the slash at its end may be left out.
pub fn is_at(changed: &BString, path: &BStr) -> bool {
    let path = path.trim_end_with(|c| c == '/');
    let rest = changed.strip_prefix(path);
    rest.is_some_and(|rest| path.is_empty() || rest.is_empty() || rest.starts_with(b"/"))
}

/// Who changes `path` or something below it; in the plan's order.
pub fn touching(facts: &Facts, path: &BStr) -> Vec<Touch> {
    let is_meant = |changed: &BString| is_at(changed, path);
    let touch = |task: &crate::model::facts::TaskFacts| {
        let changes =
            |commit: &&crate::model::facts::Commit| commit.change.iter().any(|change| is_meant(&change.path));
        let dirty = task.worktree.as_ref().and_then(|worktree| worktree.dirty.as_ref());
        Touch {
            task: task.name.clone(),
            commits: task.own_commits().filter(changes).count(),
            uncommitted: dirty.is_some_and(|paths| paths.iter().any(is_meant)),
        }
    };
    let all = facts.tasks.iter().map(touch);
    all.filter(|touch| touch.commits > 0 || touch.uncommitted).collect()
}
