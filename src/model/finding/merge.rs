//! What can be wrong with a merge on a task's branch.

use std::fmt;

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::finding::Shown;
use crate::model::finding::cure::{self, THEN};
use crate::model::name::TaskName;
use crate::model::shell;

/// A merge of the wrong thing, or with the wrong result (S1-47, S1-48).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeViolation {
    /// The merged commit is of neither the base, the integration branch, nor a task of the run.
    Foreign {
        /// What was merged.
        commit_id: ObjectId,
    },
    /// The own branch, as another clone has it, brings a commit that is no work of the run, as far as is
    /// known here.
    Unfetched {
        /// The oldest.
        commit_id: ObjectId,
        /// Where the base may have it.
        remote: String,
    },
    /// The merged task is not complete, and dependencies are strict.
    Incomplete {
        /// Which task.
        task: TaskName,
    },
    /// The merged task is not among the needs, and dependencies are strict.
    NotNeeded {
        /// Which task.
        task: TaskName,
    },
    /// The merged commit was its task's once; that branch has been rewritten since.
    Rewritten {
        /// Which task.
        task: TaskName,
        /// What was merged.
        commit_id: ObjectId,
    },
    /// The branch stands on what was its task's once; that branch has been rewritten since.
    Left {
        /// Which task.
        task: TaskName,
        /// The task's branch, as git finds it here.
        branch: String,
        /// The newest of what the branch stands on.
        commit_id: ObjectId,
    },
    /// The branch stands on what the base had once; that has been rewritten since, as a reflog says.
    BaseLeft {
        /// The base, as git finds it here.
        base: String,
        /// Newest first; at least one.
        commits: Vec<ObjectId>,
    },
    /// Commits of the branch look like a task's, by author, time and subject or by a note.
    Alike {
        /// Which task.
        task: TaskName,
        /// The commit before them.
        below: ObjectId,
        /// Newest first.
        commits: Vec<ObjectId>,
        /// The task's branch, as git finds it here, where this one does not need the task.
        unneeded: Option<String>,
    },
    /// The merged commit was made for a task that the plan does not have any more.
    Former {
        /// Which task.
        task: TaskName,
        /// What was merged.
        commit_id: ObjectId,
        /// Whether the plan had it then.
        merged: Merged,
    },
    /// The branch stands on what was made for a task that the plan does not have any more.
    FormerLeft {
        /// Which task.
        task: TaskName,
        /// The commit before it.
        below: ObjectId,
        /// The newest of what the branch stands on.
        commit_id: ObjectId,
    },
    /// The branch stands on what is noted for a task that the plan does not have any more, and the task's
    /// branch is gone.
    FormerGone {
        /// Which task.
        task: TaskName,
        /// What the branch was called.
        branch: String,
        /// The newest of what the branch stands on.
        commit_id: ObjectId,
    },
    /// The merged commit is noted as its task's replaced work, and is not what that task may do.
    Claimed {
        /// Which task.
        task: TaskName,
        /// Which of the commits that were brought.
        commit_id: ObjectId,
        /// Relative to the top of the repository; `None` if it is about what the commit merged.
        path: Option<BString>,
    },
    /// What was merged is, or has, a merge that leaves a path as it may not be.
    Nested {
        /// That merge.
        commit_id: ObjectId,
        /// Relative to the top of the repository.
        path: BString,
    },
    /// A path outside the scope is not what the merge makes of it.
    Altered {
        /// Relative to the top of the repository.
        path: BString,
        /// Whose branch the merge is on.
        task: TaskName,
        /// Where it can be had as it should be.
        right: Right,
    },
}

/// When the work of a task was merged that the plan does not have any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// While the plan had it.
    InTime,
    /// After that, or it is about to be.
    Late,
}

/// Where a path of a merge can be had as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// In git's own merge of the two sides.
    Merge,
    /// In the merged side: git's own merge has a conflict.
    Side,
    /// Several sides were merged, of which nobody can say it in general.
    Unclear,
}

