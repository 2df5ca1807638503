//! The site of a task, its branch and its worktree: as it is, and the steps to what it should be.
//!
//! `start` never remembers how far an earlier call came. It compares what is there with what the
//! plan asks for, and does what is missing; so a first start, a second one, one with an amended
//! plan and one after a crash are the same computation. The invariant: no step loses a commit or a
//! change. A branch is only ever replaced on request, and then its tip is kept under a backup ref.

mod obstacle;

use std::path::PathBuf;

use gix_hash::ObjectId;

use crate::model::inner::Inner;
use crate::model::name::TaskName;
use crate::model::plan::cone::Wider;

pub use obstacle::{Obstacle, ObstacleKind};

/// A task's place in the repository, as it should be and as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Whose it is.
    pub task: TaskName,
    /// Short name of its branch, such as `work/task-2-models`.
    pub branch: String,
    /// Where its worktree belongs, absolute.
    pub path: PathBuf,
    /// The branch as it was found.
    pub branch_state: BranchState,
    /// The worktree as it was found.
    pub worktree_state: WorktreeState,
    /// An earlier start came to its end here.
    pub started: bool,
}

/// A branch, compared with the base of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchState {
    /// There is none.
    Missing,
    /// There is none any more, though work was recorded on it: where the task is started still, or its
    /// work is merged; holds the newest recorded commit.
    Lost(ObjectId),
    /// There is none here, and the run's remote has the work that was begun on it elsewhere.
    Fetched {
        /// Where the remote's is.
        tip: ObjectId,
        /// The remote's branch, such as `origin/work/task-2-models`.
        from: String,
    },
    /// Its tip is the base.
    AtBase,
    /// Its tip descends from the base.
    Ahead(ObjectId),
    /// Its tip does not descend from the base.
    OffBase(ObjectId),
    /// It is a symbolic ref; holds the target's full name.
    Symbolic(String),
    /// Another branch, held here, is a directory of this one's name or the reverse (S3-07).
    Barred(String),
}

/// A worktree, compared with where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorktreeState {
    /// Nothing is registered for the branch or the path, and nothing is in the way.
    Missing,
    /// It is there; holds what an interrupted start, or a person, left undone.
    Present {
        /// Where it is: the site's path, or where `git worktree move` put it.
        path: PathBuf,
        /// What is checked out there, if it is not the task's branch.
        other_branch: Option<String>,
        /// It is locked, knows its task, and its hooks work.
        equipped: bool,
        /// What it lacks that the plan wants there, as it does once it is amended.
        lacks: Option<Wider>,
        /// It has changes or an unfinished merge or rebase; only looked at if it is to go.
        dirty: bool,
        /// Repositories of their own in it; only looked for if it is to go.
        within: Vec<Inner>,
    },
    /// It is registered, and its directory is gone.
    Gone {
        /// The directory in `.git/worktrees` that still holds its index.
        admin: PathBuf,
    },
    /// `git worktree add` was interrupted after it had chosen the branch, so nobody has worked there,
    /// though some files may be written.
    HalfMade {
        /// The directory in `.git/worktrees`, still marked as being initialised.
        admin: PathBuf,
    },
    /// `git worktree add` was interrupted before it wrote any file, or while it gave up.
    Remains {
        /// What is left of its directories in `.git/worktrees`; the worktree has at most a `.git` file.
        admins: Vec<PathBuf>,
    },
    /// The branch is checked out in a place that is not the task's.
    Elsewhere(PathBuf),
    /// The path is taken by something that is not a worktree of this task.
    Occupied,
}

/// Whether existing work is kept where it is or set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// A branch that fits is adopted; one that does not is an obstacle.
    Keep,
    /// Branch and worktree are made anew (`--recreate`), the old tip kept under a backup ref.
    Recreate,
}

