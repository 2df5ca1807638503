//! What came before a commit on its branch: which COMPLETE stands, what was inherited, what the
//! task's own commits changed.

use std::collections::BTreeSet;
use std::rc::Rc;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::forks;
use super::ground::Ground;
use super::line::Line;
use super::owner::Merge;
use crate::git::objects::CommitObject;
use crate::model::change::Entry;
use crate::model::facts::Commit;
use crate::model::finding::cure::Source;
use crate::model::finding::state::Lacks;
use crate::model::judge::merge::{Side, SideOf};
use crate::model::judge::paths;
use crate::model::judge::state::Unmet;
use crate::model::message::{self, Body, Prefix, Section, Subject};
use crate::model::origin::Origin;
use crate::model::plan::Task;

/// The first-parent chain below a commit, since the run's base.
pub(super) struct History<'a> {
    chain: Chain<'a>,
    /// The first parent of the commit that is judged.
    newest: Option<ObjectId>,
}

/// Where the commits come from.
enum Chain<'a> {
    /// A survey, which has left out what is not the task's. Oldest first.
    Surveyed(&'a [Commit]),
    /// The repository, with all that is on the chain.
    Read(Line),
}

/// A commit of the chain.
enum Past<'h> {
    Surveyed(&'h Commit),
    Read(Rc<CommitObject>),
}

