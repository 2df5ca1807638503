//! Whether a task's COMPLETE stands: what `complete` must not repeat and `reopen` takes back.

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::model::facts::TaskFacts;
use crate::model::journal::{Entry, Event};
use crate::model::message::{self, Prefix};
use crate::ops::desk::Desk;

/// The COMPLETE that stands: the newest status, neither reopened nor reverted (S1-51, S1-52).
pub fn standing(own: &TaskFacts) -> Option<ObjectId> {
    let newest = own.own_commits().rev().find(|commit| {
        let text = commit.message.as_bstr();
        message::status(text).is_some() || message::reverts_complete(text)
    })?;
    let complete = message::status(newest.message.as_bstr()) == Some(Prefix::Complete);
    (complete && !own.reopened().contains(&newest.id)).then_some(newest.id)
}

/// Writes into the worker's journal that a COMPLETE does not count any more.
pub fn take_back(desk: &Desk<'_>, complete: ObjectId, reason: &str) -> Result<Entry> {
    let mut entry = desk.entry(Event::Reopened, reason, Some(complete));
    entry.origin = Some(desk.repo.commit(complete)?.origin());
    desk.write(entry)
}
