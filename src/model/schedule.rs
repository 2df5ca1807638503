//! Which task can run when: who waits for whom, the order, the waves, the longest chain.
//!
//! A plan decides all of it; nothing here knows how far the work is. Tasks are named by their place
//! in the plan. A need on itself or on a task that is not there is no edge. Walks are loops, so that
//! a chain of any length is fine, and every tie goes to the smaller number (S1-07).

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use crate::model::name::TaskName;
use crate::model::plan::Plan;

/// When each task of a plan can run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// For each task the tasks that it needs, by number, each once.
    pub needs: Vec<Vec<usize>>,
    /// Every task after those that it needs, ties by number. Without those that are in a cycle or
    /// need one that is.
    pub order: Vec<usize>,
    /// The tasks that can run at the same time, once those of the waves before are complete.
    pub waves: Vec<Vec<usize>>,
    /// The longest chain of tasks that wait for each other, first to last.
    pub critical_path: Vec<usize>,
    /// Tasks that wait for each other: each needs the next, the last needs the first.
    pub cycles: Vec<Vec<usize>>,
}

impl Schedule {
    /// The schedule of a plan.
    pub fn of(plan: &Plan) -> Schedule {
        let numbers: Vec<u32> = plan.tasks.iter().map(|task| task.number).collect();
        Schedule::of_graph(&edges(plan), &numbers)
    }

    /// The schedule of tasks that need others, with their numbers.
    fn of_graph(needs: &[BTreeSet<usize>], numbers: &[u32]) -> Schedule {
        let by_number = |places: &BTreeSet<usize>| {
            let mut places: Vec<usize> = places.iter().copied().collect();
            places.sort_by_key(|place| numbers[*place]);
            places
        };
        let needs: Vec<Vec<usize>> = needs.iter().map(by_number).collect();
        let order = order(&needs, numbers, &[]);
        let waves = waves(&needs, &order);
        let critical_path = critical_path(&needs, &order);
        let cycles = cycles(&needs, numbers, &order);
        Schedule { needs, order, waves, critical_path, cycles }
    }
}

/// For each task the places of those that it needs.
fn edges(plan: &Plan) -> Vec<BTreeSet<usize>> {
    let places: HashMap<&TaskName, usize> =
        plan.tasks.iter().enumerate().map(|(place, task)| (&task.name, place)).collect();
    let needed = |place: usize| {
        let needs = plan.tasks[place].needs.iter();
        needs.filter_map(|need| places.get(&need.task).copied()).filter(|other| *other != place).collect()
    };
    (0..plan.tasks.len()).map(needed).collect()
}

/// The tasks, each after what it needs, that can be ordered at all. What is in `done` is not listed
/// and counts as already there.
fn order(needs: &[Vec<usize>], numbers: &[u32], done: &[usize]) -> Vec<usize> {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (task, needed) in needs.iter().enumerate() {
        for other in needed {
            waiting[*other].push(task);
        }
    }
    let mut listed = vec![false; needs.len()];
    for task in done {
        listed[*task] = true;
        for waiter in &waiting[*task] {
            open[*waiter] -= 1;
        }
    }
    let ready = (0..needs.len()).filter(|task| open[*task] == 0 && !listed[*task]);
    let mut ready: BinaryHeap<Reverse<(u32, usize)>> =
        ready.map(|task| Reverse((numbers[task], task))).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse((_, task))) = ready.pop() {
        order.push(task);
        for waiter in &waiting[task] {
            open[*waiter] -= 1;
            if open[*waiter] == 0 && !listed[*waiter] {
                ready.push(Reverse((numbers[*waiter], *waiter)));
            }
        }
    }
    order
}

fn waves(needs: &[Vec<usize>], order: &[usize]) -> Vec<Vec<usize>> {
    let mut wave_of = vec![0; needs.len()];
    let mut waves: Vec<Vec<usize>> = Vec::new();
    for task in order {
        let wave = needs[*task].iter().map(|needed| wave_of[*needed] + 1).max().unwrap_or(0);
        wave_of[*task] = wave;
        if waves.len() <= wave {
            waves.push(Vec::new());
        }
        waves[wave].push(*task);
    }
    waves
}

