//! What an amend or a rebase leaves of a commit: who wrote it, when, and its subject.
//!
//! A journal names the COMPLETE that was taken back by its id. That id is gone once the branch is
//! rewritten, and in another clone the commit is, too. So the entry also says where the commit came
//! from, and the commit that came from there is taken back in its place.

use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::model::journal::{Entry, Event};
use crate::model::message;

/// Where a commit came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The author as the commit has it: name, address, time and zone, on one line.
    pub author: String,
    /// The first line of the message.
    pub subject: String,
}

impl Origin {
    /// Of a commit with this author and message.
    pub fn of(author: &BStr, text: &BStr) -> Origin {
        let line = |text: &BStr| {
            let text = text.to_str_lossy().replace(|c: char| c.is_control(), " ");
            text.trim().to_owned()
        };
        Origin { author: line(author), subject: line(message::first_line(text)) }
    }
}

/// Whether a COMPLETE was taken back by one of these entries (S1-52). An entry stands for the commit
/// that it names, or for one of the same origin: the oldest, where there are more. `older` tells how
/// many commits of that origin are below this one.
pub fn is_reopened<'a, E>(
    entries: impl Iterator<Item = &'a Entry>,
    (complete, origin): (ObjectId, &Origin),
    older: impl FnOnce() -> Result<usize, E>,
) -> Result<bool, E> {
    let mut alike = 0;
    for entry in entries.filter(|entry| entry.event == Event::Reopened) {
        if entry.commit_id == Some(complete) {
            return Ok(true);
        }
        alike += usize::from(entry.origin.as_ref() == Some(origin));
    }
    Ok(alike > 0 && alike > older()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_for_the_commit_that_it_names_or_what_became_of_it() {
        let id = |number: u8| ObjectId::from_bytes_or_panic(&[number; 20]);
        let origin =
            |time: &str| Origin::of(format!("Ada <a@x> {time}").as_str().into(), "[COMPLETE] X".into());
        let check = |entries: &[(u8, &str)], (complete, time, older): (u8, &str, usize), expect: bool| {
            let entry = |(number, time): &(u8, &str)| Entry {
                commit_id: Some(id(*number)),
                origin: Some(origin(time)),
                ..Entry::new(Event::Reopened, "w")
            };
            let entries: Vec<Entry> = entries.iter().map(entry).collect();
            let said = is_reopened(entries.iter(), (id(complete), &origin(time)), || Ok::<_, ()>(older));
            assert_eq!(said, Ok(expect), "{entries:?}");
        };
        check(&[], (1, "7", 0), false);
        check(&[(1, "7")], (1, "7", 0), true);
        check(&[(1, "7")], (2, "7", 0), true); // rewritten
        check(&[(1, "7")], (2, "8", 0), false); // declared anew
        check(&[(1, "7")], (2, "7", 1), false); // declared anew within the same second
        check(&[(1, "7"), (2, "7")], (4, "7", 1), true);
        check(&[(1, "7")], (1, "7", 1), true);
    }
}