impl MergeViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            MergeViolation::Foreign { .. }
            | MergeViolation::Claimed { .. }
            | MergeViolation::Unfetched { .. } => "merge/foreign",
            MergeViolation::Incomplete { .. } => "merge/incomplete",
            MergeViolation::NotNeeded { .. } => "merge/not-needed",
            MergeViolation::Former { .. }
            | MergeViolation::FormerLeft { .. }
            | MergeViolation::FormerGone { .. } => "merge/former",
            MergeViolation::Rewritten { .. }
            | MergeViolation::Left { .. }
            | MergeViolation::BaseLeft { .. } => "merge/rewritten",
            MergeViolation::Alike { .. } => "merge/copied",
            MergeViolation::Altered { .. } | MergeViolation::Nested { .. } => "merge/altered",
        }
    }

    /// Whether somebody has to decide what becomes of it, although it only warns.
    pub fn is_for_a_person(&self) -> bool {
        use MergeViolation::{Alike, BaseLeft, Former, FormerGone, FormerLeft, Left};
        matches!(self, Left { .. } | BaseLeft { .. } | Alike { .. })
            || matches!(self, Former { .. } | FormerLeft { .. } | FormerGone { .. })
    }

    /// What to do about it; `merge` is the commit if it is made.
    pub fn hint(&self, merge: Option<ObjectId>) -> String {
        match self {
            MergeViolation::Foreign { .. } | MergeViolation::Claimed { .. } => {
                let out = taking_out_merge(merge);
                format!(
                    "merge only the base or a task that is needed: git worker merge <task>\n\
                     a merge that is made already goes by: {out}"
                )
            }
            MergeViolation::Nested { .. } => {
                let out = taking_out_merge(merge);
                format!("merge the base or the task itself instead; a merge that is made goes by: {out}")
            }
            MergeViolation::Unfetched { remote, .. } => {
                format!("if the base has it, it counts once it is fetched: git fetch {}", shell::word(remote))
            }
            MergeViolation::Incomplete { task } => {
                format!("wait until {} is complete", task.short())
            }
            MergeViolation::NotNeeded { task } => {
                format!("have the plan amended if this task needs {}", task.short())
            }
            MergeViolation::Rewritten { task, .. } => {
                format!("merge the new state of {0}: git worker merge {0}", task.short())
            }
            MergeViolation::Left { branch, commit_id, .. } => {
                format!("follow it: {}", taking_out(&shell::word(branch), *commit_id))
            }
            MergeViolation::BaseLeft { base, commits } => {
                let out = commits.first().map(|newest| taking_out(&shell::word(base), *newest));
                format!("if {base} was rewritten, follow it: {}", out.unwrap_or_default())
            }
            MergeViolation::Alike { task, below, commits, unneeded } => {
                let merge = match unneeded {
                    Some(branch) => format!("git merge --no-ff {}", shell::word(branch)),
                    None => format!("git worker merge {}", task.short()),
                };
                let newest = commits.first().unwrap_or(below);
                let out = taking_out(&words(*below), *newest);
                format!("take it out: {out}\n{THEN}{merge}")
            }
            MergeViolation::FormerGone { branch, commit_id, .. } => {
                let (branch, id) = (shell::word(branch), words(*commit_id));
                format!(
                    "if it was that, whoever leads the run makes its branch again: git branch {branch} {id}"
                )
            }
            MergeViolation::Former { merged, .. } => {
                let why = match merged {
                    Merged::InTime => "its work comes with this branch; if nobody wants it",
                    Merged::Late => {
                        "have the plan amended if its work is wanted; a merge that is made goes by"
                    }
                };
                format!("{why}: {}", taking_out_merge(merge))
            }
            MergeViolation::FormerLeft { below, commit_id, .. } => {
                let out = taking_out(&words(*below), *commit_id);
                format!("its work comes with this branch; if nobody wants it: {out}")
            }
            MergeViolation::Altered { path, right, .. } => {
                let owners = "a change outside the scope is the owner's to make";
                match right.restore(path.as_bstr(), merge) {
                    Some(command) if merge.is_some() => {
                        format!("{owners}; take it back: {command}\n{}", cure::commit())
                    }
                    Some(command) => format!("{owners}; take it back: {command}"),
                    None => format!("take the merged side there; {owners}"),
                }
            }
        }
    }
}

