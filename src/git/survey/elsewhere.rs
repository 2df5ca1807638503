//! What became known of commits where no worker of the run works: in other worktrees, and by what was
//! fetched.
//!
//! A worker may follow what a person has made before the base goes there too. This is asked only about
//! what looks as if the worker had made it, for it reads every reflog that may tell.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use gix_hash::ObjectId;

use crate::git::reflog::Move;
use crate::git::survey::arrival::Arrivals;
use crate::git::survey::deeds::Trunk;
use crate::git::survey::history::Scene;

/// What is known.
pub struct Elsewhere {
    made: HashSet<ObjectId>,
    known: HashMap<ObjectId, i64>,
}

impl Elsewhere {
    /// Reads it for the commits of the trunks.
    pub fn read(scene: &Scene<'_>, base_commit_id: ObjectId, trunks: &[Trunk]) -> Elsewhere {
        let repo = scene.real;
        let workers: Vec<&Path> = scene.worktrees.values().map(|one| one.git_dir.as_path()).collect();
        let linked = repo.worktrees().unwrap_or_default();
        let others = linked.iter().map(|one| one.git_dir.as_path()).filter(|path| !workers.contains(path));
        let others = others.chain([repo.common_dir()]).flat_map(|git_dir| repo.head_reflog(git_dir));
        let made = others.filter(Move::is_commit).map(|one| one.new).collect();
        let refs = repo.readable_refs("refs/remotes/").map(|found| found.refs).unwrap_or_default();
        let mut logs: Vec<Vec<Move>> = refs.iter().map(|(name, _)| repo.reflog(name)).collect();
        logs.extend(workers.iter().map(|git_dir| repo.head_reflog(git_dir)));
        let mut known: HashMap<ObjectId, i64> = HashMap::new();
        for trunk in trunks {
            let mut arrivals = Arrivals::new(repo, base_commit_id, &trunk.chain);
            let names = trunk.names();
            for log in &logs {
                let log: Vec<Move> =
                    log.iter().filter(|one| one.is_from_afar() || one.follows(&names)).cloned().collect();
                for (id, one) in trunk.chain.iter().zip(arrivals.of(&log)) {
                    let Some(one) = one else { continue };
                    let earliest = known.entry(*id).or_insert(one.when);
                    *earliest = (*earliest).min(one.when);
                }
            }
        }
        Elsewhere { made, known }
    }

    /// Whether a commit was made elsewhere, or known to be there by then.
    pub fn had(&self, id: ObjectId, when: i64) -> bool {
        self.made.contains(&id) || self.known.get(&id).is_some_and(|known| *known <= when)
    }
}
