//! Whose commit is it, when more than one branch has it on its first-parent chain (S1-66).
//!
//! A fast-forward leaves no trace in the history: a worker that catches up with another, or a base
//! branch that is moved onto a worker's, holds the other's commits as if they were its own. What is
//! recorded decides; without a record, what the commit changes, then who depends on whom. This
//! knows nothing of where chains and records come from. Every commit has at most one owner, and a
//! commit that is on one branch only is never taken away from it by a record alone: a forged record
//! must not hide a violation.

use crate::model::few::Few;
use crate::model::ids::{IdMap, IdSet};
use gix_hash::ObjectId;

/// What is known of the commits of a run. Tasks are named by their place in the plan.
pub struct Evidence<'a> {
    /// Each task's first-parent chain since the base, oldest first; `None` if it has no branch.
    pub chains: &'a [Option<Vec<ObjectId>>],
    /// What [`shared`] says of them.
    pub shared: &'a IdMap<Few>,
    /// What the base branch has gained on its own first-parent chain since the base.
    pub base_chain: &'a IdSet,
    /// The tasks in whose records a commit stands.
    pub recorded: &'a dyn Fn(ObjectId) -> &'a [usize],
    /// Commits that a task which does not have them any more has made and replaced.
    pub replaced: &'a IdMap<usize>,
    /// Commits of the base chain that one task made on its own branch, as reflogs tell.
    pub made: &'a IdMap<usize>,
    /// Whether the base or the integration branch has a commit.
    pub landed: &'a dyn Fn(ObjectId) -> bool,
    /// Whether a commit speaks the protocol: its subject opens with a status prefix.
    pub declares: &'a dyn Fn(ObjectId) -> bool,
    /// Whether a commit changes anything.
    pub changes: &'a dyn Fn(ObjectId) -> bool,
    /// Whether all that a commit changes is in a task's scope; true when it changes nothing.
    pub fits: &'a dyn Fn(usize, ObjectId) -> bool,
    /// Whether the first task needs the second one, directly or not.
    pub needs: &'a dyn Fn(usize, usize) -> bool,
}

/// Each task's chain without the commits that belong to another or to the base, oldest first.
pub fn own_chains(evidence: &Evidence<'_>) -> Vec<Vec<ObjectId>> {
    let mut owners: IdMap<Option<usize>> = IdMap::default();
    let mut own = |task: usize, chain: &[ObjectId]| {
        let (mut own, mut older) = (Vec::with_capacity(chain.len()), None);
        for &id in chain {
            older = match evidence.shared.get(&id) {
                None => owner(evidence, id, &[task], older),
                Some(holders) => *owners.entry(id).or_insert_with(|| owner(evidence, id, holders, older)),
            };
            own.extend((older == Some(task)).then_some(id));
        }
        own
    };
    let chains = evidence.chains.iter().enumerate();
    chains.map(|(task, chain)| own(task, chain.as_deref().unwrap_or_default())).collect()
}

/// The commits that are on more than one of these first-parent chains, and the tasks that have each.
pub fn shared<'a>(chains: impl Iterator<Item = (usize, &'a [ObjectId])>) -> IdMap<Few> {
    let mut first: IdMap<usize> = IdMap::default();
    let mut shared: IdMap<Few> = IdMap::default();
    for (task, chain) in chains {
        for &id in chain {
            if let Some(first) = first.insert(id, task) {
                shared.entry(id).or_insert(Few::one(first)).push(task);
            }
        }
    }
    shared
}

/// The owner of one commit; `older` is the owner of its first parent.
fn owner(evidence: &Evidence<'_>, id: ObjectId, holders: &[usize], older: Option<usize>) -> Option<usize> {
    if let Some(&task) = evidence.replaced.get(&id) {
        return Some(task);
    }
    if let Some(task) = recorded_owner(evidence, id, holders) {
        return Some(task);
    }
    let made = evidence.made.get(&id).filter(|task| holders.contains(task));
    if let (Some(&task), true) = (made, evidence.base_chain.contains(&id)) {
        return Some(task);
    }
    if let ([only], false) = (holders, evidence.base_chain.contains(&id)) {
        return Some(*only);
    }
    if evidence.base_chain.contains(&id) {
        return landed_owner(evidence, id, holders, older);
    }
    let fitting: Vec<usize> = holders.iter().copied().filter(|task| (evidence.fits)(*task, id)).collect();
    let candidates = if fitting.is_empty() { holders } else { &fitting };
    match candidates {
        [task] => Some(*task),
        _ => older.filter(|task| candidates.contains(task)).or_else(|| origin(evidence, candidates)),
    }
}

