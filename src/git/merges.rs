//! Three-way merges of commits, without a worktree, an index or a moved ref. git is the referee.
//!
//! `git merge-tree --write-tree` decides, in the [clean room](super::clean_room). Only what is
//! provably the same is decided in process, because most steps of an integration are of that kind
//! and a process for each would cost more than all the rest: one side holds the other, one side
//! changed nothing, or no rename can come into play and each path was changed by one side alone or is a
//! plain text that leaves no doubt, or of which git was asked [beforehand](super::foresight). The tests
//! hold these answers against git's.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow, bail};
use bstr::{BStr, BString, ByteSlice};
use gix::objs::tree::EntryKind;
use gix_hash::ObjectId;

use super::Repository;
use super::attributes::Attributes;
use super::clean_room::CleanRoom;
use super::meetings::Unit;
use super::plain_text::{self, Text};
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::integration::conflict::{self, Conflict, Message, Side, Stage};

/// What is merged.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The commit.
    pub tip: ObjectId,
    /// How conflict markers name it: the short name of its branch.
    pub branch: &'a str,
}

/// How a merge came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The whole result; where there are conflicts its files hold conflict markers.
    pub tree_id: ObjectId,
    /// What git could not decide; empty for a clean merge.
    pub conflicts: Vec<Conflict>,
    /// Everything that git said, in its order; empty where it was not asked.
    pub messages: Vec<Message>,
}

impl CleanRoom {
    /// Merges `theirs` into the commit `ours`. New trees and blobs stay in the room.
    pub fn merge(&self, ours: ObjectId, theirs: Incoming<'_>) -> Result<Merged> {
        match self.decide(ours, theirs.tip)? {
            Some(tree_id) => Ok(Merged { tree_id, conflicts: Vec::new(), messages: Vec::new() }),
            None => self.ask_git(ours, theirs),
        }
    }

    /// The merge as `git merge-tree --write-tree` makes it, always by asking.
    pub fn ask_git(&self, ours: ObjectId, theirs: Incoming<'_>) -> Result<Merged> {
        self.ask_with(&[], &[], ours, theirs)
    }

    /// The same with the common ancestor's lines between the markers. Git may see more conflicts so:
    /// sides that made the same change in different steps are told apart.
    pub fn ask_git_with_bases(&self, ours: ObjectId, theirs: Incoming<'_>) -> Result<Merged> {
        self.ask_with(&["-c", "merge.conflictStyle=diff3"], &[], ours, theirs)
    }

    /// Merges three versions of a text; `None` if they conflict.
    pub fn merge_text(&self, [base, ours, theirs]: [&[u8]; 3]) -> Result<Option<Vec<u8>>> {
        const PATH: &str = "text";
        let scratch = self.repository();
        let commit = |content: &[u8], parents: &[ObjectId]| {
            self.trial_commit(scratch.write_files_tree(&[(PATH, content)])?, parents)
        };
        let base = commit(base, &[])?;
        let (ours, theirs) = (commit(ours, &[base])?, commit(theirs, &[base])?);
        let merged = self.merge(ours, Incoming { tip: theirs, branch: "text" })?;
        let entry = scratch.tree_entry(merged.tree_id, PATH.into())?;
        match entry.filter(|_| merged.conflicts.is_empty()) {
            Some(entry) => scratch.blob(entry.id).map(Some),
            None => Ok(None),
        }
    }

    /// The merge with settings of git itself and options of `merge-tree`.
    pub(in crate::git) fn ask_with(
        &self,
        settings: &[&str],
        options: &[&str],
        ours: ObjectId,
        theirs: Incoming<'_>,
    ) -> Result<Merged> {
        self.name_sides(ours, theirs.branch, theirs.tip)?;
        let git = self.git().args(["-c", "merge.conflictStyle=merge"]).args(settings);
        // That two histories have nothing in common is for who asks to judge.
        let git = git.args(["merge-tree", "--write-tree", "-z", "--messages"]);
        let git = git.args(["--allow-unrelated-histories"]).args(options);
        let output = git.args(["HEAD", theirs.branch]).run()?;
        let said = || output.stderr.trim().to_str_lossy().into_owned();
        match output.code {
            Some(code @ (0 | 1)) => parse(&output.stdout, code == 0)
                .with_context(|| format!("cannot read what git says of {ours} and {}", theirs.tip)),
            _ => Err(anyhow!(said()).context(format!("git cannot merge {} into {ours}", theirs.branch))),
        }
    }

    /// A commit that exists only in this room, to go on from. The same tree on the same parents is the
    /// same commit.
    pub fn trial_commit(&self, tree_id: ObjectId, parent_ids: &[ObjectId]) -> Result<ObjectId> {
        self.repository().write_trial(tree_id, parent_ids)
    }

