//! The integration branch and the base: what lands there of a task is work that was found good, of a
//! task that is complete.
//!
//! A commit is a task's if it is on that task's branch, or came there by a merge that was judged, or,
//! where it is on none, if it says so by declaring a status. Work whose branch is not here is judged as
//! that branch where a merge brings it; without one it is refused. The integration branch holds nothing
//! else but merges of such work and what the orchestrator's journal answers for. The base is
//! everybody's: what belongs to no run passes there, however it is made.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::journal::journal_ref;
use crate::git::objects::CommitObject;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::facts::TaskFacts;
use crate::model::finding::merge::MergeViolation;
use crate::model::finding::state::StateViolation;
use crate::model::finding::{Finding, PushViolation, Violation};
use crate::model::message::{self, Prefix};
use crate::model::name::{RunName, TaskName};
use crate::model::push::Update;
use crate::model::ref_role::BranchRole;
use crate::model::status::{log, state};
use crate::ops::server::brought::Gain;
use crate::ops::server::scene::{Damaged, Scene};
use crate::ops::server::{stray, task_branch, united};
use crate::ops::verdict;

/// A shared branch as it would be.
struct Landing<'s> {
    scene: &'s Scene<'s>,
    recorded: &'s RecordedPlan,
    /// Its short name.
    branch: String,
    is_base: bool,
    /// What it gains, newest first.
    landed: Vec<ObjectId>,
    /// What was judged with some shared branch, or is the base's.
    hidden: Vec<ObjectId>,
    /// The full names of the tasks' branches that are seen only by merges of them.
    brought: BTreeSet<String>,
}

