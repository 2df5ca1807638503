//! A conflict with all that helps a person to resolve it: whose it is, where, and what would do.

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use crate::model::change;
use crate::model::facts::Facts;
use crate::model::integration::author::Dispute;
use crate::model::integration::conflict::{Conflict, Kind, Side};
use crate::model::integration::resolution::Resolution;
use crate::model::name::TaskName;

/// A conflict of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// What git says.
    pub conflict: Conflict,
    /// The same without the names that git makes up for what finds its place taken.
    pub told: Conflict,
    /// The tasks merged earlier that changed these paths; none where it was the base itself.
    pub ours: Vec<TaskName>,
    /// The tasks that this step merges and that changed them.
    pub theirs: Vec<TaskName>,
    /// Where both sides disagree, for files that git merges line by line.
    pub hunks: Vec<Dispute>,
    /// What would settle it without a new decision.
    pub proposal: Option<Resolution>,
}

/// Which of `tasks` changed what a conflict is about, in a commit of their own: one of its paths, what
/// is below one that is a directory, or a directory that was renamed.
pub fn authors<'a>(
    facts: &Facts,
    tasks: impl IntoIterator<Item = &'a TaskName>,
    conflict: &Conflict,
) -> Vec<TaskName> {
    let directory = |path: &BString| path.rfind_byte(b'/').map(|end| BString::from(&path[..end]));
    let renamed = conflict.paths.iter().filter(|_| conflict.kind == Kind::DirectoryRename);
    let places: Vec<BString> = conflict.paths.iter().cloned().chain(renamed.filter_map(directory)).collect();
    let is_at = |path: &BString, place: &BString| {
        path.strip_prefix(place.as_slice()).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    };
    let changed = |name: &&TaskName| {
        let commits = facts.task(name).into_iter().flat_map(|task| task.own_commits());
        let mut changes = commits.flat_map(|commit| &commit.change);
        changes.any(|change| places.iter().any(|place| is_at(&change.path, place)))
    };
    tasks.into_iter().filter(changed).cloned().collect()
}

/// Everybody who has a part in these conflicts, in the plan's order.
pub fn everyone(facts: &Facts, clashes: &[Clash]) -> Vec<TaskName> {
    let named: BTreeSet<&TaskName> =
        clashes.iter().flat_map(|clash| clash.ours.iter().chain(&clash.theirs)).collect();
    facts.tasks.iter().map(|task| &task.name).filter(|name| named.contains(name)).cloned().collect()
}

/// Whether the conflict is one of lines in a regular file, so that its markers can be read.
pub fn has_lines(conflict: &Conflict) -> bool {
    let is_file = |side| {
        let kind = conflict.stage(side).map(|entry| entry.kind);
        matches!(kind, Some(change::Kind::File | change::Kind::Executable))
    };
    matches!(conflict.kind, Kind::Content | Kind::AddAdd)
        && conflict.paths.len() == 1
        && is_file(Side::Ours)
        && is_file(Side::Theirs)
}