/// The one task that can have made a commit which the base has as well. One that changes nothing is in
/// every scope: it may have been copied there, and then a branch that was put onto the base has it in the
/// place of who made it. So every task is asked, and what fits several goes with the one below it.
fn landed_owner(
    evidence: &Evidence<'_>,
    id: ObjectId,
    holders: &[usize],
    older: Option<usize>,
) -> Option<usize> {
    if !(evidence.declares)(id) {
        return None;
    }
    let fits = |task: &usize| (evidence.fits)(*task, id);
    let asked = match (evidence.changes)(id) {
        true => holders.to_vec(),
        false => (0..evidence.chains.len()).collect(),
    };
    let fitting: Vec<usize> = asked.into_iter().filter(fits).collect();
    let only = fitting.first().filter(|_| fitting.len() == 1).copied();
    only.or(older.filter(fits)).filter(|task| holders.contains(task))
}

/// The one task whose record names the commit, if its branch holds it, or is gone and the commit has
/// landed: a record that claims a commit for a branch that nobody can look at hides nothing.
fn recorded_owner(evidence: &Evidence<'_>, id: ObjectId, holders: &[usize]) -> Option<usize> {
    let believable =
        |task: &&usize| holders.contains(task) || evidence.chains[**task].is_none() && (evidence.landed)(id);
    let mut tasks = (evidence.recorded)(id).iter().filter(believable).copied();
    tasks.next().filter(|_| tasks.next().is_none())
}

