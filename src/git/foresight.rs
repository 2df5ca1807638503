//! How the files of a whole chain of merges come out, asked of git in few processes.
//!
//! A step of a chain needs the result of the last, so a process would be needed for each step in which
//! git has to be asked. But the files of most steps merge each by itself, and which versions of a file
//! will meet is known beforehand: those of the tasks that change it, one after the other. So all files
//! are merged side by side, first with the second task that changes each, then with the third. What was
//! foreseen is found again by the three versions that met; a step that comes out otherwise asks git, as
//! if nothing had been foreseen.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, bail};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::attributes::Attributes;
use super::clean_room::CleanRoom;
use super::meetings::Unit;
use super::plain_text::{self, Text};
use crate::model::change::{Entry, PathChange};

/// Fewer files than these are not worth a process: the step that needs one asks by itself.
const MIN_FILES: usize = 2;

/// The results that are known.
#[derive(Debug, Default)]
pub(in crate::git) struct Foreseen(RefCell<HashMap<Unit, Entry>>);

impl Foreseen {
    /// The merged file, if it is known.
    pub fn find(&self, unit: &Unit) -> Option<Entry> {
        self.0.borrow().get(unit).copied()
    }
}

/// A file on its way through the chain.
struct Traveller {
    path: BString,
    /// As merged so far.
    ours: Option<Entry>,
    /// What is still to be merged, the next one last.
    changes: Vec<PathChange>,
}

impl CleanRoom {
    /// Looks ahead at merging these commits into `onto`, one after the other.
    pub fn foresee(&self, onto: ObjectId, tips: &[ObjectId]) -> Result<()> {
        let attributes = Attributes::of(self.repository(), self.attributes())?;
        let mut travellers = self.travellers(onto, tips)?;
        loop {
            let mut asked = Vec::new();
            let mut stopped = Vec::new();
            for mut traveller in travellers {
                if let Some(unit) = self.advance(&mut traveller, &attributes)? {
                    asked.push(unit);
                    stopped.push(traveller);
                }
            }
            if asked.len() < MIN_FILES {
                return Ok(());
            }
            let merged = self.merge_apart(&asked.iter().collect::<Vec<_>>())?;
            travellers = Vec::new();
            for ((unit, merged), mut traveller) in asked.into_iter().zip(merged).zip(stopped) {
                let Some(entry) = merged else { continue };
                self.foreseen().0.borrow_mut().insert(unit, entry);
                traveller.ours = Some(entry);
                travellers.push(traveller);
            }
        }
    }

    /// The files that more than one of them changes, or one of them and `onto`.
    fn travellers(&self, onto: ObjectId, tips: &[ObjectId]) -> Result<Vec<Traveller>> {
        let scratch = self.repository();
        let onto_tree = scratch.commit(onto)?.tree_id;
        let mut changes: BTreeMap<BString, Vec<PathChange>> = BTreeMap::new();
        let mut is_ahead = false;
        for tip in tips {
            let bases = scratch.merge_bases(onto, *tip)?;
            let [base] = bases.as_slice() else { continue };
            is_ahead |= *base != onto;
            let base_tree = scratch.commit(*base)?.tree_id;
            for change in scratch.diff_trees(base_tree, scratch.commit(*tip)?.tree_id)? {
                changes.entry(change.path.clone()).or_default().push(change);
            }
        }
        let mut travellers = Vec::new();
        for (path, mut changes) in changes {
            if changes.len() < 2 && !is_ahead {
                continue;
            }
            let ours = scratch.tree_entry(onto_tree, path.as_bstr())?;
            changes.reverse();
            travellers.push(Traveller { path, ours, changes });
        }
        Ok(travellers)
    }

    /// Goes on to the first merge of which git has to be asked; `None` if there is none, or none that
    /// could be asked about.
    fn advance(&self, traveller: &mut Traveller, attributes: &Attributes<'_>) -> Result<Option<Unit>> {
        while let Some(PathChange { old, new, .. }) = traveller.changes.pop() {
            let ours = traveller.ours;
            if ours == old || ours == new {
                traveller.ours = new;
                continue;
            }
            let (Some(base), Some(one), Some(other)) = (old, ours, new) else { return Ok(None) };
            let is_same = base.kind == one.kind && base.kind == other.kind;
            if !base.kind.is_file() || !is_same || attributes.have_a_say(traveller.path.as_bstr())? {
                return Ok(None);
            }
            let scratch = self.repository();
            let text = |entry: Entry| scratch.blob(entry.id).map(Text::new);
            match plain_text::merged([&text(base)?, &text(one)?, &text(other)?]) {
                Some(text) => traveller.ours = Some(Entry { id: scratch.write_blob(&text)?, ..base }),
                None => {
                    let path = traveller.path.clone();
                    return Ok(Some(Unit { path, base: old, ours, theirs: new }));
                }
            }
        }
        Ok(None)
    }

    /// The merged file of each, where it is clean.
    fn merge_apart(&self, units: &[&Unit]) -> Result<Vec<Option<Entry>>> {
        let (merged, conflicts) = self.merge_side_by_side(units)?;
        let find = |(place, unit): (usize, &&Unit)| {
            if conflicts.contains_key(&place.to_string()) {
                return Ok(None);
            }
            let path = format!("{place}/{}", unit.path);
            let entry = self.repository().tree_entry(merged.tree_id, path.as_str().into())?;
            if entry.map(|entry| entry.kind) != unit.base.map(|entry| entry.kind) {
                bail!("git made something else of {}", unit.path);
            }
            Ok(entry)
        };
        units.iter().enumerate().map(find).collect()
    }
}
