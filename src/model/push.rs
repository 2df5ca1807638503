//! A push: which refs it moves from where to where, and what was found wrong with each.

use gix_hash::ObjectId;

use crate::model::finding::Finding;

/// One ref that a push moves. Nothing for `old` makes it, nothing for `new` deletes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Full name, where it is pushed to.
    pub name: String,
    /// What it holds there now, as far as is known.
    pub old: Option<ObjectId>,
    /// What it is to hold.
    pub new: Option<ObjectId>,
}

/// What was found wrong with one ref of a push; nothing if it is fine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The ref.
    pub update: Update,
    /// In the order of its commits.
    pub findings: Vec<Finding>,
    /// Whether only `git push --force` does it, as far as is known.
    pub is_forced: bool,
}

impl Judged {
    /// What was found, of an update that needs no force as far as is known.
    pub fn new(update: Update, findings: Vec<Finding>) -> Judged {
        Judged { update, findings, is_forced: false }
    }

    /// Whether the ref is refused.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}