/// One change to a repository. A site's steps are done in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove the remains of a `git worktree add` that was interrupted before it wrote any file.
    Clear {
        /// Its directories in `.git/worktrees`.
        admins: Vec<PathBuf>,
    },
    /// Write the files that an interrupted `git worktree add` did not come to.
    Finish {
        /// Its directory in `.git/worktrees`.
        admin: PathBuf,
    },
    /// Remove a clean worktree.
    RemoveWorktree(PathBuf),
    /// Keep a tip under a backup ref.
    Backup(ObjectId),
    /// Delete the branch, which stands at this commit.
    DeleteBranch(ObjectId),
    /// Make the branch at the base.
    CreateBranch,
    /// Make the branch where the remote's is.
    TakeBranch(ObjectId),
    /// Check the branch out at the site's path.
    AddWorktree,
    /// Write the files of a deleted worktree again, from the index that git still has.
    Restore {
        /// Its directory in `.git/worktrees`.
        admin: PathBuf,
    },
    /// Check out more of the branch where a part of it is; nothing goes.
    Widen(Wider),
    /// Lock the worktree, tell it its task, install its hooks.
    Equip,
    /// Do what the plan asks for in each new worktree.
    SetUp,
}

impl Site {
    /// Whether there is nothing left to start: the work is merged, and branch and worktree are
    /// cleaned up.
    pub fn is_finished(&self) -> bool {
        let is_gone = matches!(self.branch_state, BranchState::Lost(_))
            && self.worktree_state == WorktreeState::Missing;
        is_gone && !self.started
    }

    /// The steps from what is there to what should be, none if nothing is to be done; or all that
    /// is in the way.
    pub fn steps(&self, existing: Existing) -> Result<Vec<Step>, Vec<Obstacle>> {
        let kinds = [self.branch_obstacle(existing), self.worktree_obstacle(existing)];
        let obstacles: Vec<_> = kinds.into_iter().flatten().map(|kind| self.obstacle(kind)).collect();
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        let mut steps = match existing {
            Existing::Keep => Vec::new(),
            Existing::Recreate => self.set_aside(),
        };
        if self.branch_state == BranchState::Missing
            || steps.iter().any(|step| matches!(step, Step::Backup(_)))
        {
            steps.push(Step::CreateBranch);
        } else if let BranchState::Fetched { tip, .. } = self.branch_state {
            steps.push(Step::TakeBranch(tip));
        }
        match existing {
            Existing::Keep => steps.extend(self.worktree_steps()),
            Existing::Recreate => steps.extend([Step::AddWorktree, Step::Equip]),
        }
        if !self.started || existing == Existing::Recreate {
            steps.push(Step::SetUp);
        }
        Ok(steps)
    }

    /// The steps that take worktree and branch out of the way without losing anything.
    fn set_aside(&self) -> Vec<Step> {
        let mut steps = match &self.worktree_state {
            WorktreeState::Present { path, .. } => vec![Step::RemoveWorktree(path.clone())],
            WorktreeState::HalfMade { admin } => {
                vec![Step::Finish { admin: admin.clone() }, Step::RemoveWorktree(self.path.clone())]
            }
            WorktreeState::Remains { admins } => vec![Step::Clear { admins: admins.clone() }],
            WorktreeState::Missing
            | WorktreeState::Gone { .. }
            | WorktreeState::Elsewhere(_)
            | WorktreeState::Occupied => Vec::new(),
        };
        match self.branch_state {
            BranchState::Ahead(tip) | BranchState::OffBase(tip) => {
                steps.extend([Step::Backup(tip), Step::DeleteBranch(tip)]);
            }
            BranchState::Lost(tip) | BranchState::Fetched { tip, .. } => steps.push(Step::Backup(tip)),
            _ => {}
        }
        steps
    }

    fn worktree_steps(&self) -> Vec<Step> {
        match &self.worktree_state {
            WorktreeState::Present { equipped, lacks, .. } => {
                let widen = lacks.iter().cloned().map(Step::Widen);
                widen.chain((!equipped).then_some(Step::Equip)).collect()
            }
            WorktreeState::Gone { admin } => vec![Step::Restore { admin: admin.clone() }, Step::Equip],
            WorktreeState::HalfMade { admin } => {
                vec![Step::Finish { admin: admin.clone() }, Step::Equip]
            }
            WorktreeState::Remains { admins } => {
                vec![Step::Clear { admins: admins.clone() }, Step::AddWorktree, Step::Equip]
            }
            WorktreeState::Missing | WorktreeState::Elsewhere(_) | WorktreeState::Occupied => {
                vec![Step::AddWorktree, Step::Equip]
            }
        }
    }

