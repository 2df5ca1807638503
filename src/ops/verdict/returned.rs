//! A file of a task's own that came back to it by the base.
//!
//! The base may merge a task's branch, or make one commit of it; the branch is then put onto the base.
//! What the task has made lies off its first-parent chain after that, or nowhere, and the file looks
//! as if the base had brought it. The task's notes name the commits that made it. Anybody can write
//! a note, so the file must be what such a commit left there, and that must be a commit of the task's
//! kind: it declares a status and keeps to the scope. Where the base does not have that commit, a note
//! is all there is, and a person is told.

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use super::ground::Ground;
use super::history::History;
use crate::git::plan_ref::notes_ref;
use crate::model::change::Entry;
use crate::model::judge::paths;
use crate::model::message;
use crate::model::plan::Task;

/// How it is known that a file is the task's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is not.
    None,
    /// Notes say so.
    Noted,
    /// The base has the commit that made it.
    Merged,
}

/// Whether a commit of the task's made the file at `path`, and one of them left it as `inherited`.
pub(super) fn proof(ground: &Ground<'_>, task: &Task, path: &BStr, inherited: Entry) -> Result<Proof> {
    let (mut makers, mut is_left) = (Vec::new(), false);
    for id in ground.repo.notes(&notes_ref(&ground.plan.run, &task.name))?.into_keys() {
        let Some(left) = left_by(ground, task, path, id)? else { continue };
        makers.extend(left.is_new.then_some(id));
        is_left |= left.entry == inherited;
    }
    if makers.is_empty() || !is_left {
        return Ok(Proof::None);
    }
    let above = ground.repo.commits_between(&[ground.base_commit_id], &ground.base_tips()?)?;
    Ok(if makers.iter().any(|id| above.contains(id)) { Proof::Merged } else { Proof::Noted })
}

/// What a commit left at a path that it changed.
struct Left {
    entry: Entry,
    is_new: bool,
}

fn left_by(ground: &Ground<'_>, task: &Task, path: &BStr, id: ObjectId) -> Result<Option<Left>> {
    if !ground.repo.contains(id) || ground.record(&task.name, id)?.is_none() {
        return Ok(None);
    }
    let commit = ground.repo.commit(id)?;
    let [parent] = commit.parent_ids[..] else { return Ok(None) };
    if message::status(commit.message.as_bstr()).is_none() || !ground.repo.contains(parent) {
        return Ok(None);
    }
    let change = ground.repo.change_of(&commit)?;
    if !change.iter().all(|one| paths::entry_for(task, one.path.as_bstr()).is_ok()) {
        return Ok(None);
    }
    let Some(one) = change.iter().find(|one| one.path == path) else { return Ok(None) };
    // To remove a file of others and to put it back makes it nobody's own.
    let had_none =
        || -> Result<bool> { Ok(History::before(Some(parent)).inherited(ground, task, path)?.is_none()) };
    let is_new = one.old.is_none() && had_none()?;
    Ok(one.new.map(|entry| Left { entry, is_new }))
}
