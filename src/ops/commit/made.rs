//! Which commit is ours, of those that a branch has gained.

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use super::Onto;
use crate::model::draft::Draft;
use crate::ops::desk::Desk;

/// What was made on the branch while git ran: hooks may have gone on beyond our commit, and somebody
/// else may have been faster.
pub(super) struct Made {
    /// What the commit is made on: its first parent, if it has one.
    base: Option<ObjectId>,
    before: ObjectId,
    after: ObjectId,
}

impl Made {
    /// What was made since the branch was at the first of these two, where it is at the second now.
    pub fn between(desk: &Desk, onto: Onto, (before, after): (ObjectId, ObjectId)) -> Result<Made> {
        let base = match onto {
            Onto::Tip => Some(before),
            Onto::Amend => desk.repo.commit(before)?.parent_ids.first().copied(),
        };
        Ok(Made { base, before, after })
    }

    /// The commit that was made with this draft, if any.
    pub fn of(&self, desk: &Desk, draft: &Draft) -> Result<Option<ObjectId>> {
        let mut found = None;
        for id in desk.repo.commits_between(&[self.before], &[self.after])? {
            let commit = desk.repo.commit(id)?;
            if draft.became(commit.message.as_bstr()) {
                found = Some(id);
                if commit.parent_ids.first() == self.base.as_ref() {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The first commit; where a hook writes the messages anew, nothing else says whose it is.
    pub fn first(&self, desk: &Desk) -> Result<ObjectId> {
        for id in desk.repo.commits_between(&[self.before], &[self.after])? {
            if desk.repo.commit(id)?.parent_ids.first() == self.base.as_ref() {
                return Ok(id);
            }
        }
        Ok(self.after)
    }
}
