//! One read of the repository for one run: refs, own commits, records, journals, worktrees.
//!
//! Everything is read once. Commits are found in one walk that the base bounds; which tip reaches
//! which commit is then computed, not walked again. No ref and no index is written; what was read of
//! commits is kept on disk only where that is asked for.
//! What cannot be read is named in [`Facts::unknown`] and left out, so that one broken task does not
//! hide the others. No process is started unless worktrees are looked into, then one for each.

mod arrival;
mod deeds;
mod dropped;
mod elsewhere;
mod history;
mod overtaken;
mod reach;
mod reading;
mod replaced;
mod tips;
mod worktree;

use std::collections::HashMap;
use std::panic::resume_unwind;

use anyhow::Result;
use bstr::BString;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::kept::{Kept, Soon};
use crate::git::plan_ref::{RecordedPlan, notes_prefix, notes_ref};
use crate::git::refs::Target;
use crate::git::survey::history::{History, Scene};
use crate::git::survey::tips::Tips;
use crate::model::branch::{self, Symbolic};
use crate::model::facts::{Facts, TaskFacts};
use crate::model::integration::commands;
use crate::model::journal;
use crate::model::name::TaskName;
use crate::model::record::Record;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What the object store and the refs hold, and where worktrees are.
    History,
    /// Also what is not committed in each worktree, and whether hooks run there. Where a worktree is
    /// large and not the one that asks, only its task's scope is looked at.
    Scopes,
    /// The same, with all of each worktree.
    Worktrees,
}

impl Repository {
    /// Reads everything that is known of a run.
    pub fn survey(&self, recorded: &RecordedPlan, depth: Depth) -> Result<Facts> {
        self.survey_with(recorded, depth, self)
    }

    /// The same for an answer that changes no branch: what was read of commits is kept on disk, and is
    /// not read again; `kept` is what [`Repository::kept_soon`] began to read.
    pub fn survey_kept(&self, recorded: &RecordedPlan, depth: Depth, kept: Soon) -> Result<Facts> {
        let mut kept = Kept::of(self, kept);
        let facts = self.survey_by(recorded, depth, self, &mut kept)?;
        kept.store();
        Ok(facts)
    }

    /// The same where the worktrees are another repository's: objects and refs are read here, in a
    /// clean room, while people work in the real one.
    pub fn survey_with(&self, recorded: &RecordedPlan, depth: Depth, real: &Repository) -> Result<Facts> {
        self.survey_by(recorded, depth, real, &mut Kept::nothing(self))
    }

