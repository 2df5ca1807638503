//! The order with the fewest conflicts: against every order there is.

use orchestrate::model::integration::sequence::{Collisions, EXACT, Method, fewest};
use proptest::prelude::*;

use super::hold;

/// Tasks that collide as the bits say: those with the ground, then those of each pair.
fn collisions(count: usize, ground: &[bool], pairs: &[bool]) -> Collisions {
    let mut collisions = Collisions { with_ground: ground[..count].to_vec(), among: vec![Vec::new(); count] };
    let all = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
    for ((one, other), _) in all.zip(pairs).filter(|(_, collide)| **collide) {
        collisions.among[one].push(other);
        collisions.among[other].push(one);
    }
    collisions
}

fn any_collisions(counts: std::ops::Range<usize>) -> impl Strategy<Value = Collisions> {
    let most = counts.end * (counts.end - 1) / 2;
    let bits = |chance, len| prop::collection::vec(prop::bool::weighted(chance), len);
    let end = counts.end;
    (0.1..0.7).prop_flat_map(move |chance| {
        (counts.clone(), bits(0.15, end), bits(chance, most))
            .prop_map(|(count, ground, pairs)| collisions(count, &ground, &pairs))
    })
}

/// Every order of so many, in the order of a dictionary.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..count {
        for rest in orders(count - 1) {
            let rest = rest.into_iter().map(|place| place + usize::from(place >= first));
            all.push([first].into_iter().chain(rest).collect());
        }
    }
    all
}

#[test]
fn a_searched_order_is_the_first_of_the_best() {
    let all: Vec<Vec<Vec<usize>>> = (0..8).map(orders).collect();
    hold(300, &any_collisions(0..8), |collisions| {
        let (found, method) = fewest(&collisions);
        prop_assert_eq!(method, Method::Exact);
        // `min_by_key` takes the first of equals, which is the smallest.
        let best = all[collisions.among.len()].iter().min_by_key(|order| collisions.cost(order));
        prop_assert_eq!(Some(&found), best, "{:?}", collisions);
        prop_assert_eq!(fewest(&collisions).0, found, "it is the same every time");
        Ok(())
    });
}

#[test]
fn a_heuristic_order_has_all_tasks_and_is_no_worse_than_the_given_one() {
    hold(200, &any_collisions(EXACT + 1..40), |collisions| {
        let (found, _) = fewest(&collisions);
        let given: Vec<usize> = (0..collisions.among.len()).collect();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        prop_assert_eq!(&sorted, &given, "each goes once");
        prop_assert!(collisions.cost(&found) <= collisions.cost(&given));
        Ok(())
    });
}

#[test]
fn a_heuristic_order_is_close_to_the_best_where_that_can_be_known() {
    hold(100, &any_collisions(8..EXACT + 1), |collisions| {
        let count = collisions.among.len();
        let best = collisions.cost(&fewest(&collisions).0);
        // The same collisions, with tasks that collide with nobody, are too many to search through.
        let mut more = collisions.clone();
        more.with_ground.resize(EXACT + 1, false);
        more.among.resize(EXACT + 1, Vec::new());
        let (found, method) = fewest(&more);
        let is_searched = collisions.among.iter().all(Vec::is_empty);
        prop_assert_eq!(method, if is_searched { Method::Exact } else { Method::Heuristic });
        let cost = more.cost(&found);
        prop_assert!(best <= cost && cost <= best + count.div_ceil(4), "{} instead of {}", cost, best);
        Ok(())
    });
}
