//! What is wrong with a commit before it is made: with what is staged, and with its message.

use anyhow::Result;
use bstr::{BStr, BString};
use gix_hash::ObjectId;

use super::commit::{Moment, brings_news, judge_at};
use super::gather::Gathering;
use super::ground::Ground;
use super::history::History;
use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::change::PathChange;
use crate::model::finding::message::MessageViolation;
use crate::model::finding::{Finding, StateViolation, Violation};
use crate::model::judge::identity::Place;
use crate::model::judge::{self, Case, Known, Step};
use crate::model::message::{self, Prefix};
use crate::model::plan::Task;

/// A commit that is being made.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// What becomes of HEAD.
    pub head: HeadBecomes,
    /// The commits that are being merged; empty for an own commit.
    pub merged: Vec<ObjectId>,
    /// Where it is being made; `None` leaves that unjudged.
    pub place: Option<Place>,
}

/// What becomes of HEAD when a commit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeadBecomes {
    /// The new commit's parent.
    #[default]
    Parent,
    /// Replaced, with its parents: `git commit --amend`.
    Replaced,
}

/// What is wrong with what the index in effect would commit here, for a worktree of `task`: the
/// place, the moment and the change. Where it would replace what is not the task's, what others have
/// changed there is not held against it, but what it adds itself.
pub fn of_staged(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    attempt: &Attempt,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let staged = Staged::read(repo, attempt)?;
    let history = History::before(staged.parent);
    let gathering = Gathering::new(&ground, task, &history, staged.old_tree_id);
    let findings = judge_at(gathering, &staged.moment(None), attempt.place.as_ref())?;
    match staged.replaced.filter(|_| findings.iter().any(Finding::is_error)) {
        Some(commit_id) if ground.is_foreign(task, commit_id)? => {
            let on_top = Attempt { head: HeadBecomes::Parent, ..attempt.clone() };
            let mut findings = vec![Finding::error(StateViolation::NotOwn { commit_id })];
            findings.extend(of_staged(repo, recorded, task, &on_top)?);
            Ok(findings)
        }
        _ => Ok(findings),
    }
}

/// What is wrong with the message of the commit that the index in effect would make here: with its
/// words, and with its status at this moment.
pub fn of_message(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    (attempt, text): (&Attempt, &BStr),
) -> Result<Vec<Finding>> {
    let staged = Staged::read(repo, attempt)?;
    let encoding = repo.config("i18n.commitEncoding").map(BString::from);
    if !staged.merged.is_empty() {
        let known = Known { encoding, ..Known::default() };
        let step = Step::Merge { paths: &[], sides: &[] };
        let case = Case { plan: &recorded.plan, task, step, place: None, message: Some(text), known: &known };
        return Ok(judge::message::judge(&case));
    }
    let ground = Ground::of_plan(repo, recorded);
    let history = History::before(staged.parent);
    let mut gathering = Gathering::new(&ground, task, &history, staged.old_tree_id);
    gathering.encoding(encoding);
    if message::status(text) == Some(Prefix::Complete) {
        gathering.worktree(repo)?;
    }
    gathering.state(staged.parent, Some(text), &staged.change)?;
    let known = gathering.known();
    let step = Step::Own(&staged.change);
    let case = Case { plan: ground.plan, task, step, place: None, message: Some(text), known: &known };
    let mut findings = judge::state::judge(&case);
    findings.extend(judge::message::judge(&case));
    if findings.iter().any(is_reminder) && history.was_told_of_sections(&ground, task)? {
        findings.retain(|one| !is_reminder(one));
    }
    Ok(findings)
}

/// What is said once to who writes messages by hand: at every commit it would teach to ignore it.
fn is_reminder(one: &Finding) -> bool {
    let is_asked = matches!(
        &one.violation,
        Violation::Message(MessageViolation::MissingSections { prefix: Prefix::Checkpoint, .. })
    );
    is_asked && !one.is_error()
}

/// What the index in effect would commit, and on what.
struct Staged {
    /// What it replaces.
    replaced: Option<ObjectId>,
    parent: Option<ObjectId>,
    merged: Vec<ObjectId>,
    old_tree_id: ObjectId,
    change: Vec<PathChange>,
}

impl Staged {
    fn read(repo: &Repository, attempt: &Attempt) -> Result<Staged> {
        let head = repo.head()?.commit_id();
        let replaced = head.filter(|_| attempt.head == HeadBecomes::Replaced);
        let (parent, merged) = match replaced {
            Some(id) => {
                let parents = repo.commit(id)?.parent_ids;
                (parents.first().copied(), parents.get(1..).unwrap_or_default().to_vec())
            }
            None => (head, attempt.merged.clone()),
        };
        let merged = brings_news(repo, parent, &merged)?.to_vec();
        let old_tree_id = repo.tree_of(parent)?;
        Ok(Staged { replaced, parent, merged, old_tree_id, change: repo.staged_against(old_tree_id)? })
    }

    fn moment<'a>(&'a self, message: Option<&'a BStr>) -> Moment<'a> {
        let Staged { replaced, parent, merged, change, .. } = self;
        Moment { commit_id: *replaced, parent: *parent, merged, change, message }
    }
}
