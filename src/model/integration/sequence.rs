//! In which order tasks that may go in any order are merged, so that the fewest steps conflict.
//!
//! Two branches that conflict do so in either order, so the conflicts themselves cannot be ordered
//! away. But a step needs a person once, however many it conflicts with: a task that collides with
//! five others stops five steps if it goes first, and one if it goes last. So what is counted is
//! steps that conflict with anything before them. The fewest possible are found by dynamic
//! programming over the sets of tasks that can have gone before, as long as there are few; the
//! clean steps are then a largest set of tasks of which no two collide, which is hard to find among
//! many. There the task that spoils the fewest others goes first, unless the given order is better.

/// The most tasks whose best order is searched through.
pub const EXACT: usize = 12;

/// How an order was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// No order has fewer steps that conflict.
    Exact,
    /// No order of a wave has fewer.
    ExactInWaves,
    /// Another order could have fewer.
    Heuristic,
}

/// Who collides with whom among tasks that are called by their places in the given order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collisions {
    /// For each task: whether it collides with what is merged before any of them.
    pub with_ground: Vec<bool>,
    /// For each task: the places that it collides with, in both directions.
    pub among: Vec<Vec<usize>>,
}

impl Collisions {
    /// Whether any two of them collide.
    pub fn collides(&self) -> bool {
        self.among.iter().any(|others| !others.is_empty())
    }

    /// How many steps conflict in this order.
    pub fn cost(&self, order: &[usize]) -> usize {
        let is_stuck = |step: usize| {
            let task = order[step];
            self.with_ground[task] || order[..step].iter().any(|earlier| self.among[task].contains(earlier))
        };
        (0..order.len()).filter(|step| is_stuck(*step)).count()
    }
}

/// The order with the fewest steps that conflict; of several, the one whose first difference has the
/// smaller place.
pub fn fewest(collisions: &Collisions) -> (Vec<usize>, Method) {
    let count = collisions.among.len();
    if !collisions.collides() {
        return ((0..count).collect(), Method::Exact);
    }
    if count <= EXACT {
        return (searched(collisions, &vec![Vec::new(); count]), Method::Exact);
    }
    let (given, found) = ((0..count).collect::<Vec<_>>(), greedy(collisions));
    let is_better = collisions.cost(&found) < collisions.cost(&given);
    (if is_better { found } else { given }, Method::Heuristic)
}

/// The same where each task has to come after those that `behind` has for it; `None` for too many to
/// search through.
pub fn fewest_behind(collisions: &Collisions, behind: &[Vec<usize>]) -> Option<Vec<usize>> {
    (behind.len() <= EXACT).then(|| searched(collisions, behind))
}

/// Sets of tasks are bits. `left[set]` is how many of the steps after `set` conflict at least.
fn searched(collisions: &Collisions, behind: &[Vec<usize>]) -> Vec<usize> {
    let count = collisions.among.len();
    let as_bits = |others: &[Vec<usize>]| -> Vec<usize> {
        others.iter().map(|others| others.iter().fold(0, |set, other| set | 1 << other)).collect()
    };
    let (bits, behind) = (as_bits(&collisions.among), as_bits(behind));
    let cost =
        |task: usize, before: usize| usize::from(collisions.with_ground[task] || bits[task] & before != 0);
    let may_go = |task: usize, set: usize| set & 1 << task == 0 && behind[task] & !set == 0;
    let next = |set: usize| (0..count).filter(move |task| may_go(*task, set));
    let mut left = vec![0; 1 << count];
    for set in (0..(1 << count) - 1).rev() {
        let costs = next(set).map(|task| cost(task, set) + left[set | 1 << task]);
        left[set] = costs.min().unwrap_or(0);
    }
    let (mut set, mut order) = (0, Vec::new());
    while let Some(task) = next(set).find(|task| cost(*task, set) + left[set | 1 << task] == left[set]) {
        order.push(task);
        set |= 1 << task;
    }
    order
}

/// Of the tasks that would be clean, again and again the one that collides with the fewest of them.
fn greedy(collisions: &Collisions) -> Vec<usize> {
    let count = collisions.among.len();
    let mut is_clean: Vec<bool> = collisions.with_ground.iter().map(|stuck| !stuck).collect();
    let mut order: Vec<usize> = Vec::new();
    loop {
        let spoils = |task: &usize| collisions.among[*task].iter().filter(|other| is_clean[**other]).count();
        let clean = (0..count).filter(|task| is_clean[*task]);
        let Some(task) = clean.min_by_key(spoils) else { break };
        order.push(task);
        is_clean[task] = false;
        collisions.among[task].iter().for_each(|other| is_clean[*other] = false);
    }
    let rest: Vec<usize> = (0..count).filter(|task| !order.contains(task)).collect();
    order.extend(rest);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: usize, pairs: &[(usize, usize)], expect: &[usize], cost: usize) {
        let mut collisions = Collisions { with_ground: vec![false; count], among: vec![Vec::new(); count] };
        for (one, other) in pairs {
            collisions.among[*one].push(*other);
            collisions.among[*other].push(*one);
        }
        let (order, _) = fewest(&collisions);
        assert_eq!(order, expect, "{pairs:?}");
        assert_eq!(collisions.cost(&order), cost, "{pairs:?}");
    }

    #[test]
    fn who_collides_with_many_goes_last() {
        check(4, &[], &[0, 1, 2, 3], 0);
        check(4, &[(0, 1), (0, 2), (0, 3)], &[1, 2, 3, 0], 1);
        check(3, &[(0, 1)], &[0, 1, 2], 1);
        check(4, &[(0, 1), (1, 2), (2, 3)], &[0, 1, 3, 2], 2);
        check(3, &[(0, 1), (1, 2), (0, 2)], &[0, 1, 2], 2);
    }

    #[test]
    fn some_come_after_others() {
        let collisions =
            Collisions { with_ground: vec![false; 3], among: vec![vec![2], vec![2], vec![0, 1]] };
        let behind = |after: &[(usize, usize)]| {
            let mut behind = vec![Vec::new(); 3];
            after.iter().for_each(|(task, before)| behind[*task].push(*before));
            fewest_behind(&collisions, &behind).expect("they are few")
        };
        assert_eq!(behind(&[]), [0, 1, 2]);
        assert_eq!(behind(&[(0, 1)]), [1, 0, 2]);
        assert_eq!(behind(&[(1, 2)]), [0, 2, 1]);
        assert_eq!(behind(&[(0, 2), (1, 2)]), [2, 0, 1]);
        let many = Collisions { with_ground: vec![false; 13], among: vec![Vec::new(); 13] };
        assert_eq!(fewest_behind(&many, &vec![Vec::new(); 13]), None);
    }

    #[test]
    fn many_are_ordered_without_searching() {
        let star: Vec<(usize, usize)> = (1..20).map(|leaf| (0, leaf)).collect();
        check(20, &star, &(1..20).chain([0]).collect::<Vec<_>>(), 1);
        let chain: Vec<(usize, usize)> = (0..49).map(|place| (place, place + 1)).collect();
        let evens_then_odds: Vec<usize> = (0..50).step_by(2).chain((1..50).step_by(2)).collect();
        check(50, &chain, &evens_then_odds, 25);
    }
}
