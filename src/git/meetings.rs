//! Many pairs of commits at once: whether each would merge, and where not. git is the referee.
//!
//! The answer for a pair is that of `git merge-tree <one> <other>`, but a whole merge is rarely
//! needed to know it. Pairs whose changes do not touch are [`Apart`](Meeting::Apart) without asking.
//! Where both sides changed the same files and no rename can come into play, the files decide, each
//! by itself: the three versions of every such file are laid side by side in one made-up tree, under
//! a directory of their own, and git merges all of them in one go. A merge of the same three versions
//! is asked for once, however many pairs need it. What is left, such as renames, links that became
//! directories and submodules, is merged as it is; all of it in one process.
//!
//! Attributes decide how a file is merged, so in the made-up tree every directory has the attributes
//! of the whole repository. The tests hold the answers against `git merge-tree`, pair by pair.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use super::merges::{self, Merged};
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::integration::clash;
use crate::model::integration::conflict::Conflict;
use crate::model::integration::hunk::{self, Labels};
use crate::model::meeting::{Collision, Meeting, spans};

/// Two commits to be merged into each other.
pub type Pair = (ObjectId, ObjectId);

impl CleanRoom {
    /// What merging each pair gives, in the order of the pairs. `hub` is a commit from which most of
    /// them have started; it makes that faster and changes no answer.
    pub fn meet(&self, hub: ObjectId, pairs: &[Pair]) -> Result<Vec<Meeting>> {
        let mut ground = Ground::new(self.repository(), hub);
        let questions: Vec<Question> =
            pairs.iter().map(|pair| ground.question(*pair)).collect::<Result<_>>()?;
        let asked: BTreeSet<&Unit> = questions.iter().flat_map(Question::units).collect();
        let units = self.merge_units(&asked)?;
        let whole: Vec<Pair> = pairs
            .iter()
            .zip(&questions)
            .filter(|(_, question)| matches!(question, Question::Whole(_)))
            .map(|(pair, _)| *pair)
            .collect();
        let mut merged = self.merge_whole(&whole)?.into_iter();
        let answer = |question: &Question| match question {
            Question::Apart => Ok(Meeting::Apart),
            Question::Unanswered(why) => Ok(Meeting::Unknown(why.clone())),
            Question::Units { paths, units: of } => {
                Ok(together(paths, of.iter().flat_map(|unit| &units[unit])))
            }
            Question::Whole(paths) => {
                let collisions = merged.next().context("git did not answer for every pair")?;
                Ok(together(paths, &collisions))
            }
        };
        questions.iter().map(answer).collect()
    }

