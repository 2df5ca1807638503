//! The symbolic links of a commit that one of them leads through.

use std::collections::HashMap;

use anyhow::Result;
use bstr::{BStr, BString};

use super::names::Trees;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::judge::links;

/// The targets of the link at `path` and of those that it leads through, in what a change makes of the
/// tree before it.
pub(super) fn from(
    trees: Trees<'_>,
    change: &[PathChange],
    path: &BStr,
) -> Result<HashMap<BString, BString>> {
    let mut found = HashMap::new();
    let mut target_at = |path: &BStr| -> Result<Option<BString>> {
        let entry = match change.iter().find(|one| one.path == path) {
            Some(one) => one.new,
            None => trees.repo.tree_entry(trees.result_tree_id.unwrap_or(trees.old_tree_id), path)?,
        };
        let Some(Entry { kind: Kind::Symlink, id }) = entry else { return Ok(None) };
        let target = BString::from(trees.repo.blob(id)?);
        found.insert(path.to_owned(), target.clone());
        Ok(Some(target))
    };
    if let Some(target) = target_at(path)? {
        // Where they lead is for the judge.
        let _ = links::follow(path, target.as_ref(), &mut target_at)?;
    }
    Ok(found)
}
