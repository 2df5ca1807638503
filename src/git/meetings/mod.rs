//! Many pairs of commits at once: whether each would merge, and where not. git is the referee.
//!
//! The answer for a pair is that of `git merge-tree <one> <other>`, but a whole merge is rarely
//! needed to know it. Pairs whose changes do not touch are [`Apart`](Meeting::Apart) without asking.
//! Where both sides changed the same files and no rename can come into play, the files decide, each
//! by itself: a plain text may leave no doubt, and otherwise a merge of the same three versions is asked for
//! once, however many pairs need it. What is left, such as renames, links that became directories and
//! submodules, is merged as it is. What git has answered once is kept in a [`Cache`]. The tests hold
//! the answers against `git merge-tree`, pair by pair, with a cache and without.
//!
//! What cannot be read makes the pairs unknown that need it, and no others.

mod answers;
mod ground;
mod lines;
mod side_by_side;
mod texts;

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use self::answers::Answers;
pub(in crate::git) use self::ground::Unit;
use self::ground::{Ground, Question};
use self::texts::Texts;
use super::Repository;
use super::cache::Cache;
use super::clean_room::CleanRoom;
use super::late_room::LateRoom;
use super::merges::{self, Merged};
use super::places;
use super::plain_text::{self, Outcome};
use crate::model::change::PathChange;
use crate::model::hint;
use crate::model::integration::clash;
use crate::model::integration::conflict::{Conflict, Kind, Side, Stage};
use crate::model::integration::hunk::{self, Labels};
use crate::model::meeting::{Collision, Meeting, OURS, Span, THEIRS};

/// Two commits to be merged into each other.
pub type Pair = (ObjectId, ObjectId);

/// What differs between the trees of two commits, the older one first.
pub type Known = HashMap<Pair, Vec<PathChange>>;

/// What the cache of answers is called.
pub const CACHE: &str = "meetings";

/// What git makes of something, or why it cannot.
type Answer = Result<Found, String>;

/// The conflicts of one merge; none if it is clean.
type Found = Vec<Collision>;

impl CleanRoom {
    /// What merging each pair gives, in the order of the pairs. `hub` is a commit from which most of
    /// them have started; like the cache, it makes that faster and changes no answer.
    pub fn meet(&self, hub: ObjectId, pairs: &[Pair], cache: &mut Cache) -> Result<Vec<Meeting>> {
        let arena = Arena { reader: self.repository(), attributes: self.attributes(), room: &|| Ok(self) };
        arena.meet(Known::new(), hub, pairs, cache)
    }
}

impl LateRoom<'_> {
    /// The same, where it is known already what differs between some commits. Often nothing has to be
    /// asked, and there is no room then.
    pub fn meet(
        &self,
        known: Known,
        hub: ObjectId,
        pairs: &[Pair],
        cache: &mut Cache,
    ) -> Result<Vec<Meeting>> {
        let arena = Arena { reader: self.reader()?, attributes: self.attributes(), room: &|| self.room() };
        arena.meet(known, hub, pairs, cache)
    }
}

/// Where commits are read, and where git is asked about them.
struct Arena<'a> {
    reader: &'a Repository,
    /// The commit or tree whose `.gitattributes` count.
    attributes: ObjectId,
    /// It sees at least what the reader does.
    room: &'a dyn Fn() -> Result<&'a CleanRoom>,
}

