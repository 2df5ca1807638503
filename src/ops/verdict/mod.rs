//! The findings on a commit that is being made, on one that was made, and on a whole branch.
//!
//! Every layer asks here: hooks, `check`, `verify`, `status`, `integrate`. This gathers what the
//! [judge] must know besides the change, from the repository, and only for the
//! paths and rules at hand; a rule that nothing touches costs nothing. Whoever asks decides what to
//! do with the findings.

mod gather;
mod ground;
mod history;
mod merged;
mod place;

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::change::PathChange;
use crate::model::facts::{Commit, Facts, Misplaced, TaskFacts};
use crate::model::finding::identity::IdentityViolation;
use crate::model::finding::message::MessageViolation;
use crate::model::finding::{Finding, PathViolation, Severity};
use crate::model::judge::{self, Case, Step, paths};
use crate::model::message::{self, Prefix};
use crate::model::plan::{Plan, Task};

use gather::Gathering;
use ground::Ground;
use history::History;

pub use crate::model::judge::identity::Place;
pub use place::{of_place, place};

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
/// place, the moment and the change.
pub fn of_staged(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    attempt: &Attempt,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let staged = Staged::read(repo, attempt)?;
    let history = History::before(&ground, task, staged.parent)?;
    let gathering = Gathering::new(&ground, task, &history, staged.old_tree_id);
    judge_at(gathering, &staged.moment(None), attempt.place.as_ref())
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
    if !staged.merged.is_empty() {
        return Ok(Vec::new());
    }
    let ground = Ground::of_plan(repo, recorded);
    let history = History::before(&ground, task, staged.parent)?;
    let mut gathering = Gathering::new(&ground, task, &history, staged.old_tree_id);
    if message::status(text) == Some(Prefix::Complete) {
        gathering.worktree(repo)?;
    }
    gathering.state(staged.parent, Some(text), &staged.change)?;
    let known = gathering.known();
    let step = Step::Own(&staged.change);
    let case = Case { plan: ground.plan, task, step, place: None, message: Some(text), known: &known };
    let mut findings = judge::state::judge(&case);
    findings.extend(judge::message::judge(&case));
    Ok(findings)
}

/// What is wrong with changing a path in a worktree of `task`, whatever is written there: its name
/// and its place, not its content.
pub fn of_intention(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    change: &PathChange,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let tip = repo.head()?.commit_id();
    let history = History::of(&[], tip);
    let mut gathering = Gathering::new(&ground, task, &history, repo.tree_of(tip)?);
    gathering.name(change)?;
    let known = gathering.known();
    let case =
        Case { plan: ground.plan, task, step: Step::Own(&[]), place: None, message: None, known: &known };
    Ok(paths::judge_one(&case, change))
}

/// What is wrong with the place of a path alone: no entry of the task's scope allows it.
pub fn of_path(plan: &Plan, task: &Task, path: &BStr) -> Option<PathViolation> {
    let rule = paths::entry_for(task, path).err()?;
    let owner = paths::owner_of(plan, task, path);
    Some(PathViolation { path: path.to_owned(), task: task.name.clone(), owner, rule })
}

/// What is wrong with a commit on a task's branch, by itself: with the branch as it was before.
pub fn of_commit(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    commit: &Commit,
) -> Result<Vec<Finding>> {
    let ground = Ground::of_plan(repo, recorded);
    let history = History::before(&ground, task, commit.parent_ids.first().copied())?;
    judge_commit(&ground, task, &history, commit)
}

/// What is wrong with a task's branch: with each of its commits, oldest first, and with the branch
/// itself. What a later commit has put right is a warning (design.md section 6).
pub fn of_branch(repo: &Repository, facts: &Facts, task_facts: &TaskFacts) -> Result<Vec<Finding>> {
    let Some(task) = facts.plan.task(&task_facts.name) else { return Ok(Vec::new()) };
    let ground = Ground::of_facts(repo, facts);
    let mut findings = branch_itself(&ground, task_facts)?;
    for (place, commit) in task_facts.commits.iter().enumerate() {
        let history = History::of(&task_facts.commits[..place], commit.parent_ids.first().copied());
        findings.extend(judge_commit(&ground, task, &history, commit)?);
    }
    if let Some(tip) = task_facts.tip {
        soften_what_was_undone(&ground, task, &task_facts.commits, tip, &mut findings)?;
    }
    Ok(findings)
}

/// The commits of a task's branch that are its own or merges of its own, newest first. What a rebase
/// or a fast-forward put below them belongs to the base or to another task (S1-66).
pub fn own_chain(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    tip: ObjectId,
) -> Result<Vec<ObjectId>> {
    let ground = Ground::of_plan(repo, recorded);
    let mut own = ground.chain(task, tip)?;
    let mut foreign = HashSet::new();
    for &id in &own {
        if ground.is_foreign(task, id)? {
            foreign.insert(id);
        }
    }
    own.retain(|id| !foreign.contains(id));
    Ok(own)
}

/// What the index in effect would commit, and on what.
struct Staged {
    parent: Option<ObjectId>,
    merged: Vec<ObjectId>,
    old_tree_id: ObjectId,
    change: Vec<PathChange>,
}

impl Staged {
    fn read(repo: &Repository, attempt: &Attempt) -> Result<Staged> {
        let head = repo.head()?.commit_id();
        let (parent, merged) = match (attempt.head, head) {
            (HeadBecomes::Replaced, Some(id)) => {
                let parents = repo.commit(id)?.parent_ids;
                (parents.first().copied(), parents.get(1..).unwrap_or_default().to_vec())
            }
            _ => (head, attempt.merged.clone()),
        };
        let old_tree_id = repo.tree_of(parent)?;
        Ok(Staged { parent, merged, old_tree_id, change: repo.staged_against(old_tree_id)? })
    }

