//! Records: the notes that say what each commit of a task was and how it was judged.
//!
//! Hooks write them, and `reindex` writes them again from history. They repeat what the commit says
//! and are never believed over it, so losing one loses nothing; see [`Record`].

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::notes::Replace;
use crate::git::plan_ref::{RecordedPlan, notes_ref};
use crate::model::facts::Commit;
use crate::model::finding::Finding;
use crate::model::message;
use crate::model::name::{RunName, TaskName};
use crate::model::plan::Task;
use crate::model::record::{Record, RecordedFinding};
use crate::ops::verdict;

/// Those of the commits that have no record that can be read.
pub fn unrecorded(
    repo: &Repository,
    run: &RunName,
    task: &TaskName,
    commit_ids: &[ObjectId],
) -> Result<HashSet<ObjectId>> {
    let mut noted = repo.noted(&notes_ref(run, task))?;
    let mut unrecorded = HashSet::new();
    for &id in commit_ids {
        if noted.note(repo, id)?.and_then(|note| Record::parse(note.as_bstr())).is_none() {
            unrecorded.insert(id);
        }
    }
    Ok(unrecorded)
}

/// The record that a commit deserves.
pub fn of_commit(run: &RunName, task: &TaskName, commit: &Commit, findings: &[Finding], by: &str) -> Record {
    let keep = |finding: &Finding| RecordedFinding {
        severity: finding.severity,
        rule: finding.rule().to_owned(),
        text: finding.to_string(),
    };
    let status = if commit.is_own() { message::status(commit.message.as_bstr()) } else { None };
    Record {
        run: run.clone(),
        task: task.clone(),
        status: status.map(|status| status.to_string()),
        tree_id: commit.tree_id,
        paths: commit.change.len(),
        findings: findings.iter().map(keep).collect(),
        recorded_by: by.to_owned(),
        rewritten_from: None,
    }
}

/// The records that commits deserve.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What was found, in the order of the commits.
    pub findings: Vec<Finding>,
    notes: Vec<(ObjectId, String)>,
}

/// Judges commits of a task's own, oldest first.
pub fn judge(
    repo: &Repository,
    recorded: &RecordedPlan,
    task: &Task,
    entries: &[ToRecord<'_>],
) -> Result<Judged> {
    let commits = entries.iter().map(|entry| load(repo, entry.commit_id)).collect::<Result<Vec<_>>>()?;
    let found = verdict::of_commits(repo, recorded, task, &commits)?;
    let notes = entries.iter().zip(&commits).zip(&found).map(|((entry, commit), findings)| {
        let mut record = of_commit(&recorded.plan.run, &task.name, commit, findings, entry.by);
        record.rewritten_from = entry.rewritten_from;
        (commit.id, record.to_note())
    });
    Ok(Judged { notes: notes.collect(), findings: found.into_iter().flatten().collect() })
}

/// Writes the records of commits, all at once; returns what was found.
pub fn write(repo: &Repository, run: &RunName, task: &TaskName, judged: Judged) -> Result<Vec<Finding>> {
    repo.write_notes(&notes_ref(run, task), &judged.notes, Replace::Merge)?;
    Ok(judged.findings)
}

/// A commit to record.
#[derive(Debug, Clone, Copy)]
pub struct ToRecord<'a> {
    /// Which one.
    pub commit_id: ObjectId,
    /// The hook or command that records it.
    pub by: &'a str,
    /// The commit that it replaced.
    pub rewritten_from: Option<ObjectId>,
}

/// A commit with what it changes against its first parent.
pub fn load(repo: &Repository, commit_id: ObjectId) -> Result<Commit> {
    let object = repo.commit(commit_id)?;
    let change = repo.change_of(&object)?;
    Ok(object.into_own(change))
}
