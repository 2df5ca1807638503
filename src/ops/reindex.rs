//! `git orchestrate reindex`: writes the records again from history.
//!
//! For a repository whose hooks did not run, or whose notes were lost. What a commit says is read
//! from the commit; what only a record knows, which commit it replaced and who recorded it first, is
//! kept, and so are the records of commits that are on no branch any more: they tell whose a
//! rewritten commit was. Doing it again changes nothing.

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::Repository;
use crate::git::notes::Replace;
use crate::git::plan_ref::notes_ref;
use crate::git::survey::Depth;
use crate::model::name::{RunName, TaskName};
use crate::model::record::Record;
use crate::ops::{records, run, verdict};

/// Which run's.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The run.
    pub run: RunName,
    /// In the plan's order.
    pub tasks: Vec<Reindexed>,
    /// What could not be read; nothing was written about it.
    pub unknown: Vec<String>,
}

/// One task's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reindexed {
    /// The task.
    pub task: TaskName,
    /// How many of its commits had no record that could be read.
    pub added: usize,
    /// How many had one that said something else.
    pub changed: usize,
    /// How many had the right one.
    pub kept: usize,
}

/// Rebuilds the records of a run.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    let run = &recorded.plan.run;
    let facts = repo.survey(&recorded, Depth::History)?;
    let mut tasks = Vec::new();
    for task_facts in &facts.tasks {
        let Some(task) = recorded.plan.task(&task_facts.name) else { continue };
        let ref_name = notes_ref(run, &task.name);
        let notes = repo.notes(&ref_name)?;
        let mut done = Reindexed { task: task.name.clone(), added: 0, changed: 0, kept: 0 };
        let mut fresh = Vec::new();
        let judged = verdict::of_commits(repo, &recorded, task, &task_facts.commits)?;
        for (commit, findings) in task_facts.commits.iter().zip(&judged) {
            let old = notes.get(&commit.id).and_then(|note| Record::parse(note.as_bstr()));
            let mut record = records::of_commit(run, &task.name, commit, findings, "reindex");
            if let Some(old) = &old {
                record.recorded_by.clone_from(&old.recorded_by);
                record.rewritten_from = old.rewritten_from;
            }
            match old {
                None => done.added += 1,
                Some(old) if old == record => {
                    done.kept += 1;
                    continue;
                }
                Some(_) => done.changed += 1,
            }
            fresh.push((commit.id, record.to_note()));
        }
        if !fresh.is_empty() {
            repo.write_notes(&ref_name, &fresh, Replace::Merge)?;
        }
        tasks.push(done);
    }
    Ok(Outcome { run: run.clone(), tasks, unknown: facts.unknown })
}
