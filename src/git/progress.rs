//! Where an integration in progress is remembered: one ref per run, one file in its commit.
//!
//! Creating the ref is what begins an integration and deleting it is what ends one; both are
//! compare-and-swap, so of two that begin at once one is told about the other.

use anyhow::{Context, Result};
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::refs::Moved;
use crate::model::hint;
use crate::model::integration::progress::Progress;
use crate::model::name::RunName;

/// The one file of the ref's commit.
const FILE: &str = "progress.json";

/// Full name of the ref.
pub fn progress_ref(run: &RunName) -> String {
    format!("refs/orchestrate/{run}/integration")
}

impl Repository {
    /// The integration in progress and the commit that holds it; `None` if there is none.
    pub fn read_progress(&self, run: &RunName) -> Result<Option<(ObjectId, Progress)>> {
        let name = progress_ref(run);
        let Some(id) = self.ref_commit(&name)? else { return Ok(None) };
        let entry = self.tree_entry(self.commit(id)?.tree_id, BStr::new(FILE))?;
        let entry = entry.with_context(|| format!("{name} holds no {FILE}"))?;
        let text = self.blob(entry.id)?;
        let progress = Progress::parse(&text.to_str_lossy());
        let progress = progress.map_err(|why| {
            let forget = format!("if no integration is in progress: git update-ref -d {name}");
            hint::error(format!("cannot read {FILE} of {name}: {why}"), forget)
        })?;
        Ok(Some((id, progress)))
    }

    /// Replaces what is remembered, if it still is `expected` (`None`: nothing may be); the new
    /// commit, or `None` if somebody else was faster.
    pub fn write_progress(
        &self,
        run: &RunName,
        expected: Option<ObjectId>,
        progress: &Progress,
    ) -> Result<Option<ObjectId>> {
        let tree = self.write_files_tree(&[(FILE, progress.to_text().as_bytes())])?;
        let parents: Vec<ObjectId> = expected.into_iter().collect();
        let id = self.write_commit(tree, &parents, &format!("Integrate into {}", progress.branch))?;
        let moved = self.move_ref(&progress_ref(run), expected, id, "integrate")?;
        Ok((moved == Moved::Done).then_some(id))
    }

    /// Forgets the integration in progress.
    pub fn clear_progress(&self, run: &RunName, expected: ObjectId) -> Result<Moved> {
        self.delete_ref(&progress_ref(run), expected)
    }
}