impl Arena<'_> {
    fn meet(&self, known: Known, hub: ObjectId, pairs: &[Pair], cache: &mut Cache) -> Result<Vec<Meeting>> {
        let mut ground = Ground::new(self.reader, hub, known);
        let question = |pair: &Pair| {
            let asked = ground.question(*pair);
            asked.unwrap_or_else(|error| Question::Unanswered(hint::in_line(&error)))
        };
        let questions: Vec<Question> = pairs.iter().map(question).collect();
        if questions.iter().all(Question::is_settled) {
            return Ok(questions.into_iter().map(|question| settled(&question)).collect());
        }
        let mut answers = Answers::open(self, cache)?;
        let units = self.all_units(&questions, &mut answers)?;
        let mut whole = self.all_whole(pairs, &questions, &mut answers)?.into_iter();
        let answer = |question: &Question| match question {
            Question::Apart | Question::Unanswered(_) => settled(question),
            Question::Units { paths, units: of } => together(paths, of.iter().map(|unit| &units[unit])),
            Question::Whole(one) => together(&one.paths, whole.next().as_ref()),
        };
        Ok(questions.iter().map(answer).collect())
    }

    /// The answer for every single file that was asked about.
    fn all_units<'q>(
        &self,
        questions: &'q [Question],
        answers: &mut Answers<'_, '_>,
    ) -> Result<HashMap<&'q Unit, Answer>> {
        let asked: BTreeSet<&Unit> = questions.iter().flat_map(Question::units).collect();
        let (mut found, mut open) = (HashMap::new(), Vec::new());
        let mut texts = Texts::new(self.reader);
        for unit in asked {
            if let Some(certain) = answers.of_plain(unit, || certain(unit, &mut texts))? {
                found.insert(unit, Ok(certain));
                continue;
            }
            match answers.of_unit(unit)? {
                (_, Some(known)) => drop(found.insert(unit, Ok(known))),
                (key, None) => open.push((unit, key)),
            }
        }
        // A removal and an addition in one merge could be taken for a rename.
        let removes = |unit: &Unit| unit.ours.is_none() || unit.theirs.is_none();
        let (removals, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|(unit, _)| removes(unit));
        for open in [removals, others] {
            let units: Vec<&Unit> = open.iter().map(|(unit, _)| *unit).collect();
            let said = halved(&units, &|units| (self.room)()?.merge_units(units));
            for ((unit, key), answer) in open.into_iter().zip(said) {
                if let Ok(collisions) = &answer {
                    answers.keep(key, collisions);
                }
                found.insert(unit, answer);
            }
        }
        Ok(found)
    }

    /// The answer for every pair that has to be merged as it is, in their order.
    fn all_whole(
        &self,
        pairs: &[Pair],
        questions: &[Question],
        answers: &mut Answers<'_, '_>,
    ) -> Result<Vec<Answer>> {
        let (mut found, mut open) = (Vec::new(), Vec::new());
        for (pair, question) in pairs.iter().zip(questions) {
            let Question::Whole(whole) = question else { continue };
            let (key, known) = answers.of_whole(*pair, whole)?;
            if known.is_none() {
                open.push((*pair, key, found.len()));
            }
            found.push(known.map(Ok));
        }
        let asked: Vec<Pair> = open.iter().map(|(pair, ..)| *pair).collect();
        let said = halved(&asked, &|pairs| (self.room)()?.merge_whole(pairs));
        for ((_, key, place), answer) in open.into_iter().zip(said) {
            if let (Ok(collisions), Some(key)) = (&answer, key) {
                answers.keep(key, collisions);
            }
            found[place] = Some(answer);
        }
        Ok(found.into_iter().flatten().collect())
    }
}

