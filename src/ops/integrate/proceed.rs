//! Going on with an integration, step by step, up to the first that needs a person.
//!
//! A step is: try the merge in the clean room, move its objects to the real store, make the commit,
//! run what the person wants to have run on it ([train](super::train)), write the journal, and move the
//! branch. The branch moves last, so a step that was killed has not happened. Where a person is needed
//! the merge is laid out on the workbench first and remembered second, so what is remembered can be
//! relied on.

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::advance::Advanced;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Moved;
use crate::git::workbench::Unfinished;
use crate::model::branch;
use crate::model::integration::checklist::Checklist;
use crate::model::integration::clash;
use crate::model::integration::message;
use crate::model::integration::progress::{Progress, Reason, Stopped};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::integrate::begin::origin;
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::outcome::{Outcome, Report, Retried, Step, StepResult};
use crate::ops::integrate::refusal::{BranchTrouble, Refusal};
use crate::ops::integrate::shown::shown;
use crate::ops::integrate::trial::Attempt;

/// How many commits the closing picture shows (S1-84).
const PICTURED: usize = 15;

/// An integration on its way.
pub struct Work<'a> {
    /// What is known.
    pub scene: Scene<'a>,
    /// The run's plan.
    pub recorded: &'a RecordedPlan,
    /// What is remembered.
    pub progress: Progress,
    /// The commit that holds it.
    pub progress_id: ObjectId,
    /// Where the branch is; `None` before the first merge of a new one.
    pub tip: Option<ObjectId>,
    /// What was done by this call.
    pub steps: Vec<Step>,
    /// What passed at the second try only.
    pub retried: Vec<Retried>,
    /// Whether what is merged so far has passed what is run.
    pub ground_passed: bool,
}

impl<'a> Work<'a> {
    /// What is about to go on.
    pub fn new(
        scene: Scene<'a>,
        recorded: &'a RecordedPlan,
        (progress_id, progress): (ObjectId, Progress),
        tip: Option<ObjectId>,
    ) -> Work<'a> {
        let (steps, retried) = (Vec::new(), Vec::new());
        Work { scene, recorded, progress, progress_id, tip, steps, retried, ground_passed: false }
    }
}

