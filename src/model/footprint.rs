//! What one side has touched, and who can therefore meet whom: from paths alone, without a merge.
//!
//! The answer errs on one side only. Two sides that do not meet here merge without having a path in
//! common; of those that do, most will be found to have nothing in common after all.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};
use foldhash::{HashMap, HashSet};

use crate::model::change::PathChange;
use crate::model::facts::{Facts, TaskFacts};

/// What a side has touched since the commit that all started from, at the end or in between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footprint {
    touched: HashSet<BString>,
    added: HashSet<BString>,
    removed: HashSet<BString>,
}

impl Footprint {
    /// That of a list of changes.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a PathChange>) -> Footprint {
        let mut footprint = Footprint::default();
        for change in changes {
            footprint.touched.insert(change.path.clone());
            if change.old.is_none() {
                footprint.added.insert(change.path.clone());
            }
            if change.new.is_none() {
                footprint.removed.insert(change.path.clone());
            }
        }
        footprint
    }

    /// That of a task's commits. `None` where they do not tell everything, as after a merge: then
    /// only the trees can say what the task has touched.
    pub fn of_task(facts: &Facts, task: &TaskFacts) -> Option<Footprint> {
        let mut tip = facts.base_commit_id;
        for commit in &task.commits {
            if commit.parent_ids != [tip] {
                return None;
            }
            tip = commit.id;
        }
        let changes = || task.commits.iter().flat_map(|commit| &commit.change);
        (task.effective_tip() == Some(tip)).then(|| Footprint::of(changes()))
    }

    /// A path that is not committed: gone, or there in a new way. It may be new altogether.
    pub fn add_uncommitted(&mut self, path: &BStr, is_there: bool) {
        let path = path.trim_end_with(|c| c == '/').as_bstr().to_owned();
        if is_there {
            self.added.insert(path.clone());
        } else {
            self.removed.insert(path.clone());
        }
        self.touched.insert(path);
    }
}

/// The pairs of sides that may meet, by their places, each once and in order. A side whose footprint
/// is not known may meet every other.
pub fn may_meet(sides: &[Option<Footprint>]) -> BTreeSet<(usize, usize)> {
    let mut index = Index::default();
    for (place, footprint) in sides.iter().enumerate() {
        if let Some(footprint) = footprint {
            index.add(place, footprint);
        }
    }
    let mut pairs = BTreeSet::new();
    let mut add = |one: usize, other: usize| {
        if one != other {
            pairs.insert((one.min(other), one.max(other)));
        }
    };
    for (one, footprint) in sides.iter().enumerate() {
        let Some(footprint) = footprint else {
            (0..sides.len()).for_each(|other| add(one, other));
            continue;
        };
        let touching = footprint.touched.iter().flat_map(|path| index.at(path));
        // A directory from which something was removed may have been renamed; what others have added
        // to it would have to follow.
        let may_rename = !footprint.added.is_empty();
        let removed = footprint.removed.iter().filter(|_| may_rename);
        let left: HashSet<&BStr> = removed.flat_map(above).collect();
        let following = left.into_iter().flat_map(|directory| index.added_below(directory));
        touching.chain(following).for_each(|other| add(one, other));
    }
    pairs
}

/// Who has touched what.
#[derive(Default)]
struct Index<'a> {
    touched: HashMap<&'a BStr, Vec<usize>>,
    above_touched: HashMap<&'a BStr, Vec<usize>>,
    above_added: HashMap<&'a BStr, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn add(&mut self, place: usize, footprint: &'a Footprint) {
        let note = |map: &mut HashMap<&'a BStr, Vec<usize>>, path: &'a BStr| {
            let places = map.entry(path).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        };
        for path in &footprint.touched {
            note(&mut self.touched, path.as_bstr());
            above(path).for_each(|directory| note(&mut self.above_touched, directory));
        }
        for path in &footprint.added {
            above(path).for_each(|directory| note(&mut self.above_added, directory));
        }
    }

    /// Those that touched the path, or something below it where it is a directory to them.
    fn at(&self, path: &BString) -> impl Iterator<Item = usize> {
        let maps = [&self.touched, &self.above_touched];
        maps.into_iter().filter_map(move |map| map.get(path.as_bstr())).flatten().copied()
    }

    fn added_below(&self, directory: &BStr) -> impl Iterator<Item = usize> {
        self.above_added.get(directory).into_iter().flatten().copied()
    }
}

/// The directories above a path, without the top, which nobody renames.
fn above(path: &BString) -> impl Iterator<Item = &BStr> {
    path.find_iter("/").map(|end| path[..end].as_bstr())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side in words: `+path` was added, `-path` removed, `path` changed; `?` for unknown.
    fn side(words: &str) -> Option<Footprint> {
        let mut footprint = Footprint::default();
        for word in words.split_whitespace() {
            let path = word.trim_start_matches(['+', '-']);
            match word.as_bytes()[0] {
                b'?' => return None,
                b'+' => footprint.add_uncommitted(path.into(), true),
                b'-' => footprint.add_uncommitted(path.into(), false),
                _ => drop(footprint.touched.insert(path.into())),
            }
        }
        Some(footprint)
    }

    #[track_caller]
    fn check(sides: &[&str], expect: &[(usize, usize)]) {
        let footprints: Vec<_> = sides.iter().map(|words| side(words)).collect();
        let found: Vec<_> = may_meet(&footprints).into_iter().collect();
        assert_eq!(found, expect, "who may meet of {sides:?}");
    }

    #[test]
    fn a_path_in_common_is_a_meeting() {
        check(&["a", "b", "a b", ""], &[(0, 2), (1, 2)]);
        check(&["dir/a", "dir/b"], &[]);
        check(&["+a", "-a"], &[(0, 1)]);
    }

    #[test]
    fn a_path_meets_what_lies_below_it() {
        check(&["+x", "+x/y/z"], &[(0, 1)]);
        check(&["-x/y", "+x/y/z"], &[(0, 1)]);
        check(&["x", "xx/y"], &[]);
    }

    #[test]
    fn what_is_added_may_have_to_follow_a_directory() {
        check(&["-old/a +new/a", "+old/b"], &[(0, 1)]);
        check(&["-old/a +new/a", "+old/sub/b"], &[(0, 1)]);
        check(&["-old/a +new/a", "old/b"], &[]); // a change has a path of its own
        check(&["-old/a", "+old/b"], &[]); // nothing was renamed
        check(&["-a +new/a", "+b"], &[]); // the top stays where it is
    }

    #[test]
    fn who_is_not_known_may_meet_all() {
        check(&["a", "?", "b"], &[(0, 1), (1, 2)]);
    }
}
