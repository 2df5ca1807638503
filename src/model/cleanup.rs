//! What may go when a run is over, and why something may not.
//!
//! A worktree or branch goes only with proof that nothing is lost by it: its work is in the base
//! branch or in the integration branch and was not taken back there, nothing in it is uncommitted, and
//! nobody has it checked out elsewhere. What is not known is no proof.

mod keep;

use std::path::PathBuf;

use bstr::BString;

pub use self::keep::{Keep, Missing};
use crate::model::inner::Inner;
use crate::model::name::TaskName;

/// What a clean-up is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A worker's worktree.
    Worktree(PathBuf),
    /// A branch here; its short name.
    Branch(String),
    /// A branch of a remote.
    RemoteBranch {
        /// Such as `origin`.
        remote: String,
        /// Its short name there.
        branch: String,
    },
    /// A file among our hooks.
    HookFile(PathBuf),
    /// What the run left in shared places: configuration, `info/exclude`, hooks.
    Traces,
}

/// What became of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is gone, or would be.
    Removed {
        /// The ref that keeps its commits, where there were any.
        backup: Option<String>,
        /// What else was in it.
        also: Vec<Also>,
    },
    /// It stays.
    Kept(Keep),
}

impl Fate {
    /// It is gone, and this ref keeps its commits.
    pub fn removed(backup: Option<String>) -> Fate {
        Fate::Removed { backup, also: Vec::new() }
    }
}

/// Something that only the worktree knew of, and that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// What it is: `autostash`, `index`, `detached HEAD`, or the full name of the ref that it was.
    pub what: String,
    /// The ref that keeps it.
    pub backup: String,
}

/// One thing and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Whose; `None` for what is the run's.
    pub task: Option<TaskName>,
    /// What.
    pub thing: Thing,
    /// What became of it.
    pub fate: Fate,
}

impl Item {
    /// Whether it stays.
    pub fn is_kept(&self) -> bool {
        matches!(self.fate, Fate::Kept(_))
    }
}

/// What is known of a task's worktree and branch, as far as it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The branch has commits of the task's own.
    pub has_begun: bool,
    /// What is missing until its work is proved to be merged; `None` also if there is no branch.
    pub lacks: Option<Keep>,
    /// The branch is a symbolic ref.
    pub is_symbolic: bool,
    /// The worktree, if there is one.
    pub worktree: Option<WorktreeEvidence>,
    /// Another worktree that has the branch checked out.
    pub elsewhere: Option<PathBuf>,
}

/// What is known of a worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorktreeEvidence {
    /// Its directory is there.
    pub present: bool,
    /// What is checked out there is the task's branch, or merged.
    pub head_is_safe: bool,
    /// The command was called in it.
    pub is_here: bool,
    /// A person has locked it, for this reason.
    pub locked: Option<Keep>,
    /// Repositories of their own in it.
    pub within: Vec<Inner>,
    /// Paths that are not committed.
    pub uncommitted: Vec<BString>,
    /// What an operation that has stopped in it has put aside, and why it stays for that.
    pub aside: Option<Keep>,
}

/// Whether a person insists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Only what is proved goes.
    Proof,
    /// Unmerged and uncommitted work goes as well, into backup refs.
    Insisted,
}

/// Why a worktree stays; `None` if it may go.
pub fn worktree(evidence: &Evidence, force: Force) -> Option<Keep> {
    let worktree = evidence.worktree.as_ref()?;
    if worktree.is_here {
        return Some(Keep::Here);
    }
    if worktree.locked.is_some() {
        return worktree.locked.clone();
    }
    if !worktree.within.is_empty() {
        return Some(Keep::Within(worktree.within.clone()));
    }
    if force == Force::Insisted {
        return None;
    }
    if !worktree.present {
        return Some(Keep::Missing);
    }
    if !worktree.uncommitted.is_empty() {
        return Some(Keep::Uncommitted(worktree.uncommitted.clone()));
    }
    if worktree.aside.is_some() {
        return worktree.aside.clone();
    }
    if !worktree.head_is_safe {
        return Some(Keep::OtherHead);
    }
    work(evidence)
}