    fn moment<'a>(&'a self, message: Option<&'a BStr>) -> Moment<'a> {
        Moment { parent: self.parent, merged: &self.merged, change: &self.change, message }
    }
}

/// A commit, made or not, between its parents and its message.
struct Moment<'a> {
    parent: Option<ObjectId>,
    merged: &'a [ObjectId],
    change: &'a [PathChange],
    message: Option<&'a BStr>,
}

fn judge_commit(
    ground: &Ground<'_>,
    task: &Task,
    history: &History<'_>,
    commit: &Commit,
) -> Result<Vec<Finding>> {
    let parent = commit.parent_ids.first().copied();
    let old_tree_id = ground.repo.tree_of(parent)?;
    let mut gathering = Gathering::new(ground, task, history, old_tree_id);
    gathering.result(commit.tree_id);
    let moment = Moment {
        parent,
        merged: commit.parent_ids.get(1..).unwrap_or_default(),
        change: &commit.change,
        message: Some(commit.message.as_bstr()),
    };
    let mut findings = judge_at(gathering, &moment, None)?;
    // Another encoding would show other words than those that were judged.
    let declared = ground.repo.commit(commit.id)?.encoding.is_some();
    if declared && commit.message.to_str().is_ok() {
        findings.push(Finding::error(MessageViolation::Encoding));
    }
    Ok(findings.into_iter().map(|finding| finding.at(commit.id)).collect())
}

fn judge_at(
    mut gathering: Gathering<'_>,
    moment: &Moment<'_>,
    place: Option<&Place>,
) -> Result<Vec<Finding>> {
    let (plan, task) = (gathering.ground.plan, gathering.task);
    let case = |step, known| Case { plan, task, step, place, message: moment.message, known };
    match (moment.parent, moment.merged) {
        (Some(ours), merged @ [_, ..]) => {
            let sides = merged::sides(gathering.ground, task, ours, merged)?;
            let paths = merged::paths(gathering.ground, task, ours, merged, moment.change)?;
            gathering.merge(&paths, &sides)?;
            let known = gathering.known();
            Ok(judge::judge(&case(Step::Merge { paths: &paths, sides: &sides }, &known)))
        }
        _ => {
            gathering.change(moment.change)?;
            gathering.state(moment.parent, moment.message, moment.change)?;
            let known = gathering.known();
            Ok(judge::judge(&case(Step::Own(moment.change), &known)))
        }
    }
}

fn branch_itself(ground: &Ground<'_>, task_facts: &TaskFacts) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    if let Some(target) = &task_facts.symbolic_target {
        findings.push(Finding::error(IdentityViolation::SymbolicBranch {
            branch: task_facts.branch.clone(),
            target: target.clone(),
        }));
    }
    findings.extend(task_facts.misplaced.iter().map(|one| misplaced(ground, task_facts, one)));
    let Some(tip) = task_facts.tip else { return Ok(findings) };
    // In a shallow clone the common history may just not be here.
    if !ground.repo.is_shallow() && ground.repo.merge_bases(ground.base_commit_id, tip)?.is_empty() {
        findings.push(Finding::error(IdentityViolation::Unrelated { branch: task_facts.branch.clone() }));
    }
    Ok(findings)
}

fn misplaced(ground: &Ground<'_>, task_facts: &TaskFacts, one: &Misplaced) -> Finding {
    let is_base = one.branch != ground.plan.layout.integration(&ground.plan.run);
    let (task, branch) = (task_facts.name.clone(), one.branch.clone());
    let severity = if one.undone { Severity::Warning } else { Severity::Error };
    Finding::new(severity, IdentityViolation::Misplaced { task, branch, is_base }).at(one.commit_id)
}

/// Turns an error about a path into a warning if the branch, as it is now, has nothing wrong there.
fn soften_what_was_undone(
    ground: &Ground<'_>,
    task: &Task,
    commits: &[Commit],
    tip: ObjectId,
    findings: &mut [Finding],
) -> Result<()> {
    if !findings.iter().any(|finding| finding.is_error() && finding.path().is_some()) {
        return Ok(());
    }
    let history = History::of(commits, Some(tip));
    let tip_tree_id = ground.repo.commit(tip)?.tree_id;
    for finding in findings.iter_mut().filter(|finding| finding.is_error()) {
        let Some(path) = finding.path() else { continue };
        let net = PathChange {
            path: path.to_owned(),
            old: history.inherited(ground, task, path)?,
            new: ground.repo.tree_entry(tip_tree_id, path)?,
        };
        if net.old == net.new || is_allowed(ground, task, &history, tip_tree_id, net)? {
            finding.severity = Severity::Warning;
        }
    }
    Ok(())
}

/// Whether a change of one path, made in one commit, would have nothing wrong with it.
fn is_allowed(
    ground: &Ground<'_>,
    task: &Task,
    history: &History<'_>,
    result_tree_id: ObjectId,
    change: PathChange,
) -> Result<bool> {
    let mut gathering = Gathering::new(ground, task, history, result_tree_id);
    gathering.result(result_tree_id);
    gathering.change(std::slice::from_ref(&change))?;
    let known = gathering.known();
    let step = Step::Own(&[]);
    let case = Case { plan: ground.plan, task, step, place: None, message: None, known: &known };
    Ok(paths::judge_one(&case, &change).is_empty())
}
