//! Names of runs, tasks, items, branches and worktrees.

use std::fmt;

use crate::model::layout;
use crate::model::name;
use crate::model::name::{ItemName, TaskName};

/// A rule of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// A text that is no name.
    Invalid {
        /// What it should name: `run`, `task` or `item`.
        of: &'static str,
        /// As written.
        text: String,
        /// What is wrong with it.
        why: name::Invalid,
        /// A name that comes near it.
        instead: Option<String>,
    },
    /// Two tasks of the same name.
    Duplicate(TaskName),
    /// Two tasks whose names differ only by case: one directory on some file systems.
    Case(TaskName, TaskName),
    /// Two tasks whose names differ only by characters that look alike.
    LookAlike(TaskName, TaskName),
    /// Two tasks with the same short name.
    Shorthand {
        /// Such as `task-2`.
        short: String,
        /// One of them.
        first: TaskName,
        /// The other.
        second: TaskName,
    },
    /// Two tasks with the same number, given by hand or by heading.
    Number {
        /// The number.
        number: u32,
        /// The task that had it first.
        first: TaskName,
    },
    /// A heading's number is not the one in the task's name.
    Heading {
        /// In the heading.
        heading: u32,
        /// In the name.
        name: u32,
    },
    /// A name that some file systems or git itself keep for themselves.
    Reserved(String),
    /// A template that no branch or path can be made from.
    Template {
        /// As written.
        text: String,
        /// What is wrong with it.
        why: layout::Invalid,
    },
    /// Two branches, one of which would have to be a directory of refs for the other, or the same.
    Branches(String, String),
    /// Two worktrees, one of which would be in the other, or the same.
    Worktrees(String, String),
    /// A layout that does not exist.
    Layout(String),
    /// An item that a task provides twice.
    ProvidedTwice(ItemName),
    /// A title with a character that no message may hold; it becomes the subject of a merge.
    Title(char),
}

impl Naming {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Naming::Invalid { .. } => "name/invalid",
            Naming::Duplicate(_) => "name/duplicate",
            Naming::Case(..) => "name/case",
            Naming::LookAlike(..) => "name/look-alike",
            Naming::Shorthand { .. } => "name/shorthand",
            Naming::Number { .. } => "name/number",
            Naming::Heading { .. } => "name/heading",
            Naming::Reserved(_) => "name/reserved",
            Naming::Template { .. } => "name/template",
            Naming::Branches(..) => "name/branches",
            Naming::Worktrees(..) => "name/worktrees",
            Naming::Layout(_) => "name/layout",
            Naming::ProvidedTwice(_) => "name/provided-twice",
            Naming::Title(_) => "name/title",
        }
    }

    pub(super) fn remedy(&self) -> String {
        match self {
            Naming::Invalid { instead: Some(instead), .. } => format!("write `{instead}`, for example"),
            Naming::Invalid { instead: None, of, .. } => format!("choose another name for the {of}"),
            Naming::Duplicate(_) | Naming::Case(..) | Naming::LookAlike(..) => "rename one of them".into(),
            Naming::Shorthand { .. } => "give each its own number".into(),
            Naming::Number { .. } => "give each task its own number".into(),
            Naming::Heading { heading, .. } => format!("make both {heading}"),
            Naming::Reserved(_) => "choose another name".into(),
            Naming::Template { why, .. } => why.remedy().into(),
            Naming::Branches(..) | Naming::Worktrees(..) => {
                "rename one of them, or change the template".into()
            }
            Naming::Layout(_) => {
                format!("layouts are {}; or set the three templates", layout::NAMES.join(", "))
            }
            Naming::ProvidedTwice(_) => "remove one of them".into(),
            Naming::Title(_) => "write it on one line, with what can be seen".into(),
        }
    }
}

impl fmt::Display for Naming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Naming::Invalid { of, text, why, .. } => write!(f, "`{text}` cannot name a {of}: {why}"),
            Naming::Duplicate(name) => write!(f, "two tasks are named `{name}`"),
            Naming::Case(first, second) => write!(f, "`{second}` differs from `{first}` only by case"),
            Naming::LookAlike(first, second) => {
                write!(f, "`{second}` differs from `{first}` only by characters that look alike")
            }
            Naming::Shorthand { short, first, second } => {
                write!(f, "`{short}` would mean both `{first}` and `{second}`")
            }
            Naming::Number { number, first } => write!(f, "number {number} is taken by `{first}`"),
            Naming::Heading { heading, name } => {
                write!(f, "the heading says worker {heading}, the task's name says {name}")
            }
            Naming::Reserved(name) => write!(f, "`{name}` is a reserved name"),
            Naming::Template { text, why } => write!(f, "template `{text}`: {why}"),
            Naming::Branches(first, second) => {
                write!(f, "branches `{first}` and `{second}` cannot exist together")
            }
            Naming::Worktrees(first, second) => {
                write!(f, "worktrees `{first}` and `{second}` are in each other's way")
            }
            Naming::Layout(name) => write!(f, "there is no layout `{name}`"),
            Naming::ProvidedTwice(item) => write!(f, "`{item}` is listed twice"),
            Naming::Title(character) => {
                write!(
                    f,
                    "the title holds U+{:04X}, which is not seen or changes what is",
                    u32::from(*character)
                )
            }
        }
    }
}
