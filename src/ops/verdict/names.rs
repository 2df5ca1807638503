//! Names that are one and the same on some systems, by case or Unicode form: which of a change's new
//! names meet another one, of the change itself or of what was there before.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::change::PathChange;
use crate::model::portable;

/// The trees before and after a change.
#[derive(Clone, Copy)]
pub(super) struct Trees<'a> {
    pub repo: &'a Repository,
    /// What the change is against.
    pub old_tree_id: ObjectId,
    /// What the commit holds; `None` while it is only in the index.
    pub result_tree_id: Option<ObjectId>,
}

/// For each name that a merge from one tree to another adds: another name of the result that is the same
/// one on some systems.
pub fn collisions_of_merge(
    repo: &Repository,
    [old_tree_id, result_tree_id]: [ObjectId; 2],
    change: &[PathChange],
) -> Result<HashMap<BString, BString>> {
    collisions(Trees { repo, old_tree_id, result_tree_id: Some(result_tree_id) }, change)
}

/// For each new name: another name of the result that is the same one on some systems. Every part of a
/// path counts, because directories collide as files do.
pub(super) fn collisions(trees: Trees<'_>, change: &[PathChange]) -> Result<HashMap<BString, BString>> {
    let is_new = |one: &&PathChange| one.old.is_none() && one.new.is_some();
    let added: Vec<&BStr> = change.iter().filter(is_new).map(|one| one.path.as_bstr()).collect();
    let mut found = HashMap::new();
    if added.is_empty() {
        return Ok(found);
    }
    let mut names = Names::new(trees, change);
    added.iter().for_each(|path| names.add(path));
    names.read_existing()?;
    for path in added {
        if let Some(other) = names.collision(path)? {
            found.insert(path.to_owned(), other);
        }
    }
    Ok(found)
}

/// So many new names are compared with each that is there.
const FEW: usize = 8;

/// For each directory, by folded name: names that it holds.
type Held = HashMap<BString, HashMap<String, HashSet<BString>>>;

/// The names of the directories that new paths lie in.
struct Names<'a> {
    /// What was there before.
    existing: Held,
    /// What the change adds.
    added: Held,
    removed: BTreeSet<&'a BStr>,
    trees: Trees<'a>,
}

impl<'a> Names<'a> {
    fn new(trees: Trees<'a>, change: &'a [PathChange]) -> Names<'a> {
        let removed = change.iter().filter(|one| one.new.is_none()).map(|one| one.path.as_bstr()).collect();
        Names { existing: HashMap::new(), added: HashMap::new(), removed, trees }
    }

    /// Notes the parts of a new path.
    fn add(&mut self, path: &BStr) {
        for (directory, name) in parts(path) {
            let Some(fold) = portable::fold(name) else { continue };
            let held = self.added.entry(directory.to_owned()).or_default();
            held.entry(fold).or_default().insert(name.to_owned());
        }
    }

    /// Reads what the directories of the new paths hold besides.
    fn read_existing(&mut self) -> Result<()> {
        for (directory, added) in &self.added {
            let existing = self.read(directory.as_bstr(), added)?;
            self.existing.insert(directory.clone(), existing);
        }
        Ok(())
    }

    /// The path of the first part's other name, if any part has one.
    fn collision(&self, path: &BStr) -> Result<Option<BString>> {
        for (directory, name) in parts(path) {
            let Some(fold) = portable::fold(name) else { continue };
            let same = |held: &'_ Held| held.get(directory)?.get(&fold).cloned();
            let added = same(&self.added).unwrap_or_default();
            let existing = same(&self.existing).unwrap_or_default();
            let others: BTreeSet<&BString> = added.union(&existing).filter(|other| *other != name).collect();
            for other in others {
                let at = join(directory, other.as_bstr());
                let is_there = added.contains(other) || !self.is_leaving(at.as_bstr())?;
                if is_there && !self.was_there(directory, name)? {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    /// What a directory of the result holds that could be the same as what was added to it, as far as it
    /// was there before.
    fn read(
        &self,
        directory: &BStr,
        added: &HashMap<String, HashSet<BString>>,
    ) -> Result<HashMap<String, HashSet<BString>>> {
        let tree_id = self.trees.result_tree_id.unwrap_or(self.trees.old_tree_id);
        let mut folded: HashMap<String, HashSet<BString>> = HashMap::new();
        // Nearly all names are neither equal to a few new ones, whatever their case, nor beyond ASCII.
        let may_be_one = |name: &BStr| {
            added.len() > FEW
                || !name.is_ascii()
                || added.keys().any(|fold| name.eq_ignore_ascii_case(fold.as_bytes()))
        };
        for name in self.trees.repo.tree_names_of(tree_id, directory, may_be_one)? {
            if let Some(fold) = portable::fold(name.as_bstr()) {
                folded.entry(fold).or_default().insert(name);
            }
        }
        Ok(folded)
    }

    /// Whether a directory had a name before the change: then it is not new, whatever is below it.
    fn was_there(&self, directory: &BStr, name: &BStr) -> Result<bool> {
        if self.trees.result_tree_id == Some(self.trees.old_tree_id) {
            // What is left of an earlier change is asked about.
            return Ok(false);
        }
        let names = self.trees.repo.tree_names(self.trees.old_tree_id, directory)?;
        Ok(names.iter().any(|one| one == name))
    }

    /// Whether the change removes a path, or everything below it: then it is being renamed.
    fn is_leaving(&self, path: &BStr) -> Result<bool> {
        if self.trees.result_tree_id.is_some() {
            return Ok(false);
        }
        let directory = [path.as_bytes(), b"/"].concat();
        let after = self.removed.range(directory.as_bstr()..);
        let gone = after.take_while(|one| one.starts_with(&directory)).count();
        if gone == 0 || self.removed.contains(path) {
            return Ok(self.removed.contains(path));
        }
        Ok(gone == self.trees.repo.files_at(self.trees.old_tree_id, path)?.len())
    }
}

/// Each part of a path with the directory that holds it; the top is the empty path.
fn parts(path: &BStr) -> impl Iterator<Item = (&BStr, &BStr)> {
    let ends = path.find_iter("/").chain([path.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let directory = &path[..start.max(1) - 1];
        let name = &path[start..end];
        start = end + 1;
        (directory.as_bstr(), name.as_bstr())
    })
}

fn join(directory: &BStr, name: &BStr) -> BString {
    if directory.is_empty() { name.to_owned() } else { bstr::join("/", [directory, name]).into() }
}
