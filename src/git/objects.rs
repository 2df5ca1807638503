//! Objects: commits, blobs and trees, read as they are and written by the object database.

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix::objs::tree::{EntryKind, EntryMode};
use gix_hash::ObjectId;

use super::Repository;
use super::identity::Role;
use super::vanished::again;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::facts::Commit;
use crate::model::hint;
use crate::model::origin::Origin;

/// A commit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitObject {
    /// Its own id.
    pub id: ObjectId,
    /// The tree.
    pub tree_id: ObjectId,
    /// In git's order, each once, as `git commit-tree` takes them.
    pub parent_ids: Vec<ObjectId>,
    /// Committer time, seconds since the epoch; 0 where it cannot be read, as git shows it.
    pub time: i64,
    /// The author's name, without the address.
    pub author: BString,
    /// The author with address, time and zone, as the commit has them.
    pub signature: BString,
    /// The whole message.
    pub message: BString,
    /// The `encoding` header, if there is one.
    pub encoding: Option<BString>,
}

impl CommitObject {
    /// Where it came from; an amend or a rebase leaves that.
    pub fn origin(&self) -> Origin {
        Origin::of(self.signature.as_ref(), self.message.as_ref())
    }

    /// Author time, seconds since the epoch; 0 where it cannot be read. An amend or a rebase leaves it.
    pub fn author_time(&self) -> i64 {
        let time = self.signature.rsplitn_str(3, " ").nth(1);
        time.and_then(|time| time.to_str().ok()?.parse().ok()).unwrap_or_default()
    }

    /// The same as a commit of a task, with what it changes.
    pub fn into_own(self, change: Vec<PathChange>) -> Commit {
        let CommitObject { id, tree_id, parent_ids, time, author, signature, message, encoding } = self;
        Commit { id, tree_id, parent_ids, time, author, signature, message, encoding, change }
    }
}

/// What is wrong with a commit that is there and does not hold what a commit holds.
pub(in crate::git) fn malformed(commit_id: ObjectId) -> String {
    format!("the commit {commit_id} is malformed, take it back or make it again with git itself")
}

/// The parents of a commit; who names one twice makes no merge of it.
fn each_once(parents: impl Iterator<Item = ObjectId>) -> Vec<ObjectId> {
    let mut parent_ids = Vec::new();
    for id in parents {
        if !parent_ids.contains(&id) {
            parent_ids.push(id);
        }
    }
    parent_ids
}

impl Repository {
    /// The commit of this id.
    pub fn commit(&self, id: ObjectId) -> Result<CommitObject> {
        Ok(self.dated_commit(id)?.0)
    }

    /// The same, and whether its committer time can be read.
    pub(in crate::git) fn dated_commit(&self, id: ObjectId) -> Result<(CommitObject, bool)> {
        let doing = || format!("cannot read the commit {id}");
        let missing = |error| match self.is_shallow() && !self.contains(id) {
            true => self.missing_commit(id),
            false => anyhow::Error::new(error),
        };
        let commit = again(|| self.gix.find_commit(id)).map_err(missing).with_context(doing)?;
        let decoded = commit.decode().with_context(|| malformed(id))?;
        let time = decoded.time();
        let is_dated = time.is_ok();
        let commit = CommitObject {
            id,
            tree_id: decoded.tree(),
            parent_ids: each_once(decoded.parents()),
            time: time.map(|time| time.seconds).unwrap_or_default(),
            author: decoded.author().map(|author| author.name.trim().into()).unwrap_or_default(),
            signature: decoded.author.to_owned(),
            message: decoded.message.to_owned(),
            encoding: decoded.encoding.map(ToOwned::to_owned),
        };
        Ok((commit, is_dated))
    }

    /// Whether the object is here and a commit.
    pub fn is_commit(&self, id: ObjectId) -> bool {
        self.gix.try_find_header(id).is_ok_and(|header| header.is_some_and(|one| one.kind().is_commit()))
    }

    /// The tree of a commit; the empty tree where there is none.
    pub fn tree_of(&self, commit_id: Option<ObjectId>) -> Result<ObjectId> {
        commit_id.map_or(Ok(self.empty_tree()), |id| Ok(self.commit(id)?.tree_id))
    }

    /// The content of this blob.
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>> {
        match again(|| self.gix.find_blob(id)) {
            Ok(mut blob) => Ok(blob.take_data()),
            Err(error) => Err(self.unreadable(error.into(), "blob", id)),
        }
    }

    /// Why an object cannot be read. In a partial clone it may never have been fetched; it is not
    /// fetched behind anybody's back.
    pub(in crate::git) fn unreadable(&self, error: anyhow::Error, what: &str, id: ObjectId) -> anyhow::Error {
        let doing = format!("cannot read the {what} {id}");
        match self.fetch_promised().filter(|_| !self.contains(id)) {
            Some(fetch) => hint::error(format!("{doing}, which is not in this partial clone"), fetch),
            None => error.context(doing),
        }
    }