/// What is wrong with the branch as it would be.
pub fn judge(
    scene: &Scene<'_>,
    update: &Update,
    (recorded, role): (&RecordedPlan, BranchRole<'_>),
) -> Result<Vec<Finding>> {
    let is_base = matches!(role, BranchRole::Base);
    let Some(new) = update.new else {
        return if is_base { Ok(Vec::new()) } else { task_branch::deletion(scene, update, recorded) };
    };
    if !scene.after().contains(recorded.base_commit_id) {
        // The run has not come here yet.
        return Ok(Vec::new());
    }
    let integration = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
    let mut hidden = base_tips(scene, recorded, is_base);
    hidden.extend(scene.before(&integration).ok().flatten());
    hidden.extend(update.old.filter(|old| scene.after().contains(*old)));
    Landing::new(scene, recorded, (&update.name, new), hidden)?.judge()
}

/// What is wrong with an integration branch that was there before the plan of its run.
pub fn early(scene: &Scene<'_>, recorded: &RecordedPlan) -> Result<Vec<Finding>> {
    let name = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
    let is_pushed = scene.updates.iter().any(|update| update.name == name);
    let Some(tip) = scene.before(&name)?.filter(|_| !is_pushed) else { return Ok(Vec::new()) };
    Landing::new(scene, recorded, (&name, tip), base_tips(scene, recorded, false))?.judge()
}

/// The tasks' branches that are not here, or not as far, but as merges on the base and on the integration
/// branch, by their full names, as these are after the push.
pub fn landed(scene: &Scene<'_>, recorded: &RecordedPlan) -> Result<BTreeMap<String, ObjectId>> {
    let integration = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
    let mut branches: BTreeMap<String, ObjectId> = BTreeMap::new();
    for name in recorded.base_ref.iter().chain([&integration]) {
        let Some(tip) = scene.after().ref_commit(name)? else { continue };
        let landing = Landing::new(scene, recorded, (name, tip), vec![recorded.base_commit_id])?;
        let landed = landing.landed.iter().copied().collect();
        let rest = landing.rest(&landing.covered(&landed)?)?;
        for (branch, tip) in landing.gain(&landed, &rest).branches()? {
            let is_newer = match branches.get(&branch) {
                Some(known) => scene.after().is_ancestor(*known, tip)?,
                None => true,
            };
            if is_newer {
                branches.insert(branch, tip);
            }
        }
    }
    Ok(branches)
}

/// Whether what a finding says is needed was there, complete, when the commit was made on it.
pub fn was_there(scene: &Scene<'_>, recorded: &RecordedPlan, finding: &Finding) -> Result<bool> {
    let Some(id) = finding.commit_id else { return Ok(false) };
    Landing::new(scene, recorded, ("", id), vec![recorded.base_commit_id])?.is_met(finding)
}

/// Whether what a branch gains could be a task's, where the plan that would tell cannot be read.
pub fn may_bring(scene: &Scene<'_>, update: &Update, damaged: &Damaged) -> Result<bool> {
    let (Some(older), Some(new)) = (&damaged.older, update.new) else { return Ok(false) };
    let is_base = older.base_ref.as_ref() == Some(&update.name);
    if !is_base || !scene.after().contains(older.base_commit_id) {
        return Ok(false);
    }
    let hidden: Vec<ObjectId> = update.old.into_iter().chain([older.base_commit_id]).collect();
    for id in scene.after().commits_between(&hidden, &[new])? {
        if message::status(scene.after().commit(id)?.message.as_bstr()).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the base is: before the push, for the base itself, else after it.
fn base_tips(scene: &Scene<'_>, recorded: &RecordedPlan, is_base: bool) -> Vec<ObjectId> {
    let read = |name: &String| if is_base { scene.before(name) } else { scene.after().ref_commit(name) };
    let tip = recorded.base_ref.as_ref().and_then(|name| read(name).ok().flatten());
    tip.into_iter().chain([recorded.base_commit_id]).collect()
}

impl<'s> Landing<'s> {
    fn new(
        scene: &'s Scene<'s>,
        recorded: &'s RecordedPlan,
        (name, new): (&str, ObjectId),
        hidden: Vec<ObjectId>,
    ) -> Result<Landing<'s>> {
        let landed = scene.after().commits_between(&hidden, &[new])?;
        let is_base = recorded.base_ref.as_deref() == Some(name);
        let (branch, brought) = (branch::short(name).to_owned(), BTreeSet::new());
        Ok(Landing { scene, recorded, branch, is_base, landed, hidden, brought })
    }

    /// Judges it, where merges bring work of branches that are not here as if those had come along.
    fn judge(&self) -> Result<Vec<Finding>> {
        let landed: HashSet<ObjectId> = self.landed.iter().copied().collect();
        let covered = self.covered(&landed)?;
        let rest = self.rest(&covered)?;
        let brought = self.gain(&landed, &rest).branches()?;
        if brought.is_empty() {
            return self.judge_rest(&landed, &covered, &rest);
        }
        let scene = self.scene.with_branches(&brought)?;
        let (recorded, branch, is_base) = (self.recorded, self.branch.clone(), self.is_base);
        let (hidden, brought) = (self.hidden.clone(), brought.into_keys().collect());
        let landing = Landing {
            scene: &scene,
            recorded,
            branch,
            is_base,
            landed: self.landed.clone(),
            hidden,
            brought,
        };
        let covered = landing.covered(&landed)?;
        landing.judge_rest(&landed, &covered, &landing.rest(&covered)?)
    }

    /// What is on no task's branch, newest first.
    fn rest(&self, covered: &HashSet<ObjectId>) -> Result<Vec<CommitObject>> {
        let rest = self.landed.iter().filter(|id| !covered.contains(*id));
        rest.map(|id| self.scene.after().commit(*id)).collect()
    }

    fn gain<'a>(&'a self, landed: &'a HashSet<ObjectId>, rest: &'a [CommitObject]) -> Gain<'a> {
        Gain::of(self.scene, (self.landed.first().copied(), landed), rest)
    }

    fn judge_rest(
        &self,
        landed: &HashSet<ObjectId>,
        covered: &HashSet<ObjectId>,
        rest: &[CommitObject],
    ) -> Result<Vec<Finding>> {
        let mut findings = self.tasks(landed)?;
        let direct = self.gain(landed, rest).direct()?;
        let concerned = self.concerned(rest, covered)?;
        let answered = self.answered()?;
        let mut strays = BTreeMap::new();
        for commit in rest {
            let found = match commit.parent_ids.len() {
                1 if message::status(commit.message.as_bstr()).is_some() => {
                    let is_direct = direct.contains(&commit.id) && !answered.contains(&commit.id);
                    self.stray(commit, is_direct, &mut strays)?
                }
                _ if answered.contains(&commit.id) || !concerned.contains(&commit.id) => Vec::new(),
                2.. => self.altered(commit)?,
                _ => vec![self.unverified(None, None).at(commit.id)],
            };
            findings.extend(found);
        }
        findings.extend(strays.into_iter().filter_map(|(task, is_complete)| {
            (!is_complete && !self.is_complete(&task, landed)).then(|| self.incomplete(&task))
        }));
        Ok(findings)
    }

    /// What is wrong with the tasks of the run that have commits among these.
    fn tasks(&self, landed: &HashSet<ObjectId>) -> Result<Vec<Finding>> {
        let facts = self.scene.facts(self.recorded)?;
        let mut findings = Vec::new();
        let brings = |task: &&TaskFacts| task.commits.iter().any(|one| landed.contains(&one.id));
        for task in facts.tasks.iter().filter(brings) {
            let found = verdict::of_branch(self.scene.after(), facts, task)?;
            let here = |one: &&Finding| one.is_error() && one.commit_id.is_none_or(|id| landed.contains(&id));
            for one in found.iter().filter(here) {
                if !(self.may_be_recorded(task, one) || self.is_met(one)?) {
                    findings.push(self.unverified(Some(&task.name), Some(one)));
                }
            }
            if !self.is_complete(&task.name, landed) {
                findings.push(self.incomplete(&task.name));
            }
        }
        Ok(findings)
    }

    /// Whether a journal could tell it from what is fine that did not come along.
    fn may_be_recorded(&self, task: &TaskFacts, finding: &Finding) -> bool {
        let is_recorded = |state: &StateViolation| {
            matches!(state, StateViolation::NoEvidence { .. } | StateViolation::AfterComplete { .. })
        };
        let is_recorded = matches!(&finding.violation, Violation::State(state) if is_recorded(state));
        is_recorded && self.is_silent(task)
    }

    /// Whether neither branch nor journal of the task are here: who pushes nothing but what was landed
    /// leaves them at home.
    fn is_silent(&self, task: &TaskFacts) -> bool {
        let journal = journal_ref(&self.recorded.plan.run, task.name.as_str());
        let is_missing = || self.scene.after().ref_commit(&journal).is_ok_and(|tip| tip.is_none());
        self.brought.contains(&branch::full(&task.branch)) && is_missing()
    }

    /// Whether a needed task is said not to be complete or not to be merged, and the commit has it complete:
    /// once that is in the base, only records tell whose it is, and whether more came later.
    fn is_met(&self, finding: &Finding) -> Result<bool> {
        let needed = match &finding.violation {
            Violation::State(StateViolation::Unmet { task, .. }) => task,
            Violation::Merge(MergeViolation::Incomplete { task }) => task,
            _ => return Ok(false),
        };
        let Some(commit_id) = finding.commit_id else { return Ok(false) };
        let below = self.scene.after().commits_between(&[self.recorded.base_commit_id], &[commit_id])?;
        Ok(self.is_complete(needed, &below.into_iter().collect()))
    }

    /// What the tasks' branches of all runs have of this, with what was merged there.
    fn covered(&self, landed: &HashSet<ObjectId>) -> Result<HashSet<ObjectId>> {
        let mut known = Vec::new();
        for recorded in self.scene.plans.values() {
            let commits = self.scene.facts(recorded)?.tasks.iter().flat_map(|task| &task.commits);
            known.extend(commits.map(|commit| commit.id).filter(|id| landed.contains(id)));
        }
        if known.is_empty() {
            return Ok(HashSet::new());
        }
        Ok(self.scene.after().commits_between(&self.hidden, &known)?.into_iter().collect())
    }

    /// Those of the rest that are the run's: all on the integration branch; on the base the merges that
    /// bring work of the run, and what stands right on top of such work.
    fn concerned(&self, rest: &[CommitObject], covered: &HashSet<ObjectId>) -> Result<HashSet<ObjectId>> {
        if !self.is_base {
            return Ok(rest.iter().map(|commit| commit.id).collect());
        }
        let mut work: HashSet<ObjectId> = covered.clone();
        let merged = self.integrated()?;
        let declares = |one: &&CommitObject| message::status(one.message.as_bstr()).is_some();
        work.extend(rest.iter().filter(declares).map(|one| one.id));
        let mut concerned: HashSet<ObjectId> = HashSet::new();
        loop {
            let before = concerned.len();
            for commit in rest.iter().rev() {
                let is_merge = commit.parent_ids.len() > 1;
                let brings = |id: &ObjectId| merged.contains(id) || work.contains(id);
                if merged.contains(&commit.id) || is_merge && commit.parent_ids.iter().any(brings) {
                    concerned.insert(commit.id);
                } else if !is_merge && commit.parent_ids.iter().any(|id| work.contains(id)) {
                    concerned.insert(commit.id);
                    work.insert(commit.id);
                }
            }
            if concerned.len() == before {
                return Ok(concerned);
            }
        }
    }

    /// What the integration branch has, before the push and after it, and the base has not.
    fn integrated(&self) -> Result<HashSet<ObjectId>> {
        let name = branch::full(&self.recorded.plan.layout.integration(&self.recorded.plan.run));
        let tips = [self.scene.before(&name).ok().flatten(), self.scene.after().ref_commit(&name)?];
        let tips: Vec<ObjectId> = tips.into_iter().flatten().collect();
        let base = base_tips(self.scene, self.recorded, true);
        Ok(self.scene.after().commits_between(&base, &tips)?.into_iter().collect())
    }

    /// What the orchestrator's journal of some run answers for, and what lies below a branch that was
    /// taken over.
    fn answered(&self) -> Result<HashSet<ObjectId>> {
        let (mut answered, mut tips) = (HashSet::new(), Vec::new());
        for run in self.scene.plans.keys() {
            let answers = self.scene.after().answers(run)?;
            answered.extend(answers.steps);
            tips.extend(self.landed.iter().copied().filter(|id| answers.taken_over.contains(id)));
        }
        if !tips.is_empty() {
            answered.extend(self.scene.after().commits_between(&self.hidden, &tips)?);
        }
        Ok(answered)
    }

    /// Whether the task is complete, in those of its commits that are among these.
    fn is_complete(&self, task: &TaskName, landed: &HashSet<ObjectId>) -> bool {
        let Ok(facts) = self.scene.facts(self.recorded) else { return false };
        let Some(task) = facts.task(task) else { return false };
        let mut here = task.clone();
        let newest = here.commits.iter().rposition(|commit| landed.contains(&commit.id));
        here.commits.truncate(newest.map_or(0, |place| place + 1));
        let declared = state::declared(&facts.plan, &here, &log::read(&here.commits));
        let unproven = || declared.unproven_commit_id.filter(|_| self.is_silent(&here));
        declared.complete_commit_id.or_else(unproven).is_some() && declared.verdict.is_none()
    }

    /// A commit that declares a status and is on no task's branch. `newest` learns of each task whether
    /// the newest such commit declares it complete.
    fn stray(
        &self,
        commit: &CommitObject,
        is_direct: bool,
        newest: &mut BTreeMap<TaskName, bool>,
    ) -> Result<Vec<Finding>> {
        let is_complete = message::status(commit.message.as_bstr()) == Some(Prefix::Complete);
        match stray::judge(self.scene, commit)? {
            stray::Whose::Task { run, task } => {
                let is_nobodys = is_direct && !self.has_like(&run, &task, commit)?;
                if run == self.recorded.plan.run {
                    newest.entry(task).or_insert(is_complete);
                }
                Ok(is_nobodys.then(|| self.unverified(None, None).at(commit.id)).into_iter().collect())
            }
            stray::Whose::Nobodys { why } => {
                let branch = self.branch.clone();
                let wrong = PushViolation::Unverified { branch, task: None, why: Some(why) };
                Ok(vec![Finding::error(wrong).at(commit.id)])
            }
        }
    }

    /// Whether the task's branch has the commit in another form, such as before a cherry-pick.
    fn has_like(&self, run: &RunName, task: &TaskName, commit: &CommitObject) -> Result<bool> {
        let Some(task) = self.scene.facts(&self.scene.plans[run])?.task(task) else { return Ok(false) };
        Ok(task.commits.iter().any(|one| one.origin() == commit.origin()))
    }

    fn altered(&self, commit: &CommitObject) -> Result<Vec<Finding>> {
        let altered = |path| PushViolation::Altered {
            branch: self.branch.clone(),
            path,
            run: self.recorded.plan.run.clone(),
        };
        let paths = united::foreign_paths(self.scene.after(), commit)?;
        Ok(paths.into_iter().map(|path| Finding::error(altered(path)).at(commit.id)).collect())
    }

    fn incomplete(&self, task: &TaskName) -> Finding {
        Finding::error(PushViolation::Incomplete { branch: self.branch.clone(), task: task.clone() })
    }

    fn unverified(&self, task: Option<&TaskName>, wrong: Option<&Finding>) -> Finding {
        let finding = Finding::error(PushViolation::Unverified {
            branch: self.branch.clone(),
            task: task.cloned(),
            why: wrong.map(|wrong| format!("{}: {wrong}", wrong.rule())),
        });
        Finding { commit_id: wrong.and_then(|wrong| wrong.commit_id), ..finding }
    }
}
