//! Whether a tree is shaped as the notes that git keeps: names that make up object ids.

use anyhow::{Context, Result};
use gix::objs::tree::EntryKind;
use gix_hash::ObjectId;

use super::Repository;

impl Repository {
    /// The path of the first entry that is no note; `None` if all are.
    pub fn stray_in_notes(&self, tree_id: ObjectId) -> Result<Option<String>> {
        self.stray_below(tree_id, "", "")
    }

    fn stray_below(&self, tree_id: ObjectId, path: &str, digits: &str) -> Result<Option<String>> {
        if tree_id == self.empty_tree() {
            return Ok(None);
        }
        let doing = || format!("cannot read the tree {tree_id}");
        let tree = self.gix.find_tree(tree_id).with_context(doing)?;
        let length = self.object_hash().len_in_hex();
        for entry in tree.decode().with_context(doing)?.entries {
            let name = entry.filename.to_string();
            let (path, digits) = (format!("{path}{name}"), format!("{digits}{name}"));
            let is_hex = name.bytes().all(|byte| byte.is_ascii_hexdigit());
            match entry.mode.kind() {
                EntryKind::Blob if is_hex && digits.len() == length => {}
                EntryKind::Tree if is_hex && name.len() == 2 && digits.len() < length => {
                    if let Some(stray) =
                        self.stray_below(entry.oid.to_owned(), &format!("{path}/"), &digits)?
                    {
                        return Ok(Some(stray));
                    }
                }
                _ => return Ok(Some(path)),
            }
        }
        Ok(None)
    }
}
