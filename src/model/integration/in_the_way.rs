//! What keeps git from changing the files of a worktree.

use bstr::BString;

/// What is in the way of a change to the files of a worktree. All paths are sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InTheWay {
    /// Uncommitted paths, as git-status(1) shows them.
    pub seen: Vec<BString>,
    /// What it does not show: ignored files, and changes of what git was told not to look at.
    pub unseen: Vec<BString>,
}

impl InTheWay {
    /// Whether there is nothing.
    pub fn is_nothing(&self) -> bool {
        self.seen.is_empty() && self.unseen.is_empty()
    }
}
