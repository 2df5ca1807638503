//! What is wrong with a task's branch: with each of its commits, and with the branch itself.

use std::cell::OnceCell;
use std::panic::resume_unwind;

use anyhow::Result;
use gix_hash::ObjectId;

use super::claimed;
use super::clean::Clean;
use super::commit::{asks_for_evidence, judge_commit};
use super::ground::Ground;
use super::history::History;
use super::rewound;
use super::undone::{find_cures, soften_what_was_undone};
use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::facts::{Facts, Misplaced, Replaced, TaskFacts};
use crate::model::finding::merge::MergeViolation;
use crate::model::finding::{Finding, IdentityViolation, Severity};
use crate::model::plan::Task;
use crate::model::status::log;

/// Fewer commits are judged before another thread has begun.
const MANY: usize = 200;

/// What is wrong with a task's branch: with each of its commits, oldest first, and with the branch
/// itself. What a later commit has put right is a warning (design.md section 6).
pub fn of_branch(repo: &Repository, facts: &Facts, task_facts: &TaskFacts) -> Result<Vec<Finding>> {
    of_branches(repo, facts)(task_facts)
}

/// As [`of_branch`], for one task's branch after the other: what they have in common is read once.
pub fn of_branches<'a>(
    repo: &'a Repository,
    facts: &'a Facts,
) -> impl Fn(&TaskFacts) -> Result<Vec<Finding>> + 'a {
    let judge = judge_each(repo, facts);
    move |task_facts| Ok(judge(task_facts, &[])?.findings)
}

/// As [`of_branch`], for each of these tasks, in their order; the halves of many at the same time.
pub fn of_all(repo: &Repository, facts: &Facts, tasks: &[&TaskFacts]) -> Vec<Result<Vec<Finding>>> {
    let tasks: Vec<_> = tasks.iter().map(|task| (*task, Vec::new())).collect();
    judge_halves(repo, facts, &tasks).into_iter().map(|judged| Ok(judged?.findings)).collect()
}

/// As [`of_all`], for all tasks and for an answer that changes no branch: commits that were found to be
/// clean once are not judged again.
pub fn of_all_kept(repo: &Repository, facts: &Facts) -> Vec<Result<Vec<Finding>>> {
    let mut clean = Clean::of(repo, facts);
    let tasks: Vec<_> = facts.tasks.iter().map(|task| (task, clean.known(task))).collect();
    let judged = judge_halves(repo, facts, &tasks);
    for ((task, known), judged) in tasks.iter().zip(&judged) {
        if let Ok(judged) = judged {
            clean.keep(task, known.len(), &judged.clean);
        }
    }
    clean.store();
    judged.into_iter().map(|judged| Ok(judged?.findings)).collect()
}

/// What was found out about a branch.
#[derive(Default)]
struct Judged {
    findings: Vec<Finding>,
    /// Of each of its commits whether nothing is wrong with it; empty where none was looked at.
    clean: Vec<bool>,
}

/// A task, and of its oldest commits whether each is known to be clean.
type Known<'a> = (&'a TaskFacts, Vec<bool>);

/// Judges what is not known to be clean of each task; the halves of much at the same time.
fn judge_halves(repo: &Repository, facts: &Facts, tasks: &[Known<'_>]) -> Vec<Result<Judged>> {
    let judge = |repo: &Repository, tasks: &[Known<'_>]| -> Vec<Result<Judged>> {
        let judge = judge_each(repo, facts);
        tasks.iter().map(|(task, clean)| judge(task, clean)).collect()
    };
    let left = |(task, clean): &Known<'_>| task.commits.len() - clean.iter().filter(|clean| **clean).count();
    let commits: usize = tasks.iter().map(left).sum();
    let mut before = 0;
    let half = tasks.iter().take_while(|task| {
        before += left(task);
        2 * before < commits
    });
    let (first, second) = tasks.split_at(half.count());
    let door = (commits > MANY).then(|| repo.door());
    std::thread::scope(|scope| {
        let beside = door.map(|door| scope.spawn(move || Some(judge(&door.open().ok()?, second))));
        let mut judged = judge(repo, first);
        let rest = beside.and_then(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        judged.extend(rest.unwrap_or_else(|| judge(repo, second)));
        judged
    })
}

/// Judges one task's branch after the other, each without the commits that are known to be clean.
fn judge_each<'a>(
    repo: &'a Repository,
    facts: &'a Facts,
) -> impl Fn(&TaskFacts, &[bool]) -> Result<Judged> + 'a {
    let ground = OnceCell::new();
    move |task_facts, clean| {
        let is_clean = clean.len() == task_facts.commits.len() && !clean.contains(&false);
        if is_clean && has_plain_start(facts, task_facts) {
            return Ok(Judged::default());
        }
        let Some(task) = facts.plan.task(&task_facts.name) else { return Ok(Judged::default()) };
        judge(ground.get_or_init(|| Ground::of_facts(repo, facts)), task, task_facts, clean)
    }
}

