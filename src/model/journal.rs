//! What happened to a task without a commit on its branch: started, session, announced, failed.
//!
//! A journal is an append-only chain of commits with one writer. Each entry is one commit message:
//! a subject for people, the writer's own words, and trailers for programs. The kind is a word, so
//! that an entry of a newer version is kept, shown and not misread. When it happened is the time of
//! the commit and stands nowhere else.

use std::fmt;
use std::str::FromStr;

use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::model::name::TaskName;
use crate::model::origin::Origin;

/// The writer of all that concerns the run as a whole, and of what is done to tasks from outside.
pub const ORCHESTRATOR: &str = "orchestrator";

/// The word for an integration that reached the base.
pub const LANDED: &str = "landed";

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// To whom; `None` for what concerns the whole run.
    pub task: Option<TaskName>,
    /// Seconds since the epoch; what is appended gets the time of its commit.
    pub time: i64,
    /// Who wrote it: a task's name or [`ORCHESTRATOR`].
    pub writer: String,
    /// In the writer's own words; may be empty.
    pub text: String,
    /// The commit that the entry speaks of, if any.
    pub commit_id: Option<ObjectId>,
    /// Where that commit came from, if it may be rewritten and found again.
    pub origin: Option<Origin>,
}

/// What can happen without a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Branch and worktree were made.
    Started,
    /// A command of the set-up failed; the text says which and how.
    SetupFailed,
    /// A worker told the others something.
    Announced,
    /// The worker gave up (C-11).
    Failed,
    /// The time limit passed.
    TimedOut,
    /// A COMPLETE was taken back, so that work can go on (S1-52); `commit_id` is that COMPLETE.
    Reopened,
    /// Evidence commands ran; `commit_id` is the tree they ran on and the text the result.
    Evidence,
    /// A command ran on a merged result; `commit_id` is its tree and the text the result.
    Tested,
    /// A step of an integration was done, stopped or undone.
    Integrated,
    /// A branch whose work is merged was removed, or the configuration of the run.
    CleanedUp,
    /// A branch was removed although its work was not merged.
    Abandoned,
    /// A word that this version does not know.
    Other(String),
}

impl Event {
    /// The word that stands for it in a journal and in machine formats.
    pub fn as_str(&self) -> &str {
        match self {
            Event::Started => "started",
            Event::SetupFailed => "setup-failed",
            Event::Announced => "announced",
            Event::Failed => "failed",
            Event::TimedOut => "timed-out",
            Event::Reopened => "reopened",
            Event::Evidence => "evidence",
            Event::Tested => "tested",
            Event::Integrated => "integrated",
            Event::CleanedUp => "cleaned-up",
            Event::Abandoned => "abandoned",
            Event::Other(word) => word,
        }
    }
}

