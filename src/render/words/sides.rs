//! What each side did where two cannot be merged: for conflicts that no lines show.

use bstr::{BString, ByteSlice};

use crate::model::change::Kind as EntryKind;
use crate::model::integration::clash;
use crate::model::integration::conflict::{Conflict, Kind, Side};
use crate::render::words::phrase::Phrase;

/// `task-1 changed it, task-2 deleted it`; `None` where the lines say enough, or nothing more is known.
pub fn deeds(conflict: &Conflict, ours: &str, theirs: &str) -> Option<Phrase> {
    let has = |side| conflict.stages.iter().any(|stage| stage.side == side);
    // Who has something there, and who has not.
    let one_sided = || match (has(Side::Ours), has(Side::Theirs)) {
        (true, false) => Some((ours, theirs)),
        (false, true) => Some((theirs, ours)),
        _ => None,
    };
    match conflict.kind {
        Kind::ModifyDelete => {
            let (keeps, other) = one_sided()?;
            Some(Phrase::new(format!("{keeps} changed it, {other} deleted it")))
        }
        Kind::RenameDelete => {
            let (keeps, other) = one_sided()?;
            let [_, old] = conflict.paths.as_slice() else { return None };
            let words = Phrase::new(format!("{keeps} renamed it from ")).code(old);
            Some(words.words(format!(", {other} deleted it")))
        }
        Kind::RenameRename => renamed_twice(conflict, ours, theirs),
        Kind::FileDirectory => {
            let (keeps, other) = one_sided()?;
            Some(Phrase::new(format!("{keeps} has a file there, {other} a directory")))
        }
        Kind::DirectoryRename => moved(conflict, one_sided()),
        Kind::DistinctTypes => {
            let (one, other) = (kind(conflict, Side::Ours)?, kind(conflict, Side::Theirs)?);
            Some(Phrase::new(format!("{ours} has {} there, {theirs} {}", thing(one), thing(other))))
        }
        Kind::Submodule => Some(Phrase::new(format!(
            "{ours} and {theirs} moved it to different commits, one of which may hold the other"
        ))),
        Kind::Binary => Some(Phrase::new("it is no text, so one of both has to be chosen")),
        Kind::Content | Kind::AddAdd => of_contents(conflict, ours, theirs),
        Kind::RenameCollision | Kind::Other(_) => None,
    }
}

/// Links and modes, which have no lines.
fn of_contents(conflict: &Conflict, ours: &str, theirs: &str) -> Option<Phrase> {
    let (one, other) = (kind(conflict, Side::Ours)?, kind(conflict, Side::Theirs)?);
    if (one, other) == (EntryKind::Symlink, EntryKind::Symlink) {
        return Some(Phrase::new(format!("{ours} and {theirs} link to different places")));
    }
    let is_executable = |kind| kind == EntryKind::Executable;
    if clash::has_lines(conflict) && is_executable(one) != is_executable(other) {
        let runs = if is_executable(one) { ours } else { theirs };
        return Some(Phrase::new(format!("it is executable in {runs} only")));
    }
    None
}

fn renamed_twice(conflict: &Conflict, ours: &str, theirs: &str) -> Option<Phrase> {
    let path = |side| {
        let mut stages = conflict.stages.iter();
        stages.find(|stage| stage.side == side).map(|stage| &stage.path)
    };
    let (one, other) = (path(Side::Ours)?, path(Side::Theirs)?);
    let old = conflict.paths.iter().find(|old| *old != one && *old != other)?;
    let words = Phrase::new(format!("{ours} renamed ")).code(old).words(" to ").code(one);
    Some(words.words(format!(", {theirs} to ")).code(other))
}

/// `adds` is who has the file that is to follow the directory, and who has renamed that.
fn moved(conflict: &Conflict, adds: Option<(&str, &str)>) -> Option<Phrase> {
    let [new, old] = conflict.paths.as_slice() else {
        return Some(Phrase::new("it went to more than one place, so what was added there has none"));
    };
    let (adds, moves) = adds?;
    let directory =
        |path: &BString| path.rfind_byte(b'/').map_or(BString::from("."), |end| path[..end].into());
    let words = Phrase::new(format!("{moves} renamed ")).code(directory(old));
    Some(words.words(" to ").code(directory(new)).words(format!(", {adds} added this there")))
}

fn kind(conflict: &Conflict, side: Side) -> Option<EntryKind> {
    conflict.stages.iter().find(|stage| stage.side == side).map(|stage| stage.entry.kind)
}

fn thing(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File | EntryKind::Executable => "a file",
        EntryKind::Symlink => "a link",
        EntryKind::Submodule => "a submodule",
    }
}
