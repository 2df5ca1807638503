//! An integration as JSON, version 1.

use bstr::BString;
use serde::Serialize;

use crate::model::integration::checklist::Checklist;
use crate::model::integration::progress::Reason;
use crate::model::integration::sequence::Method;
use crate::ops::integrate::{Origin, Outcome, Report, StepResult};
use crate::render::json::clash::{Conflict, conflict, hex, names, texts};
use crate::render::json::document;
use crate::render::words::integration as words;

/// The whole document.
#[derive(Debug, Default, Serialize)]
pub struct Document {
    /// 1.
    pub version: u32,
    /// `predicted`, `done`, `stopped`, `refused`, `aborted`, `undone` or `landed`.
    pub outcome: String,
    /// The run; `null` for a refusal.
    pub run: Option<String>,
    /// Short name of the branch that is merged into.
    pub branch: Option<String>,
    /// What a new branch starts from; `null` if the branch was there before.
    pub base: Option<String>,
    /// The commit that it starts from.
    pub start: Option<String>,
    /// Where it is; `null` if it does not exist.
    pub tip: Option<String>,
    /// In order.
    pub steps: Vec<Step>,
    /// `exact`, `exact-in-waves` or `heuristic`: how the order with the fewest conflicts was found; `null`
    /// where nobody collides.
    pub order: Option<&'static str>,
    /// Who does not take part.
    pub left_out: Vec<LeftOut>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// What waits for a person.
    pub stopped: Option<Stopped>,
    /// The three boxes that are computed.
    pub checklist: Option<Boxes>,
    /// Why nothing was done, and what to do; for a refusal.
    pub refusal: Option<Refusal>,
    /// The ref that keeps what an abort or an undo took back.
    pub backup: Option<String>,
    /// The ref that keeps what a person had made in the private worktree.
    pub kept: Option<String>,
    /// Full names of the tasks whose steps an undo took back, the newest first.
    pub undone: Vec<String>,
    /// The commands of `--exec` that ran before an undo, and have not passed on what it has left.
    pub untested: Vec<String>,
    /// What failed once and passed when it ran again.
    pub retried: Vec<Retried>,
}

/// One task's merge.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Full name.
    pub task: String,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// Why it is at this place in the order.
    pub why: Why,
    /// `up-to-date`, `clean`, `resolved`, `concluded`, `conflict`, `outside-scope`, `exec-failed`,
    /// `waiting`.
    pub result: &'static str,
    /// The result depends on how an earlier conflict is resolved.
    pub tentative: bool,
    /// The merge commit.
    pub commit: Option<String>,
    /// The conflicts, resolved or not.
    pub conflicts: Vec<Conflict>,
    /// Paths outside the scopes of the tasks that it brings.
    pub paths: Vec<String>,
    /// The command that failed.
    pub command: Option<String>,
    /// Its exit code; `null` for a signal.
    pub code: Option<i32>,
}

/// Why a step is where it is.
#[derive(Debug, Serialize)]
pub struct Why {
    /// Full names of the tasks that it builds on, of those that take part.
    pub depends_on: Vec<String>,
    /// It is set-up, which goes first in its wave.
    pub setup: bool,
    /// Full names of the tasks before it that it collides with.
    pub collides_with: Vec<String>,
    /// It is not where its number would put it, so that fewer steps conflict.
    pub moved: bool,
}

/// A task that does not take part.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    /// Full name.
    pub task: String,
    /// In words.
    pub reason: String,
}

/// A step that waits.
#[derive(Debug, Serialize)]
pub struct Stopped {
    /// Full name of the task.
    pub task: String,
    /// `conflict`, `outside-scope` or `exec`.
    pub reason: &'static str,
    /// Absolute path of the private worktree.
    pub worktree: Option<String>,
}

/// What is proved.
#[derive(Debug, Serialize)]
pub struct Boxes {
    /// Every task is merged.
    pub all_merged: bool,
    /// No merge waits.
    pub conflicts_resolved: bool,
    /// The branch exists.
    pub branch_created: bool,
}

/// A command that passed at the second try only.
#[derive(Debug, Serialize)]
pub struct Retried {
    /// Full name of the task on whose result it ran; `null` for what was there before.
    pub task: Option<String>,
    /// The command.
    pub command: String,
}

/// Why nothing was done.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// One line each.
    pub lines: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
}