    fn branch_obstacle(&self, existing: Existing) -> Option<ObstacleKind> {
        match &self.branch_state {
            BranchState::Missing
            | BranchState::Fetched { .. }
            | BranchState::AtBase
            | BranchState::Ahead(_) => None,
            BranchState::OffBase(_) | BranchState::Lost(_) if existing == Existing::Recreate => None,
            BranchState::Lost(tip) => Some(ObstacleKind::Lost(*tip)),
            BranchState::OffBase(_) => Some(ObstacleKind::OffBase),
            BranchState::Symbolic(target) => Some(ObstacleKind::Symbolic(target.clone())),
            BranchState::Barred(other) => Some(ObstacleKind::Barred(other.clone())),
        }
    }

    fn worktree_obstacle(&self, existing: Existing) -> Option<ObstacleKind> {
        match &self.worktree_state {
            WorktreeState::Elsewhere(path) => Some(ObstacleKind::Elsewhere(path.clone())),
            WorktreeState::Occupied => Some(ObstacleKind::Occupied(self.path.clone())),
            WorktreeState::Present { within, .. } if existing == Existing::Recreate && !within.is_empty() => {
                Some(ObstacleKind::Within(within.clone()))
            }
            WorktreeState::Present { path, dirty: true, .. } if existing == Existing::Recreate => {
                Some(ObstacleKind::Dirty(path.clone()))
            }
            WorktreeState::Gone { .. } if existing == Existing::Recreate => {
                Some(ObstacleKind::Gone(self.path.clone()))
            }
            _ => None,
        }
    }

    fn obstacle(&self, kind: ObstacleKind) -> Obstacle {
        Obstacle { whose: self.task.to_string(), branch: self.branch.clone(), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[byte; 20])
    }

    fn site(branch_state: BranchState, worktree_state: WorktreeState) -> Site {
        let task = TaskName::new("task-1-api").expect("a name");
        let started = matches!(worktree_state, WorktreeState::Present { equipped: true, .. });
        Site {
            task,
            branch: "work/task-1-api".into(),
            path: "/r/w".into(),
            branch_state,
            worktree_state,
            started,
        }
    }

    fn present(equipped: bool, dirty: bool) -> WorktreeState {
        let (path, within) = ("/r/w".into(), Vec::new());
        WorktreeState::Present { path, other_branch: None, equipped, lacks: None, dirty, within }
    }

    #[test]
    fn what_is_missing_is_done() {
        use Step::{AddWorktree, CreateBranch, Equip, SetUp, TakeBranch};
        let admin = || PathBuf::from("/r/.git/worktrees/w");
        let check = |branch, worktree, expect: &[Step]| {
            let site = site(branch, worktree);
            assert_eq!(site.steps(Existing::Keep).as_deref(), Ok(expect), "{site:?}");
        };
        check(BranchState::Missing, WorktreeState::Missing, &[CreateBranch, AddWorktree, Equip, SetUp]);
        let fetched = BranchState::Fetched { tip: id(1), from: "origin/work/task-1-api".into() };
        check(fetched, WorktreeState::Missing, &[TakeBranch(id(1)), AddWorktree, Equip, SetUp]);
        check(BranchState::AtBase, WorktreeState::Missing, &[AddWorktree, Equip, SetUp]);
        check(BranchState::Ahead(id(1)), present(false, true), &[Equip, SetUp]);
        check(BranchState::Ahead(id(1)), present(true, true), &[]);
        let lacks = Some(Wider::Everything);
        let path = PathBuf::from("/r/w");
        let (dirty, within) = (true, Vec::new());
        let narrow =
            WorktreeState::Present { path, other_branch: None, equipped: true, lacks, dirty, within };
        check(BranchState::Ahead(id(1)), narrow, &[Step::Widen(Wider::Everything)]);
        let gone = WorktreeState::Gone { admin: admin() };
        check(BranchState::Ahead(id(1)), gone, &[Step::Restore { admin: admin() }, Equip, SetUp]);
        let half = WorktreeState::HalfMade { admin: admin() };
        check(BranchState::AtBase, half, &[Step::Finish { admin: admin() }, Equip, SetUp]);
        let remains = WorktreeState::Remains { admins: vec![admin()] };
        let clear = Step::Clear { admins: vec![admin()] };
        check(BranchState::AtBase, remains, &[clear, AddWorktree, Equip, SetUp]);
    }

