//! Who is an ancestor of whom, among the commits of one run: a bit per tip on every commit.
//!
//! One pass over the commits answers every later question in constant time, where a walk for each
//! pair of branches would cost the square of their number. The commits are those that the run's
//! base cannot reach; about anything older this knows nothing and answers no.

use std::collections::HashMap;

use gix_hash::ObjectId;

/// The commits of a run and, for each, which tips reach it.
#[derive(Debug, Clone, Default)]
pub struct Ancestry {
    index: HashMap<ObjectId, usize>,
    words_per_commit: usize,
    bits: Vec<u64>,
}

impl Ancestry {
    /// Computes it for `commits`, each with its parents, in any order. Parents that are not among
    /// them are where the knowledge ends. Tips are asked for by their place in `tips`; one that is
    /// not among the commits reaches nothing.
    pub fn new(commits: &[(ObjectId, &[ObjectId])], tips: &[ObjectId]) -> Ancestry {
        let index: HashMap<ObjectId, usize> =
            commits.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        let words_per_commit = tips.len().div_ceil(64).max(1);
        let mut ancestry =
            Ancestry { index, words_per_commit, bits: vec![0; commits.len() * words_per_commit] };
        for (tip, id) in tips.iter().enumerate() {
            if let Some(&place) = ancestry.index.get(id) {
                ancestry.bits[place * words_per_commit + tip / 64] |= 1 << (tip % 64);
            }
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
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        };
        words.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(tips).collect()
    }

    /// How many commits the tip at `tip` reaches that the one at `other` does not.
    pub fn ahead(&self, tip: usize, other: usize) -> usize {
        (0..self.index.len()).filter(|place| self.bit(*place, tip) && !self.bit(*place, other)).count()
    }

    fn bit(&self, place: usize, tip: usize) -> bool {
        let word = self.bits.get(place * self.words_per_commit + tip / 64).copied().unwrap_or(0);
        tip / 64 < self.words_per_commit && word >> (tip % 64) & 1 == 1
    }

    /// Hands every commit's bits to its parents, children before parents.
    fn spread(&mut self, commits: &[(ObjectId, &[ObjectId])]) {
        let parents: Vec<Vec<usize>> = commits
            .iter()
            .map(|(_, ids)| ids.iter().filter_map(|id| self.index.get(id).copied()).collect())
            .collect();
        let mut children_left = vec![0usize; commits.len()];
        parents.iter().flatten().for_each(|&parent| children_left[parent] += 1);
        let mut ready: Vec<usize> = (0..commits.len()).filter(|place| children_left[*place] == 0).collect();
        while let Some(child) = ready.pop() {
            for &parent in &parents[child] {
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