    /// The command that fetches what a partial clone lacks; `None` where nothing was left out.
    pub fn fetch_promised(&self) -> Option<String> {
        let snapshot = self.gix.config_snapshot();
        let mut remotes = snapshot.plumbing().sections_by_name("remote").into_iter().flatten();
        let remote = remotes.find(|remote| remote.body().contains_value_name("promisor"))?;
        let name = remote.header().subsection_name()?;
        Some(format!(
            "git fetch --refetch --no-filter {name} 'refs/heads/*:refs/remotes/{name}/*' \
             'refs/orchestrate/*:refs/orchestrate/*'"
        ))
    }

    /// Stores a blob; the same content always gets the same id.
    pub fn write_blob(&self, content: &[u8]) -> Result<ObjectId> {
        again(|| Ok(self.gix.write_blob(content).context("cannot write a blob")?.detach()))
    }

    /// Stores a tree of regular files, each given by its path and its content.
    pub fn write_files_tree(&self, files: &[(&str, &[u8])]) -> Result<ObjectId> {
        let doing = "cannot write a tree";
        let mut editor = self.gix.edit_tree(self.empty_tree()).context(doing)?;
        for (path, content) in files {
            editor.upsert(*path, EntryKind::Blob, self.write_blob(content)?).context(doing)?;
        }
        Ok(editor.write().context(doing)?.detach())
    }

    /// Stores a tree of these entries, each given by its path.
    pub(in crate::git) fn write_entries(
        &self,
        entries: impl IntoIterator<Item = (BString, Entry)>,
    ) -> Result<ObjectId> {
        let doing = "cannot write a tree";
        let mut editor = self.gix.edit_tree(self.empty_tree()).context(doing)?;
        for (path, entry) in entries {
            editor.upsert(path.as_bstr(), super::merges::entry_kind(entry.kind), entry.id).context(doing)?;
        }
        Ok(editor.write().context(doing)?.detach())
    }

    /// Stores a tree with a directory of each name, all with the same content.
    pub(in crate::git) fn write_directories(
        &self,
        names: impl IntoIterator<Item = BString>,
        tree_id: ObjectId,
    ) -> Result<ObjectId> {
        let doing = "cannot write a tree";
        let mut editor = self.gix.edit_tree(self.empty_tree()).context(doing)?;
        for name in names {
            editor.upsert(name.as_bstr(), EntryKind::Tree, tree_id).context(doing)?;
        }
        Ok(editor.write().context(doing)?.detach())
    }

    /// Stores a tree with one more file.
    pub(in crate::git) fn insert_entry(
        &self,
        tree_id: ObjectId,
        path: &BStr,
        entry: Entry,
    ) -> Result<ObjectId> {
        let doing = "cannot write a tree";
        let mut editor = self.gix.edit_tree(tree_id).context(doing)?;
        editor.upsert(path, super::merges::entry_kind(entry.kind), entry.id).context(doing)?;
        Ok(editor.write().context(doing)?.detach())
    }

    /// The tree of a commit, or the tree itself.
    pub(in crate::git) fn tree_of_any(&self, id: ObjectId) -> Result<ObjectId> {
        let object = self.gix.find_object(id).with_context(|| format!("cannot read {id}"))?;
        Ok(object.peel_to_tree().with_context(|| format!("{id} has no tree"))?.id)
    }

    /// Stores a commit by the configured identity; no ref is moved. The message gets the newline at
    /// its end that git expects.
    pub fn write_commit(
        &self,
        tree_id: ObjectId,
        parent_ids: &[ObjectId],
        message: &str,
    ) -> Result<ObjectId> {
        if message.contains('\0') {
            bail!("a commit message cannot hold a NUL byte");
        }
        let mut message = message.to_owned();
        if !message.ends_with('\n') {
            message.push('\n');
        }
        if tree_id == self.empty_tree() {
            // Readers know this tree without storing it, but fsck wants it to be there.
            self.gix.write_object(gix::objs::Tree::empty()).context("cannot write the empty tree")?;
        }
        let commit = gix::objs::Commit {
            message: message.into(),
            tree: tree_id,
            parents: parent_ids.iter().copied().collect(),
            author: self.identity(Role::Author)?,
            committer: self.identity(Role::Committer)?,
            encoding: None,
            extra_headers: Vec::new(),
        };
        again(|| Ok(self.gix.write_object(&commit).context("cannot write a commit")?.detach()))
    }

