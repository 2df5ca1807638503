//! Which tips of a run reach which commit.

use gix_hash::ObjectId;

use crate::git::survey::tips::Tips;
use crate::git::walk::Known;
use crate::model::ancestry::Ancestry;
use crate::model::ids::IdMap;

/// Which tips reach which commit. Tasks are named by their place in the plan.
pub struct Reach {
    /// What each tip reaches, by its place among the tips.
    pub ancestry: Ancestry,
    /// As [`flat`] has them.
    tips: Vec<Option<ObjectId>>,
    /// For each task the place of the tip that counts.
    pub effective: Vec<Option<usize>>,
    tasks: usize,
}

impl Reach {
    /// Computes it for the commits of a run, the tips as [`flat`] has them, and so many tasks.
    pub fn new(commits: &IdMap<Box<Known>>, tips: Vec<Option<ObjectId>>, tasks: usize) -> Reach {
        let commits: Vec<(ObjectId, &[ObjectId])> =
            commits.values().map(|commit| (commit.id, commit.parent_ids.as_slice())).collect();
        let nothing =
            ObjectId::null(tips.iter().flatten().next().map_or(gix_hash::Kind::Sha1, |id| id.kind()));
        let ids: Vec<ObjectId> = tips.iter().map(|tip| tip.unwrap_or(nothing)).collect();
        let ancestry = Ancestry::new(&commits, &ids);
        let mut reach = Reach { ancestry, tips, effective: Vec::new(), tasks };
        reach.effective = (0..tasks).map(|place| reach.effective_index(place)).collect();
        reach
    }

    /// How many commits the local branch of a task has and the remote one has not, and the other way round.
    pub fn ahead_behind(&self, place: usize) -> (usize, usize) {
        let remote = self.tasks + place;
        match (self.tips[place], self.tips[remote]) {
            (local, tip) if local == tip => (0, 0),
            _ => (self.ancestry.ahead(place, remote), self.ancestry.ahead(remote, place)),
        }
    }

    /// The tip that counts: the rule of `TaskFacts::effective_tip` (S1-71).
    fn effective_index(&self, place: usize) -> Option<usize> {
        let remote = self.tasks + place;
        match (self.tips[place], self.tips[remote]) {
            (None, None) => None,
            (None, Some(_)) => Some(remote),
            (Some(_), Some(_)) if self.ahead_behind(place).0 == 0 => Some(remote),
            (Some(_), _) => Some(place),
        }
    }

    /// For each task the others whose oldest own commit its branch has.
    pub fn held(&self, own: &[Vec<ObjectId>]) -> Vec<Vec<usize>> {
        let mut held = vec![Vec::new(); self.tasks];
        for (other, own) in own.iter().enumerate() {
            let tips = own.first().map(|oldest| self.ancestry.tips_above(*oldest)).unwrap_or_default();
            for tip in tips.into_iter().filter(|tip| *tip < 2 * self.tasks) {
                let place = tip % self.tasks;
                if place != other && self.effective[place] == Some(tip) {
                    held[place].push(other);
                }
            }
        }
        held
    }

    /// The tip of a task's branch that counts.
    pub fn effective(&self, place: usize) -> Option<ObjectId> {
        self.effective[place].and_then(|index| self.tips[index])
    }

    /// The tip of a task's branch on the remote.
    pub fn remote(&self, place: usize) -> Option<ObjectId> {
        self.tips[self.tasks + place]
    }

    /// The newest state of the integration branch that the journal knows.
    pub fn integrated(&self) -> Option<ObjectId> {
        self.tips[2 * self.tasks + 1]
    }

    /// Whether the integration branch, whatever it was moved to, has all of a task's branch.
    pub fn is_in_integration(&self, place: usize) -> bool {
        self.is_in(place, [2 * self.tasks])
    }

    /// Whether the base branch, here or on a remote, has all of a task's branch.
    pub fn is_in_base(&self, place: usize) -> bool {
        self.is_in(place, 2 * self.tasks + 2..self.tips.len())
    }

    /// Whether the base has a commit, or the integration branch as far as it is known.
    pub fn trunk_has(&self, id: ObjectId) -> bool {
        (2 * self.tasks + 1..self.tips.len())
            .any(|tip| self.tips[tip].is_some() && self.ancestry.reaches(tip, id))
    }

    fn is_in(&self, place: usize, holders: impl IntoIterator<Item = usize>) -> bool {
        let Some(tip) = self.effective(place) else { return false };
        holders.into_iter().any(|holder| self.ancestry.reaches(holder, tip))
    }
}

/// All tips in a row: the local ones, then the remote ones, each in the plan's order, then the integration
/// branch, what the journal knows of it, and the base, here and on remotes.
pub fn flat(tips: &Tips, integrated: Option<ObjectId>) -> Vec<Option<ObjectId>> {
    let local = tips.tasks.iter().map(|branch| branch.tip.or(branch.kept));
    let remote = tips.tasks.iter().map(|branch| branch.remote_tip);
    let bases = tips.bases.iter().map(|(_, tip)| Some(*tip));
    local.chain(remote).chain([tips.integration, integrated]).chain(bases).collect()
}