/// How all up to a commit is replaced by something else; merges above it stay merges.
fn taking_out(onto: &str, newest: ObjectId) -> String {
    format!("git rebase -r --onto {onto} {}", words(newest))
}

fn taking_out_merge(merge: Option<ObjectId>) -> String {
    let merge = merge.map_or("<merge>".into(), words);
    format!("git rebase -r --onto {merge}^ {merge}")
}

fn words(id: ObjectId) -> String {
    id.to_hex_with_len(10).to_string()
}

impl Right {
    /// The command that puts the path right in the worktree and the index.
    fn restore(self, path: &BStr, merge: Option<ObjectId>) -> Option<String> {
        let [ours, theirs] = match merge.map(|id| id.to_hex_with_len(10).to_string()) {
            Some(id) => [format!("{id}^1"), format!("{id}^2")],
            None => ["HEAD".to_owned(), "MERGE_HEAD".to_owned()],
        };
        let source = match self {
            Right::Merge => cure::merged(ours, theirs),
            Right::Side => theirs,
            Right::Unclear => return None,
        };
        Some(cure::restore(source, path))
    }
}

impl fmt::Display for MergeViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeViolation::Foreign { commit_id } => write!(
                f,
                "{} was merged, which belongs to neither the base nor a task of the run",
                commit_id.to_hex_with_len(10)
            ),
            MergeViolation::Unfetched { commit_id, .. } => {
                let id = words(*commit_id);
                write!(
                    f,
                    "this branch as it was fetched brings {id}, which is neither the task's nor the base's as it is known here"
                )
            }
            MergeViolation::Incomplete { task } => {
                write!(f, "{task} was merged before it is complete")
            }
            MergeViolation::NotNeeded { task } => {
                write!(f, "{task} was merged, which this task does not need")
            }
            MergeViolation::Rewritten { task, commit_id } => {
                write!(f, "{} was merged, which {task} has replaced since", commit_id.to_hex_with_len(10))
            }
            MergeViolation::Left { task, commit_id, .. } => {
                let id = commit_id.to_hex_with_len(10);
                write!(f, "the branch stands on {id}, which {task} has replaced since")
            }
            MergeViolation::BaseLeft { base, commits } => {
                let id = commits.first().map(|newest| words(*newest)).unwrap_or_default();
                write!(f, "the branch stands on {id}, which {base} had and has no more")
            }
            MergeViolation::Alike { task, commits, .. } => {
                match commits.as_slice() {
                    [only] => write!(f, "{} looks like a commit of {task}", words(*only))?,
                    [newest, ..] => {
                        let count = commits.len();
                        write!(f, "{count} commits up to {} look like those of {task}", words(*newest))?;
                    }
                    [] => write!(f, "commits look like those of {task}")?,
                }
                f.write_str(", copied by a rebase or replaced since; another's work comes by a merge")
            }
            MergeViolation::FormerGone { task, commit_id, .. } => {
                let id = words(*commit_id);
                write!(
                    f,
                    "the branch stands on {id}, noted for {task}, which is not in the plan any more and has no branch to show it"
                )
            }
            MergeViolation::Former { task, commit_id, .. } => {
                let id = commit_id.to_hex_with_len(10);
                write!(f, "{id} was merged, which was made for {task}, which is not in the plan any more")
            }
            MergeViolation::FormerLeft { task, commit_id, .. } => {
                let id = commit_id.to_hex_with_len(10);
                write!(
                    f,
                    "the branch stands on {id}, which was made for {task}, which is not in the plan any more"
                )
            }
            MergeViolation::Claimed { task, commit_id, path } => {
                write!(f, "{} was merged, which is noted as work of {task}", commit_id.to_hex_with_len(10))?;
                match path {
                    Some(path) => write!(f, " but does to {} what that may not", Shown(path.as_bstr())),
                    None => f.write_str(" but merges what that may not"),
                }
            }
            MergeViolation::Nested { commit_id, path } => write!(
                f,
                "{} was merged, itself a merge that does not leave {} as it must",
                words(*commit_id),
                Shown(path.as_bstr())
            ),
            MergeViolation::Altered { path, task, .. } => write!(
                f,
                "{} is outside the scope of {task} and not what the merge makes of it",
                Shown(path.as_bstr())
            ),
        }
    }
}
