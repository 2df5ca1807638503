//! What has to be asked to know how two commits merge, found by comparing trees alone.
//!
//! Whoever asks for many pairs asks about the same commits again and again; what is known of each is
//! read once. Nothing in here merges.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::{Known, Pair};
use crate::git::Repository;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::ids::{IdMap, IdSet};

/// What must be asked to know how a pair comes out.
pub(super) enum Question {
    /// Nothing.
    Apart,
    /// Nothing can be asked, and why.
    Unanswered(String),
    /// These files, each by itself; all paths that both sides have changed.
    Units { paths: Vec<BString>, units: Vec<Unit> },
    /// The whole merge.
    Whole(Whole),
}

/// A merge that cannot be taken apart.
pub(super) struct Whole {
    /// The best common ancestors; never empty.
    pub bases: Vec<ObjectId>,
    /// The paths that both sides have changed.
    pub paths: Vec<BString>,
}

/// The three versions of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::git) struct Unit {
    pub path: BString,
    pub base: Option<Entry>,
    pub ours: Option<Entry>,
    pub theirs: Option<Entry>,
}

impl Question {
    /// Whether the answer is known without git.
    pub fn is_settled(&self) -> bool {
        matches!(self, Question::Apart | Question::Unanswered(_))
    }

    pub fn units(&self) -> &[Unit] {
        match self {
            Question::Units { units, .. } => units,
            Question::Apart | Question::Unanswered(_) | Question::Whole(_) => &[],
        }
    }
}

/// What is known of the commits that are compared; each thing is read once.
pub(super) struct Ground<'r> {
    repo: &'r Repository,
    hub: ObjectId,
    /// What each tip has that the hub has not; `None` where it does not descend from the hub.
    gained: IdMap<Option<Rc<IdSet>>>,
    /// What is known to have changed between two commits.
    known: Known,
    /// What changed between a base and a tip.
    changes: HashMap<Pair, Rc<Changes>>,
}

