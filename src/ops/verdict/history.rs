//! What came before a commit on its branch: which COMPLETE stands, what was inherited, what the
//! task's own commits changed.

use std::collections::BTreeSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::ground::Ground;
use crate::model::change::Entry;
use crate::model::facts::Commit;
use crate::model::judge::paths;
use crate::model::message::{self, Prefix};
use crate::model::plan::Task;

/// The first-parent chain below a commit, since the run's base.
pub(super) struct History {
    /// Newest first.
    commits: Vec<Past>,
    /// The first parent of the commit that is judged.
    newest: Option<ObjectId>,
}

/// A commit of the chain.
struct Past {
    id: ObjectId,
    tree_id: ObjectId,
    parent_ids: Vec<ObjectId>,
    message: BString,
}

impl History {
    /// The chain of a task's branch that ends in `newest`, read from the repository.
    pub fn before(ground: &Ground<'_>, task: &Task, newest: Option<ObjectId>) -> Result<History> {
        let ids = newest.map_or_else(|| Ok(Vec::new()), |id| ground.chain(task, id))?;
        let past = |id| {
            let commit = ground.repo.commit(id)?;
            Ok(Past { id, tree_id: commit.tree_id, parent_ids: commit.parent_ids, message: commit.message })
        };
        Ok(History { commits: ids.into_iter().map(past).collect::<Result<_>>()?, newest })
    }

    /// The commits that a survey found to be the task's, oldest first.
    pub fn of(commits: &[Commit], newest: Option<ObjectId>) -> History {
        let past = |commit: &Commit| Past {
            id: commit.id,
            tree_id: commit.tree_id,
            parent_ids: commit.parent_ids.clone(),
            message: commit.message.clone(),
        };
        History { commits: commits.iter().rev().map(past).collect(), newest }
    }

    /// The COMPLETE that stands: the newest status of the task, not taken back by `reopen` or by a
    /// revert (S1-51, S1-52).
    pub fn complete(&self, ground: &Ground<'_>, task: &Task) -> Result<Option<ObjectId>> {
        for past in self.commits.iter().filter(|past| past.is_own()) {
            let text = past.message.as_bstr();
            if message::reverts_complete(text) {
                return Ok(None);
            }
            match message::status(text) {
                None => {}
                Some(Prefix::Complete) if ground.is_foreign(task, past.id)? => {}
                Some(Prefix::Complete) if ground.is_reopened(&task.name, past.id)? => return Ok(None),
                Some(Prefix::Complete) => return Ok(Some(past.id)),
                Some(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// What the branch has at `path` from others: from the newest merge that changed it, else from
    /// where the task's commits begin.
    pub fn inherited(&self, ground: &Ground<'_>, task: &Task, path: &BStr) -> Result<Option<Entry>> {
        let at = |id: ObjectId| ground.repo.tree_entry(ground.repo.commit(id)?.tree_id, path);
        for past in &self.commits {
            let [ours, theirs, ..] = past.parent_ids[..] else { continue };
            let result = ground.repo.tree_entry(past.tree_id, path)?;
            if result == at(ours)? {
                continue;
            }
            let theirs_entry = at(theirs)?;
            let own_path = paths::entry_for(task, path).is_ok();
            if own_path || result == theirs_entry || past.parent_ids.len() > 2 {
                return Ok(theirs_entry);
            }
            let merge = ground.repo.automatic_merge(ours, theirs)?;
            return Ok(merge.entry(path)?.unwrap_or(theirs_entry));
        }
        let start = match self.commits.last() {
            Some(oldest) => oldest.parent_ids.first().copied(),
            None => self.newest,
        };
        start.map_or(Ok(None), at)
    }

    /// Every path that the task's own commits changed (S1-40), sorted.
    pub fn own_paths(&self, ground: &Ground<'_>, task: &Task) -> Result<BTreeSet<BString>> {
        let mut changed = BTreeSet::new();
        for past in self.commits.iter().filter(|past| past.is_own()) {
            if ground.is_foreign(task, past.id)? {
                continue;
            }
            let parent = ground.repo.commit(past.parent_ids[0])?.tree_id;
            changed.extend(ground.repo.diff_trees(parent, past.tree_id)?.into_iter().map(|one| one.path));
        }
        Ok(changed)
    }
}

impl Past {
    fn is_own(&self) -> bool {
        self.parent_ids.len() == 1
    }
}
