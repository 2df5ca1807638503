//! A path that a worker and somebody else have both changed, and in which lines.

use std::ops::Range;

use bstr::BString;

use crate::model::integration::conflict::Kind;
use crate::model::matrix::Whose;

/// Stretches of lines, counted from 1, the end not included.
pub type Lines = Vec<Range<usize>>;

/// One path, or the few that one conflict is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who else.
    pub with: Whose,
    /// Where; never empty.
    pub paths: Vec<BString>,
    /// What merging both gives.
    pub outcome: Outcome,
    /// The worker's own lines; empty where the file is not merged line by line.
    pub mine: Lines,
    /// The other's lines, in its own version.
    pub theirs: Lines,
}

/// What merging two changes of a path gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// git merges them without a person.
    Merges,
    /// A person has to decide.
    Conflict(Kind),
}
