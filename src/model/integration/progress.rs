//! What an integration in progress must remember, because the repository cannot tell it.
//!
//! It is little: where the integration branch was before, and what a stopped step waits for. What
//! is merged already is ancestry, what is left follows from the plan; both are computed anew, so a
//! process that was killed at any moment has left nothing wrong behind. The text form is JSON, kept
//! as the one file of the commit at `refs/orchestrate/<run>/integration`.

use bstr::BString;
use gix_hash::ObjectId;
use serde::{Deserialize, Serialize};

use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::name::TaskName;

/// The newest version of the text form.
const VERSION: u32 = 1;

/// An integration that began and did not end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Short name of the branch that is merged into.
    pub branch: String,
    /// Where it was before; `None` if it did not exist.
    pub original_tip: Option<ObjectId>,
    /// Where it starts: the base branch's tip then, or the original tip.
    pub start: ObjectId,
    /// Commands that must succeed after each step.
    pub exec: Vec<String>,
    /// How many steps are tested at once; `None` if nobody said.
    pub batch: Option<usize>,
    /// Trivial conflicts are resolved without asking.
    pub resolve_trivial: bool,
    /// How the same conflict was resolved before does not count.
    pub no_replay: bool,
    /// Tasks that are not complete are left out instead of refused.
    pub only_complete: bool,
    /// Tasks that the person left out.
    pub skipped: Vec<TaskName>,
    /// Tasks that were left out because a command failed on their result.
    pub failed: Vec<Failed>,
    /// The step that waits for the person, if any.
    pub stopped: Option<Stopped>,
}

/// A task that is to blame for the failure of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub task: TaskName,
    /// The command.
    pub command: String,
    /// Its exit code; `None` for a signal.
    pub code: Option<i32>,
}

/// A step that waits for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Whose step.
    pub task: TaskName,
    /// What was to be merged.
    pub tip: ObjectId,
    /// Into what.
    pub onto: ObjectId,
    /// Why.
    pub reason: Reason,
}

/// Why a step waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Git could not merge these paths.
    Conflict(Vec<BString>),
    /// The merge would change these paths, which are in no scope that takes part.
    OutsideScope(Vec<BString>),
    /// This command failed on the merged result, which is this commit.
    Exec {
        /// The command.
        command: String,
        /// The candidate for the integration branch.
        candidate: ObjectId,
    },
}

/// The text form. Paths are bytes that need not be UTF-8, so they are lists of numbers.
#[derive(Serialize, Deserialize)]
struct Text {
    version: u32,
    branch: String,
    original_tip: Option<String>,
    start: String,
    exec: Vec<String>,
    #[serde(default)]
    batch: Option<usize>,
    resolve_trivial: bool,
    #[serde(default)]
    no_replay: bool,
    only_complete: bool,
    skipped: Vec<TaskName>,
    #[serde(default)]
    failed: Vec<Failed>,
    stopped: Option<StoppedText>,
}

#[derive(Serialize, Deserialize)]
struct StoppedText {
    task: TaskName,
    tip: String,
    onto: String,
    reason: String,
    #[serde(default)]
    paths: Vec<Vec<u8>>,
    command: Option<String>,
    candidate: Option<String>,
}

impl Progress {
    /// Who does not take part any more, and why.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let failed = self.failed.iter().cloned().map(|Failed { task, command, code }| LeftOut {
            task,
            obstacle: Obstacle::Failed { command, code },
        });
        let skipped = self.skipped.iter().cloned();
        skipped.map(|task| LeftOut { task, obstacle: Obstacle::Skipped }).chain(failed).collect()
    }

    /// The text form.
    pub fn to_text(&self) -> String {
        let text = Text {
            version: VERSION,
            branch: self.branch.clone(),
            original_tip: self.original_tip.map(|id| id.to_string()),
            start: self.start.to_string(),
            exec: self.exec.clone(),
            batch: self.batch,
            resolve_trivial: self.resolve_trivial,
            no_replay: self.no_replay,
            only_complete: self.only_complete,
            skipped: self.skipped.clone(),
            failed: self.failed.clone(),
            stopped: self.stopped.as_ref().map(StoppedText::of),
        };
        serde_json::to_string_pretty(&text).expect("strings, numbers and lists have a JSON form") + "\n"
    }

    /// Reads the text form; the error says why it cannot be read.
    pub fn parse(text: &str) -> Result<Progress, String> {
        let text: Text = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if text.version != VERSION {
            return Err(format!("version {} is not known, only {VERSION}", text.version));
        }
        Ok(Progress {
            branch: text.branch,
            original_tip: text.original_tip.as_deref().map(id).transpose()?,
            start: id(&text.start)?,
            exec: text.exec,
            batch: text.batch,
            resolve_trivial: text.resolve_trivial,
            no_replay: text.no_replay,
            only_complete: text.only_complete,
            skipped: text.skipped,
            failed: text.failed,
            stopped: text.stopped.map(StoppedText::read).transpose()?,
        })
    }
}

