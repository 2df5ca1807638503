//! What a worker is told: its task, its limits, the protocol, whom it waits for, how to start.
//!
//! A brief holds the plan's words as data; how they become a prompt, and that they cannot break out
//! of their place in it, is for `render`. What the plan leaves open gets a plain default here, so
//! that no brief is ever without a part that a worker needs (S1-33).

mod remaining;

use std::path::PathBuf;

use bstr::BString;

use crate::model::name::{ItemName, RunName, TaskName};
use crate::model::plan::{Plan, Task, cone};
use crate::model::scope::{Access, ScopeEntry};
use crate::model::status::action::Merge;
use crate::model::status::log::LogEntry;
use crate::model::status::state::State;
pub use remaining::remaining;

/// Which of the texts is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// For a worker that starts (S1-23).
    #[default]
    Kickoff,
    /// The nine sections of a TASKS.md (S3-16).
    Tasks,
    /// For the worker itself, after it waited (S1-74).
    Resume,
    /// For another worker that takes over (S1-74).
    Continue,
}

/// Everything that a worker is told about one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// The run.
    pub run: RunName,
    /// The run's title.
    pub run_title: String,
    /// The task.
    pub task: TaskName,
    /// Its number in the plan.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// Where its worktree is, relative to the main one.
    pub worktree: String,
    /// Whether the worktree holds only some of the directories.
    pub is_sparse: bool,
    /// The paths that it may change.
    pub scope: Vec<ScopeLine>,
    /// What is to be done; at least one.
    pub steps: Vec<String>,
    /// What the worker commits after; at least one.
    pub checkpoints: Vec<String>,
    /// Commands that must have passed before the task is complete.
    pub evidence: Vec<String>,
    /// What it needs of others.
    pub needs: Vec<NeedLine>,
    /// Who needs something of it.
    pub blocks: Vec<Blocked>,
    /// What it is to provide.
    pub provides: Vec<ItemName>,
    /// Lines of the plan's input that have no other place.
    pub remarks: Vec<String>,
    /// How far it is; `None` where only the plan counts.
    pub progress: Option<Progress>,
}

/// One entry of the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeLine {
    /// The pattern as written.
    pub path: String,
    /// What may or is to be done there, for the parentheses behind it (S1-27).
    pub note: Option<String>,
    /// What each line must match that is added, where the plan says so; behind the note.
    pub lines: Option<String>,
    /// Whether the base has it already; `None` for a glob, which names no one path.
    pub place: Option<Place>,
}

/// Whether a path of the scope is there at the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is there.
    Existing,
    /// It is to be created.
    New,
}

/// One thing that the task needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedLine {
    /// Who provides it.
    pub task: TaskName,
    /// That task's number.
    pub number: u32,
    /// What it is, in the plan's words.
    pub text: String,
    /// Its name, for a NEEDS; made of the text where the plan names none.
    pub item: Option<ItemName>,
    /// What it is needed for.
    pub purpose: Option<String>,
    /// What to do until it is there.
    pub until_then: Option<String>,
    /// What both sides agreed on (S1-31).
    pub contract: Option<String>,
}

/// Who waits for the task, and for what (S3-17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The other task.
    pub task: TaskName,
    /// That task's number.
    pub number: u32,
    /// What it waits for, in the plan's words.
    pub text: String,
    /// What both sides agreed on.
    pub contract: Option<String>,
}

/// How far a task is, from its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Where it is.
    pub state: State,
    /// Its own commits, oldest first.
    pub completed: Vec<LogEntry>,
    /// What the plan lists and the history does not show.
    pub remaining: Vec<String>,
    /// Finished work of others that it can merge now.
    pub ready: Vec<(TaskName, Merge)>,
    /// What lies in the worktree uncommitted.
    pub dirty: Vec<BString>,
    /// Where the worktree is, absolute, if there is one here.
    pub worktree: Option<PathBuf>,
}

impl Brief {
    /// The brief of a task of the plan. `is_in_base` says whether a path, with a `/` at its end for
    /// a directory, is there at the base.
    pub fn new(plan: &Plan, task: &Task, is_in_base: impl Fn(&str) -> bool) -> Brief {
        Brief {
            run: plan.run.clone(),
            run_title: plan.title.clone(),
            task: task.name.clone(),
            number: task.number,
            title: task.title.clone(),
            branch: plan.layout.branch(&plan.run, task),
            worktree: plan.layout.worktree(&plan.run, task),
            is_sparse: cone::of(plan, task).is_some(),
            scope: task.scope.iter().map(|entry| scope_line(entry, &is_in_base)).collect(),
            steps: or_else(&task.steps, &task.title),
            checkpoints: or_else(&task.checkpoints, "Each of the tasks above"),
            evidence: plan.protocol.evidence.clone(),
            needs: needs(plan, task),
            blocks: blocks(plan, task),
            provides: task.provides.clone(),
            remarks: task.remarks.clone(),
            progress: None,
        }
    }
}

fn or_else(lines: &[String], otherwise: &str) -> Vec<String> {
    if lines.is_empty() { vec![otherwise.to_owned()] } else { lines.to_vec() }
}

/// The plan's own remark comes first; without one, what the base and the access say.
fn scope_line(entry: &ScopeEntry, is_in_base: &impl Fn(&str) -> bool) -> ScopeLine {
    let path = entry.pattern.as_str();
    let named = entry.pattern.literal().or_else(|| entry.pattern.subtree()).map(ToString::to_string);
    let place = named.map(|path| if is_in_base(&path) { Place::Existing } else { Place::New });
    let thing = if path.ends_with('/') { "directory" } else { "file" };
    let note = match (&entry.why, &entry.access, place) {
        (Some(why), _, _) => Some(why.clone()),
        (None, Access::Append { .. }, _) => Some("add lines only".to_owned()),
        (None, Access::Edit | Access::Create, Some(Place::New)) => Some(format!("create this {thing}")),
        (None, Access::Create, _) => Some("new files only".to_owned()),
        (None, Access::Edit, _) => None,
    };
    let lines = match &entry.access {
        Access::Append { lines } => lines.clone(),
        Access::Edit | Access::Create => None,
    };
    ScopeLine { path: path.to_owned(), note, lines, place }
}

fn needs(plan: &Plan, task: &Task) -> Vec<NeedLine> {
    let line = |need: &crate::model::plan::Need| NeedLine {
        task: need.task.clone(),
        number: plan.task(&need.task).map_or(0, |task| task.number),
        text: if need.text.is_empty() {
            need.item.as_ref().map(ToString::to_string).unwrap_or_default()
        } else {
            need.text.clone()
        },
        item: need.item.clone().or_else(|| slug(&need.text)),
        purpose: need.purpose.clone(),
        until_then: need.until_then.clone(),
        contract: need.contract.clone(),
    };
    task.needs.iter().map(line).collect()
}

/// An item's name from prose, so that the brief can spell out the NEEDS: `API endpoints` is
/// `API-endpoints`.
fn slug(text: &str) -> Option<ItemName> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.skip_while(|word| ["the", "a", "an"].contains(word)).take(5).collect();
    ItemName::new(&words.join("-")).ok()
}

fn blocks(plan: &Plan, task: &Task) -> Vec<Blocked> {
    let of = |other: &Task| {
        let needs: Vec<Blocked> = needs(plan, other)
            .into_iter()
            .filter(|need| need.task == task.name)
            .map(|need| Blocked {
                task: other.name.clone(),
                number: other.number,
                text: need.text,
                contract: need.contract,
            })
            .collect();
        needs
    };
    plan.tasks.iter().flat_map(of).collect()
}
