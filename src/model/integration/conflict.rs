//! One conflict of a merge, as git names it: its kind, its paths and the sides that stay unmerged.
//!
//! Git reports a merge twice: as messages of a stable type ("CONFLICT (contents)") and as the
//! entries that it leaves unmerged. [`collect`] brings both together, so that every unmerged path
//! belongs to exactly one conflict at least and nothing that git said is lost.

use std::fmt;

use bstr::{BString, ByteSlice as _};

use crate::model::change::Entry;

/// What kind of conflict it is, after the types of git-merge-tree(1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Both sides changed the same lines.
    Content,
    /// Both sides added the path, with different contents.
    AddAdd,
    /// Both sides changed a file that git cannot merge line by line.
    Binary,
    /// One side changed what the other deleted.
    ModifyDelete,
    /// Both sides renamed the same file, or renamed different files to the same path.
    RenameRename,
    /// One side renamed what the other deleted.
    RenameDelete,
    /// A rename met a path that the other side uses.
    RenameCollision,
    /// One side renamed a directory into which the other added something.
    DirectoryRename,
    /// A path is a file on one side and a directory on the other.
    FileDirectory,
    /// A path is a file on one side and a link or a submodule on the other.
    DistinctTypes,
    /// Both sides moved a submodule.
    Submodule,
    /// A type of a newer git, in its own words.
    Other(String),
}

/// What each kind is called.
const NAMES: [(Kind, &str); 11] = [
    (Kind::Content, "content"),
    (Kind::AddAdd, "add/add"),
    (Kind::Binary, "binary"),
    (Kind::ModifyDelete, "modify/delete"),
    (Kind::RenameRename, "rename/rename"),
    (Kind::RenameDelete, "rename/delete"),
    (Kind::RenameCollision, "rename collision"),
    (Kind::DirectoryRename, "directory rename"),
    (Kind::FileDirectory, "file/directory"),
    (Kind::DistinctTypes, "distinct types"),
    (Kind::Submodule, "submodule"),
];

impl Kind {
    /// The kind of this name, which is how it is displayed.
    pub fn named(name: &str) -> Kind {
        let known = NAMES.iter().find(|(_, known)| *known == name);
        known.map_or_else(|| Kind::Other(name.to_owned()), |(kind, _)| kind.clone())
    }

    /// The kind for a type as git writes it, such as `CONFLICT (modify/delete)`.
    fn of_type(text: &str) -> Kind {
        let inner = text.trim_start_matches("CONFLICT").trim_start_matches("ERROR").trim();
        let inner = inner.trim_start_matches('(').trim_end_matches(')');
        match inner {
            "contents" => Kind::Content,
            "binary" => Kind::Binary,
            "modify/delete" => Kind::ModifyDelete,
            "rename/rename" => Kind::RenameRename,
            "rename/delete" => Kind::RenameDelete,
            "rename involved in collision" => Kind::RenameCollision,
            "file/directory" => Kind::FileDirectory,
            "distinct modes" | "distinct types" => Kind::DistinctTypes,
            _ if inner.contains("directory rename") => Kind::DirectoryRename,
            _ if inner.starts_with("submodule") => Kind::Submodule,
            _ => Kind::Other(inner.to_owned()),
        }
    }

    /// How many kinds are more precise: of two reports on one path the lower one is kept.
    fn vagueness(&self) -> u8 {
        match self {
            Kind::Content => 2,
            Kind::AddAdd => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(kind, _)| kind == self).map(|(_, name)| *name);
        f.pad(match self {
            Kind::Other(text) => text,
            _ => name.unwrap_or_default(),
        })
    }
}

/// Whose version an unmerged entry is; the numbers are those of git's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Stage 1, the common ancestor.
    Base = 1,
    /// Stage 2, what is merged into.
    Ours = 2,
    /// Stage 3, what is merged.
    Theirs = 3,
}

/// One entry that git left unmerged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Where.
    pub path: BString,
    /// Whose.
    pub side: Side,
    /// What.
    pub entry: Entry,
}

/// One conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What kind.
    pub kind: Kind,
    /// The paths it is about, the most telling one first; never empty.
    pub paths: Vec<BString>,
    /// Git's own sentence; empty where git gave none.
    pub says: String,
    /// What stays unmerged at these paths.
    pub stages: Vec<Stage>,
}

impl Conflict {
    /// The entry of one side at the first path.
    pub fn stage(&self, side: Side) -> Option<&Entry> {
        let path = self.paths.first()?;
        self.stages.iter().find(|stage| stage.side == side && stage.path == *path).map(|stage| &stage.entry)
    }

    /// The conflict without the names that git makes up for what finds its place taken: `<path>~<side>`,
    /// with a number behind it where that is taken, too. `sides` are what git calls the two sides.
    pub fn with_real_names(mut self, sides: [&str; 2]) -> Conflict {
        let sides = sides.map(|side| side.replace('/', "_"));
        let real = |path: &BString| {
            let cut = |side: &String| {
                let (real, number) = path.rsplit_once_str(&format!("~{side}"))?;
                let is_number =
                    number.strip_prefix(b"_").is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
                (number.is_empty() || is_number).then(|| BString::from(real))
            };
            sides.iter().find_map(cut).unwrap_or_else(|| path.clone())
        };
        let mut paths: Vec<BString> = Vec::new();
        for path in self.paths.iter().map(real) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        self.stages.iter_mut().for_each(|stage| stage.path = real(&stage.path));
        Conflict { paths, ..self }
    }
}