impl<'r> Ground<'r> {
    pub fn new(repo: &'r Repository, hub: ObjectId, known: Known) -> Ground<'r> {
        Ground { repo, hub, gained: IdMap::default(), known, changes: HashMap::new() }
    }

    pub fn question(&mut self, (one, other): Pair) -> Result<Question> {
        let bases = self.bases(one, other)?;
        let Some(base) = bases.first().copied() else {
            return Ok(Question::Unanswered("they have no common history".into()));
        };
        if base == one || base == other {
            return Ok(Question::Apart);
        }
        let (ours, theirs) = (self.changes(base, one)?, self.changes(base, other)?);
        if bases.len() > 1 {
            return Ok(Question::Whole(Whole { bases, paths: paths(&common(&ours, &theirs)) }));
        }
        self.compare(base, &ours, &theirs)
    }

    /// The best common ancestors. Two sides that gained nothing in common since the hub have the hub.
    pub fn bases(&mut self, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>> {
        if let (Some(ours), Some(theirs)) = (self.gained(one)?, self.gained(other)?)
            && ours.is_disjoint(&theirs)
        {
            return Ok(vec![self.hub]);
        }
        self.repo.merge_bases(one, other)
    }

    fn gained(&mut self, tip: ObjectId) -> Result<Option<Rc<IdSet>>> {
        if let Some(known) = self.gained.get(&tip) {
            return Ok(known.clone());
        }
        let gained = match self.repo.is_ancestor(self.hub, tip)? {
            true => Some(Rc::new(self.repo.commits_between(&[self.hub], &[tip])?.into_iter().collect())),
            false => None,
        };
        self.gained.insert(tip, gained.clone());
        Ok(gained)
    }

    fn changes(&mut self, base: ObjectId, tip: ObjectId) -> Result<Rc<Changes>> {
        if let Some(known) = self.changes.get(&(base, tip)) {
            return Ok(known.clone());
        }
        let (old, new) = (self.repo.commit(base)?.tree_id, self.repo.commit(tip)?.tree_id);
        let list = self.known.remove(&(base, tip)).map_or_else(|| self.repo.diff_trees(old, new), Ok)?;
        let changes = Rc::new(Changes::new(new, list));
        self.changes.insert((base, tip), changes.clone());
        Ok(changes)
    }

    fn compare(&self, base: ObjectId, ours: &Changes, theirs: &Changes) -> Result<Question> {
        let common = common(ours, theirs);
        let whole = || Ok(Question::Whole(Whole { bases: vec![base], paths: paths(&common) }));
        let moves_directory = self.moves_directory(ours, theirs)? || self.moves_directory(theirs, ours)?;
        if moves_directory || ours.is_above(theirs) || theirs.is_above(ours) {
            return whole();
        }
        let mut units = Vec::new();
        for (our, their) in &common {
            let may_be_renamed = ours.may_rename(our) || theirs.may_rename(their);
            if may_be_renamed || !are_files([our.old, our.new, their.new]) {
                return whole();
            }
            if our.new != their.new {
                let path = our.path.clone();
                units.push(Unit { path, base: our.old, ours: our.new, theirs: their.new });
            }
        }
        Ok(match common.is_empty() {
            true => Question::Apart,
            false => Question::Units { paths: paths(&common), units },
        })
    }

    /// Whether `side` may have renamed a directory into which `other` adds something, which would
    /// have to follow. Only a directory that is gone can have been renamed; the top never is.
    fn moves_directory(&self, side: &Changes, other: &Changes) -> Result<bool> {
        if !side.adds {
            return Ok(false);
        }
        for directory in side.above_removed.iter().filter(|one| other.above_added.binary_search(one).is_ok())
        {
            let found = self.repo.lookup(side.tree_id, directory.as_bstr())?;
            if !found.is_some_and(|(mode, _)| mode.is_tree()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What one side changed, in the shapes that questions are asked in. All lists are sorted.
struct Changes {
    /// The whole result.
    tree_id: ObjectId,
    /// By path.
    list: Vec<PathChange>,
    /// Every directory in which something changed; the top is left out, here and below.
    above: Vec<BString>,
    /// Those from which something was removed.
    above_removed: Vec<BString>,
    /// Those to which something was added.
    above_added: Vec<BString>,
    /// Something was added.
    adds: bool,
    /// Something was removed.
    removes: bool,
}

impl Changes {
    fn new(tree_id: ObjectId, mut list: Vec<PathChange>) -> Changes {
        list.sort_by(|one, other| one.path.cmp(&other.path));
        let directories = |is_meant: fn(&PathChange) -> bool| -> Vec<BString> {
            let meant = list.iter().filter(|change| is_meant(change));
            let mut above: Vec<&BStr> = meant.flat_map(|change| above(change.path.as_bstr())).collect();
            above.sort();
            above.dedup();
            above.into_iter().map(ToOwned::to_owned).collect()
        };
        let adds = |change: &PathChange| change.old.is_none();
        let removes = |change: &PathChange| change.new.is_none();
        Changes {
            tree_id,
            above: directories(|_| true),
            above_removed: directories(removes),
            above_added: directories(adds),
            adds: list.iter().any(adds),
            removes: list.iter().any(removes),
            list,
        }
    }

    /// The change of a path, if there is one.
    fn at(&self, path: &BStr) -> Option<&PathChange> {
        let place = self.list.binary_search_by(|change| change.path.as_bstr().cmp(path));
        place.ok().map(|place| &self.list[place])
    }

    /// Whether a path of this side is a directory of the other.
    fn is_above(&self, other: &Changes) -> bool {
        match self.list.len() < other.above.len() {
            true => self.list.iter().any(|change| other.above.binary_search(&change.path).is_ok()),
            false => other.above.iter().any(|directory| self.at(directory.as_bstr()).is_some()),
        }
    }

    /// Whether this change may be one half of a rename. A rename takes a removed path and an added
    /// one; it matters where the other side touched either of them.
    fn may_rename(&self, change: &PathChange) -> bool {
        (change.old.is_none() && self.removes) || (change.new.is_none() && self.adds)
    }
}

/// What both sides changed, by path.
fn common<'c>(ours: &'c Changes, theirs: &'c Changes) -> Vec<(&'c PathChange, &'c PathChange)> {
    let mut others = theirs.list.iter().peekable();
    let mut common = Vec::new();
    for our in &ours.list {
        while others.next_if(|their| their.path < our.path).is_some() {}
        if let Some(their) = others.next_if(|their| their.path == our.path) {
            common.push((our, their));
        }
    }
    common
}

fn paths(common: &[(&PathChange, &PathChange)]) -> Vec<BString> {
    common.iter().map(|(our, _)| our.path.clone()).collect()
}

/// The directories above a path, without the top.
fn above(path: &BStr) -> impl Iterator<Item = &BStr> {
    path.find_iter("/").map(|end| path[..end].as_bstr())
}

/// Whether all that is there is of regular files. Other kinds may get names that git makes up.
fn are_files(versions: [Option<Entry>; 3]) -> bool {
    versions.iter().flatten().all(|entry| matches!(entry.kind, Kind::File | Kind::Executable))
}
