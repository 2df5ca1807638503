//! What a task's commits are judged against: the plan, the base, and the other tasks' branches.
//!
//! Everything is read when it is first asked for and kept, because most commits ask for nothing.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use anyhow::{Result, bail};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::history::History;
use super::inheritance::Inheritance;
use super::line::Line;
use crate::git::Repository;
use crate::git::former_tasks::FormerTask;
use crate::git::notes::Noted;
use crate::git::objects::CommitObject;
use crate::git::plan_ref::{Extent, RecordedPlan, notes_ref};
use crate::git::refs::Target;
use crate::model::branch;
use crate::model::facts::Facts;
use crate::model::finding::Finding;
use crate::model::journal::Entry;
use crate::model::message::{self, Prefix};
use crate::model::name::TaskName;
use crate::model::origin::{self, Origin};
use crate::model::plan::{Plan, Task};
use crate::model::record::Record;

/// A task, a commit as work of it, and the commit on top by which that may have been put right.
type Claim = (TaskName, ObjectId, ObjectId);

/// The surroundings of a run's branches.
pub(super) struct Ground<'a> {
    pub repo: &'a Repository,
    pub plan: &'a Plan,
    extent: Extent,
    pub base_commit_id: ObjectId,
    plan_commit_id: ObjectId,
    former: OnceCell<Vec<FormerTask>>,
    pub(super) base_branch: Option<String>,
    base_upstream: Option<String>,
    base_tips: OnceCell<Vec<ObjectId>>,
    base_past: OnceCell<Vec<ObjectId>>,
    base_merges: OnceCell<Vec<CommitObject>>,
    journal: OnceCell<Vec<Entry>>,
    remote_tips: OnceCell<HashMap<String, Vec<ObjectId>>>,
    pub(super) recorders: OnceCell<Vec<TaskName>>,
    integrated: OnceCell<Vec<ObjectId>>,
    trunk: OnceCell<HashSet<ObjectId>>,
    judged_tips: RefCell<HashMap<TaskName, Option<ObjectId>>>,
    lines: RefCell<HashMap<ObjectId, Rc<HashSet<ObjectId>>>>,
    notes: RefCell<HashMap<TaskName, Noted>>,
    /// What is wrong with commits as a task's: each merge above asks again.
    pub(super) wrong: RefCell<HashMap<Claim, Rc<[Finding]>>>,
    /// What a branch has from others at a path: each merge above asks again.
    pub(super) inherited: RefCell<HashMap<(TaskName, ObjectId, BString), Inheritance>>,
    /// The tasks of which a survey has found out what is judged as their own, and that.
    surveyed: HashSet<&'a TaskName>,
    makers: HashMap<ObjectId, &'a TaskName>,
    /// Commits that are the task's own although their records are yet to be written.
    unwritten: HashSet<ObjectId>,
}

