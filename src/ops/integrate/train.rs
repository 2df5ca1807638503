//! The train: steps are made and tested, and only what passes moves the branch.
//!
//! Without commands each step is a batch of its own. With them the result of a batch is tested as a
//! whole; where it fails, halving finds the step whose result is the first to fail. That task is left
//! out with everything that builds on it, and all that follows is made anew. A command that fails is
//! run once more before it is believed. What is blamed on the first step must have passed before it:
//! where the commands fail on what everything is merged into, no task is to blame and nothing goes on.

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use crate::model::evidence::{self, Verdict};
use crate::model::integration::bisect;
use crate::model::integration::clash::Clash;
use crate::model::integration::commands::{self, Failing};
use crate::model::integration::progress::Failed;
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;
use crate::ops::integrate::generated;
use crate::ops::integrate::outcome::{Outcome, Retried, StepResult};
use crate::ops::integrate::proceed::Work;
use crate::ops::integrate::proof;
use crate::ops::integrate::refusal::Refusal;
use crate::ops::integrate::trial::{self, Attempt, Trial};
use crate::ops::shell;

/// Steps whose commits are made and whose result is not tested yet.
struct Batch {
    made: Vec<Made>,
    end: End,
}

/// A step whose commit no ref names yet.
struct Made {
    task: TaskName,
    commit_id: ObjectId,
    clashes: Vec<Clash>,
}

/// Why a batch has no more steps.
enum End {
    /// It has as many as it may.
    Full,
    /// A person is needed for this one.
    Stuck(TaskName, Box<Attempt>),
    /// There are none.
    Last,
}

/// What became of a batch.
enum Taken {
    /// The branch has all of it.
    All,
    /// Somebody was left out, so what follows is made anew.
    InPart,
    /// Nothing goes on.
    Refused(Refusal),
}

/// A command that failed on a result, and failed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The command.
    pub command: String,
    /// Its exit code; `None` for a signal.
    pub code: Option<i32>,
}

/// A command to be run on a result, and where its result is looked up.
struct Check {
    command: String,
    event: Event,
}

/// How a command ended.
#[derive(Clone, Copy)]
struct Ended {
    /// Its exit code; `None` for a signal.
    code: Option<i32>,
    /// It failed at the first try.
    is_second: bool,
}

/// Makes all steps that are left, up to the first that needs a person.
pub fn drive(mut work: Work<'_>) -> Result<Outcome> {
    trial::foresee(&work.scene, work.onto(), &work.tasks());
    loop {
        let batch = work.make_batch()?;
        match work.take_in(&batch.made)? {
            Taken::All => {}
            Taken::InPart => continue,
            Taken::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
        }
        match batch.end {
            End::Full => {}
            End::Stuck(task, attempt) => return work.stop_for(&task, *attempt),
            End::Last => break,
        }
    }
    match work.prove_tip()? {
        Some(refusal) => Ok(Outcome::Refused(refusal)),
        None => work.finish(),
    }
}

