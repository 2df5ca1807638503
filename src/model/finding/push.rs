//! What can be wrong with a push, besides the commits that it brings. Branches are short names,
//! refs full ones.

use std::fmt;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::finding::Shown;
use crate::model::name::{RunName, TaskName};
use crate::model::shell;

/// A ref that is pushed where or how it must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushViolation {
    /// A worker pushes to the branch of another task.
    OtherTask {
        /// The worker's task.
        task: TaskName,
        /// Its branch.
        own_branch: String,
        /// Whose branch it is.
        other: TaskName,
    },
    /// A worker pushes the work of a task under another name than the task's branch.
    OtherName {
        /// The name on the remote.
        branch: String,
        /// The task whose work it is.
        task: TaskName,
        /// What its branch is called.
        own_branch: String,
    },
    /// The plan of a run, from somebody who does not write plans.
    Plan {
        /// The run.
        run: RunName,
        /// Who may, and what to do to become one of them.
        keeper: Keeper,
    },
    /// The pushed plan is none that a run could have.
    PlanInvalid {
        /// What is wrong with it, in a line.
        what: String,
    },
    /// The plan of the branch's run cannot be read, so nothing on the branch can be judged.
    PlanUnreadable {
        /// The run.
        run: RunName,
        /// Why not, in a line.
        why: String,
    },
    /// The pushed plan takes a branch that belongs to something else.
    PlanClash {
        /// The branch.
        branch: String,
        /// The run that has it; `None` for the repository's own branch.
        owner: Option<RunName>,
    },
    /// A ref that only grows was given another history.
    Rewritten {
        /// What kind of ref it is, such as `the journal of task-1`.
        what: String,
    },
    /// A ref of a run that is not finished is deleted.
    Deleted {
        /// What kind of ref it is.
        what: String,
        /// The run.
        run: RunName,
    },
    /// A branch is deleted whose work is nowhere else.
    Unmerged {
        /// The branch.
        branch: String,
        /// Where its work should be.
        into: Vec<String>,
        /// The repository on the server.
        keeper: Keeper,
    },
    /// A ref holds something else than its name says.
    Malformed {
        /// What kind of ref it is.
        what: String,
        /// What it holds instead.
        holds: String,
    },
    /// Work of a task reaches a shared branch and was not judged, or not found good.
    Unverified {
        /// The shared branch.
        branch: String,
        /// The task, where it is known.
        task: Option<TaskName>,
        /// What is wrong with it: another finding in words; `None` where it belongs to no task.
        why: Option<String>,
    },
    /// A merge on a shared branch has a result at a path that neither side brought.
    Altered {
        /// The shared branch.
        branch: String,
        /// Relative to the top of the repository.
        path: BString,
        /// The run, whose journal could answer for it.
        run: RunName,
    },
    /// Work of a task reaches a shared branch before the task is complete.
    Incomplete {
        /// The shared branch.
        branch: String,
        /// The task.
        task: TaskName,
    },
    /// A task's branch would lose a commit, and what it did is not in what takes its place.
    Discarded {
        /// The branch.
        branch: String,
        /// A path that the commit changed.
        path: BString,
    },
    /// What only who writes plans may write, from somebody else.
    Orchestrator {
        /// What kind of ref it is.
        what: String,
        /// The repository on the server, and the pusher.
        keeper: Keeper,
    },
    /// The push starts from something else than the ref holds.
    Stale {
        /// What it says that the ref holds.
        said: Option<ObjectId>,
        /// What the ref holds.
        actual: Option<ObjectId>,
    },
    /// The ref leads to another one, which the push would move.
    Symbolic {
        /// Full name.
        name: String,
        /// Where it leads.
        target: String,
    },
    /// A new ref stands where a ref of a run has its place: git cannot keep both.
    Blocks {
        /// Full name.
        name: String,
        /// The ref of the run.
        other: String,
    },
    /// It could not be judged, so it is not taken for good.
    Unknown {
        /// Why not.
        why: String,
    },
    /// The commit's base is not here, so what the branch adds cannot be told.
    NoBase {
        /// The base of the run.
        base_commit_id: ObjectId,
        /// The branch that it was taken from.
        base: String,
    },
}

/// Who keeps a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    /// The person who started the run; this is a worker's worktree.
    Starter,
    /// Those whom the server's configuration names.
    Server {
        /// The repository on the server.
        directory: String,
        /// What the server calls the pusher, if anything.
        pusher: Option<String>,
    },
}

