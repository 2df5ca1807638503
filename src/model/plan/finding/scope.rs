//! What tasks may change, and where two of them would meet.

use std::fmt;

use crate::model::name::TaskName;
use crate::model::pattern;

/// A rule of scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A task that may change nothing.
    Empty {
        /// Which task; `None` where it has no name either.
        task: Option<String>,
    },
    /// A text that is no pattern.
    Pattern {
        /// As written.
        text: String,
        /// What is wrong with it.
        why: pattern::Invalid,
    },
    /// A `lines` that is no regular expression, or one beyond the size limit.
    Lines {
        /// What the engine says, on one line.
        why: String,
    },
    /// `lines` for paths that may be changed in any way.
    LinesWithoutAppend,
    /// The same pattern twice in one task.
    Repeated(String),
    /// Two tasks may change the same path (S1-09).
    Overlap(Box<Overlap>),
    /// More overlaps than are listed.
    MoreOverlaps {
        /// How many are listed.
        shown: usize,
    },
    /// Patterns so many or so entangled that their overlap was not decided.
    Undecided {
        /// How many pairs of patterns.
        pairs: usize,
    },
    /// One task names a file where another has a directory.
    FileAndDirectory {
        /// The task with the file.
        file_task: TaskName,
        /// The file.
        file: String,
        /// The task with the directory.
        directory_task: TaskName,
        /// Its pattern.
        directory: String,
    },
    /// An entry without a trailing `/` whose path is a directory now.
    NamesDirectory {
        /// As written.
        path: String,
    },
    /// A step names a path that the task may not change (S1-12).
    StepOutside {
        /// The path as written.
        path: String,
        /// The task that has it in scope, if one has.
        owner: Option<TaskName>,
    },
}

/// Two scope entries of different tasks that match the same path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The tasks, in the order of the plan.
    pub tasks: [TaskName; 2],
    /// Their patterns.
    pub patterns: [String; 2],
    /// A shortest path that both match, whether or not it exists.
    pub witness: String,
    /// Both entries say `shared = true`.
    pub shared: bool,
}

impl Scope {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Scope::Empty { .. } => "scope/empty",
            Scope::Pattern { .. } => "scope/pattern",
            Scope::Lines { .. } => "scope/lines",
            Scope::LinesWithoutAppend => "scope/lines-without-append",
            Scope::Repeated(_) => "scope/repeated",
            Scope::Overlap(_) => "scope/overlap",
            Scope::MoreOverlaps { .. } => "scope/more-overlaps",
            Scope::Undecided { .. } => "scope/undecided",
            Scope::FileAndDirectory { .. } => "scope/file-and-directory",
            Scope::NamesDirectory { .. } => "scope/names-directory",
            Scope::StepOutside { .. } => "scope/step-outside",
        }
    }

    pub(super) fn remedy(&self) -> String {
        match self {
            Scope::Empty { .. } => "list the paths that the task may change".into(),
            Scope::Pattern { why, .. } => why.remedy().into(),
            Scope::Lines { .. } => "write a regular expression that each added line matches".into(),
            Scope::LinesWithoutAppend => "add `access = \"append\"`".into(),
            Scope::Repeated(_) => "remove one of them".into(),
            Scope::Overlap(overlap) if overlap.shared => "expect conflicts there".into(),
            Scope::Overlap(_) => {
                "give the path to one of them, or say `shared = true` in both entries".into()
            }
            Scope::MoreOverlaps { .. } => "fix these first".into(),
            Scope::Undecided { .. } => "begin more patterns with the name of a directory".into(),
            Scope::FileAndDirectory { file, .. } => {
                format!("write `{file}/` if the whole directory is meant")
            }
            Scope::NamesDirectory { path } => format!("write `{path}/` for everything in it"),
            Scope::StepOutside { owner: Some(owner), .. } => {
                format!("it is in the scope of `{owner}`: need it from there, or move the step")
            }
            Scope::StepOutside { owner: None, .. } => "add it to the scope, or reword the step".into(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Empty { task: Some(task) } => {
                write!(f, "`{task}` has no scope, so it could change nothing")
            }
            Scope::Empty { task: None } => write!(f, "a task without a scope could change nothing"),
            Scope::Pattern { text, why } => write!(f, "`{}`: {why}", short(text)),
            Scope::Lines { why } => write!(f, "`lines` is no regular expression: {why}"),
            Scope::LinesWithoutAppend => write!(f, "`lines` means nothing without `access = \"append\"`"),
            Scope::Repeated(pattern) => write!(f, "`{pattern}` is listed twice"),
            Scope::Overlap(overlap) => overlap.fmt(f),
            Scope::MoreOverlaps { shown } => write!(f, "there are more overlaps than the {shown} listed"),
            Scope::Undecided { pairs: 1 } => {
                write!(f, "whether two patterns overlap is too much work to decide")
            }
            Scope::Undecided { pairs } => {
                write!(f, "whether {pairs} pairs of patterns overlap is too much work to decide")
            }
            Scope::FileAndDirectory { file_task, file, directory_task, directory } => write!(
                f,
                "`{file}` of {file_task} is a file where `{directory}` of {directory_task} needs a directory"
            ),
            Scope::NamesDirectory { path } => {
                write!(f, "`{path}` is a directory, and none of its files is in scope")
            }
            Scope::StepOutside { path, .. } => write!(f, "the step names `{path}`, which is not in scope"),
        }
    }
}

/// A text as people can take it in.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.tasks;
        let [of_first, of_second] = &self.patterns;
        let witness = &self.witness;
        if of_first == of_second {
            write!(f, "`{of_second}` is in the scope of both {first} and {second}")?;
        } else {
            write!(f, "`{of_second}` of {second} overlaps `{of_first}` of {first}")?;
        }
        if witness != of_second { write!(f, ": both match `{witness}`") } else { Ok(()) }
    }
}
