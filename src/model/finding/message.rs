//! What can be wrong with a commit's message.

use std::fmt;

use bstr::{BString, ByteSlice};

use crate::model::finding::Shown;
use crate::model::message::subject::MAX_CHARACTERS;
use crate::model::message::{Prefix, Section};
use crate::model::name::{Invalid, TaskName};
use crate::model::portable::Named;

/// A message that breaks the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageViolation {
    /// There is none.
    Empty,
    /// It is not UTF-8.
    Encoding,
    /// It is declared to be in another encoding than UTF-8.
    Declared {
        /// The name that git has for it.
        encoding: BString,
    },
    /// It holds a NUL byte.
    Nul,
    /// The subject has too many characters.
    TooLong {
        /// How many.
        characters: usize,
    },
    /// The subject holds a control or bidirectional character, or a line separator.
    Character {
        /// The first of them.
        character: char,
    },
    /// The subject does not start with one of the prefixes.
    NoPrefix {
        /// What stands in brackets instead, if anything.
        found: Option<String>,
        /// The subject that was probably meant.
        nearest: Option<String>,
    },
    /// The prefix is known, what stands in it is not right.
    Argument {
        /// As written.
        found: String,
        /// What is wrong with it.
        problem: Argument,
    },
    /// Not exactly one space between prefix and description.
    Spacing {
        /// The subject with one.
        nearest: String,
    },
    /// A CHECKPOINT or COMPLETE that says nothing.
    NoDescription {
        /// Which one.
        prefix: String,
    },
    /// A second status behind the first.
    SecondPrefix {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// `fixup!`, `squash!` or `amend!`, which only a later rebase would resolve.
    Autosquash {
        /// Which one.
        word: &'static str,
    },
    /// The second line has text, so git would join it to the subject.
    NoBlankLine,
    /// Sections that the protocol asks for.
    MissingSections {
        /// Which ones; never empty.
        sections: Vec<Section>,
        /// The status that asks for them.
        prefix: Prefix,
    },
    /// `Files changed:` differs from what really changed (S1-43).
    FilesChanged {
        /// Changed, but not listed.
        unlisted: Vec<BString>,
        /// Listed, but not changed.
        unchanged: Vec<BString>,
    },
    /// A NEEDS that names the own task.
    NeedsItself {
        /// As written.
        task: String,
    },
    /// A NEEDS that names no task of the plan.
    NeedsUnknown {
        /// As written.
        task: String,
        /// The tasks with the nearest names.
        nearest: Vec<TaskName>,
    },
    /// A NEEDS that may name more than one task.
    NeedsAmbiguous {
        /// As written.
        task: String,
        /// Those tasks.
        candidates: Vec<TaskName>,
    },
}

/// What is wrong inside a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// CHECKPOINT and COMPLETE take none.
    Superfluous,
    /// BLOCKED needs a reason.
    NoReason,
    /// NEEDS must name a task.
    NoTask,
    /// NEEDS must name an item.
    NoItem,
    /// The item is no name.
    Item(Invalid),
    /// No space stands beside a task or an item.
    Space,
    /// Brackets do not nest.
    Bracket,
}

impl MessageViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match self {
            MessageViolation::Empty => "message/empty",
            MessageViolation::Encoding | MessageViolation::Declared { .. } => "message/encoding",
            MessageViolation::Nul | MessageViolation::Character { .. } => "message/character",
            MessageViolation::TooLong { .. } => "message/length",
            MessageViolation::NoPrefix { .. }
            | MessageViolation::Spacing { .. }
            | MessageViolation::SecondPrefix { .. } => "message/prefix",
            MessageViolation::Argument { .. } => "message/argument",
            MessageViolation::NoDescription { .. } => "message/description",
            MessageViolation::Autosquash { .. } => "message/autosquash",
            MessageViolation::NoBlankLine => "message/blank-line",
            MessageViolation::MissingSections { .. } => "message/section",
            MessageViolation::FilesChanged { .. } => "message/files-changed",
            MessageViolation::NeedsItself { .. }
            | MessageViolation::NeedsUnknown { .. }
            | MessageViolation::NeedsAmbiguous { .. } => "message/needs",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            MessageViolation::NoPrefix { nearest: Some(nearest), .. }
            | MessageViolation::Spacing { nearest } => format!("did you mean: {nearest}"),
            MessageViolation::Empty
            | MessageViolation::NoPrefix { nearest: None, .. }
            | MessageViolation::SecondPrefix { .. } => PREFIXES.into(),
            MessageViolation::Argument { problem, .. } => problem.hint().into(),
            MessageViolation::NoDescription { prefix } => {
                format!("say what was done: {prefix} <description>")
            }
            MessageViolation::Autosquash { .. } => {
                "use git commit --amend, or a checkpoint of its own".into()
            }
            MessageViolation::NoBlankLine => {
                "leave the second line empty, as git commit -m <subject> -m <body> does".into()
            }
            MessageViolation::Encoding => "save the message as UTF-8".into(),
            MessageViolation::Declared { .. } => "git config --worktree i18n.commitEncoding UTF-8".into(),
            MessageViolation::Character { character: '\u{feff}' } => {
                "save the message without a byte order mark".into()
            }
            MessageViolation::Character { .. } => "leave that character out of the subject".into(),
            MessageViolation::MissingSections { prefix: Prefix::Complete, .. } => {
                "git worker complete writes them into the body".into()
            }
            MessageViolation::MissingSections { .. } => {
                "git worker checkpoint writes it into the body".into()
            }
            MessageViolation::NeedsUnknown { nearest: tasks, .. }
            | MessageViolation::NeedsAmbiguous { candidates: tasks, .. }
                if !tasks.is_empty() =>
            {
                let names: Vec<&str> = tasks.iter().map(TaskName::as_str).collect();
                format!("there is {}", names.join(", "))
            }
            MessageViolation::TooLong { .. } => {
                "keep the subject short and put the rest into the body".into()
            }
            _ => String::new(),
        }
    }
}

