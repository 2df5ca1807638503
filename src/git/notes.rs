//! Notes: one text per commit in a notes ref, as `git log --notes` shows it.
//!
//! git's own `notes add` loses notes without a word when two writers meet, because it moves the ref
//! without looking; here the ref moves by compare-and-swap, and whoever comes second adds his notes
//! to the newer tree. Several notes are one commit.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};
use gix::note::plumbing::State;
use gix::objs::tree::EntryKind;
use gix_hash::ObjectId;

use super::Repository;
use super::refs::{Moved, PATIENCE, pause};
use super::vanished::again;

/// What becomes of the notes that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// They all go; the ref then holds exactly the new ones.
    All,
    /// They stay, except those of the same commits.
    Merge,
}

/// The notes of a ref as they were when it was read. A tree is read when a note in it is asked for, and
/// only once.
pub struct Noted {
    ref_name: String,
    /// `None` if there is no such ref.
    state: Option<State>,
}

impl Noted {
    /// The note on one commit, if it has one, in the repository that they were read from.
    pub fn note(&mut self, repo: &Repository, commit_id: ObjectId) -> Result<Option<BString>> {
        let doing = || format!("cannot read the note of {commit_id} in {}", self.ref_name);
        let Some(state) = &mut self.state else { return Ok(None) };
        let found = again(|| state.get(&commit_id, &repo.gix)).with_context(doing)?;
        found.map(|blob_id| repo.blob(blob_id).map(BString::from).with_context(doing)).transpose()
    }
}

impl Repository {
    /// All notes of the ref, by the commit they are on; none if there is no such ref.
    pub fn notes(&self, ref_name: &str) -> Result<HashMap<ObjectId, BString>> {
        match self.notes_root(ref_name)? {
            Some((_, tree_id)) => self.notes_in(tree_id, ref_name),
            None => Ok(HashMap::new()),
        }
    }

    /// The newest commit with a note of the ref, beyond `base` and still here.
    pub fn newest_noted(&self, ref_name: &str, base: ObjectId) -> Result<Option<ObjectId>> {
        let mut newest: Option<ObjectId> = None;
        for id in self.notes(ref_name)?.into_keys() {
            if !self.contains(id) || self.is_ancestor(id, base)? {
                continue;
            }
            if newest.is_none_or(|newest| self.is_ancestor(newest, id).unwrap_or(false)) {
                newest = Some(id);
            }
        }
        Ok(newest)
    }

    /// All notes as they were at the commit `tip` of the ref.
    pub(in crate::git) fn notes_at(
        &self,
        tip: ObjectId,
        ref_name: &str,
    ) -> Result<HashMap<ObjectId, BString>> {
        let doing = || format!("cannot read the notes ref {ref_name}");
        self.notes_in(self.commit(tip).with_context(doing)?.tree_id, ref_name)
    }

    fn notes_in(&self, tree_id: ObjectId, ref_name: &str) -> Result<HashMap<ObjectId, BString>> {
        let mut notes = HashMap::new();
        let collect = || self.collect_notes(tree_id, &mut String::new(), &mut notes);
        again(collect).with_context(|| format!("cannot read the notes of {ref_name}"))?;
        Ok(notes)
    }

    /// The note on one commit, if it has one in this ref.
    pub fn note(&self, ref_name: &str, commit_id: ObjectId) -> Result<Option<BString>> {
        self.noted(ref_name)?.note(self, commit_id)
    }

    /// The notes of the ref as they are now, to look up some of them.
    pub fn noted(&self, ref_name: &str) -> Result<Noted> {
        let doing = || format!("cannot read the notes of {ref_name}");
        let open = |(_, tree_id)| again(|| State::new(tree_id, &self.gix)).with_context(doing);
        let state = self.notes_root(ref_name)?.map(open).transpose()?;
        Ok(Noted { ref_name: ref_name.to_owned(), state })
    }

    /// Sets the note on one commit, in place of the one it has.
    pub fn write_note(&self, ref_name: &str, commit_id: ObjectId, text: &str) -> Result<()> {
        self.write_notes(ref_name, &[(commit_id, text.to_owned())], Replace::Merge)
    }

