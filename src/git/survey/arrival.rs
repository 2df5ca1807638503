//! When a branch got the commits of a chain, as its reflog tells.

use std::collections::HashMap;

use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::reflog::Move;

/// How far it is looked for what a commit is built upon that no branch has any more.
const FAR: usize = 2000;

/// Asks about the commits of one chain.
pub struct Arrivals<'a> {
    repo: &'a Repository,
    base_commit_id: ObjectId,
    length: usize,
    /// How many commits of the chain a commit has, by first parents.
    heights: HashMap<ObjectId, usize>,
}

impl<'a> Arrivals<'a> {
    /// About a chain since the base, oldest first.
    pub fn new(repo: &'a Repository, base_commit_id: ObjectId, chain: &[ObjectId]) -> Arrivals<'a> {
        let heights = chain.iter().enumerate().map(|(step, id)| (*id, step + 1)).collect();
        Arrivals { repo, base_commit_id, length: chain.len(), heights }
    }

    /// For each commit of the chain the first of a branch's moves after which the branch had it. None
    /// where no move brought it: it never was there, or before the first that is still known.
    pub fn of(&mut self, moves: &[Move]) -> Vec<Option<Move>> {
        let mut found = vec![None; self.length];
        let mut height = moves.first().map_or(0, |first| self.height(first.old));
        for one in moves {
            let now = self.height(one.new);
            for step in found.iter_mut().take(now).skip(height) {
                *step = Some(one.clone());
            }
            height = height.max(now);
        }
        found
    }

    fn height(&mut self, id: ObjectId) -> usize {
        let (mut passed, mut next, mut height) = (Vec::new(), Some(id), 0);
        while let Some(id) = next.filter(|id| *id != self.base_commit_id && passed.len() < FAR) {
            if let Some(known) = self.heights.get(&id) {
                height = *known;
                break;
            }
            passed.push(id);
            let commit = if id.is_null() { None } else { self.repo.commit(id).ok() };
            next = commit.and_then(|commit| commit.parent_ids.first().copied());
        }
        self.heights.extend(passed.into_iter().map(|id| (id, height)));
        height
    }
}

/// Whether a branch's move that brought a commit shows that the commit was made there: it came
/// neither from another repository nor from where it is now, which got it later and did not make it.
/// `names` are what people call the place where it is now. Where nothing is known of that, it was
/// there first. Clocks count seconds: within the same one, a move that git's own commands explain is
/// believed.
pub fn is_first(own: &Move, there: Option<&Move>, names: &[&str]) -> bool {
    let Some(there) = there.filter(|there| !there.is_commit()) else { return false };
    if own.is_from_afar() || own.follows(names) {
        return false;
    }
    let is_unexplained = own.is_silent() || there.is_silent() && own.is_reset();
    own.when < there.when || own.when == there.when && is_unexplained
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_it_first() {
        let one = |when, message: &str| Move {
            old: ObjectId::null(gix_hash::Kind::Sha1),
            new: ObjectId::null(gix_hash::Kind::Sha1),
            when,
            message: message.into(),
        };
        let check = |own: (i64, &str), there: Option<(i64, &str)>, expect: bool| {
            let there = there.map(|(when, message)| one(when, message));
            assert_eq!(is_first(&one(own.0, own.1), there.as_ref(), &["main"]), expect, "{own:?} {there:?}");
        };
        check((1, ""), Some((2, "")), true);
        check((1, "reset: moving to x"), Some((2, "merge x: Fast-forward")), true);
        check((1, ""), Some((1, "")), true);
        check((1, ""), Some((1, "push")), true);
        check((1, "reset: moving to x"), Some((1, "")), true);
        check((1, "merge x: Fast-forward"), Some((1, "")), false);
        check((1, "merge x: Fast-forward"), Some((1, "pull: Fast-forward")), false);
        check((1, "merge main: Fast-forward"), Some((2, "")), false);
        check((1, "reset: moving to main"), Some((1, "")), false);
        check((1, "merge x: Fast-forward"), Some((2, "commit: Fix")), false);
        check((1, ""), Some((1, "commit: Fix")), false);
        check((2, ""), Some((1, "")), false);
        check((1, "pull: Fast-forward"), Some((2, "")), false);
        check((1, ""), None, false);
    }
}
