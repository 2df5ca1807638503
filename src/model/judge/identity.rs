//! Whether a commit is being made in the worktree and on the branch of its task (S1-45, S1-46).

use crate::model::branch::Symbolic;
use crate::model::finding::Finding;
use crate::model::finding::identity::{IdentityViolation, WrongBranch};
use crate::model::plan::{Plan, Task};

/// Where a commit is being made. Branches are short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What HEAD is.
    pub at: At,
    /// What the branch stands for, if it is a symbolic ref: a commit would move that one.
    pub symbolic: Option<Symbolic>,
    /// Set when the admin directory and the directory of the commit do not name each other.
    pub mismatch: Option<Mismatch>,
    /// What the run's base was when it was recorded, if that was a branch.
    pub base: Option<String>,
}

/// What HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A branch is checked out.
    Branch(String),
    /// A commit is; during a stopped rebase git remembers the branch.
    Detached {
        /// The branch that is being rebased.
        rebasing: Option<String>,
    },
}

/// Two directories that should be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where the commit is being made.
    pub actual: String,
    /// Where the repository's data says that the worktree is.
    pub expected: String,
}

/// What is wrong with the place, for a worktree of `task`.
pub fn judge(plan: &Plan, task: &Task, place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(mismatch) = &place.mismatch {
        findings.push(Finding::error(IdentityViolation::MovedWorktree {
            task: task.name.clone(),
            actual: mismatch.actual.clone(),
            expected: mismatch.expected.clone(),
        }));
    }
    let expected = plan.layout.branch(&plan.run, task);
    match &place.at {
        At::Branch(actual) | At::Detached { rebasing: Some(actual) } if *actual == expected => {
            findings.extend(place.symbolic.clone().map(|stands_for| {
                Finding::error(IdentityViolation::SymbolicBranch { branch: expected, stands_for })
            }));
        }
        At::Branch(actual) | At::Detached { rebasing: Some(actual) } => {
            findings.push(Finding::error(IdentityViolation::WrongBranch {
                task: task.name.clone(),
                actual: actual.clone(),
                expected,
                kind: kind_of(plan, place, actual),
            }));
        }
        At::Detached { rebasing: None } => {
            findings.push(Finding::error(IdentityViolation::Detached { task: task.name.clone(), expected }))
        }
    }
    findings
}

fn kind_of(plan: &Plan, place: &Place, branch: &str) -> WrongBranch {
    if place.base.as_deref() == Some(branch) {
        return WrongBranch::Base;
    }
    if plan.layout.integration(&plan.run) == branch {
        return WrongBranch::Integration;
    }
    let owner = plan.tasks.iter().find(|other| plan.layout.branch(&plan.run, other) == branch);
    owner.map_or(WrongBranch::Other, |other| WrongBranch::Task(other.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::judge::sample;

    fn check(at: At, expect: &[&str]) {
        judged(Place { at, symbolic: None, mismatch: None, base: Some("main".into()) }, expect);
    }

    fn judged(place: Place, expect: &[&str]) {
        let plan = sample::plan();
        let said: Vec<String> =
            judge(&plan, &plan.tasks[0], &place).iter().map(|one| format!("{} {one}", one.rule())).collect();
        assert_eq!(said, expect, "{place:?}");
    }

    #[test]
    fn only_the_tasks_own_branch_will_do() {
        const HERE: &str = "this worktree belongs to task-1-api on branch work/task-1-api, but";
        let branch = |name: &str| At::Branch(name.into());
        check(branch("work/task-1-api"), &[]);
        check(At::Detached { rebasing: Some("work/task-1-api".into()) }, &[]);
        check(branch("main"), &[&format!("branch/base {HERE} main is checked out, the base of the run")]);
        check(
            branch("work/task-2-models"),
            &[&format!("branch/wrong {HERE} work/task-2-models is checked out, the branch of task-2-models")],
        );
        check(branch("fix"), &[&format!("branch/wrong {HERE} fix is checked out")]);
        check(At::Detached { rebasing: None }, &[&format!("branch/detached {HERE} HEAD is detached")]);
        check(
            At::Detached { rebasing: Some("fix".into()) },
            &[&format!("branch/wrong {HERE} fix is checked out")],
        );
    }

    #[test]
    fn a_branch_that_stands_for_another_will_not_do() {
        let place = Place {
            at: At::Branch("work/task-1-api".into()),
            symbolic: Some(Symbolic { target: "refs/heads/main".into(), tip: None }),
            mismatch: None,
            base: None,
        };
        let told = "work/task-1-api is no branch of its own, it stands for refs/heads/main";
        judged(place, &[&format!("branch/symbolic {told}")]);
    }
}
