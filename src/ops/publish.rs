//! Pushing what one worker writes: its branch, its records, its journal; and telling the others, who
//! have a run from the remote, what was written here.
//!
//! Each of these refs has one writer and only ever grows, so nothing is ever forced. Having no remote
//! is a state, not a failure (S1-54).

use std::collections::BTreeMap;

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::journal::journal_ref;
use crate::git::plan_ref::{notes_ref, plan_ref};
use crate::git::refs::Target;
use crate::model::name::RunName;
use crate::ops::desk::Desk;

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// There is nowhere to push to.
    NoRemote,
    /// The remote has everything now.
    Pushed {
        /// Such as `origin`.
        remote: String,
        /// Short name of the branch.
        branch: String,
    },
    /// git said why on the user's terminal; nothing local was changed.
    Failed {
        /// Such as `origin`.
        remote: String,
        /// Short name of the branch.
        branch: String,
        /// What the remote has on it and this one has not, if anything.
        lacks: Option<Lacks>,
    },
}

/// What the remote's branch has and the own one has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// Commits that were made in another clone.
    OfOthers,
    /// What this branch was itself, up to this commit, until it was rewritten.
    Former(ObjectId),
}

/// Pushes the worker's refs, all or none. A worker that works in two clones has written records in both.
pub fn publish(desk: &Desk) -> Result<Published> {
    let Some(remote) = desk.repo.run_remote() else { return Ok(Published::NoRemote) };
    join_records(desk, &remote)?;
    let is_pushed = push(desk, &remote)? || (fetch_records(desk, &remote)? && push(desk, &remote)?);
    Ok(match is_pushed {
        true => Published::Pushed { remote, branch: desk.branch.clone() },
        false => {
            let lacks = lacks(desk, &remote)?;
            Published::Failed { remote, branch: desk.branch.clone(), lacks }
        }
    })
}

/// What the remote has on the branch that it has not here; nothing where it does not answer.
fn lacks(desk: &Desk, remote: &str) -> Result<Option<Lacks>> {
    let own = desk.ref_name();
    let said = desk.repo.git().args(["ls-remote", "--", remote, &own]).run_to_any_end()?;
    let id = said.stdout.split_once_str("\t").and_then(|(id, _)| ObjectId::from_hex(id).ok());
    let (Some(theirs), Some(ours)) = (id, desk.repo.ref_commit(&own)?) else { return Ok(None) };
    if desk.repo.contains(theirs) && desk.repo.is_ancestor(theirs, ours)? {
        return Ok(None);
    }
    let was_here = desk.repo.past_of([own.as_str()].into_iter()).contains(&theirs);
    let moves = desk.repo.reflog(&own);
    // Who pulls and then resets may not have meant to drop what was pulled.
    let is_dropped = moves.iter().any(|one| one.new == theirs && one.is_from_afar())
        && moves.iter().rfind(|one| one.old == theirs).is_some_and(|one| one.is_reset());
    Ok(Some(if was_here && !is_dropped { Lacks::Former(theirs) } else { Lacks::OfOthers }))
}

/// Where the records of the remote are kept here.
fn fetched_records(desk: &Desk, remote: &str) -> String {
    format!("refs/notes/orchestrate-remote/{remote}/{}/{}", desk.run(), desk.task.name)
}

/// Fetches the records that the remote has; whether there were any that had to be joined.
fn fetch_records(desk: &Desk, remote: &str) -> Result<bool> {
    let notes = notes_ref(desk.run(), &desk.task.name);
    let refspec = format!("+{notes}:{}", fetched_records(desk, remote));
    let fetch = desk.repo.git().args(["fetch", "--quiet", "--no-tags", remote, &refspec]);
    Ok(fetch.run_to_any_end()?.success() && join_records(desk, remote)?)
}

fn join_records(desk: &Desk, remote: &str) -> Result<bool> {
    match desk.repo.ref_commit(&fetched_records(desk, remote))? {
        Some(theirs) => desk.repo.join_notes(&notes_ref(desk.run(), &desk.task.name), theirs),
        None => Ok(false),
    }
}

fn push(desk: &Desk, remote: &str) -> Result<bool> {
    let task = desk.task.name.as_str();
    let mut refs = vec![desk.ref_name()];
    for name in [notes_ref(desk.run(), &desk.task.name), journal_ref(desk.run(), task)] {
        if desk.repo.ref_target(&name)?.is_some() {
            refs.push(name);
        }
    }
    let refspecs = refs.iter().map(|name| format!("{name}:{name}"));
    // git would advise a bare `git pull`, which knows of no branch to pull here.
    let push = ["-c", "advice.pushUpdateRejected=false", "push", "--quiet", "--atomic", remote];
    let push = desk.repo.git().args(push).args(refspecs);
    Ok(push.inherit()?.success())
}

/// Whether the others know now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The remote has what was written here.
    Yes {
        /// Such as `origin`.
        remote: String,
    },
    /// It has not; git said why on the user's terminal, or nobody could be asked.
    No {
        /// Such as `origin`.
        remote: String,
    },
}

/// Pushes the journals, records and backups of a run to a remote that has the run; `None` where it has
/// not, for nobody there waits for news. What others wrote since stays as it is there.
pub fn tell(repo: &Repository, run: &RunName, remote: String) -> Option<Told> {
    match told(repo, run, &remote) {
        Ok(None) => None,
        Ok(Some(true)) => Some(Told::Yes { remote }),
        Ok(Some(false)) | Err(_) => Some(Told::No { remote }),
    }
}

fn told(repo: &Repository, run: &RunName, remote: &str) -> Result<Option<bool>> {
    let (data, notes) = (format!("refs/orchestrate/{run}/"), notes_below(run));
    let patterns = [format!("{data}*"), format!("{notes}*")];
    let said = repo.git().args(["ls-remote", "--", remote]).args(&patterns).output()?;
    let mut there: BTreeMap<String, ObjectId> = BTreeMap::new();
    for line in said.lines() {
        if let Some((id, name)) = line.split_once_str("\t")
            && let Ok(id) = ObjectId::from_hex(id)
        {
            there.insert(name.to_str_lossy().into_owned(), id);
        }
    }
    if !there.contains_key(&plan_ref(run)) {
        return Ok(None);
    }
    let mut news = Vec::new();
    for prefix in [format!("{data}journal/"), format!("{data}backup/"), notes] {
        for (name, target) in repo.refs_under(&prefix)? {
            let Target::Object(id) = target else { continue };
            let goes_on = match there.get(&name) {
                Some(old) => *old != id && repo.contains(*old) && repo.is_ancestor(*old, id)?,
                None => true,
            };
            if goes_on {
                news.push(format!("{name}:{name}"));
            }
        }
    }
    if news.is_empty() {
        return Ok(Some(true));
    }
    let push = repo.git().args(["push", "--quiet", "--atomic", "--", remote]).args(news);
    Ok(Some(push.inherit()?.success()))
}

fn notes_below(run: &RunName) -> String {
    format!("refs/notes/orchestrate/{run}/")
}
