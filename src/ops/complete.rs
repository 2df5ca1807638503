//! `git worker complete`: declare the task complete, with what was done and proof that it works.
//!
//! COMPLETE speaks of exactly one tree. What is in scope goes into the commit; if anything that git
//! knows would be left out, it is refused (S1-53), because the evidence would then have been found
//! on files that the commit does not have. The plan's evidence commands run before the commit, on
//! the worktree as it is going to be committed, and the journal keeps their results by tree. All of it
//! is one turn of the worktree, however long that takes.

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::git::uncommitted::Uncommitted;
use crate::model::draft::Draft;
use crate::model::evidence::{self, Verdict};
use crate::model::facts::{Commit, Facts, TaskFacts};
use crate::model::finding::Finding;
use crate::model::hint;
use crate::model::message::{self, Prefix, Section, Subject};
use crate::ops::commit::{self, Empty, Files, Onto, Request, Take, Words};
use crate::ops::consent;
use crate::ops::desk::Desk;
use crate::ops::plan_command::{self, Ended};
use crate::ops::standing::{standing, take_back};
use crate::ops::turn::Turn;
use crate::ops::verdict;

/// What to say, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The message, one `-m` each; the plan's title of the task if there is none.
    pub words: Vec<String>,
    /// Items of the summary; the descriptions of the checkpoints if there are none.
    pub summary: Vec<String>,
    /// Items of the integration notes.
    pub notes: Vec<String>,
    /// On top of the last commit, or in the place of the last checkpoint.
    pub onto: Onto,
    /// Whether a person accepted the plan's commands in this call.
    pub accepted: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The task was complete before; nothing was done.
    Already(ObjectId),
    /// The task was declared complete before, and what lacked was its evidence, which is there now.
    Proven(ObjectId),
    /// These paths have changes that the commit would leave out.
    Dirty(Vec<BString>),
    /// The plan's evidence commands were not accepted on this machine yet.
    Asks(Vec<String>),
    /// Evidence commands failed.
    NoEvidence {
        /// Which, and how.
        failed: Vec<Ended>,
        /// They could not see all files: the worktree holds only a part of them.
        is_sparse: bool,
    },
    /// An evidence command passed, and what would be committed is not what it was when it began.
    Changed {
        /// The command as the plan has it.
        command: String,
        /// What changed while it ran.
        paths: Vec<BString>,
    },
    /// It came to the commit.
    Commit {
        /// What became of it.
        commit: Box<commit::Outcome>,
        /// What is wrong with earlier commits of the branch, which keeps it from being integrated.
        violations: Vec<Finding>,
    },
}

/// Commits `[COMPLETE]`.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let turn = Turn::take(&desk)?;
    desk.at_rest()?;
    let facts = repo.survey(&desk.recorded, Depth::History)?;
    let own = facts.task(&desk.task.name).context("the plan has the worker's task")?;
    let declared = match standing(own) {
        Some(complete) if is_proven(&desk, own, complete) => return Ok(Outcome::Already(complete)),
        declared => declared,
    };
    if options.onto == Onto::Amend {
        check_amend(&desk, own)?;
    }
    let uncommitted = commit::uncommitted(&desk, &Take::InScope)?;
    let changed: Vec<Uncommitted> = uncommitted.iter().map(|(one, _)| one.clone()).collect();
    let selection = commit::select(&desk, uncommitted)?;
    let left = left_out(&changed, &selection.taken, &selection.in_part);
    if !left.is_empty() {
        return Ok(Outcome::Dirty(left));
    }
    let staged = commit::stage(&turn, &selection)?;
    if let Some(lacking) = prove(&turn, options.accepted).transpose() {
        staged.put_back(&turn)?;
        return lacking;
    }
    if let Some(declared) = declared {
        if repo.pending_tree()? == repo.commit(declared)?.tree_id {
            return Ok(Outcome::Proven(declared));
        }
        take_back(&desk, declared, "its evidence is missing")?;
    }
    let request = Request {
        draft: draft(&desk, &facts, own, options),
        take: Take::InScope,
        files: Files::And(cumulative(own)),
        empty: Empty::Allowed,
        onto: options.onto,
        author: Words::Drafted,
    };
    let commit = commit::make(&turn, &request)?;
    if commit == commit::Outcome::Refused {
        staged.put_back(&turn)?;
    }
    let commit = Box::new(commit::end(turn, commit)?);
    let violations = match commit.as_ref() {
        commit::Outcome::Done(done) => violations(&desk, done.id)?,
        _ => Vec::new(),
    };
    Ok(Outcome::Commit { commit, violations })
}

