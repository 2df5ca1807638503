//! What one survey of the repository found: tips, worktrees, own commits, records, journals.
//!
//! Facts are what *is*; nothing in here is judged, worded or compared with a clock. They are the
//! only thing that status, brief, integration and reports are computed from.

use std::convert::Infallible;
use std::path::PathBuf;

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::branch::Symbolic;
use crate::model::change::PathChange;
use crate::model::finding::{Finding, IdentityViolation};
use crate::model::integration::commands::{self, Failing};
use crate::model::journal::{self, Event};
use crate::model::message::{self, Prefix};
use crate::model::name::TaskName;
use crate::model::origin::{self, Origin};
use crate::model::plan::Plan;

/// Everything that is known of one run at one moment.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The newest plan of the run.
    pub plan: Plan,
    /// The commit at `refs/orchestrate/<run>/plan` that holds it.
    pub plan_commit_id: ObjectId,
    /// The commit that every task started from, as recorded at start.
    pub base_commit_id: ObjectId,
    /// The full name of the base branch; `None` if the base was no branch.
    pub base_ref: Option<String>,
    /// Full name of the remote's branch that this branch followed when the run began.
    pub base_upstream: Option<String>,
    /// Where the base branch is now; `None` if the base was no branch or is gone.
    pub base_tip: Option<ObjectId>,
    /// Where the base branch was on the remotes that say so, as last fetched.
    pub fetched_base_tips: Vec<ObjectId>,
    /// Where the base branch was, here and as fetched, as far as reflogs tell.
    pub base_past: Vec<ObjectId>,
    /// The integration branch's tip, if it exists.
    pub integration_tip: Option<ObjectId>,
    /// The newest commit on it that the orchestrator's journal names, unless the base had it at the
    /// start. The branch itself can be moved to anything by anybody.
    pub integrated_tip: Option<ObjectId>,
    /// The task whose step an integration waits at for a person.
    pub stopped_at: Option<TaskName>,
    /// An integration began and did not end: it is at work, waits for a person, or was killed.
    pub is_integrating: bool,
    /// The commands that an integration was told last with `--exec`.
    pub commands: Vec<String>,
    /// One for each task of the plan, in the plan's order.
    pub tasks: Vec<TaskFacts>,
    /// Tasks that the plan had once, with work that is nowhere else.
    pub dropped: Vec<Dropped>,
    /// What could not be read and why; each is reported as unknown, never as fine.
    pub unknown: Vec<String>,
}

/// A task that an amendment took out of the plan, or gave another name, while its branch has work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// What it was called.
    pub task: TaskName,
    /// Short name of its branch.
    pub branch: String,
    /// The branch's tip.
    pub tip: ObjectId,
    /// How many commits of it are neither on the base nor on a branch of the run.
    pub commits: usize,
    /// The worktree that has the branch checked out.
    pub worktree: Option<PathBuf>,
}

impl Dropped {
    /// The finding on its branch.
    pub fn finding(&self) -> Finding {
        let (task, branch, commits) = (self.task.clone(), self.branch.clone(), self.commits);
        let worktree = self.worktree.clone();
        Finding::warning(IdentityViolation::Dropped { task, branch, commits, worktree })
    }
}