/// Why a branch stays; `None` if it may go.
pub fn branch(evidence: &Evidence, force: Force) -> Option<Keep> {
    if evidence.is_symbolic {
        return Some(Keep::Symbolic);
    }
    if let Some(path) = &evidence.elsewhere {
        return Some(Keep::CheckedOut(path.clone()));
    }
    if let Some(keep) = work(evidence).filter(|_| force == Force::Proof) {
        return Some(keep);
    }
    worktree(evidence, force).map(|_| Keep::WithWorktree)
}

/// Whether the task has done something, and all of it is proved to be merged.
pub fn is_merged(evidence: &Evidence) -> bool {
    work(evidence).is_none()
}

fn work(evidence: &Evidence) -> Option<Keep> {
    let not_begun = (!evidence.has_begun).then_some(Keep::NotBegun);
    evidence.lacks.clone().or(not_begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged() -> Evidence {
        Evidence {
            has_begun: true,
            lacks: None,
            is_symbolic: false,
            worktree: Some(WorktreeEvidence {
                present: true,
                head_is_safe: true,
                is_here: false,
                locked: None,
                within: Vec::new(),
                uncommitted: Vec::new(),
                aside: None,
            }),
            elsewhere: None,
        }
    }

    fn check(change: impl Fn(&mut Evidence), force: Force, expect: (Option<Keep>, Option<Keep>)) {
        let mut evidence = merged();
        change(&mut evidence);
        assert_eq!((worktree(&evidence, force), branch(&evidence, force)), expect, "{evidence:?}");
    }

    fn of(evidence: &mut Evidence) -> &mut WorktreeEvidence {
        evidence.worktree.as_mut().expect("the case has a worktree")
    }

    #[test]
    fn only_what_is_proved_goes() {
        use Keep::{Missing, NotBegun, OtherHead, TakenBack, Uncommitted, Unmerged, WithWorktree};
        let both = |keep: Keep| (Some(keep.clone()), Some(keep));
        let with = |keep: Keep| (Some(keep), Some(WithWorktree));
        check(|_| {}, Force::Proof, (None, None));
        check(|one| one.worktree = None, Force::Proof, (None, None));
        let unmerged = || Unmerged(Vec::new());
        check(|one| one.lacks = Some(unmerged()), Force::Proof, both(unmerged()));
        check(|one| one.lacks = Some(TakenBack("main".into())), Force::Proof, both(TakenBack("main".into())));
        check(|one| one.has_begun = false, Force::Proof, both(NotBegun));
        check(
            |one| of(one).uncommitted = vec!["f".into()],
            Force::Proof,
            with(Uncommitted(vec!["f".into()])),
        );
        let aside = || Keep::Aside { operation: "rebase", top: "/w".into() };
        check(|one| of(one).aside = Some(aside()), Force::Proof, with(aside()));
        check(|one| of(one).head_is_safe = false, Force::Proof, with(OtherHead));
        check(|one| of(one).present = false, Force::Proof, with(Missing));
    }

    #[test]
    fn insisting_takes_work_but_nothing_that_others_use() {
        let path = PathBuf::from("/elsewhere");
        check(|one| one.lacks = Some(Keep::Unmerged(Vec::new())), Force::Insisted, (None, None));
        check(|one| of(one).uncommitted = vec!["f".into()], Force::Insisted, (None, None));
        let aside = || Keep::Aside { operation: "rebase", top: "/w".into() };
        check(|one| of(one).aside = Some(aside()), Force::Insisted, (None, None));
        let locked = || Keep::Locked { reason: "mine".into(), top: "/w".into() };
        let keep = (Some(locked()), Some(Keep::WithWorktree));
        check(|one| of(one).locked = Some(locked()), Force::Insisted, keep);
        check(|one| of(one).is_here = true, Force::Insisted, (Some(Keep::Here), Some(Keep::WithWorktree)));
        let place = Some("/w/a/vendor".into());
        let inner = Inner { path: "a/vendor/".into(), place, git_dir: None, aside: "/x".into() };
        let within = || vec![inner.clone()];
        let keep = (Some(Keep::Within(within())), Some(Keep::WithWorktree));
        check(|one| of(one).within = within(), Force::Insisted, keep);
        check(|one| one.is_symbolic = true, Force::Insisted, (None, Some(Keep::Symbolic)));
        check(
            |one| one.elsewhere = Some(path.clone()),
            Force::Insisted,
            (None, Some(Keep::CheckedOut(path.clone()))),
        );
    }
}
