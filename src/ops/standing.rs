//! Whether a task's COMPLETE stands: what `complete` must not repeat and `reopen` takes back.

use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::model::facts::TaskFacts;
use crate::model::journal::Event;
use crate::model::message::{self, Prefix};

/// The COMPLETE that stands: the newest status, neither reopened nor reverted (S1-51, S1-52).
pub fn standing(own: &TaskFacts) -> Option<ObjectId> {
    let newest = own.own_commits().rev().find(|commit| {
        let text = commit.message.as_bstr();
        message::status(text).is_some() || message::reverts_complete(text)
    })?;
    let complete = message::status(newest.message.as_bstr()) == Some(Prefix::Complete);
    let names = |id| id == Some(newest.id);
    let reopened = own.journal.iter().any(|entry| entry.event == Event::Reopened && names(entry.commit_id));
    (complete && !reopened).then_some(newest.id)
}
