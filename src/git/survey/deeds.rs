//! What was committed in the workers' worktrees, as far as reflogs tell.
//!
//! Only asked about commits that the base or the integration branch has gained on its own
//! first-parent chain: whose those are cannot be seen from the branches any more. A commit that a
//! worker made on its own branch stays its own, wherever the base was moved to; one that it made on
//! the base itself is misplaced (S1-46).

use std::collections::{HashMap, HashSet};

use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::reflog::Move;
use crate::git::worktrees::LinkedWorktree;
use crate::model::branch;
use crate::model::name::TaskName;

/// Who made what. Tasks are named by their place in the plan.
#[derive(Debug, Default)]
pub struct Deeds {
    /// On the base or the integration branch: by whom, and on which of the two, by its full name.
    pub misplaced: HashMap<ObjectId, (usize, String)>,
    /// Elsewhere in its worktree, or on its branch.
    pub own: HashMap<ObjectId, usize>,
}

impl Deeds {
    /// Reads them for the commits in `gained`.
    pub fn read(
        repo: &Repository,
        recorded: &RecordedPlan,
        worktrees: &HashMap<TaskName, LinkedWorktree>,
        gained: &HashSet<ObjectId>,
    ) -> Deeds {
        let plan = &recorded.plan;
        let mut deeds = Deeds::default();
        if gained.is_empty() {
            return deeds;
        }
        let made = |one: &Move| gained.contains(&one.new) && one.is_commit();
        let integration = branch::full(&plan.layout.integration(&plan.run));
        let mut on_trunk: HashMap<(ObjectId, ObjectId), String> = HashMap::new();
        for trunk in recorded.base_ref.iter().chain([&integration]) {
            let moves = repo.reflog(trunk).into_iter().filter(made);
            on_trunk.extend(moves.map(|one| ((one.old, one.new), trunk.clone())));
        }
        for (place, task) in plan.tasks.iter().enumerate() {
            let head = worktrees.get(&task.name).map(|worktree| repo.head_reflog(&worktree.git_dir));
            let own = repo.reflog(&branch::full(&plan.layout.branch(&plan.run, task)));
            for one in head.into_iter().flatten().chain(own).filter(made) {
                match on_trunk.get(&(one.old, one.new)) {
                    Some(trunk) => drop(deeds.misplaced.insert(one.new, (place, trunk.clone()))),
                    None => drop(deeds.own.entry(one.new).or_insert(place)),
                }
            }
        }
        deeds
    }
}
