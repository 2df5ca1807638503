//! A commit that came before another on its branch, as a survey or the repository has it.

use std::rc::Rc;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::ground::Ground;
use crate::git::objects::CommitObject;
use crate::model::facts::Commit;
use crate::model::origin::Origin;
use crate::model::plan::Task;

/// A commit of the chain.
pub(super) enum Past<'h> {
    Surveyed(&'h Commit),
    Read(Rc<CommitObject>),
}

impl Past<'_> {
    pub fn id(&self) -> ObjectId {
        match self {
            Past::Surveyed(commit) => commit.id,
            Past::Read(commit) => commit.id,
        }
    }

    pub fn parent_ids(&self) -> &[ObjectId] {
        match self {
            Past::Surveyed(commit) => &commit.parent_ids,
            Past::Read(commit) => &commit.parent_ids,
        }
    }

    pub fn message(&self) -> &BStr {
        match self {
            Past::Surveyed(commit) => commit.message.as_bstr(),
            Past::Read(commit) => commit.message.as_bstr(),
        }
    }

    pub fn origin(&self) -> Origin {
        match self {
            Past::Surveyed(commit) => commit.origin(),
            Past::Read(commit) => commit.origin(),
        }
    }

    pub fn is_own(&self) -> bool {
        self.parent_ids().len() == 1
    }

    /// Whether a fast-forward brought it. A survey has left such commits out already.
    pub fn is_foreign(&self, ground: &Ground<'_>, task: &Task) -> Result<bool> {
        match self {
            Past::Surveyed(_) => Ok(false),
            Past::Read(commit) => ground.is_foreign(task, commit.id),
        }
    }

    /// Whether an own commit has something at a path where its parent has nothing.
    pub fn creates(&self, ground: &Ground<'_>, path: &BStr) -> Result<bool> {
        match self {
            Past::Surveyed(commit) => {
                Ok(commit.change.iter().any(|one| one.path == path && one.old.is_none()))
            }
            Past::Read(commit) => {
                let has = |tree_id| Ok::<_, anyhow::Error>(ground.repo.tree_entry(tree_id, path)?.is_some());
                Ok(has(commit.tree_id)? && !has(ground.repo.commit(commit.parent_ids[0])?.tree_id)?)
            }
        }
    }

    /// The paths that an own commit changed.
    pub fn paths(&self, ground: &Ground<'_>) -> Result<Vec<BString>> {
        match self {
            Past::Surveyed(commit) => Ok(commit.change.iter().map(|one| one.path.clone()).collect()),
            Past::Read(commit) => {
                let change = ground.repo.change_of(commit)?;
                Ok(change.into_iter().map(|one| one.path).collect())
            }
        }
    }
}