/// Whether nothing can be wrong with a branch but with its commits: it starts in the run's base. Every
/// fact is named here, so that a new one is thought of as well.
fn has_plain_start(facts: &Facts, task_facts: &TaskFacts) -> bool {
    #[rustfmt::skip]
    let TaskFacts {
        symbolic, replaced, alike, misplaced, commits,
        name: _, branch: _, tip: _, remote: _, worktree: _, contains: _, holds: _,
        in_integration: _, in_base: _, is_cut_off: _, journal: _, kept_tip: _,
    } = task_facts;
    let is_plain = symbolic.is_none() && replaced.is_empty() && alike.is_empty() && misplaced.is_empty();
    is_plain && commits.first().is_some_and(|oldest| oldest.parent_ids == [facts.base_commit_id])
}

/// The commits of a task's branch that are its own or merges of its own, newest first. What a rebase
/// or a fast-forward put below them belongs to the base or to another task (S1-66). Only the `most`
/// newest ones are looked at.
pub fn own_chain(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    (tip, most): (ObjectId, usize),
) -> Result<Vec<ObjectId>> {
    let ground = Ground::of_plan(repo, recorded);
    let mut own = ground.chain(task, tip, most)?;
    let foreign = ground.foreign_among(task, tip, &own)?;
    own.retain(|id| !foreign.contains(id));
    Ok(own)
}

fn judge(ground: &Ground<'_>, task: &Task, task_facts: &TaskFacts, known: &[bool]) -> Result<Judged> {
    let mut findings = branch_itself(ground, task_facts)?;
    let mut clean = Vec::new();
    for (place, commit) in task_facts.commits.iter().enumerate() {
        let before = findings.len();
        if known.get(place) != Some(&true) {
            let history = History::of(&task_facts.commits[..place], commit.parent_ids.first().copied());
            findings.extend(judge_commit(ground, task, &history, commit)?);
        }
        clean.push(findings.len() == before);
    }
    let reverted = log::reverted(&task_facts.commits);
    let is_reverted = |finding: &Finding| finding.commit_id.is_some_and(|id| reverted.contains(&id));
    findings.retain(|finding| !asks_for_evidence(finding) || !is_reverted(finding));
    if let Some(tip) = task_facts.effective_tip() {
        let history = History::of(&task_facts.commits, Some(tip));
        soften_what_was_undone(ground, task, &history, tip, &mut findings)?;
        find_cures(ground, task, &history, tip, &mut findings)?;
    }
    findings.extend(rewound::of_branch(ground, task_facts, &findings)?);
    Ok(Judged { findings, clean })
}