impl Work<'_> {
    /// The next steps that can be made without a person, each onto the one before.
    fn make_batch(&self) -> Result<Batch> {
        let mut made: Vec<Made> = Vec::new();
        for name in self.tasks() {
            let onto = made.last().map_or(self.onto(), |last| last.commit_id);
            let Trial::Merge(attempt) = trial::attempt(&self.scene, onto, &name)? else { continue };
            if made.len() == self.batch_size() {
                return Ok(Batch { made, end: End::Full });
            }
            let attempt = generated::make(self, onto, attempt)?;
            if self.needs_a_person(&attempt) {
                return Ok(Batch { made, end: End::Stuck(name, attempt) });
            }
            let commit_id = self.commit(&name, onto, &attempt)?;
            made.push(Made { task: name, commit_id, clashes: attempt.clashes });
        }
        Ok(Batch { made, end: End::Last })
    }

    /// With commands as many as was said, or one; evidence alone is asked for once, at the end.
    fn batch_size(&self) -> usize {
        let has_evidence = !self.recorded.plan.protocol.evidence.is_empty();
        match (self.progress.batch, self.progress.exec.is_empty()) {
            (_, true) if !has_evidence => 1,
            (Some(size), _) => size.max(1),
            (None, true) => usize::MAX,
            (None, false) => 1,
        }
    }

    /// Tests a batch and moves the branch over what passes.
    fn take_in(&mut self, made: &[Made]) -> Result<Taken> {
        let Some(last) = made.last() else { return Ok(Taken::All) };
        let (passed, failure) = match self.try_out(Some(&last.task), last.commit_id)? {
            None => (made.len(), None),
            Some(failure) => {
                let (place, failure) = self.find_culprit(made, failure)?;
                if place == 0
                    && !self.ground_passed
                    && let Some(failure) = self.try_out(None, self.onto())?
                {
                    return self.broken(failure).map(Taken::Refused);
                }
                (place, Some(failure))
            }
        };
        self.ground_passed = true;
        for one in &made[..passed] {
            if let Some(refusal) = self.advance(&one.task, one.commit_id)? {
                return Ok(Taken::Refused(refusal));
            }
            let result = match one.clashes.clone() {
                clashes if clashes.is_empty() => StepResult::Clean(Some(one.commit_id)),
                clashes => StepResult::Resolved { commit_id: Some(one.commit_id), clashes },
            };
            self.steps.push(self.scene.step(&one.task, result));
        }
        match failure {
            None => Ok(Taken::All),
            Some(failure) => {
                Ok(self.leave_out(&made[passed].task, failure)?.map_or(Taken::InPart, Taken::Refused))
            }
        }
    }

    /// The place of the step that is to blame for the failure of the last, and how its result fails.
    fn find_culprit(&mut self, made: &[Made], failure: Failure) -> Result<(usize, Failure)> {
        let mut failures = vec![None; made.len()];
        failures[made.len() - 1] = Some(failure);
        let place = bisect::first_failing(made.len(), |place| {
            failures[place] = self.try_out(Some(&made[place].task), made[place].commit_id)?;
            anyhow::Ok(failures[place].is_none())
        })?;
        let failure = failures.swap_remove(place).context("the step that is blamed has failed")?;
        Ok((place, failure))
    }

    /// Whether a result may have to pass commands.
    pub fn runs_commands(&self) -> bool {
        !(self.progress.exec.is_empty() && self.recorded.plan.protocol.evidence.is_empty())
    }

    /// Remembers that a task is to blame, so that a later call does not try it again.
    fn leave_out(&mut self, task: &TaskName, failure: Failure) -> Result<Option<Refusal>> {
        let Failure { command, code } = failure;
        // Evidence is asked for by every call.
        let tip = self.scene.facts.task(task).and_then(|task| task.effective_tip());
        if let Some(tip) = tip.filter(|_| self.progress.exec.contains(&command)) {
            let entry = commands::culprit(task, tip, &Failing { command: command.clone(), code });
            self.scene.repo.append_journal(&self.recorded.plan.run, journal::ORCHESTRATOR, &entry)?;
        }
        self.progress.failed.push(Failed { task: task.clone(), command: command.clone(), code });
        if let Some(refusal) = self.remember()? {
            return Ok(Some(refusal));
        }
        let result = StepResult::ExecFailed { command: command.clone(), code };
        self.steps.push(self.scene.step(task, result));
        let obstacle = Obstacle::Failed { command, code };
        self.scene.leave_out(LeftOut { task: task.clone(), obstacle });
        Ok(None)
    }

    /// Runs what is to be run on a result; the first command that fails twice. `task` is whose step it
    /// is, if it is one.
    pub fn try_out(&mut self, task: Option<&TaskName>, commit_id: ObjectId) -> Result<Option<Failure>> {
        let check = |command: &String| Check { command: command.clone(), event: Event::Tested };
        let mut checks: Vec<Check> = self.progress.exec.iter().map(check).collect();
        checks.extend(self.missing_evidence(commit_id)?);
        self.run_all(&checks, task, commit_id)
    }

    fn run_all(
        &mut self,
        checks: &[Check],
        task: Option<&TaskName>,
        commit_id: ObjectId,
    ) -> Result<Option<Failure>> {
        for check in checks {
            let mut end = Ended { code: self.run(&check.command, commit_id)?, is_second: false };
            if end.code != Some(0) {
                end = Ended { code: self.run(&check.command, commit_id)?, is_second: true };
            }
            self.record(check, (task, commit_id), end)?;
            let command = check.command.clone();
            match end {
                Ended { code: Some(0), is_second: false } => {}
                Ended { code: Some(0), is_second: true } => {
                    self.retried.push(Retried { task: task.cloned(), command });
                }
                Ended { code, .. } => return Ok(Some(Failure { command, code })),
            }
        }
        Ok(None)
    }

    /// The plan's evidence commands that have not passed for the tree of a commit, in the
    /// orchestrator's own word.
    fn missing_evidence(&self, commit_id: ObjectId) -> Result<Vec<Check>> {
        let missing = proof::missing(self.scene.repo, self.recorded, commit_id)?;
        Ok(missing.into_iter().map(|command| Check { command, event: Event::Evidence }).collect())
    }

    /// Runs a command on the files of a commit, in the private worktree.
    fn run(&self, command: &str, commit_id: ObjectId) -> Result<Option<i32>> {
        let bench = self.scene.repo.workbench(&self.recorded.plan.run);
        // What a person left there was refused before, or is kept, so this takes away what commands made.
        bench.show(commit_id)?;
        bench.sweep()?;
        // What it says is talk; the answer is ours.
        let mut shell = shell::command(command, bench.path());
        let status = shell.stdout(std::io::stderr()).status();
        Ok(status.with_context(|| format!("cannot run sh -c {command:?}"))?.code())
    }

    fn record(
        &self,
        check: &Check,
        (task, commit_id): (Option<&TaskName>, ObjectId),
        ended: Ended,
    ) -> Result<()> {
        let verdict = if ended.code == Some(0) { Verdict::Passed } else { Verdict::Failed };
        let how = match ended {
            Ended { code: Some(0), is_second: true } => "at the second try".to_owned(),
            Ended { code: Some(0), is_second: false } => "at the first try".to_owned(),
            Ended { code: Some(code), .. } => format!("twice, with exit code {code}"),
            Ended { code: None, .. } => "twice, by a signal".to_owned(),
        };
        let tree_id = self.scene.repo.commit(commit_id)?.tree_id;
        let remark = format!("{how}, on the result {commit_id}");
        let entry = Entry {
            event: check.event.clone(),
            task: task.cloned(),
            ..evidence::entry(journal::ORCHESTRATOR, tree_id, &check.command, verdict, &remark)
        };
        self.scene.repo.append_journal(&self.recorded.plan.run, journal::ORCHESTRATOR, &entry).map(drop)
    }

    /// Tests and evidence for what the branch holds in the end, where no step has brought them.
    fn prove_tip(&mut self) -> Result<Option<Refusal>> {
        let Some(tip) = self.tip else { return Ok(None) };
        let untested = proof::untested(self.scene.repo, self.recorded, tip, &self.progress.exec)?;
        let check = |command| Check { command, event: Event::Tested };
        let mut checks: Vec<Check> = untested.into_iter().map(check).collect();
        checks.extend(self.missing_evidence(tip)?);
        match self.run_all(&checks, None, tip)? {
            Some(failure) => self.broken(failure).map(Some),
            None => Ok(None),
        }
    }

    /// No task is to blame: the integration ends where it is.
    fn broken(&self, failure: Failure) -> Result<Refusal> {
        let Failure { command, code } = failure;
        let commit_id = self.onto();
        Ok(self.end()?.unwrap_or(Refusal::Broken { commit_id, command, code }))
    }
}
