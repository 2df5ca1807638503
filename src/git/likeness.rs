//! Whether commits that are on no branch are another version of what a branch has.
//!
//! Where neither a reflog nor a record tells, the content does: a branch that was rewritten comes to have
//! at every path what the old commits left there, and comes to it later; a rebase of whoever had merged it
//! leaves copies, which are not older. A commit that puts an older state back is made on top of the newer
//! one.

use std::collections::HashSet;

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use super::objects::CommitObject;
use crate::model::change::{self, PathChange};

/// A commit of a branch that has what other commits come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    /// The first one.
    pub commit_id: ObjectId,
    /// It was made after the others.
    pub is_later: bool,
}

impl Repository {
    /// Where a line comes to the same as some commits, each on top of the one before it; both oldest
    /// first. What of the line a commit of `known` has, or what the commits are made on, does not count.
    pub fn alike(
        &self,
        commits: &[&CommitObject],
        line: &[ObjectId],
        known: Option<ObjectId>,
    ) -> Result<Option<Alike>> {
        let (Some(oldest), Some(newest)) = (commits.first(), commits.last()) else { return Ok(None) };
        let Some(net) = self.net_change(commits)?.filter(|net| !net.is_empty()) else { return Ok(None) };
        let mut line = line;
        for below in oldest.parent_ids.first().copied().into_iter().chain(known) {
            for place in (0..line.len()).rev() {
                if self.is_ancestor(line[place], below)? {
                    line = &line[place + 1..];
                    break;
                }
            }
        }
        let mut made = HashSet::new();
        for id in line {
            let commit = self.commit(*id)?;
            made.extend(self.made_by(&commit, &net)?);
            if made.len() == net.len() && self.has_all(commit.tree_id, &net)? {
                return Ok(Some(Alike { commit_id: *id, is_later: commit.time > newest.time }));
            }
        }
        Ok(None)
    }

    /// At which places of a change a commit leaves the same by itself; what a merge brought is not its own.
    fn made_by(&self, commit: &CommitObject, net: &[PathChange]) -> Result<Vec<usize>> {
        let [parent] = commit.parent_ids[..] else { return Ok(Vec::new()) };
        let parent_tree_id = self.commit(parent)?.tree_id;
        let mut made = Vec::new();
        for (place, one) in net.iter().enumerate() {
            let at = |tree_id| self.tree_entry(tree_id, one.path.as_ref());
            if at(commit.tree_id)? == one.new && at(parent_tree_id)? != one.new {
                made.push(place);
            }
        }
        Ok(made)
    }

    /// What commits come to, each made on the one before it; `None` where one of them is a merge.
    fn net_change(&self, commits: &[&CommitObject]) -> Result<Option<Vec<PathChange>>> {
        let mut changes = Vec::new();
        for commit in commits {
            let [_] = commit.parent_ids[..] else { return Ok(None) };
            changes.push(self.change_of(commit)?);
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