/// Whether the tree that was declared complete has all the evidence that the plan asks for.
fn is_proven(desk: &Desk, own: &TaskFacts, complete: ObjectId) -> bool {
    let commands = &desk.plan().protocol.evidence;
    let commit = own.own_commits().find(|commit| commit.id == complete);
    commit.is_some_and(|commit| evidence::outstanding(commands, &own.journal, commit.tree_id).is_empty())
}

/// The errors on the branch before its newest commit, of which the hooks have told already.
fn violations(desk: &Desk, newest: ObjectId) -> Result<Vec<Finding>> {
    let facts = desk.repo.survey(&desk.recorded, Depth::History)?;
    let own = facts.task(&desk.task.name).context("the plan has the worker's task")?;
    let findings = verdict::of_branch(desk.repo, &facts, own)?.into_iter();
    Ok(findings.filter(|finding| finding.is_error() && finding.commit_id != Some(newest)).collect())
}

/// What git knows and the commit would not have; new files out of scope are nobody's.
fn left_out(changed: &[Uncommitted], taken: &[BString], in_part: &[BString]) -> Vec<BString> {
    let left =
        |one: &&Uncommitted| !one.untracked && (!taken.contains(&one.path) || in_part.contains(&one.path));
    changed.iter().filter(left).map(|one| one.path.clone()).collect()
}

/// The last commit may be replaced only if it is the worker's own and nobody else has it.
fn check_amend(desk: &Desk, own: &TaskFacts) -> Result<()> {
    let tip = desk.tip()?;
    let last = own.own_commits().next_back().filter(|commit| commit.id == tip);
    let status = last.and_then(|commit| message::status(commit.message.as_bstr()));
    if status != Some(Prefix::Checkpoint) {
        let remedy = "leave --amend out: COMPLETE is then a commit of its own";
        return Err(hint::error("the last commit is no checkpoint of this task", remedy));
    }
    let pushed = match &own.remote {
        Some(remote) => desk.repo.is_ancestor(tip, remote.tip)?,
        None => false,
    };
    if pushed {
        let remedy = "leave --amend out: a pushed commit could only be replaced by force";
        return Err(hint::error("the last checkpoint was pushed already", remedy));
    }
    Ok(())
}

/// Runs the evidence commands that have not passed for the staged tree; what is lacking, if any.
fn prove(turn: &Turn, accepted: bool) -> Result<Option<Outcome>> {
    let desk = turn.desk;
    let commands = &desk.plan().protocol.evidence;
    if commands.is_empty() {
        return Ok(None);
    }
    let tree_id = desk.repo.pending_tree()?;
    let journal = desk.repo.read_journals(desk.run())?;
    let outstanding = evidence::outstanding(commands, &journal, tree_id);
    let unknown = consent::outstanding(desk.repo, desk.plan())?;
    let unknown: Vec<String> =
        outstanding.iter().filter(|command| unknown.contains(command)).cloned().collect();
    if !unknown.is_empty() && !accepted {
        return Ok(Some(Outcome::Asks(unknown)));
    }
    consent::accept(desk.repo, &unknown)?;
    let mut failed = Vec::new();
    for command in outstanding {
        let ended = plan_command::run_with(&command, &desk.top, &[turn.for_proof()])?;
        if failed.is_empty() && ended.is_success() {
            let paths = changed_since(desk, tree_id)?;
            if !paths.is_empty() {
                return Ok(Some(Outcome::Changed { command, paths }));
            }
        }
        record(desk, tree_id, &ended)?;
        failed.extend(Some(ended).filter(|ended| !ended.is_success()));
    }
    let is_sparse = desk.repo.is_sparse();
    Ok((!failed.is_empty()).then_some(Outcome::NoEvidence { failed, is_sparse }))
}

