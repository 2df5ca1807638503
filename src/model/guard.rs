//! The narrow guard of branches: what a transaction of refs may not do from a worker's worktree.
//!
//! Two things only: to move the branch of another task, and to make a task's branch a symbolic ref.
//! git asks for every ref of every command, some more than once, and a refusal ends the command in the
//! middle; so whatever is not certain passes. What looks like a deletion passes, for packing refs
//! looks so, too, and so does what the branch holds already or what begins one. It is advice: a
//! process that switches hooks off, or copies a branch, is not asked. Verification finds both.

use std::fmt;

use gix_hash::ObjectId;

use crate::model::branch;
use crate::model::name::TaskName;
use crate::model::plan::Plan;

/// One line of what git tells of a transaction, see `reference-transaction` in githooks(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update<'a> {
    /// The new value: an id, or `ref:` and a name.
    pub new: &'a str,
    /// Full name of the ref.
    pub name: &'a str,
}

/// What is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The branch of another task would move.
    Foreign {
        /// Its short name.
        branch: String,
        /// Whose it is.
        owner: TaskName,
    },
    /// A task's branch would become a symbolic ref.
    Symbolic {
        /// Its short name.
        branch: String,
        /// What it would stand for.
        target: String,
    },
}

impl<'a> Update<'a> {
    /// The update of a line; `None` for a line of another form, which is not understood.
    pub fn parse(line: &'a str) -> Option<Update<'a>> {
        let mut words = line.splitn(3, ' ');
        let (_old, new, name) = (words.next()?, words.next()?, words.next()?);
        Some(Update { new, name })
    }
}

/// Judges an update from the worktree of `own`; `current` is what the branch holds now.
pub fn judge(
    plan: &Plan,
    own: &TaskName,
    update: &Update<'_>,
    current: impl FnOnce() -> Option<ObjectId>,
) -> Option<Refusal> {
    let is_branch =
        |task: &&crate::model::plan::Task| branch::full(&plan.layout.branch(&plan.run, task)) == update.name;
    let owner = &plan.tasks.iter().find(is_branch)?.name;
    let branch = branch::short(update.name).to_owned();
    if let Some(target) = update.new.strip_prefix("ref:") {
        return Some(Refusal::Symbolic { branch, target: target.to_owned() });
    }
    let new = ObjectId::from_hex(update.new.as_bytes()).ok()?;
    if owner == own || new.is_null() {
        return None;
    }
    let moves = current().is_some_and(|current| current != new);
    moves.then(|| Refusal::Foreign { branch, owner: owner.clone() })
}

impl Refusal {
    /// What to do instead.
    pub fn hint(&self) -> String {
        match self {
            Refusal::Foreign { .. } => "to take its work in: git worker merge <task>".into(),
            Refusal::Symbolic { .. } => "a task's branch holds commits of its own".into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Foreign { branch, owner } => {
                write!(f, "branch {branch} belongs to {owner} and moves only in its own worktree")
            }
            Refusal::Symbolic { branch, target } => {
                write!(f, "branch {branch} would become a symbolic ref to {target}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const B: &str = "2222222222222222222222222222222222222222";
    const NULL: &str = "0000000000000000000000000000000000000000";

    /// Judges a line in the worktree of task-1-a, where every branch holds [`A`].
    #[track_caller]
    fn check(line: &str, expect: Option<&str>) {
        let plan = "run = 'r'\n[[task]]\nname = 'task-1-a'\nscope = ['a']\n[[task]]\nname = 'task-2-b'\nscope = ['b']\n";
        let plan = crate::model::plan::toml::read("plan", plan).expect("a plan");
        let own = &plan.tasks[0].name;
        let current = || ObjectId::from_hex(A.as_bytes()).ok();
        let said = Update::parse(line).and_then(|update| judge(&plan, own, &update, current));
        assert_eq!(said.map(|refusal| refusal.to_string()).as_deref(), expect, "{line}");
    }

    #[test]
    fn only_two_things_are_refused() {
        let other = branch::full("work/task-2-b");
        let foreign = "branch work/task-2-b belongs to task-2-b and moves only in its own worktree";
        check(&format!("{A} {B} {other}"), Some(foreign));
        check(&format!("{NULL} {B} {other}"), Some(foreign));
        for own in ["task-1-a", "task-2-b"] {
            let symbolic = format!("branch work/{own} would become a symbolic ref to refs/heads/main");
            check(
                &format!("{NULL} ref:refs/heads/main {}", branch::full(&format!("work/{own}"))),
                Some(&symbolic),
            );
        }
        for line in [
            &format!("{A} {B} {}", branch::full("work/task-1-a")),
            &format!("{A} {NULL} {other}"),
            &format!("{NULL} {A} {other}"),
            &format!("{A} {B} {}", branch::full("work/task-2")),
            &format!("{A} {B} refs/remotes/origin/{}", &other["refs/heads/".len()..]),
            &format!("{NULL} ref:{other} HEAD"),
            "what nobody knows",
            "",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn a_branch_may_begin() {
        let plan = "run = 'r'\n[[task]]\nname = 'task-1-a'\nscope = ['a']\n[[task]]\nname = 'task-2-b'\nscope = ['b']\n";
        let plan = crate::model::plan::toml::read("plan", plan).expect("a plan");
        let name = branch::full("work/task-2-b");
        let update = Update { new: B, name: &name };
        assert_eq!(judge(&plan, &plan.tasks[0].name, &update, || None), None);
    }
}