/// Everything that is known of one task.
#[derive(Debug, Clone)]
pub struct TaskFacts {
    /// Which task of the plan.
    pub name: TaskName,
    /// Short name of its branch, such as `work/task-2-models-migrations`.
    pub branch: String,
    /// The local branch's tip; `None` if there is no such branch.
    pub tip: Option<ObjectId>,
    /// Set when the branch is a symbolic ref, which is a violation.
    pub symbolic: Option<Symbolic>,
    /// The branch on the remote, where one was fetched.
    pub remote: Option<RemoteBranch>,
    /// Where the branch was when a clean-up took it, if it is nowhere now.
    pub kept_tip: Option<ObjectId>,
    /// The worktree whose configuration names this task, or that has its branch checked out.
    pub worktree: Option<Worktree>,
    /// First-parent commits since the base that are this task's, oldest first, merges included.
    pub commits: Vec<Commit>,
    /// The tasks whose tips are ancestors of this branch's tip and have own commits.
    pub contains: Vec<TaskName>,
    /// How far this branch holds the others' work, for each of which it holds any.
    pub holds: Vec<Held>,
    /// The tip is an ancestor of the integration branch.
    pub in_integration: bool,
    /// The tip is an ancestor of the base branch's tip and not the base commit itself.
    pub in_base: bool,
    /// Others' commits that the branch stands on, and that those have replaced since, or that were made
    /// for a task which the plan does not have any more.
    pub replaced: Vec<Replaced>,
    /// What looks like another task's, copied or replaced since: this task answers for these commits.
    pub alike: Vec<Replaced>,
    /// What was committed in its worktree to a branch that no worker commits to, in no order.
    pub misplaced: Vec<Misplaced>,
    /// Its history ends before the base, as in a shallow clone: nothing is known of its commits.
    pub is_cut_off: bool,
    /// What the journals say of it, oldest first.
    pub journal: Vec<journal::Entry>,
}

/// A commit on the base or the integration branch that was made in a worker's worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The commit.
    pub commit_id: ObjectId,
    /// Short name of the branch.
    pub branch: String,
    /// Nothing of what it changed is there any more.
    pub undone: bool,
}

/// A stretch of another task's commits on a first-parent chain, which that task has rewritten since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The other task.
    pub task: TaskName,
    /// The commit before its oldest.
    pub below: ObjectId,
    /// Its newest.
    pub newest: ObjectId,
}

/// How much of another task's work a branch holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The other task.
    pub task: TaskName,
    /// How many of its own commits are here, counted from its oldest; at least one.
    pub commits: usize,
}

/// A branch as last fetched from the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteBranch {
    /// Such as `origin`.
    pub remote: String,
    /// Where the remote-tracking ref stands.
    pub tip: ObjectId,
    /// Commits that only the local branch has.
    pub ahead: usize,
    /// Commits that only the remote branch has.
    pub behind: usize,
}

/// A linked worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Where it is, absolute.
    pub path: std::path::PathBuf,
    /// The directory is there and its `.git` file points back.
    pub present: bool,
    /// Short name of the branch that is checked out; `None` when HEAD is detached.
    pub branch: Option<String>,
    /// The commit that is checked out; `None` before a branch's first one.
    pub head: Option<ObjectId>,
    /// Modified, staged or untracked paths, relative to its top; `None` when it was not asked or
    /// could not be read.
    pub dirty: Option<Vec<BString>>,
    /// Only where the task may write was looked, as the worktree is large.
    pub is_scope_only: bool,
    /// Whether our hooks are effective there; `None` when it was not asked.
    pub hooks: Option<HooksState>,
}

/// Whether our hooks run in a worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HooksState {
    /// They are installed, executable and selected by the worktree's configuration.
    Effective,
    /// They are not; says what is wrong.
    Broken(String),
}

/// One commit on a task's first-parent chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The commit.
    pub id: ObjectId,
    /// Its tree.
    pub tree_id: ObjectId,
    /// In git's order; one for an own commit, more for a merge.
    pub parent_ids: Vec<ObjectId>,
    /// Committer time, seconds since the epoch.
    pub time: i64,
    /// Author's name, as the commit has it.
    pub author: BString,
    /// The author with address, time and zone, as the commit has them.
    pub signature: BString,
    /// The whole message, as stored.
    pub message: BString,
    /// The encoding that it declares its message to be in, if any.
    pub encoding: Option<BString>,
    /// What it changes against its first parent, renames off, sorted by path.
    pub change: Vec<PathChange>,
}

impl Facts {
    /// The facts of one task; `None` if the plan has no such task.
    pub fn task(&self, name: &TaskName) -> Option<&TaskFacts> {
        name.find_in(&self.tasks, |task| &task.name)
    }
}