impl StoppedText {
    fn of(stopped: &Stopped) -> StoppedText {
        let (reason, paths, exec) = match &stopped.reason {
            Reason::Conflict(paths) => ("conflict", paths.as_slice(), None),
            Reason::OutsideScope(paths) => ("outside-scope", paths.as_slice(), None),
            Reason::Exec { command, candidate } => ("exec", [].as_slice(), Some((command, candidate))),
        };
        StoppedText {
            task: stopped.task.clone(),
            tip: stopped.tip.to_string(),
            onto: stopped.onto.to_string(),
            reason: reason.into(),
            paths: paths.iter().map(|path| path.to_vec()).collect(),
            command: exec.map(|(command, _)| command.clone()),
            candidate: exec.map(|(_, candidate)| candidate.to_string()),
        }
    }

    fn read(self) -> Result<Stopped, String> {
        let paths = self.paths.into_iter().map(BString::from).collect();
        let reason = match (self.reason.as_str(), self.command, self.candidate) {
            ("conflict", ..) => Reason::Conflict(paths),
            ("outside-scope", ..) => Reason::OutsideScope(paths),
            ("exec", Some(command), Some(candidate)) => Reason::Exec { command, candidate: id(&candidate)? },
            (other, ..) => return Err(format!("{other:?} is no reason to stop")),
        };
        Ok(Stopped { task: self.task, tip: id(&self.tip)?, onto: id(&self.onto)?, reason })
    }
}

fn id(text: &str) -> Result<ObjectId, String> {
    ObjectId::from_hex(text.as_bytes()).map_err(|_| format!("{text:?} is no object id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stopped: Option<Stopped>) {
        let some = ObjectId::from_hex(b"1234567890123456789012345678901234567890").expect("an id");
        let progress = Progress {
            branch: "integration/x".into(),
            original_tip: stopped.as_ref().map(|_| some),
            start: some,
            exec: vec!["make \"all\"\n# é".into()],
            batch: Some(4),
            resolve_trivial: true,
            no_replay: true,
            only_complete: false,
            skipped: vec![TaskName::new("task-2").expect("a name")],
            failed: vec![Failed {
                task: TaskName::new("task-3").expect("a name"),
                command: "make".into(),
                code: Some(2),
            }],
            stopped,
        };
        assert_eq!(Progress::parse(&progress.to_text()), Ok(progress), "what is written reads back the same");
    }

    #[test]
    fn the_text_form_keeps_everything() {
        let some = ObjectId::from_hex(b"1234567890123456789012345678901234567890").expect("an id");
        let stopped = |reason| {
            Some(Stopped { task: TaskName::new("task-1").expect("a name"), tip: some, onto: some, reason })
        };
        check(None);
        check(stopped(Reason::Conflict(vec![BString::from(b"a \xff\n".to_vec()), "b".into()])));
        check(stopped(Reason::OutsideScope(vec!["c".into()])));
        check(stopped(Reason::Exec { command: "make".into(), candidate: some }));
    }

    #[test]
    fn a_text_that_is_not_ours_says_why() {
        assert!(Progress::parse("").is_err());
        let text = r#"{"version":2,"branch":"x","original_tip":null,"start":"","exec":[],"resolve_trivial":false,"only_complete":false,"skipped":[],"stopped":null}"#;
        assert_eq!(Progress::parse(text), Err("version 2 is not known, only 1".into()));
    }
}
