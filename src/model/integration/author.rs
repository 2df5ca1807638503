//! Who wrote one side of a conflict.

use std::ops::Range;

use crate::model::integration::hunk::Hunk;
use crate::model::name::TaskName;

/// Who wrote lines that are merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Author {
    /// A worker, in a commit of this task.
    Task(TaskName),
    /// Whoever merged this task: a resolution, or the markers of a conflict that waits for one.
    Merge(TaskName),
    /// Somebody on the integration branch itself.
    Integration,
    /// Nobody of the run.
    Base,
}

/// One side of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The lines in this side's version of the file, counted from 1, the end not included. An empty
    /// range says that lines were taken away there.
    pub lines: Range<usize>,
    /// Who wrote them; where nobody of the run has, who took lines away between them. Nobody is named
    /// where they are the base's, in a file that has come here by a rename.
    pub by: Vec<Author>,
}

/// One place where two sides disagree, and whose each side is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// What they say.
    pub hunk: Hunk,
    /// What is merged into and what is merged; `None` where that could not be found out.
    pub sides: Option<[Written; 2]>,
}