/// The document as text.
pub fn outcome(outcome: &Outcome) -> String {
    let empty = Document { version: 1, ..Document::default() };
    document(&match outcome {
        Outcome::Report(report) => self::report(report),
        Outcome::Refused(refusal) => {
            let refused = words::refusal::refusal(refusal);
            let refusal = Some(Refusal { lines: refused.lines, hints: refused.hints });
            Document { outcome: "refused".into(), refusal, ..empty }
        }
        Outcome::Aborted(aborted) => Document {
            outcome: "aborted".into(),
            branch: Some(aborted.branch.clone()),
            tip: aborted.restored.map(hex),
            backup: aborted.backup.clone(),
            kept: aborted.kept.as_ref().map(|kept| kept.backup.clone()),
            ..empty
        },
        Outcome::Undone(undone) => Document {
            outcome: "undone".into(),
            branch: Some(undone.branch.clone()),
            tip: Some(hex(undone.tip)),
            backup: Some(undone.backup.clone()),
            kept: undone.kept.as_ref().map(|kept| kept.backup.clone()),
            undone: names(&undone.tasks),
            untested: undone.untested.clone(),
            ..empty
        },
        Outcome::Landed(landed) => Document {
            outcome: "landed".into(),
            branch: Some(landed.branch.clone()),
            base: Some(landed.base.clone()),
            tip: Some(hex(landed.tip)),
            ..empty
        },
    })
}

fn report(report: &Report) -> Document {
    let outcome = match (report.dry_run, &report.stopped) {
        (true, _) => "predicted",
        (false, Some(_)) => "stopped",
        (false, None) => "done",
    };
    let left_out = report
        .left_out
        .iter()
        .map(|one| LeftOut { task: one.task.to_string(), reason: one.obstacle.to_string() });
    Document {
        version: 1,
        outcome: outcome.into(),
        run: Some(report.run.to_string()),
        branch: Some(report.branch.clone()),
        base: if let Origin::Base(base) = &report.origin { Some(base.clone()) } else { None },
        start: Some(hex(report.start)),
        tip: report.tip.map(hex),
        steps: report.steps.iter().map(step).collect(),
        order: report.method.map(|method| match method {
            Method::Exact => "exact",
            Method::ExactInWaves => "exact-in-waves",
            Method::Heuristic => "heuristic",
        }),
        left_out: left_out.collect(),
        warnings: report.warnings.iter().map(words::warning).collect(),
        stopped: report.stopped.as_ref().map(|stopped| Stopped {
            task: stopped.task.to_string(),
            reason: match stopped.reason {
                Reason::Conflict(_) => "conflict",
                Reason::OutsideScope(_) => "outside-scope",
                Reason::Exec { .. } => "exec",
            },
            worktree: report.workbench.as_ref().map(|path| path.display().to_string()),
        }),
        checklist: report.checklist.as_ref().map(boxes),
        retried: report.retried.iter().map(retried).collect(),
        ..Document::default()
    }
}

fn retried(retried: &crate::ops::integrate::Retried) -> Retried {
    Retried { task: retried.task.as_ref().map(ToString::to_string), command: retried.command.clone() }
}

fn boxes(checklist: &Checklist) -> Boxes {
    Boxes {
        all_merged: checklist.all_merged,
        conflicts_resolved: checklist.conflicts_resolved,
        branch_created: checklist.branch_created,
    }
}

fn step(step: &crate::ops::integrate::Step) -> Step {
    let (result, tentative) = match &step.result {
        StepResult::Tentative(inner) => (inner.as_ref(), true),
        result => (result, false),
    };
    let (word, commit, clashes) = match result {
        StepResult::UpToDate => ("up-to-date", None, &[][..]),
        StepResult::Clean(id) => ("clean", *id, &[][..]),
        StepResult::Resolved { commit_id, clashes } => ("resolved", *commit_id, clashes.as_slice()),
        StepResult::Concluded(id) => ("concluded", Some(*id), &[][..]),
        StepResult::Conflict(clashes) => ("conflict", None, clashes.as_slice()),
        StepResult::OutsideScope(_) => ("outside-scope", None, &[][..]),
        StepResult::ExecFailed { .. } => ("exec-failed", None, &[][..]),
        StepResult::Waiting | StepResult::Tentative(_) => ("waiting", None, &[][..]),
    };
    let strays = if let StepResult::OutsideScope(strays) = result { strays.as_slice() } else { &[] };
    let strays: Vec<BString> = strays.iter().map(|stray| stray.path.clone()).collect();
    let failed = match result {
        StepResult::ExecFailed { command, code } => Some((command, code)),
        _ => None,
    };
    Step {
        task: step.task.to_string(),
        title: step.title.clone(),
        branch: step.branch.clone(),
        why: Why {
            depends_on: names(&step.why.builds_on),
            setup: step.why.is_setup,
            collides_with: names(&step.why.collides_with),
            moved: step.why.is_moved,
        },
        result: word,
        tentative,
        commit: commit.map(hex),
        conflicts: clashes.iter().map(conflict).collect(),
        paths: texts(&strays),
        command: failed.map(|(command, _)| command.clone()),
        code: failed.and_then(|(_, code)| *code),
    }
}
