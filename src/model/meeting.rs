//! What happens where the work of two sides meets: nothing, a clean merge, or a conflict.
//!
//! Which of these it is, is git's decision and comes in from outside; here it only has a shape.

use std::ops::Range;

use bstr::BString;

use crate::model::integration::conflict::Conflict;

/// What stands in [`Conflict::says`] for the name of the first side, and of the second: those who
/// merge know commits only.
pub const OURS: &str = "\u{1}";
/// The second side.
pub const THEIRS: &str = "\u{2}";

/// What merging two sides gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meeting {
    /// They change different paths, or one holds the other: nothing meets.
    Apart,
    /// Both change these paths, and git merges them without a person. Sorted, never empty.
    Together(Vec<BString>),
    /// A person has to decide.
    Conflict {
        /// What; never empty.
        collisions: Vec<Collision>,
        /// Both change these paths as well, and git merges them. Sorted.
        merging: Vec<BString>,
    },
    /// It cannot be known, and why.
    Unknown(String),
}

/// One conflict of a pair, and where in the file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// What git says. `ours` is the first of the pair, `theirs` the second.
    pub conflict: Conflict,
    /// The places that disagree; empty where the file is not merged line by line.
    pub spans: Vec<Span>,
}

/// One place of a file where two sides disagree, as lines of each side's own version: counted from
/// 1, the end not included. An empty range says that this side has removed the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// In the version of the first side.
    pub ours: Range<usize>,
    /// In the version of the second side.
    pub theirs: Range<usize>,
}

impl Meeting {
    /// Puts the names of the two sides where only marks stand.
    pub fn name_sides(&mut self, ours: &str, theirs: &str) {
        let Meeting::Conflict { collisions, .. } = self else { return };
        for Collision { conflict, .. } in collisions {
            conflict.says = conflict.says.replace(OURS, ours).replace(THEIRS, theirs);
        }
    }

    /// Whether a person has to decide.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Meeting::Conflict { .. })
    }

    /// The conflicts, if there are any.
    pub fn collisions(&self) -> &[Collision] {
        match self {
            Meeting::Conflict { collisions, .. } => collisions,
            Meeting::Apart | Meeting::Together(_) | Meeting::Unknown(_) => &[],
        }
    }

    /// The paths that both change and that git merges.
    pub fn merging(&self) -> &[BString] {
        match self {
            Meeting::Together(merging) | Meeting::Conflict { merging, .. } => merging,
            Meeting::Apart | Meeting::Unknown(_) => &[],
        }
    }

    /// Every path that both sides have a part in, as far as it is known.
    pub fn paths(&self) -> Vec<&BString> {
        let conflicting = self.collisions().iter().flat_map(|one| &one.conflict.paths);
        let mut paths: Vec<&BString> = conflicting.chain(self.merging()).collect();
        paths.sort();
        paths.dedup();
        paths
    }
}
