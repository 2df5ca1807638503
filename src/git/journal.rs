//! The journals of a run: one chain of commits per writer below `refs/orchestrate/<run>/journal/`.
//!
//! A ref has one writer, so a journal only ever grows, travels by push and fetch without force,
//! and loses nothing when several workers write at once.

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::journal::Entry;
use crate::model::name::RunName;

impl Repository {
    /// Appends an entry to the journal of `writer`; the commit that holds it.
    pub fn append_journal(&self, run: &RunName, writer: &str, entry: &Entry) -> Result<ObjectId> {
        self.append_link(&journal_ref(run, writer), &entry.to_message(), &[])
            .with_context(|| format!("cannot write to the journal of {writer} in run {run}"))
    }

    /// The entries of one writer, oldest first; none if there is no such journal.
    pub fn read_journal(&self, run: &RunName, writer: &str) -> Result<Vec<Entry>> {
        let links = self.chain(&journal_ref(run, writer))?.into_iter().rev();
        Ok(links.filter_map(|link| Entry::from_message(link.message.as_bstr(), link.time)).collect())
    }

    /// All entries of all writers, oldest first; a writer's own order is kept whatever its clock said.
    pub fn read_journals(&self, run: &RunName) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (ref_name, _) in self.refs_under(&journal_ref(run, ""))? {
            let mut latest = i64::MIN;
            for link in self.chain(&ref_name)?.into_iter().rev() {
                latest = latest.max(link.time);
                entries.extend(
                    Entry::from_message(link.message.as_bstr(), link.time).map(|entry| (latest, entry)),
                );
            }
        }
        entries.sort_by_key(|(latest, _)| *latest);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}

/// The ref that holds the journal of a writer.
pub fn journal_ref(run: &RunName, writer: &str) -> String {
    format!("refs/orchestrate/{run}/journal/{writer}")
}