impl CleanRoom {
    fn merge_whole(&self, pairs: &[Pair]) -> Result<Vec<Found>> {
        let merged = self.merge_stdin(pairs, None)?;
        let collide = |(pair, merged): (&Pair, &Merged)| {
            let labels = labels(*pair);
            let told = |one: &Conflict| one.clone().with_real_names([&labels.ours, &labels.theirs]);
            merged.conflicts.iter().map(|one| self.collision(merged, one, told(one), &labels)).collect()
        };
        pairs.iter().zip(&merged).map(collide).collect()
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
            found = self.spans(conflict, &file, labels)?;
        }
        let says = told.says.replace(&labels.ours, OURS).replace(&labels.theirs, THEIRS);
        Ok(Collision { conflict: Conflict { says, ..told }, spans: found })
    }

    /// Where a merged file with conflicts has them, in both versions; nothing where nobody can say.
    fn spans(&self, conflict: &Conflict, file: &[u8], labels: &Labels) -> Result<Vec<Span>> {
        let (Some(ours), Some(theirs)) = (conflict.stage(Side::Ours), conflict.stage(Side::Theirs)) else {
            return Ok(Vec::new());
        };
        let Some(sections) = hunk::sections(file, labels) else { return Ok(Vec::new()) };
        let texts = [self.repository().blob(ours.id)?, self.repository().blob(theirs.id)?];
        Ok(places::spans(&sections, [&texts[0], &texts[1]]).unwrap_or_default())
    }

    /// One `git merge-tree --stdin` for all.
    fn merge_stdin(&self, pairs: &[Pair], attributes: Option<ObjectId>) -> Result<Vec<Merged>> {
        let input: String = pairs.iter().map(|(one, other)| format!("{one} {other}\n")).collect();
        let mut git = self.git().args(["merge-tree", "--write-tree", "-z", "--stdin"]);
        if let Some(attributes) = attributes {
            git = git.env("GIT_ATTR_SOURCE", attributes.to_string());
        }
        let answer = git.stdin(input).output().context("git cannot merge the pairs")?;
        let merged = merges::parse_many(&answer).context("cannot read what git says of the pairs")?;
        ensure!(merged.len() == pairs.len(), "git did not answer for every pair");
        Ok(merged)
    }
}

/// The answer for a file on which no attributes have a say, where it is certain.
fn certain(unit: &Unit, texts: &mut Texts<'_>) -> Option<Found> {
    let (base, ours, theirs) = (unit.base?, unit.ours?, unit.theirs?);
    if base.kind != ours.kind || base.kind != theirs.kind {
        return None;
    }
    match plain_text::outcome(texts.versions(unit.path.as_bstr(), [base, ours, theirs])?)? {
        Outcome::Merges => Some(Vec::new()),
        Outcome::Collides(span) => {
            let sides = [(Side::Base, base), (Side::Ours, ours), (Side::Theirs, theirs)];
            let stage = |(side, entry)| Stage { path: unit.path.clone(), side, entry };
            let conflict = Conflict {
                kind: Kind::Content,
                paths: vec![unit.path.clone()],
                says: format!("CONFLICT (content): Merge conflict in {}", unit.path),
                stages: sides.map(stage).to_vec(),
            };
            Some(vec![Collision { conflict, spans: vec![span] }])
        }
    }
}

/// Asks about all at once; where that fails, about each half, so that one that cannot be answered
/// stands in the way of no other.
fn halved<T>(asked: &[T], ask: &dyn Fn(&[T]) -> Result<Vec<Found>>) -> Vec<Answer> {
    if asked.is_empty() {
        return Vec::new();
    }
    match ask(asked) {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(error) if asked.len() == 1 => vec![Err(hint::in_line(&error))],
        Err(_) => {
            let (one, other) = asked.split_at(asked.len() / 2);
            [halved(one, ask), halved(other, ask)].concat()
        }
    }
}

/// The answer to a question that git need not be asked.
fn settled(question: &Question) -> Meeting {
    match question {
        Question::Unanswered(why) => Meeting::Unknown(why.clone()),
        Question::Apart | Question::Units { .. } | Question::Whole(_) => Meeting::Apart,
    }
}

fn together<'a>(paths: &[BString], answers: impl IntoIterator<Item = &'a Answer>) -> Meeting {
    let mut collisions = Vec::new();
    for answer in answers {
        match answer {
            Ok(found) => collisions.extend(found.iter().cloned()),
            Err(why) => return Meeting::Unknown(why.clone()),
        }
    }
    if collisions.is_empty() {
        return if paths.is_empty() { Meeting::Apart } else { Meeting::Together(paths.to_vec()) };
    }
    let merges = |path: &&BString| !collisions.iter().any(|one| one.conflict.paths.contains(path));
    let merging = paths.iter().filter(merges).cloned().collect();
    Meeting::Conflict { collisions, merging }
}

fn labels((one, other): Pair) -> Labels {
    Labels { ours: one.to_string(), theirs: other.to_string() }
}
