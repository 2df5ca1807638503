//! A conflict of an integration as JSON: where, who, and what settles it.

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use serde::Serialize;

use crate::model::integration::author::{self, Author, Dispute};
use crate::model::integration::clash::Clash;
use crate::model::integration::resolution::How;
use crate::model::name::TaskName;
use crate::render::json::conflicts::Lines;

/// One conflict.
#[derive(Debug, Serialize)]
pub struct Conflict {
    /// Such as `content` or `modify/delete`.
    pub kind: String,
    /// Paths that are not UTF-8 have replacement characters.
    pub paths: Vec<String>,
    /// Git's own sentence.
    pub message: String,
    /// Tasks merged earlier that changed these paths.
    pub ours: Vec<String>,
    /// Tasks of this step that changed them.
    pub theirs: Vec<String>,
    /// Where they disagree.
    pub hunks: Vec<Hunk>,
    /// The lines that a trivial resolution keeps; `null` if the conflict is not trivial.
    pub resolution: Option<Vec<String>>,
    /// What settles it: `same-lines`, `recorded`, `generated`; or `similar` and `not-generated`, which
    /// a person has to look at.
    pub settled_by: Option<&'static str>,
    /// The merge in which a person resolved it before.
    pub recorded_in: Option<String>,
}

/// One place.
#[derive(Debug, Serialize)]
pub struct Hunk {
    /// Of the file with markers, counted from 1.
    pub line: usize,
    /// What is merged into.
    pub ours: String,
    /// What is merged.
    pub theirs: String,
    /// Whose ours is, and where it stands; `null` where that could not be found out.
    pub ours_from: Option<Written>,
    /// The same of theirs.
    pub theirs_from: Option<Written>,
}

/// One side of a place.
#[derive(Debug, Serialize)]
pub struct Written {
    /// In this side's own version of the file.
    pub lines: Lines,
    /// Full names of the tasks that wrote it, or took lines away.
    pub tasks: Vec<String>,
    /// Full names of the tasks in whose merge it was written: a resolution, or an open conflict.
    pub merges_of: Vec<String>,
    /// Some of it was written on the integration branch.
    pub integration: bool,
    /// Some of it is as the base has it.
    pub base: bool,
}

/// The shape of a conflict.
pub fn conflict(clash: &Clash) -> Conflict {
    let trivial = clash.proposal.as_ref().filter(|proposal| proposal.how == How::SameLines);
    Conflict {
        kind: clash.conflict.kind.to_string(),
        paths: texts(&clash.told.paths),
        message: clash.conflict.says.clone(),
        ours: names(&clash.ours),
        theirs: names(&clash.theirs),
        hunks: clash.hunks.iter().map(hunk).collect(),
        resolution: trivial.map(|proposal| texts(&proposal.kept.concat())),
        settled_by: clash.proposal.as_ref().map(|proposal| match &proposal.how {
            How::SameLines => "same-lines",
            How::Recorded(_) => "recorded",
            How::Similar(_) => "similar",
            How::Generated(_) => "generated",
            How::NotGenerated(_) => "not-generated",
        }),
        recorded_in: clash.proposal.as_ref().and_then(|proposal| match &proposal.how {
            How::SameLines | How::Generated(_) | How::NotGenerated(_) => None,
            How::Recorded(id) | How::Similar(id) => Some(hex(*id)),
        }),
    }
}

fn hunk(Dispute { hunk, sides }: &Dispute) -> Hunk {
    let [ours_from, theirs_from] =
        sides.as_ref().map_or([None, None], |sides| sides.each_ref().map(|side| Some(written(side))));
    Hunk {
        line: hunk.line,
        ours: bstr::concat(&hunk.ours).to_str_lossy().into(),
        theirs: bstr::concat(&hunk.theirs).to_str_lossy().into(),
        ours_from,
        theirs_from,
    }
}

fn written(side: &author::Written) -> Written {
    let tasks = side.by.iter().filter_map(|author| match author {
        Author::Task(name) => Some(name.to_string()),
        _ => None,
    });
    let merges_of = side.by.iter().filter_map(|author| match author {
        Author::Merge(name) => Some(name.to_string()),
        _ => None,
    });
    Written {
        lines: Lines::from(&side.lines),
        tasks: tasks.collect(),
        merges_of: merges_of.collect(),
        integration: side.by.contains(&Author::Integration),
        base: side.by.contains(&Author::Base),
    }
}

/// Full names.
pub fn names(tasks: &[TaskName]) -> Vec<String> {
    tasks.iter().map(ToString::to_string).collect()
}

/// What is not UTF-8 has replacement characters.
pub fn texts(all: &[BString]) -> Vec<String> {
    all.iter().map(|text| text.to_str_lossy().into_owned()).collect()
}

/// A full id.
pub fn hex(id: ObjectId) -> String {
    id.to_string()
}
