//! What people decided in earlier conflicts of this run, found again in the merges that they made.
//!
//! Nothing is stored for it: the orchestrator's journal names the merges that a person concluded, and
//! merging their parents again tells what the conflict was. So git's own `rr-cache`, which every
//! worker may write to, is neither read nor written, and what is remembered survives an `--abort` as
//! long as its backup ref does.
//!
//! A decision counts again for the same versions of the same paths, whichever side they are on. Where
//! only the lines in question are the same, as `git rerere` has it, the decision is an offer.

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::clean_room::CleanRoom;
use crate::git::merges::{Incoming, Merged};
use crate::model::change::Entry;
use crate::model::integration::answers::CONCLUDED;
use crate::model::integration::clash;
use crate::model::integration::conflict::{Conflict, Side};
use crate::model::integration::hunk::{self, Section};
use crate::model::integration::recorded;
use crate::model::integration::resolution::{File, How, Resolution};
use crate::model::journal::{Entry as JournalEntry, Event};
use crate::ops::integrate::trial::labels;

/// What the incoming side is called where an old merge is made again.
const RECORDED: &str = "recorded";

/// Decisions, the newest first.
#[derive(Debug, Default)]
pub struct Memory(Vec<Decision>);

/// What a person made of one path.
#[derive(Debug)]
struct Decision {
    /// The merge.
    commit_id: ObjectId,
    path: BString,
    versions: Versions,
    after: Option<Entry>,
    /// The file with its markers, where it was a matter of lines.
    before: Option<Vec<Section>>,
}

/// The three versions of a path; the two sides in no order.
#[derive(Debug, PartialEq, Eq)]
struct Versions {
    base: Option<Entry>,
    sides: [Option<Entry>; 2],
}

impl Memory {
    /// Makes the merges again that the journal names. What is not here any more is not remembered.
    pub fn read(room: &CleanRoom, journal: &[JournalEntry]) -> Result<Memory> {
        let concluded = |entry: &&JournalEntry| entry.event == Event::Other(CONCLUDED.into());
        let merges = journal.iter().rev().filter(concluded).filter_map(|entry| entry.commit_id);
        let mut found = Vec::new();
        for id in merges.filter(|id| room.repository().contains(*id)) {
            found.extend(decisions(room, id)?);
        }
        Ok(Memory(found))
    }

    /// What was decided for the same versions of all of the conflict's paths.
    pub fn same(&self, conflict: &Conflict) -> Option<Resolution> {
        let paths = paths(conflict);
        let newest = paths.first().and_then(|path| self.decision(conflict, path))?.commit_id;
        let after = |path: &BString| {
            let after = self.decision(conflict, path)?.after;
            Some((path.clone(), after.map_or(File::Gone, File::Stored)))
        };
        let files: Option<Vec<_>> = paths.iter().map(after).collect();
        Some(Resolution { how: How::Recorded(newest), files: files?, kept: Vec::new() })
    }

    /// What was decided for the same lines of the path, in a file that differs elsewhere.
    pub fn similar(&self, room: &CleanRoom, path: &BString, now: &[Section]) -> Result<Option<Resolution>> {
        for decision in self.0.iter().filter(|decision| decision.path == *path) {
            let (Some(before), Some(after)) = (&decision.before, decision.after) else { continue };
            if !recorded::ask_the_same(before, now) {
                continue;
            }
            let after = room.repository().blob(after.id)?;
            let (before, now) = (recorded::normal(before), recorded::normal(now));
            if let Some(text) = room.merge_text([&before, &now, &after])? {
                let files = vec![(path.clone(), File::Text(text.into()))];
                let how = How::Similar(decision.commit_id);
                return Ok(Some(Resolution { how, files, kept: Vec::new() }));
            }
        }
        Ok(None)
    }

    fn decision(&self, conflict: &Conflict, path: &BString) -> Option<&Decision> {
        let versions = versions(conflict, path);
        self.0.iter().find(|one| one.path == *path && one.versions == versions)
    }
}

/// What a person made of the conflicts of one merge; nothing if it changed other paths as well.
fn decisions(room: &CleanRoom, id: ObjectId) -> Result<Vec<Decision>> {
    let scratch = room.repository();
    let commit = scratch.commit(id)?;
    let [onto, tip] = commit.parent_ids[..] else { return Ok(Vec::new()) };
    let merged = room.merge(onto, Incoming { tip, branch: RECORDED })?;
    let unmerged: Vec<BString> = merged.conflicts.iter().flat_map(paths).collect();
    let changes = scratch.diff_trees(merged.tree_id, commit.tree_id)?;
    if changes.iter().any(|change| !unmerged.contains(&change.path)) {
        return Ok(Vec::new());
    }
    let mut decisions = Vec::new();
    for conflict in &merged.conflicts {
        for path in paths(conflict) {
            decisions.push(Decision {
                commit_id: id,
                versions: versions(conflict, &path),
                after: scratch.tree_entry(commit.tree_id, path.as_bstr())?,
                before: before(room, &merged, conflict)?,
                path,
            });
        }
    }
    Ok(decisions)
}

fn before(room: &CleanRoom, merged: &Merged, conflict: &Conflict) -> Result<Option<Vec<Section>>> {
    let scratch = room.repository();
    let path = conflict.paths[0].as_bstr();
    let entry = scratch.tree_entry(merged.tree_id, path)?.filter(|_| clash::has_lines(conflict));
    let file = entry.map(|entry| scratch.blob(entry.id)).transpose()?;
    Ok(file.and_then(|file| hunk::sections(&file, &labels(RECORDED))))
}

/// The paths that a conflict leaves unmerged.
fn paths(conflict: &Conflict) -> Vec<BString> {
    let mut paths: Vec<BString> = conflict.stages.iter().map(|stage| stage.path.clone()).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn versions(conflict: &Conflict, path: &BString) -> Versions {
    let of = |side| {
        let mut stages = conflict.stages.iter();
        stages.find(|stage| stage.side == side && stage.path == *path).map(|stage| stage.entry)
    };
    let mut sides = [of(Side::Ours), of(Side::Theirs)];
    sides.sort();
    Versions { base: of(Side::Base), sides }
}