impl PushViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            PushViolation::OtherTask { .. } => "push/other-task",
            PushViolation::OtherName { .. } => "push/other-name",
            PushViolation::Plan { .. } => "push/plan",
            PushViolation::PlanInvalid { .. } => "push/plan-invalid",
            PushViolation::PlanClash { .. } => "push/plan-clash",
            PushViolation::PlanUnreadable { .. } => "push/plan-unreadable",
            PushViolation::Rewritten { .. } => "push/rewritten",
            PushViolation::Deleted { .. } => "push/deleted",
            PushViolation::Unmerged { .. } => "push/unmerged",
            PushViolation::Malformed { .. } => "push/malformed",
            PushViolation::Unverified { .. } => "push/unverified",
            PushViolation::Altered { .. } => "push/altered",
            PushViolation::Incomplete { .. } => "push/incomplete",
            PushViolation::Discarded { .. } => "push/discarded",
            PushViolation::Orchestrator { .. } => "push/orchestrator",
            PushViolation::Stale { .. } => "push/stale",
            PushViolation::Symbolic { .. } => "push/symbolic",
            PushViolation::Blocks { .. } => "push/blocks",
            PushViolation::Unknown { .. } => "push/unknown",
            PushViolation::NoBase { .. } => "push/no-base",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            PushViolation::OtherTask { own_branch, .. } | PushViolation::OtherName { own_branch, .. } => {
                format!("git push <remote> {}, or git worker push", shell::word(own_branch))
            }
            PushViolation::Plan { keeper, run } => plan_hint(run, keeper),
            PushViolation::PlanInvalid { .. } => {
                "git orchestrate plan <file> shows all that is wrong with a plan".into()
            }
            PushViolation::PlanClash { .. } => {
                "give the run other names with branch and integration in its plan".into()
            }
            PushViolation::PlanUnreadable { run, .. } => {
                format!(
                    "who writes plans pushes a good one first: git push <remote> +refs/orchestrate/{run}/plan"
                )
            }
            PushViolation::Rewritten { .. } => {
                "fetch it first; it only ever grows, so it is never pushed with force".into()
            }
            PushViolation::Deleted { .. } => {
                "it stays until every task of the run is integrated or its branch is gone".into()
            }
            PushViolation::Unmerged { branch, into, keeper } => unmerged_hint(branch, into, keeper),
            PushViolation::Malformed { .. } => "only git worker and git orchestrate write it".into(),
            PushViolation::Unverified { why: None, .. } => {
                "push the task's own branch first, so that it is judged".into()
            }
            PushViolation::Unverified { .. } => "put the task's branch right and integrate it again".into(),
            PushViolation::Altered { run, .. } => format!(
                "a conflict is solved in git orchestrate integrate --continue, which says so in the journal:\n\
                 git push <remote> refs/orchestrate/{run}/journal/orchestrator, then push this again"
            ),
            PushViolation::Incomplete { .. } => {
                "git worker complete in the task's worktree, git worker push, then integrate it".into()
            }
            PushViolation::Discarded { branch, .. } => format!(
                "to go on from it: git fetch <remote> {} && git rebase FETCH_HEAD\n\
                 what is to go is taken back by a commit: git revert <commit>",
                shell::word(branch)
            ),
            PushViolation::Orchestrator { keeper, .. } => keeper_hint(keeper),
            PushViolation::Stale { .. } => "somebody else was faster: fetch, then push again".into(),
            PushViolation::Symbolic { name, .. } => {
                format!("an administrator removes it: git symbolic-ref --delete {}", shell::word(name))
            }
            PushViolation::Blocks { .. } => "give it another name".into(),
            PushViolation::Unknown { .. } => {
                "if the repository is sound, an administrator finds more with git orchestrate verify".into()
            }
            PushViolation::NoBase { base, .. } => format!("git push <remote> {}", shell::word(base)),
        }
    }
}

fn short(id: Option<ObjectId>) -> String {
    id.map_or_else(|| "nothing".to_owned(), |id| id.to_hex_with_len(10).to_string())
}

fn plan_hint(run: &RunName, keeper: &Keeper) -> String {
    match keeper {
        Keeper::Starter => {
            format!("from the main worktree: git push <remote> refs/orchestrate/{run}/plan")
        }
        Keeper::Server { .. } => keeper_hint(keeper),
    }
}

