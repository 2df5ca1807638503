//! Whether commits that nobody has on a branch any more are what a branch had before it was rewritten.
//!
//! Where neither a reflog nor a record tells, the content does: the rewritten branch comes to have at
//! every path what the old commits left there, and comes to it later. A copy of what the branch has is
//! younger than that, and a commit that puts an older state back is made on top of the newer one.

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use super::objects::CommitObject;
use crate::model::change::{self, PathChange};

/// What some commits are to those of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// They come to something else.
    None,
    /// They come to the same, and not earlier.
    Copy,
    /// What these were before they were rewritten.
    Forerunner,
}

impl Repository {
    /// What commits, each on top of the one before it, are to the commits of a line; both oldest first.
    pub fn likeness(&self, commits: &[&CommitObject], line: &[ObjectId]) -> Result<Likeness> {
        let (Some(oldest), Some(newest)) = (commits.first(), commits.last()) else {
            return Ok(Likeness::None);
        };
        let Some(&below) = oldest.parent_ids.first() else { return Ok(Likeness::None) };
        let Some(net) = self.net_change(commits)?.filter(|net| !net.is_empty()) else {
            return Ok(Likeness::None);
        };
        let mut known = 0;
        for (place, id) in line.iter().enumerate() {
            if self.is_ancestor(*id, below)? {
                known = place + 1;
            }
        }
        let Some(first) = line.get(known) else { return Ok(Likeness::None) };
        let start = self.tree_of(self.commit(*first)?.parent_ids.first().copied())?;
        for one in &net {
            if self.tree_entry(start, one.path.as_ref())? == one.new {
                return Ok(Likeness::None);
            }
        }
        for id in &line[known..] {
            let commit = self.commit(*id)?;
            if self.has_all(commit.tree_id, &net)? {
                let is_later = commit.time > newest.time;
                return Ok(if is_later { Likeness::Forerunner } else { Likeness::Copy });
            }
        }
        Ok(Likeness::None)
    }

    /// What commits come to, each made on the one before it; `None` where one of them is a merge.
    fn net_change(&self, commits: &[&CommitObject]) -> Result<Option<Vec<PathChange>>> {
        let mut changes = Vec::new();
        for commit in commits {
            let [parent] = commit.parent_ids[..] else { return Ok(None) };
            changes.push(self.diff_trees(self.commit(parent)?.tree_id, commit.tree_id)?);
        }
        Ok(change::net(changes.iter().map(Vec::as_slice)))
    }

    fn has_all(&self, tree_id: ObjectId, net: &[PathChange]) -> Result<bool> {
        for one in net {
            if self.tree_entry(tree_id, one.path.as_ref())? != one.new {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