    /// Merges the versions of single files, each as if it were alone.
    fn merge_units<'u>(&self, units: &BTreeSet<&'u Unit>) -> Result<HashMap<&'u Unit, Vec<Collision>>> {
        let mut answers = HashMap::new();
        // A removal and an addition in one merge could be taken for a rename.
        let removes = |unit: &Unit| unit.ours.is_none() || unit.theirs.is_none();
        let (removals, others): (Vec<&Unit>, Vec<&Unit>) = units.iter().partition(|unit| removes(unit));
        for units in [removals, others].into_iter().filter(|units| !units.is_empty()) {
            let (pair, attributes) = self.lay_side_by_side(&units)?;
            let merged = self.merge_stdin(&[pair], Some(attributes))?;
            let [merged] = merged.as_slice() else { bail!("git did not answer once") };
            let mut collisions = self.collisions(pair, merged)?;
            for (place, unit) in units.into_iter().enumerate() {
                let own = collisions.remove(&place.to_string()).unwrap_or_default();
                answers.insert(unit, own);
            }
        }
        Ok(answers)
    }

    /// Two commits that differ from their parent in these files alone, each file below a directory
    /// that is called by its place; and a tree with the attributes for all of them.
    fn lay_side_by_side(&self, units: &[&Unit]) -> Result<(Pair, ObjectId)> {
        let scratch = self.repository();
        let side = |entry: fn(&Unit) -> Option<Entry>| {
            let files = units.iter().enumerate().filter_map(|(place, unit)| {
                Some((BString::from(format!("{place}/{}", unit.path)), entry(unit)?))
            });
            scratch.write_entries(files)
        };
        let base = self.trial_commit(side(|unit| unit.base)?, &[])?;
        let ours = self.trial_commit(side(|unit| unit.ours)?, &[base])?;
        let theirs = self.trial_commit(side(|unit| unit.theirs)?, &[base])?;
        let attributes = scratch.tree_of_any(self.attributes())?;
        let places = (0..units.len()).map(|place| BString::from(place.to_string()));
        Ok(((ours, theirs), scratch.write_directories(places, attributes)?))
    }

    fn merge_whole(&self, pairs: &[Pair]) -> Result<Vec<Vec<Collision>>> {
        let merged = self.merge_stdin(pairs, None)?;
        let collide = |(pair, merged): (&Pair, &Merged)| {
            let labels = labels(*pair);
            merged.conflicts.iter().map(|one| self.collision(merged, one, one.clone(), &labels)).collect()
        };
        pairs.iter().zip(&merged).map(collide).collect()
    }

    /// The conflicts of a merge of files side by side, under the directory that each was in; their
    /// paths are the real ones again.
    fn collisions(&self, pair: Pair, merged: &Merged) -> Result<HashMap<String, Vec<Collision>>> {
        let mut found: HashMap<String, Vec<Collision>> = HashMap::new();
        let labels = labels(pair);
        for conflict in &merged.conflicts {
            let (place, real) = taken_out(conflict)?;
            found.entry(place).or_default().push(self.collision(merged, conflict, real, &labels)?);
        }
        Ok(found)
    }

    fn collision(
        &self,
        merged: &Merged,
        conflict: &Conflict,
        told: Conflict,
        labels: &Labels,
    ) -> Result<Collision> {
        let mut found = Vec::new();
        if clash::has_lines(conflict)
            && let Some(entry) = self.repository().tree_entry(merged.tree_id, conflict.paths[0].as_bstr())?
        {
            let file = self.repository().blob(entry.id)?;
            found = hunk::sections(&file, labels).map(|sections| spans(&sections)).unwrap_or_default();
        }
        Ok(Collision { conflict: told, spans: found })
    }

    /// One `git merge-tree --stdin` for all.
    fn merge_stdin(&self, pairs: &[Pair], attributes: Option<ObjectId>) -> Result<Vec<Merged>> {
        if pairs.is_empty() {
            return Ok(Vec::new());
        }
        let input: String = pairs.iter().map(|(one, other)| format!("{one} {other}\n")).collect();
        let mut git = self.git().args(["merge-tree", "--write-tree", "-z", "--stdin"]);
        if let Some(attributes) = attributes {
            git = git.env("GIT_ATTR_SOURCE", attributes.to_string());
        }
        let answer = git.stdin(input).output().context("git cannot merge the pairs")?;
        merges::parse_many(&answer).context("cannot read what git says of the pairs")
    }
}

/// What must be asked to know how a pair comes out.
enum Question {
    /// Nothing.
    Apart,
    /// Nothing can be asked, and why.
    Unanswered(String),
    /// These files, each by itself; all paths that both sides have changed.
    Units { paths: Vec<BString>, units: Vec<Unit> },
    /// The whole merge.
    Whole(Vec<BString>),
}

impl Question {
    fn units(&self) -> &[Unit] {
        match self {
            Question::Units { units, .. } => units,
            Question::Apart | Question::Unanswered(_) | Question::Whole(_) => &[],
        }
    }
}

/// The three versions of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Unit {
    path: BString,
    base: Option<Entry>,
    ours: Option<Entry>,
    theirs: Option<Entry>,
}

/// What is known of the commits that are compared; each thing is read once.
struct Ground<'r> {
    repo: &'r Repository,
    hub: ObjectId,
    /// What each tip has that the hub has not; `None` where it does not descend from the hub.
    gained: HashMap<ObjectId, Option<Rc<HashSet<ObjectId>>>>,
    /// What changed between a base and a tip.
    changes: HashMap<Pair, Rc<Vec<PathChange>>>,
}

