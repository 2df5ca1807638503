//! What may go when a run is over, and why something may not.
//!
//! A worktree or branch goes only with proof that nothing is lost by it: its work is in the base
//! branch or in the integration branch and was not taken back there, nothing in it is uncommitted, and
//! nobody has it checked out elsewhere. What is not known is no proof.

use std::fmt;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::inner::{self, Inner};
use crate::model::integration::destination::Destination;
use crate::model::name::TaskName;
use crate::model::shell;

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

/// Why something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// The work of these commits is neither in the base nor in the integration branch; newest first.
    Unmerged(Vec<Missing>),
    /// The same, of a task that the plan does not have any more, or has elsewhere.
    Dropped(Vec<Missing>),
    /// It was merged into this branch, and a revert took it back.
    TakenBack(String),
    /// The task has no commits yet; its worker may be about to begin.
    NotBegun,
    /// The integration branch is not in the base branch; holds where its work has to go.
    NotLanded(Destination),
    /// Paths in the worktree are not committed.
    Uncommitted(Vec<BString>),
    /// A stopped operation has uncommitted work put aside, and only the worktree knows of it.
    Aside {
        /// `rebase` or `merge`.
        operation: &'static str,
        /// The worktree.
        top: PathBuf,
    },
    /// Repositories of their own are in the worktree; no commit of ours could hold their work.
    Within(Vec<Inner>),
    /// The worktree has something else checked out, whose commits are not merged.
    OtherHead,
    /// The directory is not there; it may only be away for a moment.
    Missing,
    /// It is a symbolic ref, so deleting it means something else.
    Symbolic,
    /// Another worktree has it checked out.
    CheckedOut(PathBuf),
    /// The worktree that has it checked out stays.
    WithWorktree,
    /// The remote's base branch does not have the commits that would go.
    RemoteUnmerged(String),
    /// The remote branch has commits that are not here.
    RemoteUnknown,
    /// A person has locked it.
    Locked {
        /// Why; empty if they did not say.
        reason: String,
        /// The worktree.
        top: PathBuf,
    },
    /// The command was called in it.
    Here,
    /// Somebody moved it while it was looked at.
    Moved,
    /// Somebody else wrote it.
    Foreign,
    /// Git refused; in its own words.
    Refused(String),
}

/// A commit whose work was found nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub commit_id: ObjectId,
    /// The first line of its message.
    pub subject: BString,
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Keep::Unmerged(missing) => write!(f, "its commits are merged nowhere: {}", commits(missing)),
            Keep::Dropped(missing) => {
                write!(f, "the plan has it no more, and its commits are merged nowhere: {}", commits(missing))
            }
            Keep::TakenBack(branch) => write!(f, "its work was merged into {branch} and taken back there"),
            Keep::NotBegun => f.write_str("its task has not begun"),
            Keep::NotLanded(there) => write!(f, "it is not in {} yet", there.base),
            Keep::Uncommitted(paths) => write!(f, "not committed: {}", listed(paths)),
            Keep::Aside { operation, .. } => {
                write!(f, "a {operation} has stopped in it, with uncommitted work in its autostash")
            }
            Keep::Within(inner) => {
                let paths: Vec<BString> = inner.iter().map(|one| one.path.clone()).collect();
                write!(f, "a repository of its own is in it: {}", listed(&paths))
            }
            Keep::OtherHead => f.write_str("it has something else checked out that is merged nowhere"),
            Keep::Missing => f.write_str("its directory is not there, perhaps only for now"),
            Keep::Symbolic => f.write_str("it is a symbolic ref"),
            Keep::CheckedOut(path) => write!(f, "it is checked out in {}", path.display()),
            Keep::WithWorktree => f.write_str("its worktree stays"),
            Keep::RemoteUnmerged(base) => write!(f, "{base} does not have its commits"),
            Keep::RemoteUnknown => f.write_str("it has commits that are not here"),
            Keep::Locked { reason, .. } if reason.is_empty() => f.write_str("somebody has locked it"),
            Keep::Locked { reason, .. } => write!(f, "somebody has locked it: {reason}"),
            Keep::Here => f.write_str("you are in it"),
            Keep::Moved => f.write_str("somebody moved it just now"),
            Keep::Foreign => f.write_str("somebody else wrote it"),
            Keep::Refused(said) => write!(f, "git refused: {said}"),
        }
    }
}

impl Keep {
    /// One remedy; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        let hint = match self {
            Keep::Aside { operation, top } => {
                let git = format!("git -C {} {operation}", shell::path(top));
                return format!(
                    "{git} --continue, or {git} --abort; or --force (keeps the autostash under a backup ref)"
                );
            }
            Keep::Locked { top, .. } => return format!("git worktree unlock {}", shell::path(top)),
            Keep::Unmerged(_) => "git orchestrate integrate, or --force (keeps a backup ref)",
            Keep::NotBegun => "start with a plan that has not got the task, or --force",
            Keep::Dropped(_) => "start with a plan that has it again, or --force (keeps a backup ref)",
            Keep::TakenBack(_) => "revert the revert to have it again, or --force (keeps a backup ref)",
            Keep::NotLanded(there) => return there.remedy(),
            Keep::Uncommitted(_) => "commit it, or --force (keeps a backup ref)",
            Keep::Within(all) => return inner::remedy(all),
            Keep::OtherHead => "--force (keeps a backup ref), or check its task's branch out there",
            Keep::CheckedOut(_) => "check something else out there",
            Keep::Symbolic => "remove it: git symbolic-ref --delete refs/heads/<branch>",
            Keep::Missing => "bring it back, or --force",
            Keep::RemoteUnmerged(_) => "push the base branch first",
            Keep::RemoteUnknown => "git fetch",
            Keep::Foreign => "nothing runs it any more; look at it and remove it",
            Keep::Here => "call it from the main worktree",
            Keep::Moved => "clean up again",
            Keep::WithWorktree | Keep::Refused(_) => "",
        };
        hint.into()
    }
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

/// How many things are named before the others are only counted.
const NAMED: usize = 3;

fn listed(paths: &[BString]) -> String {
    first(paths.iter().map(|path| shown(path.as_bstr())))
}

fn commits(missing: &[Missing]) -> String {
    let told =
        |one: &Missing| format!("{} {}", one.commit_id.to_hex_with_len(7), shown(one.subject.as_bstr()));
    first(missing.iter().map(told))
}

/// The first few and how many more there are.
fn first(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(NAMED);
    let mut named: Vec<String> = all.take(NAMED).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

fn shown(path: &BStr) -> String {
    path.to_str_lossy().into_owned()
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
