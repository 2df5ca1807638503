//! Every rule in one look: its stable name and what it asks for, in one sentence each.
//!
//! For formats that describe rules apart from findings, and for the manual. A test holds the names
//! equal to those that findings give themselves.

/// The rules, by name.
pub const RULES: &[(&str, &str)] = &[
    ("branch/base", "A worker does not commit to the run's base."),
    ("branch/detached", "A worker commits on its branch, not on a detached HEAD."),
    ("branch/integration", "A worker does not commit to the run's integration branch."),
    ("branch/symbolic", "A task's branch is a branch of its own, not a symbolic ref."),
    ("branch/unrelated", "A task's branch has history in common with the run's base."),
    ("branch/wrong", "A worker commits on its own task's branch only."),
    ("merge/altered", "Outside of the scope, a merge has the result that git makes of it."),
    ("merge/foreign", "Only the base, the integration branch and tasks of the run are merged."),
    ("merge/incomplete", "With strict dependencies, only a complete task is merged."),
    ("merge/not-needed", "With strict dependencies, only a task that is needed is merged."),
    ("merge/rewritten", "What was merged of another task is still on that task's branch."),
    ("message/argument", "What stands in a status is well formed."),
    ("message/autosquash", "A fixup!, squash! or amend! commit is no checkpoint."),
    ("message/blank-line", "An empty line stands between subject and body."),
    ("message/character", "A message holds no control or bidirectional character and no NUL."),
    ("message/description", "CHECKPOINT and COMPLETE say what was done."),
    ("message/empty", "A commit has a message."),
    ("message/encoding", "A message is UTF-8."),
    ("message/files-changed", "`Files changed:` lists what was changed."),
    ("message/length", "A subject has at most 200 characters."),
    ("message/needs", "NEEDS names another task of the plan."),
    ("message/prefix", "A subject starts with exactly one status, then a space."),
    ("message/section", "The body has the sections that the protocol asks for."),
    ("object/malformed", "What a commit holds is well formed, as git fsck --strict says."),
    ("path/collision", "A new name differs from the others also where case and Unicode form are ignored."),
    ("path/unportable", "A new name is one that every system can have."),
    ("push/deleted", "A branch or record of a run is not deleted while the run is under way."),
    ("push/malformed", "What is pushed into a run's refs has the form that it has there."),
    ("push/no-base", "The commit that a run starts from is on the server, or comes with the push."),
    ("push/other-name", "A task's work goes to the branch of the same name."),
    ("push/other-task", "A worker pushes the branch of its own task only."),
    ("push/plan", "Only who may change a plan pushes it."),
    ("push/plan-clash", "A plan takes no branch that belongs to another run or to everybody."),
    ("push/plan-invalid", "What is pushed as a plan is one."),
    ("push/rewritten", "Published plans and records only grow."),
    ("push/stale", "A push starts from where its refs really are."),
    ("push/symbolic", "A ref of a run is no symbolic ref."),
    ("push/unknown", "What is pushed can be judged."),
    ("push/unmerged", "A task's branch goes only once it is merged."),
    ("push/unverified", "An integration branch holds only work that was judged."),
    ("scope/append", "Where the scope says `append`, lines are only added, and only such as it allows."),
    ("scope/create", "Where the scope says `create`, only new files are made."),
    ("scope/outside", "A task changes only paths of its scope."),
    ("scope/protected", "What steers git, hooks or CI is changed only where the scope names that very path."),
    ("scope/submodule", "A submodule is changed only where the scope says `submodule = true`."),
    ("scope/symlink", "A symbolic link leads to a path of the scope."),
    ("state/after-complete", "After COMPLETE nothing follows until the task is reopened."),
    ("state/dependency", "With strict dependencies, what is needed is complete and merged first."),
    ("state/dirty", "COMPLETE leaves no change of the scope uncommitted."),
    ("state/evidence", "COMPLETE has the evidence that the plan asks for, for exactly this tree."),
    ("worktree/moved", "A commit is made in the worktree that git knows."),
    ("worktree/unknown-task", "A worker's worktree belongs to a task of the plan."),
];

/// What a rule asks for; empty for a name that is none.
pub fn summary(rule: &str) -> &'static str {
    RULES.iter().find(|(name, _)| *name == rule).map_or("", |(_, summary)| summary)
}