impl From<&str> for Event {
    fn from(word: &str) -> Event {
        let known = [
            Event::Started,
            Event::SetupFailed,
            Event::Announced,
            Event::Failed,
            Event::TimedOut,
            Event::Reopened,
            Event::Evidence,
            Event::Tested,
            Event::Integrated,
            Event::CleanedUp,
            Event::Abandoned,
        ];
        known
            .into_iter()
            .find(|event| event.as_str() == word)
            .unwrap_or_else(|| Event::Other(word.to_owned()))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Entry {
    /// An entry of `writer` about the whole run; the other fields are set by the caller.
    pub fn new(event: Event, writer: impl Into<String>) -> Entry {
        let (writer, text) = (writer.into(), String::new());
        Entry { event, task: None, time: 0, writer, text, commit_id: None, origin: None }
    }

    /// The commit message that holds the entry.
    ///
    /// A message cannot hold NUL, and git strips what a text ends in, so both are left out.
    pub fn to_message(&self) -> String {
        let text = self.text.replace(['\0', '\r'], "");
        let mut message = match &self.task {
            Some(task) => format!("{task}: {}\n\n", self.event),
            None => format!("{}\n\n", self.event),
        };
        if !text.trim_end().is_empty() {
            message += text.trim_end();
            message += "\n\n";
        }
        message += &format!("Event: {}\n", self.event);
        if let Some(task) = &self.task {
            message += &format!("Task: {task}\n");
        }
        message += &format!("Writer: {}\n", self.writer);
        if let Some(id) = &self.commit_id {
            message += &format!("Commit: {id}\n");
        }
        if let Some(Origin { author, subject }) = &self.origin {
            message += &format!("Author: {author}\nSubject: {subject}\n");
        }
        message
    }

    /// Reads a commit message; `time` is the commit's. `None` if it is no entry of a journal.
    ///
    /// Only the last paragraph holds trailers, so no text can pass for one. A trailer that is not
    /// known, or says nothing, is skipped.
    pub fn from_message(message: &BStr, time: i64) -> Option<Entry> {
        let message = message.to_str_lossy();
        let (head, trailers) = message.trim_end().rsplit_once("\n\n")?;
        let text = head.split_once("\n\n").map_or("", |(_subject, text)| text);
        let trailer = |key: &str| {
            let values = trailers.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            values.map(str::trim).find(|value| !value.is_empty())
        };
        Some(Entry {
            event: Event::from(trailer("Event")?),
            task: trailer("Task").and_then(|name| TaskName::new(name).ok()),
            time,
            writer: trailer("Writer")?.to_owned(),
            text: text.to_owned(),
            commit_id: trailer("Commit").and_then(|id| ObjectId::from_str(id).ok()),
            origin: trailer("Author")
                .zip(trailer("Subject"))
                .map(|(author, subject)| Origin { author: author.to_owned(), subject: subject.to_owned() }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry {
            task: Some(TaskName::new("task-2-models").expect("a name")),
            time: 7,
            text: text.to_owned(),
            commit_id: Some(ObjectId::null(gix_hash::Kind::Sha1)),
            ..Entry::new(Event::Announced, "task-2-models")
        }
    }

    #[test]
    fn an_entry_reads_as_a_commit_message() {
        assert_eq!(
            entry("The models are there.\n").to_message(),
            "task-2-models: announced\n\nThe models are there.\n\nEvent: announced\nTask: task-2-models\n\
             Writer: task-2-models\nCommit: 0000000000000000000000000000000000000000\n"
        );
        assert_eq!(
            Entry::new(Event::CleanedUp, ORCHESTRATOR).to_message(),
            "cleaned-up\n\nEvent: cleaned-up\nWriter: orchestrator\n"
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let check = |text: &str, expect: &str| {
            let message = entry(text).to_message();
            let read = Entry::from_message(message.as_str().into(), 7);
            assert_eq!(read, Some(entry(expect)), "an entry survives its message: {message:?}");
        };
        check("", "");
        check("one line", "one line");
        check("two\n\nparagraphs \n\n", "two\n\nparagraphs");
        check("\n  indented", "\n  indented");
        check("forged\n\nEvent: failed\nTask: task-1-x", "forged\n\nEvent: failed\nTask: task-1-x");
        check("nul \0 and return\r\n", "nul  and return");
        let origin = Origin::of("Ada <a@x> 7 +0000".into(), "[COMPLETE] X\n\nAll".into());
        let reopened = Entry { origin: Some(origin), ..entry("why") };
        assert_eq!(Entry::from_message(reopened.to_message().as_str().into(), 7), Some(reopened));
    }

    #[test]
    fn words_of_a_newer_version_are_kept() {
        let read = |text: &str| Entry::from_message(text.into(), 0);
        let entry = read("claimed\n\nEvent: claimed\nWriter: x\nHost: there\n").expect("an entry");
        assert_eq!(entry.event, Event::Other("claimed".into()));
        assert_eq!(read("Merge branch 'x'\n"), None, "a message without trailers is no entry");
        assert_eq!(read("a\n\nb: c\n"), None, "an entry says its event and its writer");
        assert_eq!(read("a\n\nEvent: b\nWriter: \nTask: c\n"), None, "a writer has a name");
    }
}