impl<'r> Ground<'r> {
    fn new(repo: &'r Repository, hub: ObjectId) -> Ground<'r> {
        Ground { repo, hub, gained: HashMap::new(), changes: HashMap::new() }
    }

    fn question(&mut self, (one, other): Pair) -> Result<Question> {
        let base = match self.bases(one, other)?.as_slice() {
            [base] => *base,
            [] => return Ok(Question::Unanswered("they have no common history".into())),
            _ => return Ok(Question::Whole(self.common_paths(one, other)?)),
        };
        if base == one || base == other {
            return Ok(Question::Apart);
        }
        let (ours, theirs) = (self.changes(base, one)?, self.changes(base, other)?);
        Ok(question(&ours, &theirs))
    }

    /// The best common ancestors. Two sides that gained nothing in common since the hub have the hub.
    fn bases(&mut self, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>> {
        if let (Some(ours), Some(theirs)) = (self.gained(one)?, self.gained(other)?)
            && ours.is_disjoint(&theirs)
        {
            return Ok(vec![self.hub]);
        }
        self.repo.merge_bases(one, other)
    }

    fn gained(&mut self, tip: ObjectId) -> Result<Option<Rc<HashSet<ObjectId>>>> {
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

    fn changes(&mut self, base: ObjectId, tip: ObjectId) -> Result<Rc<Vec<PathChange>>> {
        if let Some(known) = self.changes.get(&(base, tip)) {
            return Ok(known.clone());
        }
        let (old, new) = (self.repo.commit(base)?.tree_id, self.repo.commit(tip)?.tree_id);
        let changes = Rc::new(self.repo.diff_trees(old, new)?);
        self.changes.insert((base, tip), changes.clone());
        Ok(changes)
    }

    /// Where there are several bases: what both sides changed against the first of them.
    fn common_paths(&mut self, one: ObjectId, other: ObjectId) -> Result<Vec<BString>> {
        let base = self.repo.merge_bases(one, other)?[0];
        let (ours, theirs) = (self.changes(base, one)?, self.changes(base, other)?);
        Ok(common(&ours, &theirs).map(|(change, _)| change.path.clone()).collect())
    }
}

fn question(ours: &[PathChange], theirs: &[PathChange]) -> Question {
    if merges::are_independent(ours, theirs) {
        return Question::Apart;
    }
    let paths = || common(ours, theirs).map(|(change, _)| change.path.clone()).collect();
    if may_rename_into(ours, theirs) || may_rename_into(theirs, ours) || overlaps_above(ours, theirs) {
        return Question::Whole(paths());
    }
    let mut units = Vec::new();
    for (our, their) in common(ours, theirs) {
        if !are_files([our.old, our.new, their.new]) {
            return Question::Whole(paths());
        }
        if our.new != their.new {
            units.push(Unit { path: our.path.clone(), base: our.old, ours: our.new, theirs: their.new });
        }
    }
    Question::Units { paths: paths(), units }
}

/// Whether all that is there is of regular files. Other kinds may get names that git makes up.
fn are_files(versions: [Option<Entry>; 3]) -> bool {
    versions.iter().flatten().all(|entry| matches!(entry.kind, Kind::File | Kind::Executable))
}

/// The paths that both sides changed; both lists are sorted.
fn common<'a>(
    ours: &'a [PathChange],
    theirs: &'a [PathChange],
) -> impl Iterator<Item = (&'a PathChange, &'a PathChange)> {
    let find = |change: &'a PathChange| {
        let place = theirs.binary_search_by(|other| other.path.cmp(&change.path)).ok()?;
        Some((change, &theirs[place]))
    };
    ours.iter().filter_map(find)
}

/// Whether a rename on the one side could meet what the other did. A rename takes a removed path and
/// an added one; it matters where the other side touched either of them, or added files, which may
/// have to follow a directory.
fn may_rename_into(side: &[PathChange], other: &[PathChange]) -> bool {
    let adds = |change: &PathChange| change.old.is_none();
    let removes = |change: &PathChange| change.new.is_none();
    if !(side.iter().any(adds) && side.iter().any(removes)) {
        return false;
    }
    other.iter().any(adds) || common(side, other).any(|(change, _)| adds(change) || removes(change))
}

/// Whether a path of one side is a directory of the other.
fn overlaps_above(ours: &[PathChange], theirs: &[PathChange]) -> bool {
    let below = |one: &[PathChange], other: &[PathChange]| {
        let paths: HashSet<&BStr> = other.iter().map(|change| change.path.as_bstr()).collect();
        let above = |path: &BString| path.find_iter("/").any(|end| paths.contains(path[..end].as_bstr()));
        one.iter().any(|change| above(&change.path))
    };
    below(ours, theirs) || below(theirs, ours)
}

fn together<'c>(paths: &[BString], collisions: impl IntoIterator<Item = &'c Collision>) -> Meeting {
    let collisions: Vec<Collision> = collisions.into_iter().cloned().collect();
    match (collisions.is_empty(), paths.is_empty()) {
        (false, _) => Meeting::Conflict(collisions),
        (true, false) => Meeting::Together(paths.to_vec()),
        (true, true) => Meeting::Apart,
    }
}

fn labels((one, other): Pair) -> Labels {
    Labels { ours: one.to_string(), theirs: other.to_string() }
}

/// The directory that a conflict was in, and the conflict without it.
fn taken_out(conflict: &Conflict) -> Result<(String, Conflict)> {
    let first = conflict.paths.first().context("git named no path")?;
    let (place, _) = first.split_once_str("/").context("git named a path that was not asked for")?;
    let directory = [place, b"/"].concat();
    let mut real = conflict.clone();
    for path in real.paths.iter_mut().chain(real.stages.iter_mut().map(|stage| &mut stage.path)) {
        let rest = path.strip_prefix(directory.as_slice()).context("git mixed up two files")?;
        *path = rest.into();
    }
    real.says = real.says.replace(&*directory.to_str_lossy(), "");
    Ok((place.to_str_lossy().into_owned(), real))
}