    /// The tree of `tree_id` with these entries instead of its own; `None` removes one.
    pub fn with_entries(&self, tree_id: ObjectId, entries: &[(BString, Option<Entry>)]) -> Result<ObjectId> {
        put(self.repository(), tree_id, entries.iter().map(|(path, entry)| (path.as_bstr(), *entry)))
    }

    /// The merged tree, where it takes no judgement to know it.
    fn decide(&self, ours: ObjectId, theirs: ObjectId) -> Result<Option<ObjectId>> {
        let scratch = self.repository();
        let bases = scratch.merge_bases(ours, theirs)?;
        let [base] = bases.as_slice() else { return Ok(None) };
        let tree = |id| scratch.commit(id).map(|commit| commit.tree_id);
        let (base, ours, theirs) = (tree(*base)?, tree(ours)?, tree(theirs)?);
        if base == theirs || ours == theirs {
            return Ok(Some(ours));
        }
        if base == ours {
            return Ok(Some(theirs));
        }
        let (our_changes, their_changes) =
            (scratch.diff_trees(base, ours)?, scratch.diff_trees(base, theirs)?);
        let Some(shared) = shared_paths(&our_changes, &their_changes) else { return Ok(None) };
        let attributes = Attributes::of(self.repository(), self.attributes())?;
        let mut entries = Vec::new();
        for change in &their_changes {
            let path = change.path.as_bstr();
            let entry = match shared.get(path) {
                None => change.new,
                Some(mine) => match self.both(mine, change, &attributes)? {
                    None => return Ok(None),
                    merged => merged,
                },
            };
            entries.push((path, entry));
        }
        put(scratch, ours, entries).map(Some)
    }

    /// The merge of a file that both sides changed, if it is certain.
    fn both(
        &self,
        ours: &PathChange,
        theirs: &PathChange,
        attributes: &Attributes<'_>,
    ) -> Result<Option<Entry>> {
        let (Some(base), Some(one), Some(other)) = (ours.old, ours.new, theirs.new) else { return Ok(None) };
        let is_file = matches!(base.kind, Kind::File | Kind::Executable);
        let same_kind = base.kind == one.kind && base.kind == other.kind;
        if !is_file || !same_kind || attributes.have_a_say(ours.path.as_bstr())? {
            return Ok(None);
        }
        let (path, theirs) = (ours.path.clone(), theirs.new);
        if let Some(known) = self.foreseen().find(&Unit { path, base: ours.old, ours: ours.new, theirs }) {
            return Ok(Some(known));
        }
        let scratch = self.repository();
        let text = |entry: Entry| scratch.blob(entry.id).map(Text::new);
        match plain_text::merged([&text(base)?, &text(one)?, &text(other)?]) {
            Some(text) => Ok(Some(Entry { id: scratch.write_blob(&text)?, ..base })),
            None => Ok(None),
        }
    }
}

/// Our changes of the paths that both sides change, where every path can be looked at by itself: none
/// is below another one's, and there is no rename of a directory into which the other side adds. A
/// rename needs a deletion and an addition on one side; what else it could do needs one of these in
/// common.
fn shared_paths<'c>(
    ours: &'c [PathChange],
    theirs: &[PathChange],
) -> Option<BTreeMap<&'c BStr, &'c PathChange>> {
    let adds = |side: &[PathChange]| side.iter().any(|change| change.old.is_none());
    let deletes = |side: &[PathChange]| side.iter().any(|change| change.new.is_none());
    let may_rename = |side: &[PathChange]| adds(side) && deletes(side);
    let renamed_into = (may_rename(ours) && adds(theirs)) || (may_rename(theirs) && adds(ours));
    if renamed_into || is_below(ours, theirs) || is_below(theirs, ours) {
        return None;
    }
    let paths: BTreeSet<&BStr> = theirs.iter().map(|change| change.path.as_bstr()).collect();
    let shared = ours.iter().map(|change| (change.path.as_bstr(), change));
    Some(shared.filter(|(path, _)| paths.contains(path)).collect())
}

/// Whether a directory above a path of `one` is a path of `other`.
fn is_below(one: &[PathChange], other: &[PathChange]) -> bool {
    let paths: BTreeSet<&BStr> = other.iter().map(|change| change.path.as_bstr()).collect();
    let mut above =
        one.iter().flat_map(|change| change.path.find_iter("/").map(|end| change.path[..end].as_bstr()));
    above.any(|prefix| paths.contains(prefix))
}