fn keeper_hint(keeper: &Keeper) -> String {
    let Keeper::Server { directory, pusher } = keeper else { return "the lead pushes it".into() };
    let who = pusher.as_deref().map_or("<user>".into(), shell::word);
    format!("on the server: git -C {} config --add orchestrate.planWriter {who}", shell::word(directory))
}

fn unmerged_hint(branch: &str, into: &[String], keeper: &Keeper) -> String {
    let into: Vec<String> =
        into.iter().map(|name| format!("git push <remote> {}", shell::word(name))).collect();
    let merged = format!("push what it was merged into first: {}", into.join(" or "));
    let Keeper::Server { directory, .. } = keeper else { return merged };
    let (directory, branch) = (shell::word(directory), shell::word(branch));
    format!("{merged}\nif its work is to go, on the server: git -C {directory} branch -D {branch}")
}

/// That the pusher may not do something, as far as the server knows who it is.
fn may_not(keeper: &Keeper) -> String {
    match keeper {
        Keeper::Server { pusher: Some(pusher), .. } => format!("{pusher} may not"),
        _ => "nobody known may".to_owned(),
    }
}

impl fmt::Display for PushViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushViolation::OtherTask { task, other, .. } => {
                write!(f, "this is the branch of {other}, and the worktree belongs to {task}")
            }
            PushViolation::OtherName { branch, task, own_branch } => {
                write!(f, "work of {task} goes to {own_branch}, not to {branch}")
            }
            PushViolation::Plan { run, keeper: Keeper::Starter } => {
                write!(f, "the plan of {run} is not a worker's to push")
            }
            PushViolation::Plan { run, keeper } => {
                write!(f, "{} change the plan of {run}", may_not(keeper))
            }
            PushViolation::PlanInvalid { what } => write!(f, "this is no plan: {what}"),
            PushViolation::PlanUnreadable { run, why } => {
                write!(f, "the plan of {run} cannot be read, so what belongs to it cannot be judged: {why}")
            }
            PushViolation::PlanClash { branch, owner: Some(run) } => {
                write!(f, "the plan takes the branch {branch}, which belongs to the run {run}")
            }
            PushViolation::PlanClash { branch, owner: None } => {
                write!(f, "the plan takes the branch {branch}, which everybody works from")
            }
            PushViolation::Rewritten { what } => {
                write!(f, "{what} does not hold what is here, and would lose it")
            }
            PushViolation::Deleted { what, run } => {
                write!(f, "{what} cannot be deleted while the run {run} is under way")
            }
            PushViolation::Unmerged { branch, into, .. } => {
                write!(f, "{branch} is not merged into {}", into.join(" or "))
            }
            PushViolation::Malformed { what, holds } => write!(f, "this is not {what}: {holds}"),
            PushViolation::Unverified { branch, task, why } => match (task, why) {
                (Some(task), Some(why)) => {
                    write!(f, "{branch} would hold work of {task} that is not good: {why}")
                }
                (None, Some(why)) => write!(f, "{branch} would hold work that is not good: {why}"),
                (_, None) => {
                    write!(f, "{branch} would hold work that is on no task's branch and was never judged")
                }
            },
            PushViolation::Altered { branch, path, .. } => write!(
                f,
                "{branch} would hold a merge whose {} is not what merging gives",
                Shown(path.as_bstr())
            ),
            PushViolation::Incomplete { branch, task } => {
                write!(f, "{branch} would hold work of {task}, which is not complete")
            }
            PushViolation::Discarded { branch, path } => {
                write!(f, "{branch} would lose this commit and what it did to {}", Shown(path.as_bstr()))
            }
            PushViolation::Orchestrator { what, keeper } => {
                write!(f, "{} write {what}", may_not(keeper))
            }
            PushViolation::Stale { said, actual } => {
                write!(f, "the push starts from {}, but here is {}", short(*said), short(*actual))
            }
            PushViolation::Symbolic { name, target } => {
                write!(f, "{name} is a symbolic ref, so this would move {target}")
            }
            PushViolation::Blocks { name, other } => {
                write!(f, "{name} takes the place of {other}, which belongs to a run")
            }
            PushViolation::Unknown { why } => write!(f, "this cannot be judged: {why}"),
            PushViolation::NoBase { base_commit_id, .. } => {
                write!(f, "the run starts from {}, which is not here", base_commit_id.to_hex_with_len(10))
            }
        }
    }
}