fn critical_path(needs: &[Vec<usize>], order: &[usize]) -> Vec<usize> {
    let mut length = vec![0; needs.len()];
    let mut before: Vec<Option<usize>> = vec![None; needs.len()];
    let mut last: Option<usize> = None;
    for task in order {
        length[*task] = 1;
        for needed in &needs[*task] {
            if length[*needed] >= length[*task] {
                length[*task] = length[*needed] + 1;
                before[*task] = Some(*needed);
            }
        }
        if last.is_none_or(|last| length[*task] > length[last]) {
            last = Some(*task);
        }
    }
    let mut path: Vec<usize> = std::iter::successors(last, |task| before[*task]).collect();
    path.reverse();
    path
}

/// Cycles that have no task in common, until none is left without.
fn cycles(needs: &[Vec<usize>], numbers: &[u32], order: &[usize]) -> Vec<Vec<usize>> {
    let mut done = order.to_vec();
    let mut cycles = Vec::new();
    while done.len() < needs.len() {
        let cycle = one_cycle(needs, numbers, &done);
        done.extend(&cycle);
        cycles.push(cycle);
        done.extend(self::order(needs, numbers, &done));
    }
    cycles
}

/// A cycle among the tasks that are not done, of which each needs another that is not done: whoever
/// follows those needs comes back to a task where they were before.
fn one_cycle(needs: &[Vec<usize>], numbers: &[u32], done: &[usize]) -> Vec<usize> {
    let mut is_done = vec![false; needs.len()];
    for task in done {
        is_done[*task] = true;
    }
    let start = (0..needs.len()).filter(|task| !is_done[*task]).min_by_key(|task| numbers[*task]);
    let mut at = start.expect("a task is not done");
    let mut step_of: HashMap<usize, usize> = HashMap::new();
    let mut walk = Vec::new();
    while !step_of.contains_key(&at) {
        step_of.insert(at, walk.len());
        walk.push(at);
        let next = needs[at].iter().find(|task| !is_done[**task]);
        at = *next.expect("a task that cannot be ordered needs another");
    }
    let mut cycle = walk.split_off(step_of[&at]);
    let first = (0..cycle.len()).min_by_key(|place| numbers[cycle[*place]]).unwrap_or(0);
    cycle.rotate_left(first);
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each task's number is its place plus one.
    fn schedule(needs: &[&[usize]]) -> Schedule {
        let edges: Vec<BTreeSet<usize>> = needs.iter().map(|needs| needs.iter().copied().collect()).collect();
        Schedule::of_graph(&edges, &(1..=needs.len() as u32).collect::<Vec<_>>())
    }

    #[test]
    fn the_scenario_is_ordered_by_its_needs() {
        let schedule = schedule(&[&[1], &[], &[0]]);
        assert_eq!(schedule.order, [1, 0, 2]);
        assert_eq!(schedule.waves, [[1], [0], [2]]);
        assert_eq!(schedule.critical_path, [1, 0, 2]);
        assert!(schedule.cycles.is_empty());
    }

    #[test]
    fn ties_go_to_the_smaller_number() {
        let schedule = schedule(&[&[], &[3], &[], &[]]);
        assert_eq!(schedule.order, [0, 2, 3, 1]);
        assert_eq!(schedule.waves, vec![vec![0, 2, 3], vec![1]]);
        assert_eq!(schedule.critical_path, [3, 1]);
    }

    #[test]
    fn cycles_are_found_whole() {
        let check = |needs: &[&[usize]], order: &[usize], cycles: &[&[usize]]| {
            let schedule = schedule(needs);
            assert_eq!(schedule.order, order, "{needs:?}");
            assert_eq!(schedule.cycles, cycles, "{needs:?}");
        };
        check(&[&[1], &[0]], &[], &[&[0, 1]]);
        check(&[&[], &[2], &[3], &[1], &[3]], &[0], &[&[1, 2, 3]]);
        check(&[&[1], &[0], &[3], &[2], &[0, 2]], &[], &[&[0, 1], &[2, 3]]);
        check(&[&[1, 2], &[0], &[0]], &[], &[&[0, 1]]);
    }

    #[test]
    fn a_long_chain_is_no_recursion() {
        let needs: Vec<Vec<usize>> =
            (0..50_000usize).map(|task| task.checked_sub(1).into_iter().collect()).collect();
        let needs: Vec<&[usize]> = needs.iter().map(|needs| &needs[..]).collect();
        let chain = schedule(&needs);
        assert_eq!((chain.waves.len(), chain.critical_path.len()), (50_000, 50_000));
        let mut ring = needs;
        ring[0] = &[49_999];
        assert_eq!(schedule(&ring).cycles[0].len(), 50_000);
    }
}
