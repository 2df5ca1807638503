//! What can be wrong with a changed path.

use std::fmt;

use bstr::{BString, ByteSlice};

use crate::model::finding::Shown;
use crate::model::name::{ItemName, TaskName};
use crate::model::portable::Flaw;

/// A changed path that the task may not change so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathViolation {
    /// Relative to the top of the repository.
    pub path: BString,
    /// Whose change was judged.
    pub task: TaskName,
    /// Another task whose scope holds the path.
    pub owner: Option<Owner>,
    /// The rule.
    pub rule: PathRule,
}

/// The task that may change a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Which one.
    pub task: TaskName,
    /// What it provides, if that is exactly one thing: then the remedy can name it.
    pub item: Option<ItemName>,
}

/// The rule that a path breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathRule {
    /// No entry of the scope matches.
    Outside,
    /// It steers git, hooks or CI, and the scope does not name it literally.
    Protected,
    /// `access = "create"`, and the run's base has it already.
    NotNew,
    /// `access = "append"`, and lines were removed or changed.
    Removed {
        /// How many lines of the old file are gone or moved.
        lines: usize,
    },
    /// `access = "append"`, and an added line is none of those allowed.
    Line {
        /// Counted from 1, in the new file.
        number: usize,
        /// The added line.
        line: BString,
        /// The expression that it must match.
        expected: String,
    },
    /// `access = "append"`, and it was removed, became another kind of thing, or is no text.
    NotText,
    /// A submodule, where the scope does not say `submodule = true`.
    Submodule,
    /// A symbolic link that leads somewhere else.
    Link {
        /// As stored.
        target: BString,
        /// Where it leads.
        leads: Leads,
    },
    /// A new name that some systems cannot have.
    Unportable(Flaw),
    /// A new name that is the same as another one where case or Unicode form is ignored.
    Collision {
        /// The other one.
        other: BString,
    },
}

/// Where a symbolic link leads that may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// To an absolute path.
    Absolute,
    /// Out of the repository.
    OutsideRepository,
    /// Into `.git`.
    GitDirectory,
    /// To a path that the task may not change.
    OutsideScope,
    /// Through a name, which may be a link, and up again.
    UpAgain,
    /// From link to link, without an end.
    Nowhere,
    /// Along more than any system takes for a path.
    TooFar,
}

impl PathViolation {
    /// The rule's stable name.
    pub fn rule(&self) -> &'static str {
        match &self.rule {
            PathRule::Outside => "scope/outside",
            PathRule::Protected => "scope/protected",
            PathRule::NotNew => "scope/create",
            PathRule::Removed { .. } | PathRule::Line { .. } | PathRule::NotText => "scope/append",
            PathRule::Submodule => "scope/submodule",
            PathRule::Link { .. } => "scope/symlink",
            PathRule::Unportable(_) => "path/unportable",
            PathRule::Collision { .. } => "path/collision",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match (&self.rule, &self.owner) {
            (PathRule::Outside, Some(owner)) => owner.remedy(),
            (PathRule::Outside | PathRule::Protected, _) => {
                "leave it as it was, or have the plan amended if the task needs it".into()
            }
            (PathRule::NotNew, _) => "this entry of the scope allows new files only".into(),
            (PathRule::Removed { .. } | PathRule::Line { .. } | PathRule::NotText, _) => {
                "this entry of the scope allows added lines only".into()
            }
            (PathRule::Submodule, _) => "only an entry with `submodule = true` allows it".into(),
            (PathRule::Link { .. }, _) => "make it a file, or a relative link within the scope".into(),
            (PathRule::Unportable(_) | PathRule::Collision { .. }, _) => "give it another name".into(),
        }
    }
}

impl Owner {
    /// The subject of the commit that asks the owner for the change.
    fn remedy(&self) -> String {
        let item = self.item.as_ref().map_or("<item>", |item| item.as_str());
        format!("commit [NEEDS:{}/{item}] and let {} change it", self.task.short(), self.task.short())
    }
}

impl fmt::Display for PathViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", Shown(self.path.as_bstr()))?;
        match &self.rule {
            PathRule::Outside => {
                write!(f, "is outside the scope of {}", self.task)?;
                match &self.owner {
                    Some(owner) => write!(f, "; it belongs to {}", owner.task),
                    None => Ok(()),
                }
            }
            PathRule::Protected => f.write_str("is protected: the scope must name this exact path"),
            PathRule::NotNew => f.write_str("exists in the base; only new files may be made here"),
            PathRule::Removed { lines: 1 } => {
                f.write_str("removes or moves a line; only lines may be added here")
            }
            PathRule::Removed { lines } => {
                write!(f, "removes or moves {lines} lines; only lines may be added here")
            }
            PathRule::Line { number, line, expected } => {
                let line = Shown(line.as_bstr());
                write!(f, "line {number} adds `{line}`, which does not match `{expected}`")
            }
            PathRule::NotText => f.write_str("must stay a text file that only gets new lines"),
            PathRule::Submodule => f.write_str("is a submodule"),
            PathRule::Link { target, leads: leads @ Leads::TooFar } => {
                write!(f, "is a symbolic link of {} bytes, {leads}", target.len())
            }
            PathRule::Link { target, leads } => {
                write!(f, "is a symbolic link to {}, {leads}", Shown(target.as_bstr()))
            }
            PathRule::Unportable(flaw) => write!(f, "{flaw}"),
            PathRule::Collision { other } => {
                let other = Shown(other.as_bstr());
                write!(f, "is the same name as {other} where case or Unicode form is ignored")
            }
        }
    }
}

impl fmt::Display for Leads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Leads::Absolute => "an absolute path",
            Leads::OutsideRepository => "outside the repository",
            Leads::GitDirectory => "inside .git",
            Leads::OutsideScope => "outside the scope",
            Leads::UpAgain => "up again out of a name that may be a link",
            Leads::Nowhere => "which leads from link to link without an end",
            Leads::TooFar => "along a path that is longer than any system takes",
        })
    }
}
