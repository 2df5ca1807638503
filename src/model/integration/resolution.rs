//! What would settle a conflict without a new decision, and on whose word.

use bstr::BString;
use gix_hash::ObjectId;

use crate::model::change::Entry;

/// What the paths of a conflict would hold with it settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// On whose word.
    pub how: How,
    /// What stands at each path then.
    pub files: Vec<(BString, File)>,
    /// The lines that stay, hunk by hunk, with their ends; empty where it is no matter of lines.
    pub kept: Vec<Vec<BString>>,
}

/// Why a conflict needs no new decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Both sides say the same but for blanks and a trailing comment (S1-83).
    SameLines,
    /// A person has resolved exactly this conflict before: the same three versions of each path. It
    /// is in this merge.
    Recorded(ObjectId),
    /// A person has resolved the same lines before, in a file that differs elsewhere. Somebody has
    /// to look at it.
    Similar(ObjectId),
    /// The plan's command makes the file anew from the merged ones (S1-83); until then it is as our
    /// side has it.
    Generated(String),
    /// It was to be made anew, and this is why it was not.
    NotGenerated(String),
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// The file that stands there, with this content.
    Text(BString),
    /// An entry that is stored already.
    Stored(Entry),
    /// Nothing.
    Gone,
}

impl How {
    /// Whether the step may go on with it; `trivial` says whether a person asked for that.
    pub fn goes_on(&self, trivial: bool) -> bool {
        match self {
            How::SameLines | How::Generated(_) => trivial,
            How::Recorded(_) => true,
            How::Similar(_) | How::NotGenerated(_) => false,
        }
    }
}