/// What git said about some paths while it merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The paths it is about.
    pub paths: Vec<BString>,
    /// Its stable type, such as `Auto-merging` or `CONFLICT (contents)`.
    pub kind: String,
    /// The sentence for people, without the line's end.
    pub text: String,
}

impl Message {
    /// Whether it speaks of a conflict, not of something that went well.
    pub fn is_conflict(&self) -> bool {
        self.kind.starts_with("CONFLICT") || self.kind.starts_with("ERROR")
    }
}

/// Brings the messages and the unmerged entries of one merge together.
pub fn collect(messages: &[Message], stages: &[Stage]) -> Vec<Conflict> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    for message in messages.iter().filter(|message| message.is_conflict() && !message.paths.is_empty()) {
        add(&mut conflicts, of_message(message, stages));
    }
    for stage in stages {
        if !conflicts.iter().any(|conflict| conflict.paths.contains(&stage.path)) {
            let kind = Kind::Other("unmerged".into());
            let own = stages.iter().filter(|other| other.path == stage.path).cloned().collect();
            let says = String::new();
            conflicts.push(Conflict { kind, paths: vec![stage.path.clone()], says, stages: own });
        }
    }
    conflicts
}

fn of_message(message: &Message, stages: &[Stage]) -> Conflict {
    let own: Vec<Stage> =
        stages.iter().filter(|stage| message.paths.contains(&stage.path)).cloned().collect();
    let mut kind = Kind::of_type(&message.kind);
    if kind == Kind::Content && !own.is_empty() && own.iter().all(|stage| stage.side != Side::Base) {
        kind = Kind::AddAdd;
    }
    let says = message.text.trim_end().to_owned();
    Conflict { kind, paths: message.paths.clone(), says, stages: own }
}

/// Adds a conflict, or lets the more precise of two reports on the same path stand.
fn add(conflicts: &mut Vec<Conflict>, new: Conflict) {
    let same = conflicts.iter_mut().find(|old| old.paths == new.paths);
    match same {
        Some(old) if old.kind == new.kind => {}
        Some(old) if new.kind.vagueness() < old.kind.vagueness() => *old = new,
        Some(old) if old.kind.vagueness() < new.kind.vagueness() => {}
        _ => conflicts.push(new),
    }
}

#[cfg(test)]
mod tests {
    use gix_hash::ObjectId;

    use super::*;
    use crate::model::change;

    fn message(kind: &str, paths: &[&str]) -> Message {
        let paths = paths.iter().map(|path| BString::from(*path)).collect();
        Message { paths, kind: kind.into(), text: format!("{kind}: told\n") }
    }

    fn stage(path: &str, side: Side) -> Stage {
        let entry = Entry { kind: change::Kind::File, id: ObjectId::null(gix_hash::Kind::Sha1) };
        Stage { path: path.into(), side, entry }
    }

    fn check(messages: &[Message], stages: &[Stage], expect: &[(&str, &str)]) {
        let found: Vec<(String, String)> = collect(messages, stages)
            .iter()
            .map(|conflict| {
                (conflict.kind.to_string(), bstr::join(" ", &conflict.paths).to_str_lossy().into())
            })
            .collect();
        let expect: Vec<(String, String)> = expect.iter().map(|(k, p)| ((*k).into(), (*p).into())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_conflict_has_the_kind_that_git_gives_it() {
        use Side::{Base, Ours, Theirs};
        let content = [stage("f", Base), stage("f", Ours), stage("f", Theirs)];
        check(&[message("Auto-merging", &["f"])], &[], &[]);
        check(&[message("CONFLICT (contents)", &["f"])], &content, &[("content", "f")]);
        check(&[message("CONFLICT (contents)", &["f"])], &content[1..], &[("add/add", "f")]);
        let both = [message("CONFLICT (binary)", &["f"]), message("CONFLICT (contents)", &["f"])];
        check(&both, &content, &[("binary", "f")]);
        let both = [message("CONFLICT (contents)", &["f"]), message("CONFLICT (binary)", &["f"])];
        check(&both, &content, &[("binary", "f")]);
        check(&[message("CONFLICT (rename/rename)", &["a", "b", "c"])], &[], &[("rename/rename", "a b c")]);
        check(&[message("CONFLICT(directory rename collision)", &["d"])], &[], &[("directory rename", "d")]);
        check(
            &[message("CONFLICT (submodule with possible resolution)", &["s"])],
            &[],
            &[("submodule", "s")],
        );
        check(&[message("CONFLICT (novelty)", &["f"])], &[], &[("novelty", "f")]);
    }

    #[test]
    fn what_finds_its_place_taken_has_its_own_name() {
        let check = |paths: &[&str], expect: &[&str]| {
            let found = collect(&[message("CONFLICT (file/directory)", paths)], &[]);
            let real = found[0].clone().with_real_names(["HEAD", "work/task-1"]);
            assert_eq!(real.paths, expect);
        };
        check(&["f~HEAD", "f"], &["f"]);
        check(&["d/f~work_task-1_12", "d/f"], &["d/f"]);
        check(&["f~HEADER", "f~work"], &["f~HEADER", "f~work"]);
    }

    #[test]
    fn no_unmerged_path_is_lost() {
        check(&[], &[stage("f", Side::Ours), stage("f", Side::Theirs)], &[("unmerged", "f")]);
    }

    #[test]
    fn two_kinds_of_conflict_on_one_path_are_both_told() {
        let both = [message("CONFLICT (modify/delete)", &["f"]), message("CONFLICT (rename/delete)", &["f"])];
        check(&both, &[], &[("modify/delete", "f"), ("rename/delete", "f")]);
    }
}
