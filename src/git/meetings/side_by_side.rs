//! Many files merged in one go, each as if it were alone.
//!
//! The three versions of every file are laid side by side in one made-up tree, each file in a
//! directory of its own, so that git merges all of them at once. Attributes decide how a file is
//! merged, so every such directory has the attributes of the whole repository. Macros are the one
//! thing that git reads at the top only.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Pair;
use super::ground::Unit;
use crate::git::clean_room::CleanRoom;
use crate::git::merges::Merged;
use crate::model::change::{Entry, Kind};
use crate::model::integration::conflict::Conflict;
use crate::model::meeting::Collision;

impl CleanRoom {
    /// What git makes of each file, in their order.
    pub(super) fn merge_units(&self, units: &[&Unit]) -> Result<Vec<Vec<Collision>>> {
        let (_, mut found) = self.merge_side_by_side(units)?;
        Ok((0..units.len()).map(|place| found.remove(&place.to_string()).unwrap_or_default()).collect())
    }

    /// The merge of all of them, each file below a directory that is called by its place, and the
    /// conflicts of each that has any.
    pub(in crate::git) fn merge_side_by_side(
        &self,
        units: &[&Unit],
    ) -> Result<(Merged, HashMap<String, Vec<Collision>>)> {
        let (pair, attributes) = self.lay_side_by_side(units)?;
        let merged = self.merge_stdin(&[pair], Some(attributes))?;
        let Ok([merged]) = <[Merged; 1]>::try_from(merged) else { bail!("git did not answer once") };
        let labels = super::labels(pair);
        let mut found: HashMap<String, Vec<Collision>> = HashMap::new();
        for conflict in &merged.conflicts {
            let (place, real) = taken_out(conflict)?;
            found.entry(place).or_default().push(self.collision(&merged, conflict, real, &labels)?);
        }
        Ok((merged, found))
    }

    /// Two commits that differ from their parent in these files alone, each file below a directory
    /// that is called by its place; and a tree with the attributes for all of them.
    fn lay_side_by_side(&self, units: &[&Unit]) -> Result<(Pair, ObjectId)> {
        let side = |entry: fn(&Unit) -> Option<Entry>| {
            let files = units.iter().enumerate().filter_map(|(place, unit)| {
                Some((BString::from(format!("{place}/{}", unit.path)), entry(unit)?))
            });
            self.repository().write_entries(files)
        };
        let base = self.trial_commit(side(|unit| unit.base)?, &[])?;
        let ours = self.trial_commit(side(|unit| unit.ours)?, &[base])?;
        let theirs = self.trial_commit(side(|unit| unit.theirs)?, &[base])?;
        Ok(((ours, theirs), self.attributes_of_each(units.len())?))
    }

    fn attributes_of_each(&self, count: usize) -> Result<ObjectId> {
        let scratch = self.repository();
        let attributes = scratch.tree_of_any(self.attributes())?;
        let places = (0..count).map(|place| BString::from(place.to_string()));
        let tree_id = scratch.write_directories(places, attributes)?;
        let file = scratch.tree_entry(attributes, b".gitattributes".as_bstr())?;
        let Some(file) = file.filter(|entry| entry.kind != Kind::Symlink) else { return Ok(tree_id) };
        let macros = macros(&scratch.blob(file.id)?);
        if macros.is_empty() {
            return Ok(tree_id);
        }
        let top = Entry { kind: Kind::File, id: scratch.write_blob(&macros)? };
        scratch.insert_entry(tree_id, b".gitattributes".as_bstr(), top)
    }
}

/// The lines that define macros. A pattern would mean other files in the made-up tree.
fn macros(file: &[u8]) -> Vec<u8> {
    let defines =
        |line: &&[u8]| line.trim_start_with(|c| c == '"' || c.is_whitespace()).starts_with(b"[attr]");
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    file.lines_with_terminator().filter(defines).flatten().copied().collect()
}

/// The directory that a conflict was in, and the conflict without it.
fn taken_out(conflict: &Conflict) -> Result<(String, Conflict)> {
    let first = conflict.paths.first().context("git named no path")?;
    let (place, _) = first.split_once_str("/").context("git named a path that was not asked for")?;
    let directory = [place, b"/"].concat();
    let mut real = conflict.clone();
    for path in real.paths.iter_mut().chain(real.stages.iter_mut().map(|stage| &mut stage.path)) {
        let rest = path.strip_prefix(directory.as_slice()).context("git mixed up two files")?;
        *path = rest.into();
    }
    real.says = real.says.replace(&*directory.to_str_lossy(), "");
    Ok((place.to_str_lossy().into_owned(), real))
}
