//! Who is an ancestor of whom, among the commits of one run: a bit per tip on every commit.
//!
//! One pass over the commits answers every later question in constant time, where a walk for each
//! pair of branches would cost the square of their number. The commits are those that the run's
//! base cannot reach; about anything older this knows nothing and answers no.

use crate::model::ids::IdMap;
use gix_hash::ObjectId;

/// The commits of a run and, for each, which tips reach it.
#[derive(Debug, Clone, Default)]
pub struct Ancestry {
    index: IdMap<usize>,
    words_per_commit: usize,
    bits: Vec<u64>,
    /// For each tip its bit; `None` for one that is not among the commits.
    bit_of: Vec<Option<usize>>,
    /// For each bit its tip.
    tip_of: Vec<usize>,
}

impl Ancestry {
    /// Computes it for `commits`, each with its parents, in any order. Parents that are not among
    /// them are where the knowledge ends. Tips are asked for by their place in `tips`; one that is
    /// not among the commits reaches nothing.
    pub fn new(commits: &[(ObjectId, &[ObjectId])], tips: &[ObjectId]) -> Ancestry {
        let index: IdMap<usize> = commits.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        let (mut bit_of, mut tip_of) = (vec![None; tips.len()], Vec::new());
        for (tip, _) in tips.iter().enumerate().filter(|(_, id)| index.contains_key(*id)) {
            bit_of[tip] = Some(tip_of.len());
            tip_of.push(tip);
        }
        let words_per_commit = tip_of.len().div_ceil(64);
        let bits = vec![0; commits.len() * words_per_commit];
        let mut ancestry = Ancestry { index, words_per_commit, bits, bit_of, tip_of };
        for (bit, tip) in ancestry.tip_of.iter().enumerate() {
            let place = ancestry.index[&tips[*tip]];
            ancestry.bits[place * words_per_commit + bit / 64] |= 1 << (bit % 64);
        }
        ancestry.spread(commits);
        ancestry
    }

    /// Whether the tip at `tip` is `id` or a descendant of it.
    pub fn reaches(&self, tip: usize, id: ObjectId) -> bool {
        self.index.get(&id).is_some_and(|place| self.bit(*place, tip))
    }

    /// The tips that are `id` or a descendant of it.
    pub fn tips_above(&self, id: ObjectId) -> Vec<usize> {
        let Some(&place) = self.index.get(&id) else { return Vec::new() };
        let words = &self.bits[place * self.words_per_commit..][..self.words_per_commit];
        let tips = |(at, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| self.tip_of[at * 64 + bit])
        };
        words.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(tips).collect()
    }

    /// How many commits the tip at `tip` reaches that the one at `other` does not.
    pub fn ahead(&self, tip: usize, other: usize) -> usize {
        (0..self.index.len()).filter(|place| self.bit(*place, tip) && !self.bit(*place, other)).count()
    }

    fn bit(&self, place: usize, tip: usize) -> bool {
        let Some(&Some(bit)) = self.bit_of.get(tip) else { return false };
        self.bits[place * self.words_per_commit + bit / 64] >> (bit % 64) & 1 == 1
    }

    /// Hands every commit's bits to its parents, children before parents.
    fn spread(&mut self, commits: &[(ObjectId, &[ObjectId])]) {
        let (mut parents, mut ends) = (Vec::with_capacity(commits.len()), Vec::with_capacity(commits.len()));
        for (_, ids) in commits {
            parents.extend(ids.iter().filter_map(|id| self.index.get(id).copied()));
            ends.push(parents.len());
        }
        let of = |child: usize| child.checked_sub(1).map_or(0, |before| ends[before])..ends[child];
        let mut children_left = vec![0usize; commits.len()];
        parents.iter().for_each(|&parent| children_left[parent] += 1);
        let mut ready: Vec<usize> = (0..commits.len()).filter(|place| children_left[*place] == 0).collect();
        while let Some(child) = ready.pop() {
            for &parent in &parents[of(child)] {
                self.inherit(parent, child);
                children_left[parent] -= 1;
                if children_left[parent] == 0 {
                    ready.push(parent);
                }
            }
        }
    }

    fn inherit(&mut self, parent: usize, child: usize) {
        for word in 0..self.words_per_commit {
            let bits = self.bits[child * self.words_per_commit + word];
            self.bits[parent * self.words_per_commit + word] |= bits;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn id(number: usize) -> ObjectId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        ObjectId::from(bytes)
    }

    /// A walk from one tip, the slow way.
    fn walk(parents: &[Vec<ObjectId>], tip: usize) -> HashSet<usize> {
        let (mut seen, mut stack) = (HashSet::new(), vec![tip]);
        while let Some(next) = stack.pop() {
            if seen.insert(next) {
                stack.extend((0..parents.len()).filter(|other| parents[next].contains(&id(*other))));
            }
        }
        seen
    }

    #[test]
    fn what_is_not_there_is_not_reached() {
        let empty = Ancestry::new(&[], &[id(1)]);
        assert!(!empty.reaches(0, id(1)), "an unknown tip reaches nothing, not even itself");
        assert!(!empty.reaches(7, id(1)), "a tip that was not asked for reaches nothing");
    }

    proptest! {
        /// A commit's parents come from those made before it, as in any history; 70 tips need a
        /// second word.
        #[test]
        fn agrees_with_a_walk(shape in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3usize), 1..90)) {
            let parents: Vec<Vec<ObjectId>> = shape.iter().enumerate().map(|(place, (first, second, count))| {
                let older = [first, second].map(|pick| id(if place == 0 { 1_000 } else { pick.index(place) }));
                older[..(*count).min(2)].to_vec()
            }).collect();
            let commits: Vec<(ObjectId, &[ObjectId])> =
                parents.iter().enumerate().map(|(place, ids)| (id(place), ids.as_slice())).collect();
            let tips: Vec<ObjectId> = (0..parents.len()).map(id).collect();
            let ancestry = Ancestry::new(&commits, &tips);
            for tip in 0..parents.len() {
                let reached = walk(&parents, tip);
                for place in 0..parents.len() {
                    prop_assert_eq!(ancestry.reaches(tip, id(place)), reached.contains(&place));
                    prop_assert_eq!(ancestry.tips_above(id(place)).contains(&tip), reached.contains(&place));
                }
                let other = walk(&parents, 0);
                prop_assert_eq!(ancestry.ahead(tip, 0), reached.difference(&other).count());
            }
        }
    }
}
