//! The task's own files whose names a merge makes collide with what it brings.
//!
//! A file may have the name of another where case or Unicode form is ignored, or lie in a directory that
//! has. Neither commit is wrong by itself, so only the merge shows it. Two names that both came from
//! others are not the worker's to mend.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};

use super::ground::Ground;
use super::history::History;
use super::names::{self, Trees};
use crate::model::change::PathChange;
use crate::model::judge::merge::{Side, SidePath};
use crate::model::judge::paths;
use crate::model::plan::Task;

/// A merge on a task's branch, as far as names go.
pub(super) struct Namesakes<'a> {
    pub ground: &'a Ground<'a>,
    pub task: &'a Task,
    pub history: &'a History<'a>,
    pub trees: Trees<'a>,
    pub merged: &'a [SidePath],
    pub sides: &'a [Side],
}

impl Namesakes<'_> {
    /// Each such file, with the name that it meets; without those of new names that are `told` already.
    pub fn find(&self, told: &HashMap<BString, BString>) -> Result<BTreeMap<BString, BString>> {
        let named = self.merged.iter().filter(|path| path.ours.is_some() != path.result.is_some());
        let named =
            named.map(|path| PathChange { path: path.path.clone(), old: path.ours, new: path.result });
        let mut met = BTreeMap::new();
        for (path, other) in names::collisions(self.trees, &named.collect::<Vec<_>>())? {
            if !told.contains_key(&path) {
                let brought = as_deep(path.as_bstr(), other.as_bstr()).to_owned();
                met.insert(other, brought);
            }
        }
        let mut found = BTreeMap::new();
        for (name, brought) in met {
            let files = self.own_files(name.as_bstr())?;
            found.extend(files.into_iter().map(|file| (file, brought.clone())));
        }
        Ok(found)
    }

    /// The files of the task's own at a name or below it, unless what is merged has that name as well.
    fn own_files(&self, name: &BStr) -> Result<Vec<BString>> {
        let (repo, old_tree_id) = (self.ground.repo, self.trees.old_tree_id);
        let mut own = Vec::new();
        for side in self.sides {
            if !repo.files_at(repo.commit(side.commit_id)?.tree_id, name)?.is_empty() {
                return Ok(own);
            }
        }
        for file in repo.files_at(old_tree_id, name)? {
            let is_gone = self.merged.iter().any(|path| path.path == file && path.result.is_none());
            if !is_gone
                && paths::entry_for(self.task, file.as_bstr()).is_ok()
                && self.history.inherited(self.ground, self.task, file.as_bstr())?.is_none()
            {
                own.push(file);
            }
        }
        Ok(own)
    }
}

/// As many parts of a path as a name has.
fn as_deep<'p>(path: &'p BStr, name: &BStr) -> &'p BStr {
    let end = path.find_iter("/").nth(name.find_iter("/").count());
    path[..end.unwrap_or(path.len())].as_bstr()
}