/// Among equals: the one that needs none of the others, then the shorter chain, then the plan's order.
fn origin(evidence: &Evidence<'_>, candidates: &[usize]) -> Option<usize> {
    let waits = |task: usize| candidates.iter().any(|other| *other != task && (evidence.needs)(task, *other));
    let length = |task: usize| evidence.chains[task].as_ref().map_or(0, Vec::len);
    candidates.iter().copied().min_by_key(|task| (waits(*task), length(*task), *task))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(letter: char) -> ObjectId {
        ObjectId::from([letter as u8; 20])
    }

    /// Pairs of a commit and a task.
    type Claims<'a> = &'a [(char, usize)];

    /// A commit is a letter. Lower-case ones speak the protocol; those up to `m` change what is in
    /// the scope of task 0 only, later ones what is in that of task 1 only, `s` what is in that of both,
    /// `_` and `e` nothing.
    /// Task 0 needs task 1. `records` are pairs of a commit and the task that recorded it.
    #[track_caller]
    fn check(chains: &[&str], base: &str, records: Claims<'_>, expect: &[&str]) {
        check_made(chains, base, (records, &[]), expect);
    }

    /// As [`check`], and `made` are pairs of a commit and the task that made it on its own branch; `z`
    /// and what is on the base has landed.
    #[track_caller]
    fn check_made(chains: &[&str], base: &str, (records, made): (Claims<'_>, Claims<'_>), expect: &[&str]) {
        let ids = |text: &str| text.chars().map(id).collect::<Vec<_>>();
        let letter = |id: ObjectId| char::from(id.as_bytes()[0]);
        let mut recorded: IdMap<Few> = IdMap::default();
        for (commit, task) in records {
            let few = recorded.entry(id(*commit));
            few.and_modify(|few| few.push(*task)).or_insert(Few::one(*task));
        }
        let chains: Vec<_> = chains.iter().map(|text| (*text != "gone").then(|| ids(text))).collect();
        let own = own_chains(&Evidence {
            chains: &chains,
            shared: &shared(
                chains.iter().enumerate().map(|(task, chain)| (task, chain.as_deref().unwrap_or_default())),
            ),
            base_chain: &ids(base).into_iter().collect(),
            recorded: &|id| recorded.get(&id).map_or(&[], |few| &**few),
            replaced: &IdMap::default(),
            made: &made.iter().map(|(commit, task)| (id(*commit), *task)).collect(),
            landed: &|commit| commit == id('z') || base.chars().any(|one| id(one) == commit),
            declares: &|id| letter(id).is_ascii_lowercase(),
            changes: &|id| !matches!(letter(id), '_' | 'e'),
            fits: &|task, id| match letter(id).to_ascii_lowercase() {
                '_' | 'e' | 's' => true,
                'a'..='m' => task == 0,
                _ => task == 1,
            },
            needs: &|task, other| (task, other) == (0, 1),
        });
        let own: Vec<String> = own.into_iter().map(|chain| chain.into_iter().map(letter).collect()).collect();
        assert_eq!(own, expect, "every commit has the owner that made it");
    }

    #[test]
    fn a_branch_of_its_own_keeps_its_commits() {
        check(&["abc", "xyz"], "", &[], &["abc", "xyz"]);
        check(&["axc", "xyz_"], "", &[('x', 1)], &["ac", "xyz_"]);
        check(&["", "gone"], "", &[], &["", ""]);
    }

    #[test]
    fn a_fast_forward_does_not_change_the_owner() {
        check(&["xyz", "xyz"], "", &[], &["", "xyz"]); // caught up, nothing of its own yet
        check(&["xyzabc", "xyz"], "", &[], &["abc", "xyz"]);
        check(&["xya", "xyzuvw"], "", &[], &["a", "xyzuvw"]); // the chain of the owner is longer
        check(&["x_a", "x_"], "", &[], &["a", "x_"]); // an empty commit goes with the one before it
        check(&["_a", "_x"], "", &[], &["a", "_x"]); // the one that is needed was there first
        check(&["abx", "abx"], "", &[('a', 1), ('b', 1)], &["", "abx"]);
        check(&["abx", "abx"], "", &[('a', 0), ('a', 1)], &["ab", "x"]); // two records say nothing
    }

    #[test]
    fn the_base_keeps_what_nobody_made() {
        check(&["ABab", "xyz"], "AB", &[], &["ab", "xyz"]); // a worker caught up with the base
        check(&["", "xyz"], "xyz", &[], &["", "xyz"]); // the base was moved onto a worker
        check(&["xyz", "xyz"], "xyz", &[], &["", "xyz"]);
        check(&["", "aX_"], "aX_", &[('a', 1)], &["", "a"]);
        check(&["bxea", ""], "bxe", &[], &["ba", ""]); // copied there, and empty
        check(&["eb", "z"], "e", &[], &["b", "z"]);
        check(&["abec", "z"], "abe", &[], &["abec", "z"]); // the task's own landed
        check(&["", "xye"], "xye", &[], &["", "xye"]);
        check(&["sb", "z"], "sb", &[], &["sb", "z"]); // the base was moved onto what could be of both
    }

    #[test]
    fn a_record_alone_takes_nothing_away() {
        check(&["xa", "z"], "", &[('x', 1)], &["xa", "z"]);
        check(&["za", "gone"], "", &[('z', 1)], &["a", ""]); // the other branch is merged and removed
        check(&["xa", "gone"], "", &[('x', 1)], &["xa", ""]); // it is removed, and nothing was merged
    }

    #[test]
    fn what_was_made_on_a_branch_stays_its_own_when_the_base_moves() {
        let made = &[('X', 0), ('Y', 1)];
        check_made(&["aX", "z"], "aX", (&[], made), &["aX", "z"]);
        check_made(&["AB", "z"], "AB", (&[], made), &["", "z"]);
        check_made(&["aY", "z"], "aY", (&[], made), &["a", "z"]); // it is not on the branch of task 1
        check_made(&["aB", "zB"], "", (&[], &[('B', 1)]), &["aB", "z"]); // elsewhere reflogs say nothing
    }
}