    /// Sets many notes in one commit; nothing is written if all of them are there already.
    pub fn write_notes(&self, ref_name: &str, notes: &[(ObjectId, String)], replace: Replace) -> Result<()> {
        let doing = || format!("cannot write notes to {ref_name}");
        let holding = self.holding();
        let mut blobs = Vec::new();
        for (commit_id, text) in notes {
            blobs.push((*commit_id, holding.write_blob(text.as_bytes())?));
        }
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let root = self.notes_root(ref_name)?;
            let old_tree_id = root.map_or(self.empty_tree(), |(_, tree_id)| tree_id);
            let from = if replace == Replace::All { self.empty_tree() } else { old_tree_id };
            let tree_id = again(|| holding.notes_tree(from, &blobs)).with_context(doing)?;
            if tree_id == old_tree_id {
                return Ok(());
            }
            let tip = root.map(|(commit_id, _)| commit_id);
            let id = holding.write_commit(tree_id, tip.as_slice(), "Notes added by git-orchestrate")?;
            self.share_objects(&holding).with_context(doing)?;
            if self.move_ref(ref_name, tip, id, "notes: added by git-orchestrate").with_context(doing)?
                == Moved::Done
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("cannot write notes to {ref_name}: others kept moving it");
            }
            pause(attempt);
        }
        unreachable!("the loop ends by returning")
    }

    /// Puts the ref onto `other` as well, another state of it, with the notes that only that one has; what
    /// both have stays as it is here. Whether there was anything to do.
    pub fn join_notes(&self, ref_name: &str, other: ObjectId) -> Result<bool> {
        let doing = || format!("cannot join the notes of {ref_name}");
        let Some((tip, tree_id)) = self.notes_root(ref_name)? else { return Ok(false) };
        if self.is_ancestor(other, tip).with_context(doing)? {
            return Ok(false);
        }
        let own = self.notes_in(tree_id, ref_name)?;
        let mut missing = Vec::new();
        for (commit_id, text) in self.notes_at(other, ref_name)? {
            if !own.contains_key(&commit_id) {
                missing.push((commit_id, self.write_blob(&text)?));
            }
        }
        let tree_id = again(|| self.notes_tree(tree_id, &missing)).with_context(doing)?;
        let id = self.write_commit(tree_id, &[tip, other], "Notes joined by git-orchestrate")?;
        let moved = self.move_ref(ref_name, Some(tip), id, "notes: joined by git-orchestrate");
        Ok(moved.with_context(doing)? == Moved::Done)
    }

    /// The commit and the tree that a notes ref holds.
    fn notes_root(&self, ref_name: &str) -> Result<Option<(ObjectId, ObjectId)>> {
        let doing = || format!("cannot read the notes ref {ref_name}");
        let Some(tip) = self.ref_commit(ref_name).with_context(doing)? else { return Ok(None) };
        Ok(Some((tip, self.commit(tip).with_context(doing)?.tree_id)))
    }

    /// The tree `from` with these notes, each given by its commit and its blob.
    fn notes_tree(&self, from: ObjectId, notes: &[(ObjectId, ObjectId)]) -> Result<ObjectId> {
        let mut state = State::new(from, &self.gix)?;
        for (commit_id, blob_id) in notes {
            state.edit(*commit_id, Some(*blob_id), &self.gix)?;
        }
        Ok(state.write(&self.gix)?)
    }

    /// Reads the notes below one tree: the names on the way down, two digits each, and the rest of
    /// the id make up the commit. Other names are no notes, and git leaves them alone, too.
    fn collect_notes(
        &self,
        tree_id: ObjectId,
        prefix: &mut String,
        notes: &mut HashMap<ObjectId, BString>,
    ) -> Result<()> {
        if tree_id == self.empty_tree() {
            return Ok(());
        }
        let tree = self.gix.find_tree(tree_id)?;
        for entry in tree.decode()?.entries {
            let Ok(name) = entry.filename.to_str() else { continue };
            let length = prefix.len();
            prefix.push_str(name);
            if entry.mode.is_tree() && name.len() == 2 && prefix.len() < self.object_hash().len_in_hex() {
                self.collect_notes(entry.oid.to_owned(), prefix, notes)?;
            } else if entry.mode.kind() == EntryKind::Blob
                && let Ok(commit_id) = ObjectId::from_hex(prefix.as_bytes())
                && commit_id.kind() == self.object_hash()
            {
                notes.insert(commit_id, self.blob(entry.oid.to_owned())?.into());
            }
            prefix.truncate(length);
        }
        Ok(())
    }
}
