//! The repository as a push would leave it, with every run that has a say in it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::authority::PLAN_WRITER;
use crate::git::clean_room::CleanRoom;
use crate::git::journal::journal_ref;
use crate::git::plan_ref::{RecordedPlan, notes_ref, plan_ref};
use crate::git::refs::Target;
use crate::git::survey::Depth;
use crate::git::view::{REMOTES, View};
use crate::model::branch;
use crate::model::facts::{Facts, TaskFacts};
use crate::model::finding::push::Keeper;
use crate::model::finding::{Finding, PushViolation};
use crate::model::journal::ORCHESTRATOR;
use crate::model::layout::Layout;
use crate::model::name::{RunName, TaskName};
use crate::model::push::Update;
use crate::model::ref_role::{self, BranchRole, DataRef};
use crate::ops::proposal::former_branches;
use crate::ops::soundness;

/// A push that has arrived and is not accepted yet.
#[derive(Debug)]
pub struct Push<'a> {
    /// The repository that it was sent to.
    pub repo: &'a Repository,
    /// What it asks for. What a ref held before is the client's word: git compares it with the ref only
    /// after the hook has agreed, and deletes without comparing where it knows no such object.
    pub updates: Vec<Update>,
    /// Where its objects wait; empty if it brings none.
    pub quarantine: Vec<PathBuf>,
    /// Who pushes, as the transport says.
    pub pusher: Option<String>,
}

/// What the judges of the single refs look at.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The push.
    pub push: &'a Push<'a>,
    /// What it asks for, from where the refs really are.
    pub updates: Vec<Update>,
    /// The plan of each run after the push; of a run whose plan it deletes, the one before.
    pub plans: BTreeMap<RunName, RecordedPlan>,
    /// The full names of all refs that the runs have or may have.
    names: BTreeSet<String>,
    /// Runs whose plan cannot be read, neither before the push nor after it.
    pub damaged: BTreeMap<RunName, Damaged>,
    view: View,
    room: CleanRoom,
    facts: HashMap<RunName, OnceCell<Facts>>,
    unsound: HashMap<RunName, OnceCell<Unsound>>,
}

/// A plan that cannot be read.
#[derive(Debug, Clone)]
pub struct Damaged {
    /// Why not, in a line.
    pub why: String,
    /// The newest plan of the run that can be read.
    pub older: Option<RecordedPlan>,
}

impl Damaged {
    /// What is said of the run.
    pub fn violation(&self, run: &RunName) -> PushViolation {
        PushViolation::PlanUnreadable { run: run.clone(), why: self.why.clone() }
    }
}

/// What git refuses of the objects of each task's branch.
type Unsound = HashMap<TaskName, Vec<Finding>>;