    fn survey_by(
        &self,
        recorded: &RecordedPlan,
        depth: Depth,
        real: &Repository,
        kept: &mut Kept,
    ) -> Result<Facts> {
        let plan = &recorded.plan;
        let mut unknown = Vec::new();
        let tips = Tips::read(self, recorded, &mut unknown)?;
        let records = self.records(recorded, kept, &mut unknown);
        let assigned = worktree::assigned(recorded, real.worktrees()?);
        // A journal that cannot be read is named with the others below.
        let answers = self.answers(&plan.run).unwrap_or_default();
        let former = self.former_tasks(plan, recorded.commit_id, recorded.base_ref.as_deref());
        let former = former.unwrap_or_else(|error| {
            unknown.push(format!("the earlier plans of {}: {error:#}", plan.run));
            Vec::new()
        });
        let scene = Scene {
            tips: &tips,
            records: &records,
            answers: &answers,
            former: &former,
            real,
            worktrees: &assigned,
        };
        let here = real.workdir();
        let (history, dirty) = std::thread::scope(|scope| {
            let look = || scope.spawn(|| worktree::dirty(plan, &assigned, (depth, here)));
            let looking = (depth != Depth::History).then(look);
            let history = History::read(self, recorded, &scene, kept, &mut unknown);
            (history, looking.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))))
        });
        let mut history = history?;
        let (mut journals, commands) = self.journals(recorded, &mut unknown);
        let mut worktrees = worktree::read(real, assigned, dirty, &mut unknown);

        let mut tasks = Vec::with_capacity(plan.tasks.len());
        for (place, task) in plan.tasks.iter().enumerate() {
            let (branch, holds) = (&tips.tasks[place], history.holds(place));
            tasks.push(TaskFacts {
                name: task.name.clone(),
                branch: plan.layout.branch(&plan.run, task),
                tip: branch.tip,
                symbolic: branch.symbolic_target.clone().map(|target| Symbolic {
                    tip: real.last_known(&branch::full(&plan.layout.branch(&plan.run, task)), &target),
                    target,
                }),
                remote: history.remote(place, &tips.remote),
                kept_tip: branch.kept,
                worktree: worktrees.remove(&task.name),
                commits: history.take_commits(place),
                contains: history.contains(place, &holds),
                holds,
                in_integration: history.is_in_integration(place),
                in_base: history.is_in_base(place),
                replaced: history.replaced(place),
                alike: history.alike(place),
                misplaced: history.misplaced(self, place)?,
                is_cut_off: history.is_cut_off(place),
                journal: journals.remove(&task.name).unwrap_or_default(),
            });
        }
        let stopped = real.read_progress(&plan.run).unwrap_or_else(|error| {
            unknown.push(format!("whether an integration is under way: {error:#}"));
            None
        });
        let mut facts = Facts {
            plan: plan.clone(),
            plan_commit_id: recorded.commit_id,
            base_commit_id: recorded.base_commit_id,
            base_ref: recorded.base_ref.clone(),
            base_upstream: recorded.base_upstream.clone(),
            base_tip: tips.bases.first().map(|(_, tip)| *tip),
            fetched_base_tips: tips.fetched_bases(),
            base_past: real.past_of(tips.bases.iter().map(|(name, _)| name.as_str())),
            integration_tip: tips.integration,
            integrated_tip: history.integrated(),
            is_integrating: stopped.is_some(),
            stopped_at: stopped.and_then(|(_, progress)| Some(progress.stopped?.task)),
            commands,
            tasks,
            dropped: Vec::new(),
            unknown,
        };
        match real.dropped_tasks(&former, &facts) {
            Ok(dropped) => facts.dropped = dropped,
            Err(error) => facts.unknown.push(format!("the branches that {} had: {error:#}", plan.run)),
        }
        Ok(facts)
    }

    /// The commits that each task has a record of, in the plan's order; a note that is no record is
    /// skipped.
    fn records(
        &self,
        recorded: &RecordedPlan,
        kept: &mut Kept,
        unknown: &mut Vec<String>,
    ) -> Vec<Vec<ObjectId>> {
        let plan = &recorded.plan;
        // Where they cannot be listed, each is looked for by itself, so that a broken one hides no other.
        let listed = self.refs_under(&notes_prefix(&plan.run));
        let listed: Option<HashMap<String, Target>> = listed.ok().map(|refs| refs.into_iter().collect());
        let mut read = |name: &TaskName| -> Result<Vec<ObjectId>> {
            let ref_name = notes_ref(&plan.run, name);
            let tip = match listed.as_ref().map(|listed| listed.get(&ref_name)) {
                Some(None) => return Ok(Vec::new()),
                Some(Some(Target::Object(tip))) => *tip,
                _ => return Ok(recorded_in(&self.notes(&ref_name)?, name)),
            };
            if let Some(noted) = kept.noted(tip, name.as_str()) {
                return Ok(noted);
            }
            let Ok(notes) = self.notes_at(tip, &ref_name) else {
                return Ok(recorded_in(&self.notes(&ref_name)?, name));
            };
            let noted = recorded_in(&notes, name);
            kept.keep_noted(tip, name.as_str(), &noted);
            Ok(noted)
        };
        let mut read_or_tell = |name: &TaskName| {
            read(name).unwrap_or_else(|error| {
                unknown.push(format!("the records of {name}: {error:#}"));
                Vec::new()
            })
        };
        plan.tasks.iter().map(|task| read_or_tell(&task.name)).collect()
    }

    /// What the journals say of each task, and which commands an integration was told last.
    fn journals(
        &self,
        recorded: &RecordedPlan,
        unknown: &mut Vec<String>,
    ) -> (HashMap<TaskName, Vec<journal::Entry>>, Vec<String>) {
        let read = self.readable_journals(&recorded.plan.run);
        let (entries, unreadable) =
            read.unwrap_or_else(|error| (Vec::new(), vec![format!("the journals: {error:#}")]));
        unknown.extend(unreadable);
        let commands = commands::last(entries.iter());
        let mut journals: HashMap<TaskName, Vec<journal::Entry>> = HashMap::new();
        for entry in entries {
            if let Some(task) = entry.task.clone() {
                journals.entry(task).or_default().push(entry);
            }
        }
        (journals, commands)
    }
}

/// The commits with a note that is a record of the task.
fn recorded_in(notes: &HashMap<ObjectId, BString>, task: &TaskName) -> Vec<ObjectId> {
    let is_record = |note: &BString| Record::parse(note.as_ref()).is_some_and(|record| record.task == *task);
    notes.iter().filter(|(_, note)| is_record(note)).map(|(id, _)| *id).collect()
}