    /// Stores a commit by nobody, as old as its youngest parent.
    pub(in crate::git) fn write_trial(&self, tree_id: ObjectId, parent_ids: &[ObjectId]) -> Result<ObjectId> {
        if tree_id == self.empty_tree() {
            self.gix.write_object(gix::objs::Tree::empty()).context("cannot write the empty tree")?;
        }
        let times = parent_ids.iter().map(|id| Ok(self.commit(*id)?.time)).collect::<Result<Vec<_>>>()?;
        let time = gix::date::Time::new(times.into_iter().max().unwrap_or_default(), 0);
        let nobody = gix::actor::Signature { name: "trial".into(), email: "trial@invalid".into(), time };
        let commit = gix::objs::Commit {
            message: "trial\n".into(),
            tree: tree_id,
            parents: parent_ids.iter().copied().collect(),
            author: nobody.clone(),
            committer: nobody,
            encoding: None,
            extra_headers: Vec::new(),
        };
        again(|| Ok(self.gix.write_object(&commit).context("cannot write a commit")?.detach()))
    }

    /// The file, link or submodule at `path` of a tree; `None` for a directory, or if nothing is there.
    pub fn tree_entry(&self, tree_id: ObjectId, path: &BStr) -> Result<Option<Entry>> {
        Ok(self.lookup(tree_id, path)?.and_then(|(mode, id)| Some(Entry { kind: kind(mode)?, id })))
    }

    /// Whether a tree has anything at `path`, also a directory.
    pub fn has_path(&self, tree_id: ObjectId, path: &BStr) -> Result<bool> {
        Ok(self.lookup(tree_id, path)?.is_some())
    }

    /// The names in the directory `dir` of a tree (the top, if it is empty), files and directories,
    /// in git's order; none if there is no such directory.
    pub fn tree_names(&self, tree_id: ObjectId, dir: &BStr) -> Result<Vec<BString>> {
        self.tree_names_of(tree_id, dir, |_| true)
    }

    /// Those of them that are `wanted`.
    pub fn tree_names_of(
        &self,
        tree_id: ObjectId,
        dir: &BStr,
        wanted: impl Fn(&BStr) -> bool,
    ) -> Result<Vec<BString>> {
        let dir = dir.trim_end_with(|c| c == '/');
        let id = match dir {
            [] => Some(tree_id),
            dir => self.lookup(tree_id, dir.as_bstr())?.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id),
        };
        let Some(id) = id else { return Ok(Vec::new()) };
        let doing = || format!("cannot read the tree {id}");
        let tree = again(|| self.gix.find_tree(id)).with_context(doing)?;
        let entries = tree.decode().with_context(doing)?.entries.into_iter();
        let names = entries.map(|entry| entry.filename).filter(|name| wanted(name)).map(ToOwned::to_owned);
        Ok(names.collect())
    }

    /// Whether a damaged tree has a path more than once, so that nobody can say what it is.
    pub fn holds_twice(&self, tree_id: ObjectId, path: &BStr) -> Result<bool> {
        let at = path.rfind_byte(b'/').map_or(0, |slash| slash + 1);
        let names = self.tree_names(tree_id, path[..at].as_bstr())?;
        Ok(names.iter().filter(|name| **name == path[at..]).count() > 1)
    }

    /// The id of the tree without entries; it need not be stored.
    pub fn empty_tree(&self) -> ObjectId {
        ObjectId::empty_tree(self.object_hash())
    }

    /// Whether the object is here.
    pub fn contains(&self, id: ObjectId) -> bool {
        self.gix.has_object(id)
    }

    pub(in crate::git) fn lookup(
        &self,
        tree_id: ObjectId,
        path: &BStr,
    ) -> Result<Option<(EntryMode, ObjectId)>> {
        let doing = || format!("cannot look up {path:?} in the tree {tree_id}");
        let mut found = None;
        let mut directory = Some(tree_id);
        for name in path.split_str("/") {
            // Nothing is below a file, a link or a submodule, whose commit need not be here.
            let Some(id) = directory else { return Ok(None) };
            let tree = again(|| self.gix.find_tree(id));
            let tree = tree.map_err(|error| self.unreadable(error.into(), "tree", id)).with_context(doing)?;
            let entry = tree.lookup_entry([name]).with_context(doing)?;
            found = entry.map(|entry| (entry.mode(), entry.object_id()));
            directory = found.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id);
        }
        Ok(found)
    }
}

/// What a tree entry is; `None` for a directory.
pub(in crate::git) fn kind(mode: EntryMode) -> Option<Kind> {
    Some(match mode.kind() {
        EntryKind::Tree => return None,
        EntryKind::Blob => Kind::File,
        EntryKind::BlobExecutable => Kind::Executable,
        EntryKind::Link => Kind::Symlink,
        EntryKind::Commit => Kind::Submodule,
    })
}