impl Work<'_> {
    /// The tasks that take part, in order.
    pub fn tasks(&self) -> Vec<TaskName> {
        let takes_part = |name: &&TaskName| self.scene.roster.tasks.contains(name);
        self.scene.order.tasks.iter().filter(takes_part).cloned().collect()
    }

    /// What the next step merges into. A branch that had nothing of its own starts from the base anew.
    pub fn onto(&self) -> ObjectId {
        self.tip.filter(|tip| Some(*tip) != self.progress.original_tip).unwrap_or(self.progress.start)
    }

    /// Whether the step cannot be made without a person.
    pub fn needs_a_person(&self, attempt: &Attempt) -> bool {
        !attempt.strays.is_empty() || !attempt.is_settled(self.progress.resolve_trivial)
    }

    /// Stores a merged tree and makes its commit onto another. No ref names it yet.
    pub fn commit(&self, name: &TaskName, onto: ObjectId, attempt: &Attempt) -> Result<ObjectId> {
        let tree_id = attempt.resolved_tree_id.unwrap_or(attempt.merged.tree_id);
        let parents = [onto, attempt.tip];
        self.scene.room.hand_over(self.scene.repo, &[tree_id], &parents)?;
        self.scene.repo.commit_tree(tree_id, &parents, &self.message(name, attempt))
    }

    fn message(&self, name: &TaskName, attempt: &Attempt) -> String {
        if attempt.clashes.is_empty() {
            let plan = &self.scene.facts.plan;
            return plan
                .task(name)
                .map_or_else(|| format!("Merge {name}"), |task| message::of_merge(plan, task));
        }
        let paths: Vec<_> =
            attempt.clashes.iter().flat_map(|clash| clash.conflict.paths.first().cloned()).collect();
        message::of_resolution(&paths, &clash::everyone(&self.scene.facts, &attempt.clashes))
    }

    /// Moves the branch to the result of a step, and writes it into the journal.
    pub fn advance(&mut self, name: &TaskName, candidate: ObjectId) -> Result<Option<Refusal>> {
        let repo = self.scene.repo;
        let branch = self.progress.branch.clone();
        let why = format!("integrate: merge {name}");
        // First, so that no step is on the branch of which nobody knows whose it is.
        self.journal(Some(name.clone()), &format!("merged into {branch}"), candidate)?;
        match repo.advance_branch(&branch::full(&branch), self.tip, candidate, &why)? {
            Advanced::Done => {}
            Advanced::Lost { .. } => return Ok(Some(Refusal::branch(branch, BranchTrouble::Moved))),
            Advanced::Unclean { worktree, things } => {
                return Ok(Some(Refusal::branch(branch, BranchTrouble::Unclean { worktree, things })));
            }
        }
        self.tip = Some(candidate);
        Ok(None)
    }

    /// Stops at a step that a person is needed for.
    pub fn stop_for(self, name: &TaskName, attempt: Attempt) -> Result<Outcome> {
        if attempt.is_settled(self.progress.resolve_trivial) {
            return self.stop_for_strays(name, attempt);
        }
        self.stop_for_conflict(name, attempt)
    }

    fn stop_for_conflict(self, name: &TaskName, attempt: Attempt) -> Result<Outcome> {
        let paths = attempt.clashes.iter().flat_map(|clash| clash.conflict.paths.iter().cloned()).collect();
        let result = StepResult::Conflict(attempt.clashes.clone());
        self.lay_out(name, &attempt)?;
        self.stop(name, attempt.tip, Reason::Conflict(paths), result)
    }

    fn stop_for_strays(self, name: &TaskName, attempt: Attempt) -> Result<Outcome> {
        let result = StepResult::OutsideScope(attempt.strays.clone());
        self.lay_out(name, &attempt)?;
        let paths = attempt.strays.into_iter().map(|stray| stray.path).collect();
        self.stop(name, attempt.tip, Reason::OutsideScope(paths), result)
    }

    /// Puts the merge before the person, in the private worktree.
    fn lay_out(&self, name: &TaskName, attempt: &Attempt) -> Result<()> {
        let merged = shown(&self.scene, self.onto(), name, attempt)?;
        let stages = merged.conflicts.iter().flat_map(|conflict| &conflict.stages);
        let blobs = stages.filter(|stage| stage.entry.kind != crate::model::change::Kind::Submodule);
        let mut wanted: Vec<ObjectId> = blobs.map(|stage| stage.entry.id).collect();
        wanted.push(merged.tree_id);
        self.scene.room.hand_over(self.scene.repo, &wanted, &[self.onto(), attempt.tip])?;
        let bench = self.scene.repo.workbench(&self.recorded.plan.run);
        let message = self.message(name, attempt);
        let (onto, tip) = (self.onto(), attempt.tip);
        bench.lay_out(Unfinished { onto, tip, merged: &merged, message: &message })
    }

    /// Remembers what waits for the person.
    fn stop(mut self, name: &TaskName, tip: ObjectId, reason: Reason, result: StepResult) -> Result<Outcome> {
        let stopped = Stopped { task: name.clone(), tip, onto: self.onto(), reason };
        self.progress.stopped = Some(stopped);
        match self.remember()? {
            Some(refusal) => Ok(Outcome::Refused(refusal)),
            None => self.stopped_at(name, result),
        }
    }

    /// The report of a stop: the step, what was merged before it, and what was not tried.
    pub fn stopped_at(&mut self, name: &TaskName, result: StepResult) -> Result<Outcome> {
        let mut told = std::mem::take(&mut self.steps);
        told.retain(|step| step.task != *name);
        told.push(self.scene.step(name, result));
        for task in &self.tasks() {
            let step = match told.iter().position(|step| step.task == *task) {
                Some(place) => told.remove(place),
                None if self.is_merged(task)? => self.scene.step(task, StepResult::UpToDate),
                None => self.scene.step(task, StepResult::Waiting),
            };
            self.steps.push(step);
        }
        self.steps.append(&mut told);
        let bench = self.scene.repo.workbench(&self.recorded.plan.run).path().to_owned();
        Ok(Outcome::Report(Box::new(Report { workbench: Some(bench), ..self.report() })))
    }

    fn is_merged(&self, name: &TaskName) -> Result<bool> {
        let tip = self.scene.facts.task(name).and_then(|task| task.effective_tip());
        tip.map_or(Ok(true), |tip| self.scene.repo.is_ancestor(tip, self.onto()))
    }

    /// Writes what is remembered; refused if somebody else did meanwhile.
    pub fn remember(&mut self) -> Result<Option<Refusal>> {
        let written = self.scene.repo.write_progress(
            &self.recorded.plan.run,
            Some(self.progress_id),
            &self.progress,
        )?;
        match written {
            Some(id) => self.progress_id = id,
            None => return Ok(Some(Refusal::InProgress(None))),
        }
        Ok(None)
    }

    /// Everything is merged: the bench goes, and so does what was remembered.
    pub fn finish(mut self) -> Result<Outcome> {
        for task in self.tasks() {
            if !self.steps.iter().any(|step| step.task == task) {
                self.steps.push(self.scene.step(&task, StepResult::UpToDate));
            }
        }
        let mut report = self.report();
        if let Some(tip) = self.tip {
            let merged = self.steps.iter().any(|step| step.result != StepResult::UpToDate);
            if merged || self.progress.original_tip != self.tip {
                self.journal(None, &format!("integrated into {}", self.progress.branch), tip)?;
            }
            report.graph = Some(self.scene.room.graph(tip, PICTURED)?);
        }
        report.checklist = Some(Checklist {
            all_merged: self.scene.roster.left_out.is_empty(),
            conflicts_resolved: true,
            branch_created: self.tip.is_some(),
            branch: self.progress.branch.clone(),
        });
        match self.end()? {
            Some(refusal) => Ok(Outcome::Refused(refusal)),
            None => Ok(Outcome::Report(Box::new(report))),
        }
    }

    /// Nothing is in progress any more.
    pub fn end(&self) -> Result<Option<Refusal>> {
        let (repo, run) = (self.scene.repo, &self.recorded.plan.run);
        repo.workbench(run).remove()?;
        let is_over = repo.clear_progress(run, self.progress_id)? == Moved::Done;
        Ok((!is_over).then_some(Refusal::InProgress(None)))
    }

    fn report(&self) -> Report {
        let place = |step: &Step| self.scene.order.tasks.iter().position(|task| *task == step.task);
        let mut steps = self.steps.clone();
        steps.sort_by_key(place);
        Report {
            run: self.recorded.plan.run.clone(),
            dry_run: false,
            branch: self.progress.branch.clone(),
            origin: origin(self.recorded, self.progress.original_tip, self.progress.start),
            start: self.progress.start,
            tip: self.tip,
            steps,
            method: self.scene.order.method,
            left_out: self.scene.roster.left_out.clone(),
            warnings: self.scene.warnings.clone(),
            retried: self.retried.clone(),
            stopped: self.progress.stopped.clone(),
            workbench: None,
            graph: None,
            checklist: None,
        }
    }

    fn journal(&self, task: Option<TaskName>, text: &str, commit_id: ObjectId) -> Result<()> {
        let entry = Entry {
            task,
            text: text.to_owned(),
            commit_id: Some(commit_id),
            ..Entry::new(Event::Integrated, journal::ORCHESTRATOR)
        };
        self.scene.repo.append_journal(&self.recorded.plan.run, journal::ORCHESTRATOR, &entry)?;
        Ok(())
    }
}