    #[test]
    fn recreating_keeps_a_backup() {
        use Step::{AddWorktree, Backup, CreateBranch, DeleteBranch, Equip, RemoveWorktree, SetUp};
        let check = |branch, worktree, expect: &[Step]| {
            let site = site(branch, worktree);
            assert_eq!(site.steps(Existing::Recreate).as_deref(), Ok(expect), "{site:?}");
        };
        let anew = [CreateBranch, AddWorktree, Equip, SetUp];
        let set_aside = [Backup(id(1)), DeleteBranch(id(1))];
        check(BranchState::OffBase(id(1)), WorktreeState::Missing, &[&set_aside[..], &anew].concat());
        let remove = [RemoveWorktree("/r/w".into())];
        check(BranchState::Ahead(id(1)), present(true, false), &[&remove, &set_aside[..], &anew].concat());
        check(BranchState::AtBase, present(true, false), &[&remove[..], &anew[1..]].concat());
        check(BranchState::Missing, WorktreeState::Missing, &anew);
        check(BranchState::Lost(id(1)), WorktreeState::Missing, &[&set_aside[..1], &anew].concat());
        let fetched = BranchState::Fetched { tip: id(1), from: "origin/work/task-1-api".into() };
        check(fetched, WorktreeState::Missing, &[&set_aside[..1], &anew].concat());
    }

    #[test]
    fn nothing_that_exists_is_overwritten() {
        let check = |existing, branch: &BranchState, worktree: &WorktreeState, expect: &[&str]| {
            let site = site(branch.clone(), worktree.clone());
            let said: Vec<String> = site.steps(existing).map_or_else(
                |obstacles| obstacles.iter().map(ToString::to_string).collect(),
                |steps| panic!("{site:?} must not be built by {steps:?}"),
            );
            assert_eq!(said, expect);
        };
        use BranchState::{Ahead, Barred, Missing, OffBase, Symbolic};
        use Existing::{Keep, Recreate};
        let none = &WorktreeState::Missing;
        check(
            Keep,
            &OffBase(id(1)),
            none,
            &["task-1-api: branch work/task-1-api exists and does not descend from the base of the run"],
        );
        for existing in [Keep, Recreate] {
            check(
                existing,
                &Symbolic("refs/heads/main".into()),
                none,
                &["task-1-api: branch work/task-1-api is a symbolic ref to refs/heads/main"],
            );
            check(
                existing,
                &Barred("work".into()),
                &WorktreeState::Occupied,
                &[
                    "task-1-api: branch work/task-1-api cannot exist beside branch work: one name is a directory of the other",
                    "task-1-api: /r/w exists and is not this task's worktree",
                ],
            );
            check(
                existing,
                &Ahead(id(1)),
                &WorktreeState::Elsewhere("/x".into()),
                &["task-1-api: branch work/task-1-api is checked out at /x"],
            );
        }
        check(
            Recreate,
            &Ahead(id(1)),
            &present(true, true),
            &["task-1-api: the worktree /r/w has changes that recreating it would lose"],
        );
        let gone = &WorktreeState::Gone { admin: "/r/.git/worktrees/w".into() };
        check(
            Recreate,
            &Missing,
            gone,
            &["task-1-api: the worktree /r/w is gone, and git still has its index"],
        );
    }
}
