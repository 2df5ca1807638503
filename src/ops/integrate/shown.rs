//! What a person finds in the private worktree: markers that name the tasks, with the common
//! ancestor's lines between them, whatever `merge.conflictStyle` says; and files filled in as the same
//! lines were resolved before. What is filled in is not staged: a person looks at it and adds it.

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::merges::{Incoming, Merged};
use crate::model::change::{Entry, Kind};
use crate::model::integration::clash::Clash;
use crate::model::integration::hunk::{self, Labels};
use crate::model::integration::resolution::How;
use crate::model::name::TaskName;
use crate::ops::integrate::gather::Scene;
use crate::ops::integrate::trial::{self, Attempt};

/// The merge as it is laid out.
pub fn shown(scene: &Scene<'_>, onto: ObjectId, name: &TaskName, attempt: &Attempt) -> Result<Merged> {
    let mut merged = attempt.merged.clone();
    if merged.conflicts.is_empty() {
        return Ok(merged);
    }
    let branch = scene.facts.task(name).map_or("", |task| &task.branch);
    let with_bases = scene.room.ask_git_with_bases(onto, Incoming { tip: attempt.tip, branch })?;
    let scratch = scene.room.repository();
    let mut entries: Vec<(BString, Option<Entry>)> = Vec::new();
    for clash in &attempt.clashes {
        for path in clash.conflict.stages.iter().map(|stage| &stage.path) {
            let Some(entry) = scratch.tree_entry(with_bases.tree_id, path.as_bstr())? else { continue };
            if !matches!(entry.kind, Kind::File | Kind::Executable) {
                continue;
            }
            let file = scratch.blob(entry.id)?;
            if let Some(file) = hunk::renamed(&file, &trial::labels(branch), &names(clash)) {
                entries.push((path.clone(), Some(Entry { id: scratch.write_blob(&file)?, ..entry })));
            }
        }
    }
    let marked = scene.room.with_entries(merged.tree_id, &entries)?;
    let proposals = attempt.clashes.iter().filter_map(|clash| clash.proposal.as_ref());
    let recalled = proposals.filter(|one| matches!(one.how, How::Recorded(_) | How::Similar(_)));
    merged.tree_id = trial::with_resolutions(scene, marked, recalled)?;
    Ok(merged)
}

/// The tasks on each side; what no task changed is called as git calls it.
fn names(clash: &Clash) -> Labels {
    let listed = |tasks: &[TaskName], other: &str| match tasks {
        [] => other.to_owned(),
        tasks => tasks.iter().map(TaskName::as_str).collect::<Vec<_>>().join(", "),
    };
    Labels { ours: listed(&clash.ours, "HEAD"), theirs: listed(&clash.theirs, "MERGE_HEAD") }
}
