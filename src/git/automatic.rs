//! What git's own merge of two commits makes of their paths.
//!
//! Asked for in the [clean room](super::clean_room): a merge driver or an attribute in the shared
//! repository's configuration must not be able to declare an edited result to be git's own.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, BString};
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use super::merges::Incoming;
use crate::model::change::Entry;

/// How git is asked to merge.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    settings: &'static [&'static str],
    options: &'static [&'static str],
}

/// As git merges where nobody has set anything.
pub const USUAL: Way = Way { settings: &[], options: &[] };

/// What a person may have set, or said with `git merge -X`, and takes no side. All of it is git's own
/// judgement of what the two sides mean. `-X ours` and `-X theirs` are not here: they decide.
pub const OTHERS: [Way; 10] = [
    Way { settings: &["-c", "merge.directoryRenames=true"], options: &[] },
    Way { settings: &["-c", "merge.directoryRenames=false"], options: &[] },
    Way { settings: &["-c", "merge.renames=false"], options: &[] },
    Way { settings: &[], options: &["-X", "find-renames=25"] },
    Way { settings: &[], options: &["-X", "find-renames=75"] },
    Way { settings: &[], options: &["-X", "diff-algorithm=myers"] },
    Way { settings: &[], options: &["-X", "diff-algorithm=minimal"] },
    Way { settings: &[], options: &["-X", "patience"] },
    Way { settings: &[], options: &["-X", "ignore-space-change"] },
    Way { settings: &[], options: &["-X", "ignore-all-space"] },
];

/// The result of a merge that nobody has touched.
#[derive(Debug)]
pub struct Automatic {
    room: CleanRoom,
    tree_id: ObjectId,
    conflicts: HashSet<BString>,
}

impl Repository {
    /// Merges commits into `ours` as `git merge` would, one after the other, without a worktree, an
    /// index or a moved ref.
    pub fn automatic_merge(&self, ours: ObjectId, merged: &[ObjectId]) -> Result<Automatic> {
        self.automatic_merge_by(USUAL, ours, merged)
    }

    /// The same in one of git's ways; an error where this git does not know it.
    pub fn automatic_merge_by(&self, way: Way, ours: ObjectId, merged: &[ObjectId]) -> Result<Automatic> {
        let room = CleanRoom::open(self, ours)?;
        let (mut head, mut tree_id, mut conflicts) = (ours, self.commit(ours)?.tree_id, HashSet::new());
        for &tip in merged {
            let incoming = Incoming { tip, branch: "theirs" };
            let result = room.ask_with(way.settings, way.options, head, incoming)?;
            conflicts.extend(result.conflicts.into_iter().flat_map(|conflict| conflict.paths));
            tree_id = result.tree_id;
            head = room.trial_commit(tree_id, &[head, tip])?;
        }
        Ok(Automatic { room, tree_id, conflicts })
    }
}

impl Automatic {
    /// The tree, unless there is a conflict.
    pub fn clean_tree_id(&self) -> Option<ObjectId> {
        self.conflicts.is_empty().then_some(self.tree_id)
    }

    /// What the merge holds at `path`; `None` where it has a conflict.
    pub fn entry(&self, path: &BStr) -> Result<Option<Option<Entry>>> {
        if self.conflicts.contains(path) {
            return Ok(None);
        }
        self.room.repository().tree_entry(self.tree_id, path).map(Some)
    }
}