/// What is not as in the tree that was staged, of what COMPLETE would take or would be refused for.
fn changed_since(desk: &Desk, tree_id: ObjectId) -> Result<Vec<BString>> {
    let staged = desk.repo.diff_trees(tree_id, desk.repo.pending_tree()?)?;
    let mut paths: Vec<BString> = staged.into_iter().map(|change| change.path).collect();
    let uncommitted = commit::uncommitted(desk, &Take::InScope)?;
    let changed: Vec<Uncommitted> = uncommitted.iter().map(|(one, _)| one.clone()).collect();
    let selection = commit::select(desk, uncommitted)?;
    paths.extend(left_out(&changed, &selection.taken, &selection.in_part));
    paths.extend(selection.to_stage);
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn record(desk: &Desk, tree_id: ObjectId, ended: &Ended) -> Result<()> {
    let writer = desk.task.name.as_str();
    let verdict = if ended.is_success() { Verdict::Passed } else { Verdict::Failed };
    let mut entry = evidence::entry(writer, tree_id, &ended.command, verdict, &ended.tail);
    entry.task = Some(desk.task.name.clone());
    desk.repo.append_journal(desk.run(), writer, &entry).map(drop)
}

/// The message: what was not said is filled in from the history and the plan.
fn draft(desk: &Desk, facts: &Facts, own: &TaskFacts, options: &Options) -> Draft {
    let title = [desk.task.title.clone()];
    let words = if options.words.is_empty() { &title[..] } else { &options.words };
    let first = words.iter().flat_map(|text| text.lines()).next().unwrap_or_default().to_owned();
    let checkpoints = own.own_commits().filter_map(checkpoint).collect();
    let filled = |said: &[String], mut found: Vec<String>, otherwise: &str| {
        if found.is_empty() {
            found.push(otherwise.to_owned());
        }
        if said.is_empty() { found } else { said.to_vec() }
    };
    Draft::new(Prefix::Complete, words)
        .section(Section::Summary, filled(&options.summary, checkpoints, &first))
        .section(Section::IntegrationNotes, filled(&options.notes, requirements(desk, facts, own), "None"))
}

/// What this branch has of the tasks that it needs, for whoever integrates it.
fn requirements(desk: &Desk, facts: &Facts, own: &TaskFacts) -> Vec<String> {
    let merged = desk.task.needs.iter().filter(|need| own.held(&need.task) > 0);
    let names = merged.map(|need| {
        let item = need.item.as_ref().map_or(need.text.as_str(), |item| item.as_str());
        let name = facts.task(&need.task).map_or(need.task.as_str(), |task| task.name.short());
        format!("Requires {item} from {name} (merged)")
    });
    names.collect()
}

/// The description of a checkpoint.
fn checkpoint(commit: &Commit) -> Option<String> {
    match message::read(commit.message.as_bstr())? {
        Subject::Status { prefix: Prefix::Checkpoint, description } => Some(description),
        _ => None,
    }
}

/// Every path that the task's own commits changed, sorted (S1-40).
fn cumulative(own: &TaskFacts) -> Vec<BString> {
    let mut paths: Vec<BString> =
        own.own_commits().flat_map(|commit| commit.change.iter().map(|change| change.path.clone())).collect();
    paths.sort();
    paths.dedup();
    paths
}
