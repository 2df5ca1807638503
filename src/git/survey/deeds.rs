//! What was committed in the workers' worktrees, as far as reflogs tell.
//!
//! Only asked about commits that the base or the integration branch has gained on its own
//! first-parent chain: whose those are cannot be seen from the branches any more. A commit that a
//! worker made on its own branch stays its own, wherever the base was moved to; one that it made on
//! the base itself is misplaced (S1-46). A commit that plumbing made is the worker's as well if its
//! branch had it before the base did.

use std::collections::{HashMap, HashSet};

use bstr::BString;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::reflog::Move;
use crate::git::survey::arrival::{Arrivals, is_first};
use crate::git::survey::elsewhere::Elsewhere;
use crate::git::survey::history::Scene;
use crate::model::branch;
use crate::model::ids::{IdMap, IdSet};

/// The base here, the base on the remote, or the integration branch.
pub struct Trunk {
    /// Its full name.
    pub name: String,
    /// What it has gained since the run's base, by first parents, oldest first.
    pub chain: Vec<ObjectId>,
}

/// Who made what. Tasks are named by their place in the plan.
#[derive(Debug, Default)]
pub struct Deeds {
    /// On the base or the integration branch: by whom, and on which of the two, by its full name.
    pub misplaced: IdMap<(usize, String)>,
    /// Elsewhere in its worktree, or on its branch.
    pub own: IdMap<usize>,
}

impl Deeds {
    /// Reads them for the commits of the trunks; `lines` are the first-parent chains of the tasks.
    pub fn read(
        recorded: &RecordedPlan,
        scene: &Scene<'_>,
        trunks: &[Trunk],
        lines: &[Option<Vec<ObjectId>>],
    ) -> Deeds {
        let (repo, plan) = (scene.real, &recorded.plan);
        let mut deeds = Deeds::default();
        let gained: IdSet = trunks.iter().flat_map(|trunk| trunk.chain.iter().copied()).collect();
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
            let head = scene.worktrees.get(&task.name).map(|worktree| repo.head_reflog(&worktree.git_dir));
            let own = repo.reflog(&branch::full(&plan.layout.branch(&plan.run, task)));
            for one in head.into_iter().flatten().chain(own).filter(made) {
                match on_trunk.get(&(one.old, one.new)) {
                    Some(trunk) => drop(deeds.misplaced.insert(one.new, (place, trunk.clone()))),
                    None => {
                        deeds.own.entry(one.new).or_insert(place);
                    }
                }
            }
        }
        let meets = |line: &Option<Vec<ObjectId>>| line.iter().flatten().any(|id| gained.contains(id));
        let tasks = plan.tasks.iter().zip(lines).enumerate().filter(|(_, (_, line))| meets(line));
        let own = |task| repo.reflog(&branch::full(&plan.layout.branch(&plan.run, task)));
        let logs: Vec<(usize, Vec<Move>)> = tasks.map(|(place, (task, _))| (place, own(task))).collect();
        for (id, place) in arrived(scene, recorded.base_commit_id, trunks, &logs) {
            if !deeds.misplaced.contains_key(&id) {
                deeds.own.entry(id).or_insert(place);
            }
        }
        deeds
    }
}

impl Trunk {
    /// What happened to it, oldest first. That nothing says how it came to where it is, though it has
    /// a reflog, is a move of its own: somebody wrote the file of the ref.
    pub fn moves(&self, repo: &Repository) -> Vec<Move> {
        let mut moves = repo.reflog(&self.name);
        let (Some(last), Some(&tip)) = (moves.last(), self.chain.last()) else { return moves };
        if moves.iter().all(|one| one.new != tip) {
            moves.push(Move { old: last.new, new: tip, when: i64::MAX, message: BString::default() });
        }
        moves
    }

    /// What people call it.
    pub fn names(&self) -> Vec<&str> {
        let prefixes = ["refs/", branch::PREFIX, "refs/remotes/"];
        let shorter = prefixes.iter().filter_map(|prefix| self.name.strip_prefix(prefix));
        shorter.chain([self.name.as_str()]).collect()
    }
}

/// What was on a worker's branch before it was on any trunk, and was not made or fetched elsewhere
/// before; `logs` are what happened to branches of tasks.
fn arrived(
    scene: &Scene<'_>,
    base_commit_id: ObjectId,
    trunks: &[Trunk],
    logs: &[(usize, Vec<Move>)],
) -> IdMap<usize> {
    let mut first: IdMap<(i64, usize)> = IdMap::default();
    let mut late: HashSet<(ObjectId, usize)> = HashSet::new();
    for trunk in trunks {
        let mut arrivals = Arrivals::new(scene.real, base_commit_id, &trunk.chain);
        let (there, names) = (arrivals.of(&trunk.moves(scene.real)), trunk.names());
        for (place, log) in logs {
            for ((&id, own), there) in trunk.chain.iter().zip(arrivals.of(log)).zip(&there) {
                match own.filter(|own| is_first(own, there.as_ref(), &names)) {
                    Some(own) => {
                        let earliest = first.entry(id).or_insert((own.when, *place));
                        *earliest = (*earliest).min((own.when, *place));
                    }
                    None => drop(late.insert((id, *place))),
                }
            }
        }
    }
    first.retain(|id, (_, place)| !late.contains(&(*id, *place)));
    if !first.is_empty() {
        let elsewhere = Elsewhere::read(scene, base_commit_id, trunks);
        first.retain(|id, (when, _)| !elsewhere.had(*id, *when));
    }
    first.into_iter().map(|(id, (_, place))| (id, place)).collect()
}