impl<'a> Scene<'a> {
    /// Looks at the repository. `None` where no run has a say, neither before the push nor after it.
    pub fn of(push: &'a Push<'a>) -> Result<Option<Scene<'a>>> {
        let is_data = |update: &Update| DataRef::of(&update.name).is_some();
        if push.repo.runs()?.is_empty() && !push.updates.iter().any(is_data) {
            return Ok(None);
        }
        let updates = actual(push)?;
        let (plans, damaged) = plans(push, &updates)?;
        if plans.is_empty() && damaged.is_empty() {
            return Ok(None);
        }
        let mut branches: BTreeSet<String> = BTreeSet::new();
        for recorded in plans.values() {
            branches.extend(ref_role::branches(&recorded.plan, recorded.base_ref.as_deref()));
            branches.extend(former_branches(push.repo, recorded));
        }
        let pushed = updates.iter().filter_map(|update| update.name.strip_prefix(branch::PREFIX));
        branches.extend(pushed.map(str::to_owned));
        let view = proposed(push, &updates, &branches)?;
        let room = CleanRoom::showing(push.repo, push.repo.empty_tree(), &view)?;
        let names = plans.values().flat_map(ref_names).collect();
        let facts = plans.keys().map(|run| (run.clone(), OnceCell::new())).collect();
        let unsound = plans.keys().map(|run| (run.clone(), OnceCell::new())).collect();
        Ok(Some(Scene { push, updates, plans, names, damaged, view, room, facts, unsound }))
    }

    /// The same with these branches, by their full names, as if they had been pushed along.
    pub fn with_branches(&self, branches: &BTreeMap<String, ObjectId>) -> Result<Scene<'a>> {
        let mut view = self.view.clone();
        branches.iter().for_each(|(name, tip)| view.set(name, Some(*tip)));
        let room = CleanRoom::showing(self.push.repo, self.push.repo.empty_tree(), &view)?;
        let (push, updates, plans) = (self.push, self.updates.clone(), self.plans.clone());
        let (names, damaged) = (self.names.clone(), self.damaged.clone());
        let facts = plans.keys().map(|run| (run.clone(), OnceCell::new())).collect();
        let unsound = plans.keys().map(|run| (run.clone(), OnceCell::new())).collect();
        Ok(Scene { push, updates, plans, names, damaged, view, room, facts, unsound })
    }

    /// Where everything is read as it would be.
    pub fn after(&self) -> &Repository {
        self.room.repository()
    }

    /// What a run would be.
    pub fn facts(&self, recorded: &RecordedPlan) -> Result<&Facts> {
        let run = &recorded.plan.run;
        let cell = &self.facts[run];
        if cell.get().is_none() {
            let _ = cell.set(self.after().survey(recorded, Depth::History)?);
        }
        Ok(cell.get().expect("it was set"))
    }

    /// What git refuses of the task branches of a run that are pushed: all of them in one go, for each
    /// go takes two processes.
    pub fn unsound(&self, recorded: &RecordedPlan) -> Result<&Unsound> {
        let cell = &self.unsound[&recorded.plan.run];
        if cell.get().is_none() {
            let is_pushed = |task: &&TaskFacts| {
                let name = branch::full(&task.branch);
                !task.is_cut_off && self.updates.iter().any(|update| update.name == name)
            };
            let pushed: Vec<&TaskFacts> = self.facts(recorded)?.tasks.iter().filter(is_pushed).collect();
            let mut known = self.known();
            known.push(recorded.base_commit_id);
            let found = soundness::check(&self.room, &pushed, &known)?;
            let _ = cell.set(pushed.iter().map(|task| task.name.clone()).zip(found).collect());
        }
        Ok(cell.get().expect("it was set"))
    }

    /// What a ref is to each run that has a branch of this name.
    pub fn roles<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'s RecordedPlan, BranchRole<'s>)> {
        self.plans.values().filter_map(move |recorded| {
            let role = BranchRole::of(&recorded.plan, recorded.base_ref.as_deref(), name)?;
            Some((recorded, role))
        })
    }

    /// Whether a run whose plan cannot be read may have the branch: by an older plan, or, where there is
    /// none, by the names of the layouts, unless another run is known to have it.
    pub fn may_have(&self, run: &RunName, damaged: &Damaged, name: &str) -> bool {
        let Some(short) = name.strip_prefix(branch::PREFIX) else { return false };
        match &damaged.older {
            Some(older) => BranchRole::of(&older.plan, None, name).is_some(),
            None => Layout::may_name(run, short) && self.roles(name).next().is_none(),
        }
    }

    /// The ref of a run that git cannot keep beside one of this name.
    pub fn blocked_by(&self, name: &str) -> Option<&str> {
        let above = name.match_indices('/').filter_map(|(at, _)| self.names.get(&name[..at]));
        let start = format!("{name}/");
        let below = self.names.range(start.clone()..).next().filter(|other| other.starts_with(&start));
        above.chain(below).next().map(String::as_str)
    }

    /// What the ref holds before the push, whatever its old value was said to be.
    pub fn before(&self, name: &str) -> Result<Option<ObjectId>> {
        self.push.repo.ref_commit(name)
    }

    /// The tips of everything that is here already, for walks that are to find what is new.
    fn known(&self) -> Vec<ObjectId> {
        let moved = |name: &str| self.updates.iter().any(|update| update.name == name);
        let refs = self.view.refs().filter(|(name, _)| name.starts_with("refs/heads/") && !moved(name));
        let kept = refs.filter_map(|(_, target)| match target {
            Target::Object(id) => Some(*id),
            Target::Symbolic(_) => None,
        });
        let replaced = self.updates.iter().filter_map(|update| update.old);
        kept.chain(replaced).collect()
    }

    /// Who keeps the plans here, for whoever is refused.
    pub fn keeper(&self) -> Keeper {
        Keeper::Server {
            directory: self.push.repo.git_dir().display().to_string(),
            pusher: self.push.pusher.clone(),
        }
    }

    /// Whether the pusher is one of those who may change plans, and whether any are named at all.
    pub fn is_plan_writer(&self) -> bool {
        let named = self.push.repo.config_in_files(PLAN_WRITER);
        self.push.pusher.as_ref().is_some_and(|pusher| named.contains(pusher))
    }

    /// Whether the server's configuration names anybody who may change plans.
    pub fn has_plan_writers(&self) -> bool {
        !self.push.repo.config_in_files(PLAN_WRITER).is_empty()
    }
}