impl TaskFacts {
    /// The tip that counts: the local branch, unless the remote one is ahead of it or it is not
    /// there (S1-71). Where both have commits of their own the local one counts. A branch that was
    /// removed because its work was integrated counts again where that was taken back.
    pub fn effective_tip(&self) -> Option<ObjectId> {
        match (&self.remote, self.tip) {
            (None, None) => self.kept_tip.filter(|_| self.is_taken_back()),
            (Some(remote), None) => Some(remote.tip),
            (Some(remote), Some(_)) if remote.ahead == 0 => Some(remote.tip),
            (_, tip) => tip,
        }
    }

    /// Its own commits, oldest first: neither merges nor what they brought in (S1-65).
    pub fn own_commits(&self) -> impl DoubleEndedIterator<Item = &Commit> {
        self.commits.iter().filter(|commit| commit.is_own())
    }

    /// The COMPLETEs that the journal takes back (S1-52), oldest first.
    pub fn reopened(&self) -> Vec<ObjectId> {
        if self.journal.iter().all(|entry| entry.event != Event::Reopened) {
            return Vec::new();
        }
        let is_complete =
            |commit: &&Commit| message::status(commit.message.as_ref()) == Some(Prefix::Complete);
        let completes: Vec<&Commit> = self.own_commits().filter(is_complete).collect();
        let is_reopened = |(place, commit): (usize, &&Commit)| {
            let origin = commit.origin();
            let older = completes[..place].iter().filter(|one| one.origin() == origin).count();
            let of = (commit.id, &origin);
            let taken_back = origin::is_reopened(self.journal.iter(), of, || Ok::<_, Infallible>(older));
            taken_back.unwrap_or_default().then_some(commit.id)
        };
        completes.iter().enumerate().filter_map(is_reopened).collect()
    }

    /// Whether it has any own commit.
    pub fn has_own_commits(&self) -> bool {
        self.own_commits().next().is_some()
    }

    /// How many own commits of `other` this branch holds.
    pub fn held(&self, other: &TaskName) -> usize {
        self.holds.iter().find(|held| held.task == *other).map_or(0, |held| held.commits)
    }

    /// Whether this branch holds the own commit `commit_id` of `other`.
    pub fn holds_commit(&self, other: &TaskFacts, commit_id: ObjectId) -> bool {
        let place = other.own_commits().position(|commit| commit.id == commit_id);
        place.is_some_and(|place| place < self.held(&other.name))
    }

    /// Whether its work is in the integration branch or in the base branch. A branch that was
    /// removed after that counts by what the journal says.
    pub fn is_integrated(&self) -> bool {
        match self.effective_tip() {
            Some(_) => self.has_own_commits() && (self.in_integration || self.in_base),
            None => self.is_cleaned_up(),
        }
    }

    /// The command that its step fails, where it was left out for it and has not changed since.
    pub fn failing(&self) -> Option<Failing> {
        self.effective_tip().and_then(|tip| commands::failing(&self.journal, tip))
    }

    /// Whether its branch went because a step had merged it, and neither the integration branch nor the
    /// base has it any more. What was merged in other ways is not to be found by ancestry.
    fn is_taken_back(&self) -> bool {
        let was_integrated = self.journal.iter().any(|entry| entry.event == Event::Integrated);
        was_integrated && self.is_cleaned_up() && !self.in_integration && !self.in_base
    }

    /// Whether its branch went because its work was merged, and no start has come since.
    fn is_cleaned_up(&self) -> bool {
        let last = self
            .journal
            .iter()
            .rfind(|entry| matches!(entry.event, Event::Started | Event::CleanedUp | Event::Abandoned));
        last.is_some_and(|last| last.event == Event::CleanedUp)
    }
}

impl Commit {
    /// Where it came from; an amend or a rebase leaves that.
    pub fn origin(&self) -> Origin {
        Origin::of(self.signature.as_ref(), self.message.as_ref())
    }

    /// An own commit: neither a merge nor a root (S1-65).
    pub fn is_own(&self) -> bool {
        self.parent_ids.len() == 1
    }
}
