//! What a merge was made of: whose the merged commits are, and how each path came out.

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::change::{Entry, PathChange};
use crate::model::finding::Finding;
use crate::model::finding::merge::{MergeViolation, Merged};
use crate::model::name::TaskName;

/// A second or later parent of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The merged commit.
    pub commit_id: ObjectId,
    /// To whom it belongs.
    pub of: SideOf,
}

/// To whom a merged commit belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideOf {
    /// The run's base, at any time.
    Base,
    /// What an integration made.
    Integration,
    /// The task's own branch, as another clone has it: all that it brings is judged together.
    Own,
    /// The same, and each commit that it brings is right by itself, merges of others' work included.
    OwnJudged,
    /// Another task.
    Task {
        /// Which one.
        name: TaskName,
        /// The merged commit includes its newest COMPLETE.
        completeness: Completeness,
    },
    /// A task, before its branch was rewritten.
    Rewritten(TaskName),
    /// A task that the plan had once.
    Former {
        /// What it was called.
        task: TaskName,
        /// Whether the plan had it then.
        merged: Merged,
    },
    /// Noted as a task's replaced work, which it cannot be.
    Claimed {
        /// Which one.
        task: TaskName,
        /// Which of the commits that it brings.
        commit_id: ObjectId,
        /// What that changes and the task may not, if it is about a path.
        path: Option<BString>,
    },
    /// Nobody in the run.
    Foreign,
}

/// Whether a merged task was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Its newest COMPLETE is part of what was merged.
    Complete,
    /// It is not.
    Unfinished,
}

/// A path of a merge on which the result and the parents are not all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidePath {
    /// Relative to the top of the repository.
    pub path: BString,
    /// In the merge.
    pub result: Option<Entry>,
    /// In the first parent.
    pub ours: Option<Entry>,
    /// In each merged side and where that side forked.
    pub theirs: Vec<Theirs>,
    /// What git's own merge makes of the path.
    pub automatic: Remerge,
    /// What the own side has from others, where that was looked up: a worker's own change of the
    /// path may be put back by the merge.
    pub inherited: Option<Option<Entry>>,
}

/// What git's own merge makes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remerge {
    /// It was not asked.
    Unknown,
    /// It has no answer.
    Conflict,
    /// This, without a conflict.
    Clean(Option<Entry>),
}

/// One merged side of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theirs {
    /// In the merged side.
    pub entry: Option<Entry>,
    /// Where the two sides forked.
    pub base: Option<Entry>,
    /// They forked at several commits, which do not agree on the path: the entries tell nothing.
    pub disputed: bool,
}

impl SideOf {
    /// What is wrong with having a commit of this owner, whatever the plan says.
    pub fn finding(&self, commit_id: ObjectId) -> Option<Finding> {
        match self {
            SideOf::Base | SideOf::Integration | SideOf::Own | SideOf::OwnJudged | SideOf::Task { .. } => {
                None
            }
            SideOf::Foreign => Some(Finding::error(MergeViolation::Foreign { commit_id })),
            SideOf::Rewritten(task) => {
                Some(Finding::warning(MergeViolation::Rewritten { task: task.clone(), commit_id }))
            }
            SideOf::Former { task, merged } => {
                let violation = MergeViolation::Former { task: task.clone(), commit_id, merged: *merged };
                Some(match merged {
                    Merged::InTime => Finding::warning(violation),
                    Merged::Late => Finding::error(violation),
                })
            }
            SideOf::Claimed { task, commit_id, path } => Some(Finding::error(MergeViolation::Claimed {
                task: task.clone(),
                commit_id: *commit_id,
                path: path.clone(),
            })),
        }
    }
}

impl SidePath {
    /// Whether git asks a merge driver for the path, if it has one: it is a file on both sides, and each
    /// has made another one of it.
    pub fn is_contested(&self) -> bool {
        let is_file = |entry: Option<Entry>| entry.is_some_and(|entry| entry.kind.is_file());
        let is_met = |side: &Theirs| {
            is_file(side.entry)
                && (side.base.is_none() || is_file(side.base))
                && !side.disputed
                && side.base != self.ours
                && side.entry != self.ours
        };
        let mut changed = self.theirs.iter().filter(|side| side.entry != side.base).peekable();
        is_file(self.ours) && is_file(self.result) && changed.peek().is_some() && changed.all(is_met)
    }

    /// Whether the result is what the merge must make of it, as far as the entries alone show.
    pub fn is_plain(&self) -> bool {
        self.is_plain_for(self.ours)
    }

    /// The same as if the own side had `ours`.
    fn is_plain_for(&self, ours: Option<Entry>) -> bool {
        if self.theirs.iter().any(|side| side.disputed) {
            return self.result == ours && self.theirs.iter().all(|side| side.entry == ours);
        }
        let mut brought = self.brought_to(ours).peekable();
        if brought.peek().is_none() {
            return self.result == ours;
        }
        brought.all(|side| side.base == ours && side.entry == self.result)
    }

    /// The merged sides that changed the path and have it otherwise than `ours`.
    fn brought_to(&self, ours: Option<Entry>) -> impl Iterator<Item = &Theirs> {
        self.theirs.iter().filter(move |side| side.entry != side.base && side.entry != ours)
    }

    /// Whether the result is what the merge must make of it, git's own merge included. Where git has
    /// no answer, one side must be taken as it is.
    pub fn is_faithful(&self) -> bool {
        let is_merged = match self.automatic {
            Remerge::Clean(entry) => entry == self.result,
            Remerge::Conflict => self.theirs.iter().any(|side| side.entry == self.result),
            Remerge::Unknown => self.brought_to(self.ours).any(|side| side.entry == self.result),
        };
        self.is_plain() || is_merged || self.inherited.is_some_and(|ours| self.is_plain_for(ours))
    }

    /// Whether the result differs from every parent.
    pub fn is_new(&self) -> bool {
        self.result != self.ours && self.theirs.iter().all(|side| side.entry != self.result)
    }

    /// What the merge changes against the side that it was taken from: the merged one if there is
    /// only one, else the own one.
    fn change(&self) -> PathChange {
        let old = match self.theirs.as_slice() {
            [only] => only.entry,
            _ => self.ours,
        };
        PathChange { path: self.path.clone(), old, new: self.result }
    }

    /// The change that is judged by the rules for paths: what the merge itself decided, or, where
    /// the merged side is own work too, all that it brings. `None` if there is none.
    pub fn judged_change(&self, own: bool) -> Option<PathChange> {
        if own {
            let brought = PathChange { path: self.path.clone(), old: self.ours, new: self.result };
            return (self.result != self.ours).then_some(brought);
        }
        (self.is_new() || self.drops()).then(|| self.change())
    }

    /// What a merge did that took a merged side as it is where the own side had changed the path too;
    /// `None` if it did not.
    pub fn overridden(&self) -> Option<PathChange> {
        let mut brought = self.brought_to(self.ours).filter(|side| side.base != self.ours);
        brought.find(|side| side.entry == self.result)?;
        Some(PathChange { path: self.path.clone(), old: self.ours, new: self.result })
    }

    /// Whether what the one merged side brought is not in the result, as if it had not been merged.
    fn drops(&self) -> bool {
        self.theirs.len() == 1 && self.result == self.ours && self.brought_to(self.ours).next().is_some()
    }
}
