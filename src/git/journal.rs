//! The journals of a run: one chain of commits per writer below `refs/orchestrate/<run>/journal/`.
//!
//! A ref has one writer, so a journal only ever grows, travels by push and fetch without force,
//! and loses nothing when several workers write at once.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::chain::Link;
use crate::model::integration::answers::Answers;
use crate::model::journal::{self, Entry};
use crate::model::name::RunName;

/// What the full names of all refs begin with that hold what was fetched of a run's data, before the name
/// of the remote.
pub const FETCHED: &str = "refs/orchestrate-remote/";

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

    /// What the orchestrator's journal answers for.
    pub fn answers(&self, run: &RunName) -> Result<Answers> {
        Ok(Answers::of(self.read_journal(run, journal::ORCHESTRATOR)?))
    }

    /// All entries of all writers, oldest first; a writer's own order is kept whatever its clock said.
    pub fn read_journals(&self, run: &RunName) -> Result<Vec<Entry>> {
        let here = self.refs_under(&journal_ref(run, ""))?.into_iter().map(|(name, _)| name);
        let names = self.newest_journals(run, here.collect());
        let chain = |name: &String| Ok((writer(name), self.chain(name)?));
        Ok(merged(names.iter().map(chain).collect::<Result<_>>()?))
    }

    /// The same of the journals that can be read, and in words why others cannot.
    pub fn readable_journals(&self, run: &RunName) -> Result<(Vec<Entry>, Vec<String>)> {
        let found = self.readable_refs(&journal_ref(run, ""))?;
        let (mut chains, mut unreadable) = (Vec::new(), Vec::new());
        unreadable.extend(found.unreadable.into_iter().map(|one| one.why));
        let here = found.refs.into_iter().map(|(name, _)| name);
        for name in self.newest_journals(run, here.collect()) {
            match self.chain(&name) {
                Ok(chain) => chains.push((writer(&name), chain)),
                Err(error) => unreadable.push(format!("a journal: {error:#}")),
            }
        }
        Ok((merged(chains), unreadable))
    }

    /// The refs to read: of each worker's journal the one here, or what was fetched of it if that goes
    /// on where the one here ends. The orchestrator's is nobody else's to write.
    fn newest_journals(&self, run: &RunName, here: Vec<String>) -> Vec<String> {
        let Some(remote) = self.run_remote() else { return here };
        let (own, fetched) = (journal_ref(run, ""), format!("{FETCHED}{remote}/{run}/journal/"));
        let mut newest: BTreeMap<String, String> =
            here.into_iter().map(|name| (name[own.len()..].to_owned(), name)).collect();
        let found = self.readable_refs(&fetched).map(|found| found.refs).unwrap_or_default();
        for (name, _) in found {
            let writer = name[fetched.len()..].to_owned();
            let goes_on = |own: &String| -> Result<bool> {
                let (Some(own), Some(fetched)) = (self.ref_commit(own)?, self.ref_commit(&name)?) else {
                    return Ok(false);
                };
                self.is_ancestor(own, fetched)
            };
            // What cannot be read is not here; what is here counts then.
            let is_newer = newest.get(&writer).is_none_or(|own| goes_on(own).unwrap_or_default());
            if writer != journal::ORCHESTRATOR && is_newer {
                newest.insert(writer, name);
            }
        }
        newest.into_values().collect()
    }
}

/// Whose journal a ref holds, here or fetched.
fn writer(ref_name: &str) -> String {
    ref_name.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The entries of several chains, each newest first and with its writer, in one row, oldest first. Whatever
/// an entry says of itself, it is of the writer whose journal it is in.
fn merged(chains: Vec<(String, Vec<Link>)>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (writer, chain) in chains {
        let mut latest = i64::MIN;
        for link in chain.into_iter().rev() {
            latest = latest.max(link.time);
            let entry = Entry::from_message(link.message.as_bstr(), link.time);
            entries.extend(entry.map(|entry| (latest, Entry { writer: writer.clone(), ..entry })));
        }
    }
    entries.sort_by_key(|(latest, _)| *latest);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// The ref that holds the journal of a writer.
pub fn journal_ref(run: &RunName, writer: &str) -> String {
    format!("refs/orchestrate/{run}/journal/{writer}")
}