/// The protocol in one look, the same words in every kickoff (S1-29).
pub const PREFIXES: &str = "\
[CHECKPOINT] <description>              subtask complete, continuing
[BLOCKED:<reason>] <description>        cannot proceed
[NEEDS:<task>/<item>] <description>     need output from another worker
[COMPLETE] <description>                all tasks finished";

impl Argument {
    fn hint(&self) -> &'static str {
        match self {
            Argument::Superfluous => "leave the colon and what follows it out",
            Argument::NoReason => "say why: [BLOCKED:<reason>]",
            Argument::NoTask | Argument::NoItem => "say whose and what: [NEEDS:<task>/<item>]",
            Argument::Item(_) => "an item is made of letters, digits, '-', '_' and '.'",
            Argument::Space => "leave the spaces out: [NEEDS:<task>/<item>]",
            Argument::Bracket => "use other brackets inside the prefix",
        }
    }
}

impl fmt::Display for MessageViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MessageViolation::Empty => f.write_str("the message is empty"),
            MessageViolation::Encoding => f.write_str("the message is not UTF-8"),
            MessageViolation::Declared { encoding } => {
                write!(f, "git declares the message to be in {}", Shown(encoding.as_bstr()))
            }
            MessageViolation::Nul => f.write_str("the message holds a NUL byte"),
            MessageViolation::TooLong { characters } => {
                write!(f, "the subject has {characters} characters, more than {MAX_CHARACTERS}")
            }
            MessageViolation::Character { character } => {
                write!(f, "the subject holds the character {}", Named(*character))
            }
            MessageViolation::NoPrefix { found: Some(found), .. } => {
                write!(f, "the subject starts with {found}, which is no status")
            }
            MessageViolation::NoPrefix { found: None, .. } => {
                f.write_str("the subject does not start with a status")
            }
            MessageViolation::Argument { found, problem } => write!(f, "{found} {problem}"),
            MessageViolation::Spacing { .. } => {
                f.write_str("status and description need exactly one space between them")
            }
            MessageViolation::NoDescription { prefix } => write!(f, "{prefix} has no description"),
            MessageViolation::SecondPrefix { first, second } => {
                write!(f, "the subject has two statuses, {first} and {second}")
            }
            MessageViolation::Autosquash { word } => {
                write!(f, "`{word}` commits are no checkpoints")
            }
            MessageViolation::NoBlankLine => {
                f.write_str("the second line is not empty, so git takes it for part of the subject")
            }
            MessageViolation::MissingSections { sections, prefix } => {
                let headings: Vec<String> =
                    sections.iter().map(|section| format!("`{}`", section.heading())).collect();
                write!(f, "{prefix} without {}", headings.join(", "))
            }
            MessageViolation::FilesChanged { unlisted, unchanged } => {
                f.write_str("`Files changed:` differs from the change:")?;
                list(f, " not listed", unlisted)?;
                f.write_str(if unlisted.is_empty() || unchanged.is_empty() { "" } else { ";" })?;
                list(f, " not changed", unchanged)
            }
            MessageViolation::NeedsItself { task } => {
                write!(f, "NEEDS must name another task; {task} is this one")
            }
            MessageViolation::NeedsAmbiguous { task, candidates } => {
                write!(f, "NEEDS names `{task}`, which may be any of {} tasks", candidates.len())
            }
            MessageViolation::NeedsUnknown { task, .. } => {
                write!(f, "NEEDS names `{task}`, which is no task of the plan")
            }
        }
    }
}

/// At most five paths, and how many more there are.
fn list(f: &mut fmt::Formatter<'_>, what: &str, paths: &[BString]) -> fmt::Result {
    const MOST: usize = 5;
    for (place, path) in paths.iter().take(MOST).enumerate() {
        let before = if place == 0 { what } else { "," };
        write!(f, "{before} {}", Shown(path.as_bstr()))?;
    }
    match paths.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Argument::Superfluous => f.write_str("takes nothing after a colon"),
            Argument::NoReason => f.write_str("gives no reason"),
            Argument::NoTask => f.write_str("names no task"),
            Argument::NoItem => f.write_str("names no item of another task"),
            Argument::Item(invalid) => write!(f, "names no item: {invalid}"),
            Argument::Space => f.write_str("has a space beside a name"),
            Argument::Bracket => f.write_str("has a bracket inside"),
        }
    }
}