impl<'a> Ground<'a> {
    pub fn of_plan(repo: &'a Repository, recorded: &'a RecordedPlan) -> Ground<'a> {
        let commit_ids = [recorded.base_commit_id, recorded.commit_id];
        let unread = Ground::unread(repo, &recorded.plan, commit_ids, recorded.base_ref.as_deref());
        Ground { extent: recorded.extent, base_upstream: recorded.base_upstream.clone(), ..unread }
    }

    pub fn of_facts(repo: &'a Repository, facts: &'a Facts) -> Ground<'a> {
        let entries: Vec<Entry> = facts.tasks.iter().flat_map(|task| task.journal.iter().cloned()).collect();
        let surveyed = || facts.tasks.iter().filter(|task| !task.is_cut_off);
        let makers =
            surveyed().flat_map(|task| task.commits.iter().map(move |commit| (commit.id, &task.name)));
        let commit_ids = [facts.base_commit_id, facts.plan_commit_id];
        Ground {
            base_upstream: facts.base_upstream.clone(),
            base_past: OnceCell::from(facts.base_past.clone()),
            journal: OnceCell::from(entries),
            surveyed: surveyed().map(|task| &task.name).collect(),
            makers: makers.collect(),
            ..Ground::unread(repo, &facts.plan, commit_ids, facts.base_ref.as_deref())
        }
    }

    /// The whole plan, of which nothing was asked yet.
    fn unread(
        repo: &'a Repository,
        plan: &'a Plan,
        [base_commit_id, plan_commit_id]: [ObjectId; 2],
        base_ref: Option<&str>,
    ) -> Ground<'a> {
        Ground {
            repo,
            plan,
            extent: Extent::Whole,
            base_commit_id,
            plan_commit_id,
            former: OnceCell::new(),
            base_branch: base_ref.map(|name| branch::short(name).to_owned()),
            base_upstream: None,
            base_tips: OnceCell::new(),
            base_past: OnceCell::new(),
            base_merges: OnceCell::new(),
            journal: OnceCell::new(),
            remote_tips: OnceCell::new(),
            recorders: OnceCell::new(),
            integrated: OnceCell::new(),
            trunk: OnceCell::new(),
            judged_tips: RefCell::default(),
            lines: RefCell::default(),
            notes: RefCell::default(),
            wrong: RefCell::default(),
            inherited: RefCell::default(),
            surveyed: HashSet::new(),
            makers: HashMap::new(),
            unwritten: HashSet::new(),
        }
    }

    /// The plan with all its tasks; an error where it is only known as far as one task needs it.
    pub fn whole_plan(&self) -> Result<&'a Plan> {
        match self.extent {
            Extent::Whole => Ok(self.plan),
            Extent::Excerpt => bail!("an excerpt of the plan does not name every task"),
        }
    }

    /// The tasks that the plan had once, the last dropped first.
    pub fn former_tasks(&self) -> Result<&[FormerTask]> {
        if self.former.get().is_none() {
            let base = self.base_branch.as_deref().map(branch::full);
            let former = self.repo.former_tasks(self.whole_plan()?, self.plan_commit_id, base.as_deref())?;
            let _ = self.former.set(former);
        }
        Ok(self.former.get().map_or(&[], Vec::as_slice))
    }

    /// The tips of a branch, given by its short name, here and on every remote; the local one first.
    pub fn tips(&self, name: &str) -> Result<Vec<ObjectId>> {
        let fetched = self.remote_tips()?.get(name);
        Ok(self.local_tip(name)?.into_iter().chain(fetched.into_iter().flatten().copied()).collect())
    }

    /// What a branch holds here, unless it is a symbolic ref.
    pub(super) fn local_tip(&self, name: &str) -> Result<Option<ObjectId>> {
        Ok(match self.repo.ref_target(&branch::full(name))? {
            Some(Target::Object(id)) => Some(id),
            _ => None,
        })
    }

    /// Where the base branch was fetched, of those remotes that say where it is.
    pub(super) fn fetched_bases(&self, base: &str) -> Result<Vec<(String, ObjectId)>> {
        self.repo.fetched_bases(base, self.base_upstream.as_deref())
    }

    /// The tips of the branch that was recorded as the run's base, and the base commit itself. What
    /// the plan calls it says less, unless that is a remote's branch: `HEAD` is another one tomorrow.
    pub fn base_tips(&self) -> Result<Vec<ObjectId>> {
        if self.base_tips.get().is_none() {
            let mut tips: Vec<ObjectId> = match &self.base_branch {
                Some(name) => {
                    let fetched = self.fetched_bases(name)?.into_iter().map(|(_, tip)| tip);
                    self.local_tip(name)?.into_iter().chain(fetched).collect()
                }
                None => self.repo.remote_base(&self.plan.base).map(|(_, tip)| tip).into_iter().collect(),
            };
            tips.push(self.base_commit_id);
            let _ = self.base_tips.set(tips);
        }
        Ok(self.base_tips.get().cloned().unwrap_or_default())
    }

    /// The merges that the base has gained since the run began.
    pub fn base_merges(&self) -> Result<&[CommitObject]> {
        if self.base_merges.get().is_none() {
            let mut merges = Vec::new();
            // Where a shallow clone ends too early, nothing is known of them.
            let gained = self.repo.commits_between(&[self.base_commit_id], &self.base_tips()?);
            for id in gained.unwrap_or_default() {
                let commit = self.repo.commit(id)?;
                merges.extend(Some(commit).filter(|commit| commit.parent_ids.len() > 1));
            }
            let _ = self.base_merges.set(merges);
        }
        Ok(self.base_merges.get().map_or(&[], Vec::as_slice))
    }

    /// Where the base was, as far as reflogs tell: what was there before a task's branch had merged it.
    pub fn base_past(&self) -> Result<&[ObjectId]> {
        if self.base_past.get().is_none() {
            let mut names: Vec<String> = self.base_branch.iter().map(|name| branch::full(name)).collect();
            if let Some(name) = &self.base_branch {
                names.extend(self.fetched_bases(name)?.into_iter().map(|(name, _)| name));
            }
            let _ = self.base_past.set(self.repo.past_of(names.iter().map(String::as_str)));
        }
        Ok(self.base_past.get().map_or(&[], Vec::as_slice))
    }

    /// The tips of a task's branch.
    pub fn task_tips(&self, task: &Task) -> Result<Vec<ObjectId>> {
        self.tips(&self.plan.layout.branch(&self.plan.run, task))
    }

    /// The tip of a task's branch that a survey takes, to judge what is on it (S1-71). One that cannot be
    /// read stands for nothing; the survey names it.
    pub fn judged_tip(&self, task: &Task) -> Result<Option<ObjectId>> {
        if let Some(tip) = self.judged_tips.borrow().get(&task.name) {
            return Ok(*tip);
        }
        let name = self.plan.layout.branch(&self.plan.run, task);
        let readable = |full: String| self.repo.ref_commit(&full).unwrap_or_default();
        let local = readable(branch::full(&name));
        let remote =
            self.repo.run_remote().and_then(|remote| readable(format!("refs/remotes/{remote}/{name}")));
        let tip = match (local, remote) {
            (Some(local), Some(remote)) if self.repo.is_ancestor(local, remote)? => Some(remote),
            _ => local.or(remote),
        };
        self.judged_tips.borrow_mut().insert(task.name.clone(), tip);
        Ok(tip)
    }

    /// Whether a commit is judged as a task's own.
    pub fn is_made_by(&self, task: &Task, commit_id: ObjectId) -> Result<bool> {
        if self.surveyed.contains(&task.name) {
            return Ok(self.makers.get(&commit_id) == Some(&&task.name));
        }
        match self.judged_tip(task)? {
            Some(tip) => Ok(tip == commit_id || self.line(tip)?.contains(&commit_id)),
            None => Ok(false),
        }
    }

    /// The first-parent chain of a tip, without what the base has.
    pub fn line(&self, tip: ObjectId) -> Result<Rc<HashSet<ObjectId>>> {
        if let Some(line) = self.lines.borrow().get(&tip) {
            return Ok(line.clone());
        }
        let news = self.repo.commits_between(&self.base_tips()?, &[tip])?;
        let news: HashSet<ObjectId> = news.into_iter().collect();
        let (mut line, mut next) = (HashSet::new(), Some(tip));
        while let Some(id) = next.filter(|id| news.contains(id)) {
            line.insert(id);
            next = self.repo.commit(id)?.parent_ids.first().copied();
        }
        let line = Rc::new(line);
        self.lines.borrow_mut().insert(tip, line.clone());
        Ok(line)
    }

    /// What an integration made, as far as it is here. Anybody can move the branch to anything, so the
    /// orchestrator's journal names it; what was undone since was judged as well.
    pub fn integrated(&self) -> Result<&[ObjectId]> {
        if self.integrated.get().is_none() {
            let states: HashSet<ObjectId> = self.repo.answers(&self.plan.run)?.states().collect();
            let _ = self.integrated.set(states.into_iter().filter(|id| self.repo.contains(*id)).collect());
        }
        Ok(self.integrated.get().map_or(&[], Vec::as_slice))
    }

    /// The same ground, on which these commits are the own ones of the task that is judged.
    pub fn with_unwritten(mut self, commit_ids: impl Iterator<Item = ObjectId>) -> Ground<'a> {
        self.unwritten.extend(commit_ids);
        self
    }

    /// The [`Line`] of a task's branch that ends in `newest`, newest first, but at most so many commits.
    pub fn chain(&self, task: &Task, newest: ObjectId, most: usize) -> Result<Vec<ObjectId>> {
        let line = Line::below(Some(newest));
        let commits = (0..most).map_while(|place| line.commit(self, task, place).transpose());
        commits.map(|commit| Ok(commit?.id)).collect()
    }

    /// The run's journals, oldest first.
    pub fn journal(&self) -> Result<&[Entry]> {
        if self.journal.get().is_none() {
            let _ = self.journal.set(self.repo.read_journals(&self.plan.run)?);
        }
        Ok(self.journal.get().map_or(&[], Vec::as_slice))
    }

    /// Whether a COMPLETE was taken back (S1-52); `older` as [`origin::is_reopened`] has it.
    pub fn is_reopened(
        &self,
        task: &TaskName,
        complete: (ObjectId, &Origin),
        older: impl FnOnce() -> Result<usize>,
    ) -> Result<bool> {
        let entries = self.journal()?.iter().filter(|entry| entry.task.as_ref() == Some(task));
        origin::is_reopened(entries, complete, older)
    }

    /// The newest COMPLETE of another task, unless something came after it or took it back. Where
    /// the branch is gone, what its records say.
    pub fn complete(&self, task: &Task) -> Result<Option<ObjectId>> {
        let tips = self.task_tips(task)?;
        for &tip in &tips {
            let history = History::before(Some(tip));
            if let Some(complete) = history.complete(self, task)? {
                return Ok(Some(complete));
            }
            if let Some(complete) = self.landed_complete(task, tip)? {
                return Ok(Some(complete));
            }
        }
        if tips.is_empty() { self.recorded_complete(task) } else { Ok(None) }
    }

    /// The record of a commit in a task's notes.
    pub fn record(&self, task: &TaskName, commit_id: ObjectId) -> Result<Option<Record>> {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains_key(task) {
            notes.insert(task.clone(), self.repo.noted(&notes_ref(&self.plan.run, task))?);
        }
        let note = notes.get_mut(task).map_or(Ok(None), |noted| noted.note(self.repo, commit_id))?;
        Ok(note.and_then(|note| Record::parse(note.as_bstr())))
    }

    /// Whether a commit has a record of the task, or is about to get one.
    pub fn is_recorded(&self, task: &TaskName, commit_id: ObjectId) -> Result<bool> {
        Ok(self.unwritten.contains(&commit_id) || self.record(task, commit_id)?.is_some())
    }

    /// The newest COMPLETE that a task's records name, but for those that were replaced or taken back.
    fn recorded_complete(&self, task: &Task) -> Result<Option<ObjectId>> {
        let notes = self.repo.notes(&notes_ref(&self.plan.run, &task.name))?;
        let records = notes.values().filter_map(|note| Record::parse(note.as_bstr()));
        let replaced: HashSet<ObjectId> = records.filter_map(|record| record.rewritten_from).collect();
        let mut newest = None;
        for id in notes.into_keys().filter(|id| !replaced.contains(id)) {
            if !self.repo.contains(id) {
                continue;
            }
            let commit = self.repo.commit(id)?;
            let is_complete = message::status(commit.message.as_bstr()) == Some(Prefix::Complete);
            if is_complete && !self.is_reopened(&task.name, (id, &commit.origin()), || Ok(0))? {
                newest = newest.max(Some((commit.time, id)));
            }
        }
        Ok(newest.map(|(_, id)| id))
    }

    /// What the base has gained on its own first-parent chain since the run's base, and the integration
    /// branch as far as the journal knows it.
    pub fn trunk(&self) -> Result<&HashSet<ObjectId>> {
        if self.trunk.get().is_none() {
            let mut trunk = HashSet::new();
            let integration = self.tips(&self.plan.layout.integration(&self.plan.run))?;
            // Where a shallow clone ends before it reaches the base, nothing is known of that tip.
            let gained = |tip| self.gained(tip).unwrap_or_default();
            self.base_tips()?.into_iter().for_each(|tip| trunk.extend(gained(tip)));
            for chain in integration.into_iter().map(gained).filter(|chain| !chain.is_empty()) {
                let known = self.integrated()?;
                trunk.extend(chain.into_iter().skip_while(|id| !known.contains(id)));
            }
            let _ = self.trunk.set(trunk);
        }
        Ok(self.trunk.get_or_init(HashSet::new))
    }

    /// The first-parent chain of `tip` since the run's base; empty where it is behind the base,
    /// because that chain would lead to the root.
    fn gained(&self, tip: ObjectId) -> Result<Vec<ObjectId>> {
        if self.repo.is_ancestor(tip, self.base_commit_id)? {
            return Ok(Vec::new());
        }
        self.repo.first_parents(tip, &HashSet::from([self.base_commit_id]))
    }

    /// The tips of remote branches by every name that they may have: a remote's own name may have
    /// slashes in it, and a branch's as well.
    fn remote_tips(&self) -> Result<&HashMap<String, Vec<ObjectId>>> {
        if self.remote_tips.get().is_none() {
            let mut tips: HashMap<String, Vec<ObjectId>> = HashMap::new();
            for (name, target) in self.repo.refs_under("refs/remotes/")? {
                let (Some(rest), Target::Object(id)) = (name.strip_prefix("refs/remotes/"), target) else {
                    continue;
                };
                for (slash, _) in rest.match_indices('/') {
                    tips.entry(rest[slash + 1..].to_owned()).or_default().push(id);
                }
            }
            let _ = self.remote_tips.set(tips);
        }
        Ok(self.remote_tips.get_or_init(HashMap::new))
    }
}
