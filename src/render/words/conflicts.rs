//! What is said of two sides and where they meet.

use std::ops::Range;

use crate::model::matrix::{Beyond, Matrix, Pair, Side, Touch};
use crate::model::meeting::{Collision, Meeting, Span};
use crate::render::words::phrase::Phrase;
use crate::render::words::{count, sides};

/// The most places of one file; JSON has all.
const MAX_SPANS: usize = 20;

/// What a side is called: `task-2`, `base`, `integration`.
pub fn name(side: &Side) -> &str {
    side.of.short()
}

/// The sign of a meeting in a table.
pub fn sign(meeting: Option<&Meeting>) -> &'static str {
    match meeting {
        None => "",
        Some(Meeting::Apart) => ".",
        Some(Meeting::Together(_)) => "=",
        Some(Meeting::Conflict { .. }) => "x",
        Some(Meeting::Unknown(_)) => "?",
    }
}

/// What the signs mean, those only that are there.
pub fn legend(matrix: &Matrix) -> String {
    let meaning = [
        ("x", "conflict"),
        ("=", "the same files, which merge"),
        (".", "nothing in common"),
        ("?", "unknown"),
    ];
    let is_there = |mark: &str| matrix.pairs.iter().any(|pair| sign(Some(&pair.meeting)) == mark);
    let told =
        meaning.iter().filter(|(mark, _)| is_there(mark)).map(|(mark, words)| format!("{mark} {words}"));
    told.collect::<Vec<_>>().join(", ")
}

/// `task-1 and task-2 conflict`
pub fn heading(matrix: &Matrix, pair: &Pair) -> Phrase {
    let (one, other) = (&matrix.sides[pair.one], &matrix.sides[pair.other]);
    let both = Phrase::new(format!("{} and {}", name(one), name(other)));
    match &pair.meeting {
        Meeting::Apart => both.words(" have nothing in common"),
        Meeting::Together(_) => both.words(" change the same files, which merge"),
        Meeting::Conflict { .. } => both.words(" conflict"),
        Meeting::Unknown(why) => both.words(": unknown, ").data(why),
    }
}

/// `content  api/users.py  lines 3-5 of task-1, 4 of task-2`
pub fn collision(matrix: &Matrix, pair: &Pair, collision: &Collision) -> Phrase {
    let mut phrase = Phrase::new(format!("{}: ", collision.conflict.kind));
    for (place, path) in collision.conflict.paths.iter().enumerate() {
        phrase = if place == 0 { phrase } else { phrase.words(", ") }.code(path);
    }
    let spans = |of: fn(&Span) -> &Range<usize>| {
        let shown: Vec<String> = collision.spans.iter().take(MAX_SPANS).map(|span| lines(of(span))).collect();
        shown.join(", ")
    };
    let (one, other) = (name(&matrix.sides[pair.one]), name(&matrix.sides[pair.other]));
    if let Some(deeds) = sides::deeds(&collision.conflict, one, other) {
        phrase = phrase.words(" (").then(deeds).words(")");
    }
    if collision.spans.is_empty() {
        return phrase;
    }
    let (ours, theirs) = (spans(|span| &span.ours), spans(|span| &span.theirs));
    let more = match collision.spans.len().saturating_sub(MAX_SPANS) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    phrase.words(format!(" (lines {ours} of {one}, {theirs} of {other}{more})"))
}

/// `3-5`, `4`, or `none at 7` where lines were removed.
pub fn lines(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("none at {}", range.start),
        1 => range.start.to_string(),
        _ => format!("{}-{}", range.start, range.end - 1),
    }
}

/// What of a worktree took part.
pub fn beyond(side: &Side) -> Option<String> {
    match side.worktree {
        Beyond::Nothing => None,
        Beyond::Included(paths) => {
            Some(format!("{}: with {} not committed", name(side), count(paths, "path")))
        }
        Beyond::LeftOut(paths) => Some(format!(
            "{}: without {} not committed, as a merge is under way there",
            name(side),
            count(paths, "path")
        )),
    }
}

/// `task-1 changes it in 2 commits and in its worktree`
pub fn touch(touch: &Touch) -> String {
    let commits = count(touch.commits, "commit");
    let how = match (touch.commits, touch.uncommitted) {
        (0, _) => "in its worktree".to_owned(),
        (_, false) => format!("in {commits}"),
        (_, true) => format!("in {commits} and in its worktree"),
    };
    format!("{} changes it {how}", touch.task.short())
}