fn branch_itself(ground: &Ground<'_>, task_facts: &TaskFacts) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    if let Some(stands_for) = &task_facts.symbolic {
        findings.push(Finding::error(IdentityViolation::SymbolicBranch {
            branch: task_facts.branch.clone(),
            stands_for: stands_for.clone(),
        }));
    }
    findings.extend(task_facts.misplaced.iter().map(|one| misplaced(ground, task_facts, one)));
    for one in &task_facts.replaced {
        findings.extend(left(ground, one)?);
    }
    // What is taken out of a branch changes the ids of what is above it.
    for one in task_facts.alike.iter().rev() {
        findings.push(alike(ground, task_facts, one)?);
    }
    let Some(tip) = task_facts.effective_tip() else { return Ok(findings) };
    if task_facts.commits.iter().any(|commit| commit.parent_ids.contains(&ground.base_commit_id)) {
        return Ok(findings);
    }
    match ground.repo.merge_bases(ground.base_commit_id, tip) {
        Ok(bases) if bases.is_empty() => {
            findings.push(Finding::error(IdentityViolation::Unrelated { branch: task_facts.branch.clone() }));
        }
        // In a shallow clone the common history may just not be here.
        Err(error) if !ground.repo.is_shallow() => return Err(error),
        _ => {}
    }
    Ok(findings)
}

fn misplaced(ground: &Ground<'_>, task_facts: &TaskFacts, one: &Misplaced) -> Finding {
    let is_base = one.branch != ground.plan.layout.integration(&ground.plan.run);
    let (task, branch) = (task_facts.name.clone(), one.branch.clone());
    let severity = if one.undone { Severity::Warning } else { Severity::Error };
    Finding::new(severity, IdentityViolation::Misplaced { task, branch, is_base }).at(one.commit_id)
}

/// What to say of others' commits that the branch stands on and that are replaced: they are held
/// against that task's scope, and following it is advised.
fn left(ground: &Ground<'_>, one: &Replaced) -> Result<Option<Finding>> {
    let (name, commit_id) = (one.task.clone(), one.newest);
    let present = ground.plan.task(&one.task);
    let former = ground.former_tasks()?.iter().find(|former| former.task.name == one.task);
    let Some(task) = present.or(former.map(|former| &former.task)) else { return Ok(None) };
    if let Some(wrong) = claimed::judge(ground, task, one.below, one.newest)? {
        return Ok(wrong.finding(one.newest));
    }
    let violation = match present {
        Some(task) => MergeViolation::Left { task: name, branch: branch_of(ground, task)?, commit_id },
        None => MergeViolation::FormerLeft { task: name, below: one.below, commit_id },
    };
    Ok(Some(Finding::warning(violation).at(one.newest)))
}

/// What to say of commits that look like another task's.
fn alike(ground: &Ground<'_>, task_facts: &TaskFacts, one: &Replaced) -> Result<Finding> {
    let (task, commit_id) = (one.task.clone(), one.newest);
    let former = ground.former_tasks()?.iter().find(|former| former.task.name == one.task);
    let violation = match former.filter(|_| ground.plan.task(&one.task).is_none()) {
        Some(former) => MergeViolation::FormerGone { task, branch: former.branch.clone(), commit_id },
        None => {
            let chain = task_facts.commits.iter().rev().skip_while(|commit| commit.id != one.newest);
            let commits = chain.map(|commit| commit.id).take_while(|id| *id != one.below).collect();
            MergeViolation::Alike {
                task,
                below: one.below,
                commits,
                unneeded: unneeded(ground, task_facts, one)?,
            }
        }
    };
    Ok(Finding::warning(violation).at(commit_id))
}

/// The branch of a task that another one does not need.
fn unneeded(ground: &Ground<'_>, task_facts: &TaskFacts, one: &Replaced) -> Result<Option<String>> {
    let needs = ground.plan.task(&task_facts.name).into_iter().flat_map(|task| &task.needs);
    let other = ground.plan.task(&one.task).filter(|_| needs.into_iter().all(|need| need.task != one.task));
    other.map(|other| branch_of(ground, other)).transpose()
}

/// A task's branch, as git finds it here.
fn branch_of(ground: &Ground<'_>, task: &Task) -> Result<String> {
    let name = ground.plan.layout.branch(&ground.plan.run, task);
    let here = ground.repo.ref_commit(&branch::full(&name))?;
    Ok(match ground.repo.run_remote() {
        Some(remote) if here.is_none() || here != ground.judged_tip(task)? => format!("{remote}/{name}"),
        _ => name,
    })
}