impl<'a> History<'a> {
    /// The chain of a task's branch that ends in `newest`, read from the repository when it is asked.
    pub fn before(newest: Option<ObjectId>) -> History<'a> {
        History { chain: Chain::Read(Line::below(newest)), newest }
    }

    /// The commits that a survey found to be the task's, oldest first.
    pub fn of(commits: &'a [Commit], newest: Option<ObjectId>) -> History<'a> {
        History { chain: Chain::Surveyed(commits), newest }
    }

    /// The tree of the commit that the chain ends in; the empty one where there is none.
    pub fn newest_tree(&self, ground: &Ground<'_>) -> Result<ObjectId> {
        match &self.chain {
            Chain::Surveyed([.., last]) if Some(last.id) == self.newest => Ok(last.tree_id),
            _ => ground.repo.tree_of(self.newest),
        }
    }

    /// The COMPLETE that stands: the newest status of the task, not taken back by `reopen` or by a
    /// revert (S1-51, S1-52).
    pub fn complete(&self, ground: &Ground<'_>, task: &Task) -> Result<Option<ObjectId>> {
        let Some((place, complete)) = self.declared(ground, task)? else { return Ok(None) };
        let of = (complete.id(), &complete.origin());
        let reopened = self.below(place, &complete).is_reopened(ground, task, of)?;
        Ok((!reopened).then(|| complete.id()))
    }

    /// Whether the newest status of the task is a COMPLETE, whatever became of that later.
    pub fn was_complete(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        Ok(self.declared(ground, task)?.is_some())
    }

    /// The newest status of the task and its place, if that is a COMPLETE which no revert takes back.
    fn declared(&self, ground: &Ground<'_>, task: &Task) -> Result<Option<(usize, Past<'_>)>> {
        for place in 0.. {
            // Whose commit it is costs more to find out, and only matters if it is a COMPLETE.
            let Some(past) = self.candidate(ground, place)? else { break };
            let declared = if past.is_own() { message::read(past.message()) } else { None };
            let status = match &declared {
                Some(Subject::Status { prefix, .. }) => Some(prefix),
                _ => None,
            };
            if declared.as_ref().is_some_and(Subject::reverts_complete)
                || status.is_some_and(|status| *status != Prefix::Complete)
            {
                return Ok(None);
            }
            let Some(past) = self.past(ground, task, place)? else { break };
            if status.is_none() || past.is_foreign(ground, task)? {
                continue;
            }
            return Ok(Some((place, past)));
        }
        Ok(None)
    }

    /// Whether a COMPLETE on top of this was taken back.
    pub fn is_reopened(
        &self,
        ground: &Ground<'_>,
        task: &Task,
        (complete, origin): (ObjectId, &Origin),
    ) -> Result<bool> {
        ground.is_reopened(&task.name, (complete, origin), || {
            let mut alike = 0;
            for past in self.newest_first(ground, task) {
                let past = past?;
                alike += usize::from(past.is_own() && past.origin() == *origin);
            }
            Ok(alike)
        })
    }

    /// Whether the worker has heard of an unmet need already, or has declared it itself: saying it at
    /// every commit would teach to ignore it. That the needed task is complete is news.
    pub fn was_told(&self, ground: &Ground<'_>, task: &Task, unmet: &Unmet) -> Result<bool> {
        if unmet.lacks != Lacks::Completion {
            return Ok(false);
        }
        for past in self.newest_first(ground, task) {
            let past = past?;
            if !past.is_own() {
                continue;
            }
            let tells = match message::status(past.message()) {
                Some(Prefix::Checkpoint) => true,
                Some(Prefix::Needs { task: named, item }) => {
                    let named = ground.whole_plan()?.find_task(&named).ok();
                    named.is_some_and(|named| named.name == unmet.task)
                        && unmet.item.as_ref().is_none_or(|needed| *needed == item)
                }
                _ => false,
            };
            if tells && !past.is_foreign(ground, task)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the worker has heard already that a checkpoint has no `Files changed:`.
    pub fn was_told_of_sections(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        for past in self.newest_first(ground, task) {
            let past = past?;
            let lacks = past.is_own()
                && message::status(past.message()) == Some(Prefix::Checkpoint)
                && Body::parse(past.message()).items(Section::FilesChanged).is_none();
            if lacks && !past.is_foreign(ground, task)? && !past.paths(ground)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the branch should have at `path` from others: what the newest merge brought there, whatever
    /// was made of it, else what was there where the task's commits begin. The own branch as another clone
    /// has it brings what it has from others itself.
    pub fn inherited(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<Option<Entry>> {
        Ok(self.inheritance(ground, task, path)?.entry)
    }

    /// The same, and where it can be had.
    pub fn inheritance(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<Inheritance> {
        let at = |id: ObjectId| {
            let entry = ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path)?;
            Ok(Inheritance { entry, source: Some(Source::Commit(id)) })
        };
        let mut start = self.newest;
        for past in self.newest_first(ground, task) {
            let past = past?;
            start = past.parent_ids().first().copied();
            // Below lies what a fast-forward or a reset put there.
            if past.is_own() && past.is_foreign(ground, task)? {
                return at(past.id());
            }
            let [ours, merged @ ..] = past.parent_ids() else { continue };
            if Brought::by(ground, *ours, merged, path)?.entries.is_empty() {
                continue;
            }
            let merge = Merge { ground, task, commit_id: Some(past.id()), ours: *ours };
            let mut others = Vec::new();
            for side in merge.sides(merged)? {
                let is_own = matches!(side.of, SideOf::Own | SideOf::OwnJudged);
                if is_own && merged.len() == 1 && !merge.brings_nothing_of_others(&side, path)? {
                    return History::inheritance_at(ground, task, side.commit_id, path);
                }
                if !merge.is_own_at(&side, path)? {
                    others.push(side.commit_id);
                }
            }
            let brought = Brought::by(ground, *ours, &others, path)?;
            let Some(&(side, entry)) = brought.entries.last() else { continue };
            let newest = Inheritance { entry, source: Some(Source::Commit(side)) };
            let decided = brought.entries.len() > 1 || brought.ours_changed && at(past.id())?.entry != entry;
            if !decided || paths::entry_for(task, path).is_ok() {
                return Ok(newest);
            }
            let Some(entry) = ground.repo.automatic_merge(*ours, merged)?.entry(path)? else {
                return Ok(newest);
            };
            let source = match merged {
                &[theirs] => Some(Source::Merge { ours: *ours, theirs }),
                _ => None,
            };
            return Ok(Inheritance { entry, source });
        }
        start.map_or(Ok(Inheritance { entry: None, source: None }), at)
    }

    /// The same for a commit on top of `newest`. Branches that merge each other ask again and again.
    pub fn inheritance_at(
        ground: &Ground<'_>,
        task: &Task,
        newest: ObjectId,
        path: &BStr,
    ) -> Result<Inheritance> {
        let key = (task.name.clone(), newest, path.to_owned());
        if let Some(known) = ground.inherited.borrow().get(&key) {
            return Ok(*known);
        }
        let inherited = History::before(Some(newest)).inheritance(ground, task, path)?;
        ground.inherited.borrow_mut().insert(key, inherited);
        Ok(inherited)
    }

    /// What others have brought to `path`: what was there where the task's commits begin, and of each
    /// merged side, newest first, what was there where it forked and what it has.
    pub fn brought(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<FromOthers> {
        let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
        let (mut start, mut sides) = (self.newest, Vec::new());
        for past in self.newest_first(ground, task) {
            let past = past?;
            if past.is_own() && past.is_foreign(ground, task)? {
                start = Some(past.id());
                break;
            }
            start = past.parent_ids().first().copied();
            let [ours, merged @ ..] = past.parent_ids() else { continue };
            let merge = Merge { ground, task, commit_id: Some(past.id()), ours: *ours };
            let of_others = |side: &Side| !matches!(side.of, SideOf::Own | SideOf::OwnJudged);
            for side in merge.sides(merged)?.into_iter().filter(of_others) {
                sides.push([forks::entry(ground, [*ours, side.commit_id], path)?, at(side.commit_id)?]);
            }
        }
        Ok(FromOthers { start: start.map_or(Ok(None), at)?, sides })
    }

    /// Every path that the task's own commits changed (S1-40), sorted.
    pub fn own_paths(&self, ground: &Ground<'_>, task: &Task) -> Result<BTreeSet<BString>> {
        let mut changed = BTreeSet::new();
        for past in self.newest_first(ground, task) {
            let past = past?;
            if past.is_own() && !past.is_foreign(ground, task)? {
                changed.extend(past.paths(ground)?);
            }
        }
        Ok(changed)
    }

    /// Whether one of the task's own commits made the file at a path, where the branch had none from
    /// others. To change or remove a file of others and to put another there makes it nobody's own.
    pub fn has_created(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<bool> {
        for place in 0.. {
            let Some(past) = self.past(ground, task, place)? else { break };
            let is_creation =
                past.is_own() && past.creates(ground, path)? && !past.is_foreign(ground, task)?;
            if is_creation && self.below(place, &past).inherited(ground, task, path)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The history of the commit at a place.
    fn below(&self, place: usize, past: &Past<'_>) -> History<'_> {
        let parent = past.parent_ids().first().copied();
        match &self.chain {
            Chain::Surveyed(commits) => {
                History::of(&commits[..commits.len().saturating_sub(place + 1)], parent)
            }
            Chain::Read(_) => History::before(parent),
        }
    }

    fn newest_first<'s>(
        &'s self,
        ground: &Ground<'_>,
        task: &Task,
    ) -> impl Iterator<Item = Result<Past<'s>>> {
        (0..).map_while(move |place| self.past(ground, task, place).transpose())
    }

    /// The commit at a place, counted from the newest.
    fn past(&self, ground: &Ground<'_>, task: &Task, place: usize) -> Result<Option<Past<'_>>> {
        match &self.chain {
            Chain::Surveyed(commits) => Ok(commits.iter().nth_back(place).map(Past::Surveyed)),
            Chain::Read(line) => Ok(line.commit(ground, task, place)?.map(Past::Read)),
        }
    }

    /// The same, but it may be one that the base gained.
    fn candidate(&self, ground: &Ground<'_>, place: usize) -> Result<Option<Past<'_>>> {
        match &self.chain {
            Chain::Surveyed(commits) => Ok(commits.iter().nth_back(place).map(Past::Surveyed)),
            Chain::Read(line) => Ok(line.candidate(ground, place)?.map(Past::Read)),
        }
    }
}

/// What a branch should have at one path from others.
#[derive(Clone, Copy)]
pub(super) struct Inheritance {
    pub entry: Option<Entry>,
    /// `None` where no command names it.
    pub source: Option<Source>,
}

/// What a branch has at one path from others.
pub(super) struct FromOthers {
    pub start: Option<Entry>,
    pub sides: Vec<[Option<Entry>; 2]>,
}

/// What the merged sides of a merge bring at one path.
struct Brought {
    /// Of each side that changed the path, unless another or the own side has the same.
    entries: Vec<(ObjectId, Option<Entry>)>,
    /// The own side changed it as well since it forked from one of these.
    ours_changed: bool,
}

impl Brought {
    fn by(ground: &Ground<'_>, ours: ObjectId, merged: &[ObjectId], path: &BStr) -> Result<Brought> {
        let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
        let our_entry = at(ours)?;
        let mut brought = Brought { entries: Vec::new(), ours_changed: false };
        for &theirs in merged {
            let entry = at(theirs)?;
            if entry == our_entry || brought.entries.iter().any(|(_, other)| *other == entry) {
                continue;
            }
            let fork = forks::entry(ground, [ours, theirs], path)?;
            if entry != fork {
                brought.entries.push((theirs, entry));
                brought.ours_changed |= our_entry != fork;
            }
        }
        Ok(brought)
    }
}

impl Past<'_> {
    fn id(&self) -> ObjectId {
        match self {
            Past::Surveyed(commit) => commit.id,
            Past::Read(commit) => commit.id,
        }
    }

    fn parent_ids(&self) -> &[ObjectId] {
        match self {
            Past::Surveyed(commit) => &commit.parent_ids,
            Past::Read(commit) => &commit.parent_ids,
        }
    }

    fn message(&self) -> &BStr {
        match self {
            Past::Surveyed(commit) => commit.message.as_bstr(),
            Past::Read(commit) => commit.message.as_bstr(),
        }
    }

    fn origin(&self) -> Origin {
        match self {
            Past::Surveyed(commit) => commit.origin(),
            Past::Read(commit) => commit.origin(),
        }
    }

    fn is_own(&self) -> bool {
        self.parent_ids().len() == 1
    }

    /// Whether a fast-forward brought it. A survey has left such commits out already.
    fn is_foreign(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        match self {
            Past::Surveyed(_) => Ok(false),
            Past::Read(commit) => ground.is_foreign(task, commit.id),
        }
    }

    /// Whether an own commit has something at a path where its parent has nothing.
    fn creates(&self, ground: &Ground<'_>, path: &BStr) -> Result<bool> {
        match self {
            Past::Surveyed(commit) => {
                Ok(commit.change.iter().any(|one| one.path == path && one.old.is_none()))
            }
            Past::Read(commit) => {
                let has = |tree_id| Ok::<_, anyhow::Error>(ground.repo.tree_entry(tree_id, path)?.is_some());
                Ok(has(commit.tree_id)? && !has(ground.repo.commit(commit.parent_ids[0])?.tree_id)?)
            }
        }
    }

    /// The paths that an own commit changed.
    fn paths(&self, ground: &Ground<'_>) -> Result<Vec<BString>> {
        match self {
            Past::Surveyed(commit) => Ok(commit.change.iter().map(|one| one.path.clone()).collect()),
            Past::Read(commit) => {
                let change = ground.repo.change_of(commit)?;
                Ok(change.into_iter().map(|one| one.path).collect())
            }
        }
    }
}
