//! A ref whose commits are entries: the amendments of a plan, the lines of a journal.
//!
//! A chain only grows. Each entry is a commit on top of the last one; its message is the text and
//! its tree holds the files of this entry alone.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bstr::BString;
use gix_hash::ObjectId;

use super::Repository;
use super::refs::{Moved, PATIENCE, pause};

/// One entry of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The commit.
    pub id: ObjectId,
    /// Its tree, with the files of this entry.
    pub tree_id: ObjectId,
    /// When it was written, in seconds since the epoch.
    pub time: i64,
    /// The whole message.
    pub message: BString,
}

impl Repository {
    /// All entries of the chain, newest first; none if there is no such ref.
    pub fn chain(&self, ref_name: &str) -> Result<Vec<Link>> {
        let doing = || format!("cannot read the entries of {ref_name}");
        let Some(tip) = self.ref_commit(ref_name).with_context(doing)? else { return Ok(Vec::new()) };
        let ids = self.first_parents(tip, &HashSet::new()).with_context(doing)?;
        let links = ids.into_iter().map(|id| {
            let commit = self.commit(id).with_context(doing)?;
            Ok(Link { id, tree_id: commit.tree_id, time: commit.time, message: commit.message })
        });
        links.collect()
    }

    /// Puts an entry on top of the chain, which begins with it if there is none; returns its commit.
    ///
    /// When somebody else appends at the same time, this entry goes on top of theirs.
    pub fn append_link(&self, ref_name: &str, message: &str, files: &[(&str, &[u8])]) -> Result<ObjectId> {
        let tree_id = self.write_files_tree(files)?;
        let why = message.lines().next().unwrap_or_default();
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let tip = self.ref_commit(ref_name)?;
            let id = self.write_commit(tree_id, tip.as_slice(), message)?;
            if self.move_ref(ref_name, tip, id, why)? == Moved::Done {
                return Ok(id);
            }
            if Instant::now() > deadline {
                bail!("cannot append to {ref_name}: others kept moving it");
            }
            pause(attempt);
        }
        unreachable!("the loop ends by returning")
    }
}