fn put<'a>(
    scratch: &Repository,
    tree_id: ObjectId,
    entries: impl IntoIterator<Item = (&'a BStr, Option<Entry>)>,
) -> Result<ObjectId> {
    let doing = "cannot write the merged tree";
    let mut editor = scratch.gix.edit_tree(tree_id).context(doing)?;
    for (path, entry) in entries {
        match entry {
            Some(entry) => editor.upsert(path, entry_kind(entry.kind), entry.id),
            None => editor.remove(path),
        }
        .context(doing)?;
    }
    Ok(editor.write().context(doing)?.detach())
}

pub(in crate::git) fn entry_kind(kind: Kind) -> EntryKind {
    match kind {
        Kind::File => EntryKind::Blob,
        Kind::Executable => EntryKind::BlobExecutable,
        Kind::Symlink => EntryKind::Link,
        Kind::Submodule => EntryKind::Commit,
    }
}

/// Reads the answer of `git merge-tree --write-tree -z --messages`: the tree, the unmerged entries,
/// and after an empty field the messages. Whether it is clean is what the exit code says: git may call
/// something a conflict that it has settled, such as a directory that went to two places.
fn parse(answer: &[u8], is_clean: bool) -> Result<Merged> {
    let mut fields = answer.split_str("\0");
    let tree_id = tree(&mut fields)?;
    let stages = stages(&mut fields)?;
    let messages = messages(&mut fields)?;
    let conflicts = if is_clean { Vec::new() } else { conflict::collect(&messages, &stages) };
    if conflicts.is_empty() && !is_clean {
        bail!("git stopped without a conflict");
    }
    Ok(Merged { tree_id, conflicts, messages })
}

/// Reads the answers of `git merge-tree --write-tree -z --stdin`: before each a 1 for a clean merge,
/// of which only the tree is told, or a 0; after each an empty field.
pub(in crate::git) fn parse_many(answer: &[u8]) -> Result<Vec<Merged>> {
    let mut fields = answer.split_str("\0");
    let mut merged = Vec::new();
    loop {
        let (stages, messages, tree_id) = match fields.next() {
            None | Some(b"") => return Ok(merged),
            Some(b"1") => {
                let tree_id = tree(&mut fields)?;
                fields.next();
                (Vec::new(), Vec::new(), tree_id)
            }
            Some(b"0") => {
                let tree_id = tree(&mut fields)?;
                (stages(&mut fields)?, messages(&mut fields)?, tree_id)
            }
            Some(other) => bail!("{:?} is neither clean nor conflicted", other.as_bstr()),
        };
        let conflicts = conflict::collect(&messages, &stages);
        if conflicts.is_empty() && !messages.is_empty() {
            bail!("git stopped without a conflict");
        }
        merged.push(Merged { tree_id, conflicts, messages });
    }
}

fn tree<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Result<ObjectId> {
    let tree_id = fields.next().context("nothing was said")?;
    ObjectId::from_hex(tree_id).with_context(|| format!("{:?} is no tree", tree_id.as_bstr()))
}

/// The unmerged entries, up to an empty field. Git also lists what is not there, with mode 0.
fn stages<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Result<Vec<Stage>> {
    let mut stages = Vec::new();
    let listed = fields.by_ref().take_while(|field| !field.is_empty());
    for field in listed.filter(|field| !field.starts_with(b"000000 ")) {
        stages.push(stage(field).with_context(|| format!("{:?} is no unmerged entry", field.as_bstr()))?);
    }
    Ok(stages)
}

/// The messages, up to an empty field or the end.
fn messages<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    while let Some(count) = fields.next().filter(|field| !field.is_empty()) {
        let count: usize =
            count.to_str_lossy().parse().context("a message must say how many paths it has")?;
        let mut take = || fields.next().context("a message is cut off");
        let paths = (0..count).map(|_| take().map(BString::from)).collect::<Result<Vec<_>>>()?;
        let kind = take()?.to_str_lossy().into_owned();
        let text = take()?.trim_end().to_str_lossy().into_owned();
        messages.push(Message { paths, kind, text });
    }
    Ok(messages)
}

/// `<mode> <object> <stage>TAB<path>`
fn stage(field: &[u8]) -> Result<Stage> {
    let (facts, path) = field.split_once_str("\t").context("no path")?;
    let facts: Vec<&[u8]> = facts.split_str(" ").collect();
    let [mode, id, side] = facts.as_slice() else { bail!("not three fields") };
    let kind = match *mode {
        b"100755" => Kind::Executable,
        b"120000" => Kind::Symlink,
        b"160000" => Kind::Submodule,
        _ => Kind::File,
    };
    let side = match *side {
        b"1" => Side::Base,
        b"2" => Side::Ours,
        b"3" => Side::Theirs,
        _ => bail!("no stage"),
    };
    Ok(Stage { path: path.into(), side, entry: Entry { kind, id: ObjectId::from_hex(id)? } })
}
