//! Which pairs collide as JSON, version 1.

use std::ops::Range;

use bstr::{BString, ByteSlice};
use serde::Serialize;

use crate::model::matrix::{self, Beyond, Matrix, Whose};
use crate::model::meeting::{self, Meeting};
use crate::render::json::document;

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    /// 1.
    version: u32,
    /// The run's name.
    run: String,
    /// Nothing conflicts, and everything is known.
    passed: bool,
    /// Tasks in the plan's order, then the base, then the integration branch.
    sides: Vec<Side>,
    /// Every pair that was asked about.
    pairs: Vec<Pair>,
    /// Who changes the path that was asked for.
    touching: Vec<Touch>,
    /// What could not be read; nothing is claimed about it.
    unknown: Vec<String>,
}

/// Something that can be merged.
#[derive(Debug, Serialize)]
struct Side {
    /// Full name of the task, or `base` or `integration`.
    name: String,
    /// `task`, `base` or `integration`.
    kind: &'static str,
    /// Short name of its branch.
    branch: String,
    /// Its newest commit.
    tip: String,
    /// How many paths its worktree holds beyond that.
    uncommitted: usize,
    /// Whether these took part; they do not while a merge is under way there.
    included: bool,
}

/// Two sides.
#[derive(Debug, Serialize)]
struct Pair {
    /// Name of the first side.
    one: String,
    /// Name of the second side.
    other: String,
    /// `apart`, `together`, `conflict` or `unknown`.
    result: &'static str,
    /// Why it is unknown; else `null`.
    why: Option<String>,
    /// Paths that both sides have a part in. Those that are not UTF-8 have replacement characters.
    paths: Vec<String>,
    /// What a person has to decide.
    conflicts: Vec<Conflict>,
}

/// One conflict.
#[derive(Debug, Serialize)]
struct Conflict {
    /// Such as `content` or `modify/delete`.
    kind: String,
    /// The most telling one first.
    paths: Vec<String>,
    /// Git's own sentence.
    message: String,
    /// The places in the file, if it is merged line by line.
    hunks: Vec<Hunk>,
}

/// One place: first line and number of lines in each side's own version, counted from 1.
#[derive(Debug, Serialize)]
struct Hunk {
    one: Lines,
    other: Lines,
}

/// A stretch of lines.
#[derive(Debug, Serialize)]
pub struct Lines {
    /// The first line, counted from 1.
    pub start: usize,
    /// How many; 0 where lines were removed.
    pub count: usize,
}

impl From<&Range<usize>> for Lines {
    fn from(range: &Range<usize>) -> Lines {
        Lines { start: range.start, count: range.len() }
    }
}

/// A task that changes the path.
#[derive(Debug, Serialize)]
struct Touch {
    /// Full name.
    task: String,
    /// How many of its own commits change it.
    commits: usize,
    /// It is changed in the worktree, too.
    uncommitted: bool,
}

/// The document of a matrix.
pub fn report(matrix: &Matrix) -> String {
    document(&Document {
        version: 1,
        run: matrix.run.to_string(),
        passed: matrix.is_yes(),
        sides: matrix.sides.iter().map(side).collect(),
        pairs: matrix.pairs.iter().map(|one| pair(matrix, one)).collect(),
        touching: matrix
            .touching
            .iter()
            .map(|touch| Touch {
                task: touch.task.to_string(),
                commits: touch.commits,
                uncommitted: touch.uncommitted,
            })
            .collect(),
        unknown: matrix.unknown.clone(),
    })
}

fn side(side: &matrix::Side) -> Side {
    let (uncommitted, included) = match side.worktree {
        Beyond::Nothing => (0, true),
        Beyond::Included(paths) => (paths, true),
        Beyond::LeftOut(paths) => (paths, false),
    };
    let kind = match side.of {
        Whose::Task(_) => "task",
        Whose::Base => "base",
        Whose::Integration => "integration",
    };
    Side {
        name: name(side),
        kind,
        branch: side.branch.clone(),
        tip: side.tip.to_string(),
        uncommitted,
        included,
    }
}

fn name(side: &matrix::Side) -> String {
    side.of.name().to_owned()
}

fn pair(matrix: &Matrix, pair: &matrix::Pair) -> Pair {
    let (result, why) = match &pair.meeting {
        Meeting::Apart => ("apart", None),
        Meeting::Together(_) => ("together", None),
        Meeting::Conflict { .. } => ("conflict", None),
        Meeting::Unknown(why) => ("unknown", Some(why.clone())),
    };
    Pair {
        one: name(&matrix.sides[pair.one]),
        other: name(&matrix.sides[pair.other]),
        result,
        why,
        paths: pair.meeting.paths().into_iter().map(text).collect(),
        conflicts: pair.meeting.collisions().iter().map(conflict).collect(),
    }
}

fn conflict(collision: &meeting::Collision) -> Conflict {
    Conflict {
        kind: collision.conflict.kind.to_string(),
        paths: collision.conflict.paths.iter().map(text).collect(),
        message: collision.conflict.says.clone(),
        hunks: collision
            .spans
            .iter()
            .map(|span| Hunk { one: Lines::from(&span.ours), other: Lines::from(&span.theirs) })
            .collect(),
    }
}

fn text(path: &BString) -> String {
    path.to_str_lossy().into_owned()
}