/// What a run's refs are called.
fn ref_names(recorded: &RecordedPlan) -> Vec<String> {
    let plan = &recorded.plan;
    let branches = ref_role::branches(plan, recorded.base_ref.as_deref()).map(|short| branch::full(&short));
    let mut names: Vec<String> = branches.collect();
    names.extend([plan_ref(&plan.run), journal_ref(&plan.run, ORCHESTRATOR)]);
    for task in &plan.tasks {
        names.extend([journal_ref(&plan.run, task.name.as_str()), notes_ref(&plan.run, &task.name)]);
    }
    names
}

/// The updates from where the refs are. One that is not readable is not known to be fine.
fn actual(push: &Push<'_>) -> Result<Vec<Update>> {
    let from_here = |update: &Update| {
        let old = push.repo.ref_object(&update.name)?;
        Ok(Update { old, ..update.clone() })
    };
    push.updates.iter().map(from_here).collect()
}

/// The plans after the push, those that it deletes or breaks as they were, and what cannot be read.
fn plans(
    push: &Push<'_>,
    updates: &[Update],
) -> Result<(BTreeMap<RunName, RecordedPlan>, BTreeMap<RunName, Damaged>)> {
    let (mut plans, mut damaged) = (BTreeMap::new(), BTreeMap::new());
    let mut read = |repo: &Repository| -> Result<()> {
        for run in repo.runs()? {
            match repo.read_plan(&run) {
                Ok(recorded) => {
                    damaged.remove(&run);
                    plans.insert(run, recorded);
                }
                Err(_) if plans.contains_key(&run) => {}
                Err(error) => {
                    let why = format!("{:#}", error.root_cause());
                    let why = why.lines().next().unwrap_or_default().to_owned();
                    damaged.insert(run.clone(), Damaged { why, older: push.repo.read_older_plan(&run) });
                }
            }
        }
        Ok(())
    };
    read(push.repo)?;
    let moves_plan = |update: &Update| matches!(DataRef::of(&update.name), Some((_, DataRef::Plan)));
    if updates.iter().any(moves_plan) {
        let view = proposed(push, updates, &BTreeSet::new())?;
        read(CleanRoom::showing(push.repo, push.repo.empty_tree(), &view)?.repository())?;
    }
    Ok((plans, damaged))
}

/// The refs of the repository with those of the push in their places. What a branch held before
/// stays to be seen as another clone's, for its commits may have been merged since.
fn proposed(push: &Push<'_>, updates: &[Update], branches: &BTreeSet<String>) -> Result<View> {
    let view = View::of(push.repo, branches)?;
    let mut view = view.without_remotes().with_quarantine(push.quarantine.clone());
    for update in updates.iter().filter(|update| !update.name.starts_with(REMOTES)) {
        if let (Some(short), Some(old)) = (update.name.strip_prefix(branch::PREFIX), update.old) {
            view.set(&format!("refs/remotes/before-this-push/{short}"), Some(old));
        }
        view.set(&update.name, update.new);
    }
    Ok(view)
}
