//! The clean room: a scratch repository that sees the real objects and nothing else of the real one.
//!
//! Linked worktrees share configuration, hooks, attributes, grafts and replace refs, so any worker
//! could change what a merge in the shared repository yields, or have it run a command. In here
//! there is only a configuration of our own and an alternate object store. What is written stays in
//! the scratch store, which goes with the room, until [`CleanRoom::hand_over`] moves a result to
//! the real one; so a trial leaves no trace.
//!
//! Two things are let in, because the result would be wrong without them. The `.gitattributes` of
//! one commit that the caller names, usually the base, decide how files are merged. And a shallow
//! clone's boundary counts where history really ends: a line of the `shallow` file that hides
//! commits that are here is not believed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::foresight::Foreseen;
use super::program::Program;
use super::refs::Target;
use super::scratch::Scratch;
use super::view::View;
use crate::model::ref_text;

/// Of how many commits we list what may be new sooner than git lists what is, and of how many branches it
/// is worth a look whether they have so few.
const FEW: usize = 256;
const FEW_TIPS: usize = 64;

/// A scratch repository on top of the objects of another. Removed when it is dropped.
#[derive(Debug)]
pub struct CleanRoom {
    directory: Scratch,
    scratch: Repository,
    attributes: ObjectId,
    foreseen: Foreseen,
}

impl CleanRoom {
    /// A room over the objects of `repo`, in which files merge as the `.gitattributes` of the
    /// commit or tree `attributes` say.
    pub fn open(repo: &Repository, attributes: ObjectId) -> Result<CleanRoom> {
        CleanRoom::showing(repo, attributes, &View::default())
    }

    /// The same with the refs of a view, and with the objects that it brings.
    pub fn showing(repo: &Repository, attributes: ObjectId, view: &View) -> Result<CleanRoom> {
        let directory = Scratch::new()?;
        lay_out(repo, directory.path(), view)?;
        let mut scratch = Repository::open_git_dir(directory.path())?;
        scratch.believed = Some(view.believed.clone());
        Ok(CleanRoom { directory, scratch, attributes, foreseen: Foreseen::default() })
    }

    /// From now on, what is written stays in memory until a git that runs in the room has to read it.
    pub fn hold_objects(&mut self) {
        self.scratch.hold_objects();
    }

    /// The scratch repository: it reads every object of the real one and keeps what is written.
    pub fn repository(&self) -> &Repository {
        &self.scratch
    }

    /// The commit or tree whose `.gitattributes` count.
    pub(in crate::git) fn attributes(&self) -> ObjectId {
        self.attributes
    }

    /// What was found out about merges that are to come.
    pub(in crate::git) fn foreseen(&self) -> &Foreseen {
        &self.foreseen
    }

    /// git in the room, with nobody's configuration.
    pub fn git(&self) -> Program {
        self.scratch
            .git()
            .env("GIT_DIR", self.directory.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_COUNT", "0")
            .env("GIT_CONFIG_PARAMETERS", "")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_ATTR_SOURCE", self.attributes.to_string())
            .env("GIT_NO_REPLACE_OBJECTS", "1")
    }

    /// Makes `ours` the room's detached HEAD and `tip` its only branch, called `branch`, so that
    /// git names both sides as it would in a worktree.
    pub(in crate::git) fn name_sides(&self, ours: ObjectId, branch: &str, tip: ObjectId) -> Result<()> {
        let head = format!("{ours}\n");
        let refs = format!("# pack-refs with: peeled fully-peeled sorted \n{tip} refs/heads/{branch}\n");
        fs_err::write(self.directory.path().join("HEAD"), head)?;
        fs_err::write(self.directory.path().join("packed-refs"), refs)?;
        Ok(())
    }

    /// Checks the objects that `tips` have and `known` have not, as strictly as a server that was
    /// told to; returns what is wrong with them, in git's words.
    ///
    /// Merging would accept trees that no checkout does, such as one with an entry `.git`. And whoever can
    /// write to the object store could put another object's content into a file: git believes the name,
    /// until the objects are sent somewhere.
    ///
    /// To leave out exactly what is known, git has to read all of its trees. So what may be new is listed
    /// without that first where the commits are few, and most of the time nothing is wrong with any of it.
    pub fn check_objects(&self, tips: &[ObjectId], known: &[ObjectId]) -> Result<Option<String>> {
        let look_at_more = |commits: &[ObjectId]| {
            let more = self.scratch.objects_of(commits)?;
            Ok::<_, anyhow::Error>(self.refused(more.into_iter().collect())?.is_none())
        };
        if tips.len() <= FEW_TIPS
            && let Ok(commits) = self.scratch.commits_between(known, tips)
            && commits.len() <= FEW
            && look_at_more(&commits).unwrap_or(false)
        {
            return Ok(None);
        }
        let list = ["rev-list", "--objects", "--no-object-names", "--stdin"];
        let listed = self.git().args(list).stdin(range(tips, known)).output();
        let listed = listed.context("cannot list the new objects")?;
        self.refused(listed.lines().filter_map(|line| ObjectId::from_hex(line).ok()).collect())
    }

    /// What is wrong with one of these objects.
    fn refused(&self, objects: Vec<ObjectId>) -> Result<Option<String>> {
        if objects.is_empty() {
            return Ok(None);
        }
        let list: String = objects.iter().map(|id| format!("{id}\n")).collect();
        let pack = self.git().args(["pack-objects", "--stdout", "-q"]).stdin(list).output();
        let pack = pack.context("cannot read the new objects")?;
        let judged = self.git().args(["index-pack", "--stdin", "--strict"]).stdin(pack).run()?;
        if !judged.success() {
            let said = judged.stderr.lines().map(|line| line.to_str_lossy().into_owned());
            let said: Vec<String> = said.filter(|line| !line.trim().is_empty()).collect();
            return Ok(Some(said.join("; ").replace("fatal: ", "").replace("error: ", "")));
        }
        let name = judged.stdout.trim().to_str_lossy().replace('\t', "-");
        let index = self.directory.path().join(format!("objects/pack/{name}.idx"));
        let index = gix::odb::pack::index::File::at(&index, self.scratch.object_hash())
            .with_context(|| format!("cannot read {}", index.display()))?;
        let other = objects.into_iter().find(|id| index.lookup(id).is_none());
        Ok(other.map(|id| format!("{id} does not hold what its name says")))
    }

    /// Moves what was written here and belongs to `wanted`, trees and blobs, to the real store,
    /// checked and synced to disk; `known` are commits that are there already and have most of it.
    pub fn hand_over(&self, repo: &Repository, wanted: &[ObjectId], known: &[ObjectId]) -> Result<()> {
        // What a partial clone has not fetched is not new, and git passes over it without looking it up.
        let partial: &[&str] = if repo.is_partial() { &["--missing=allow-any"] } else { &[] };
        let pack = self.pack(&[&["--revs", "--local"], partial].concat(), wanted, known)?;
        let unpack = ["-c", "core.fsync=committed", "unpack-objects", "-q", "--strict"];
        let moved = repo.git().args(unpack).env("GIT_NO_REPLACE_OBJECTS", "1").stdin(pack).output();
        moved.context("cannot store the merged objects").map(drop)
    }

    /// The newest commits of `tip` as git draws them, at most `count`.
    pub fn graph(&self, tip: ObjectId, count: usize) -> Result<BString> {
        let count = format!("-{count}");
        self.git()
            .args(["log", "--oneline", "--graph", "--no-color", "--no-decorate", &count, &tip.to_string()])
            .output()
    }

    /// A pack of what `wanted` have and `known` have not.
    pub(in crate::git) fn pack(
        &self,
        how: &[&str],
        wanted: &[ObjectId],
        known: &[ObjectId],
    ) -> Result<BString> {
        let git = self.git().args(["pack-objects", "--stdout", "-q"]).args(how);
        let pack = git.stdin(range(wanted, known)).output();
        pack.context("cannot read the new objects")
    }
}

/// What `wanted` have and `known` have not, as git takes it from standard input.
fn range(wanted: &[ObjectId], known: &[ObjectId]) -> String {
    let wanted = wanted.iter().map(|id| format!("{id}\n"));
    wanted.chain(known.iter().map(|id| format!("^{id}\n"))).collect()
}

/// Writes the files that make a directory a bare repository.
fn lay_out(repo: &Repository, room: &Path, view: &View) -> Result<()> {
    let own = fs_err::canonicalize(repo.common_dir().join("objects"))?;
    // gix takes a relative path in there for one that starts in the room.
    let borrowed = gix::odb::alternate::resolve(own.clone(), &own);
    let borrowed = borrowed.context("cannot find the objects that the repository borrows")?;
    let stores = view.objects.iter().chain([&own]).chain(&borrowed);
    let alternates: Vec<u8> = stores.flat_map(|path| Vec::from(alternate(path))).collect();
    fs_err::create_dir_all(room.join("objects/info"))?;
    fs_err::create_dir_all(room.join("refs"))?;
    fs_err::write(room.join("objects/info/alternates"), alternates)?;
    fs_err::write(room.join("HEAD"), "ref: refs/heads/none\n")?;
    fs_err::write(room.join("config"), config(repo.object_hash(), view.remote.as_deref()))?;
    show(room, view)?;
    let boundary = true_boundary(repo)?;
    if !boundary.is_empty() {
        fs_err::write(room.join("shallow"), boundary)?;
    }
    Ok(())
}

/// Writes the refs.
fn show(room: &Path, view: &View) -> Result<()> {
    // By their bytes, as git sorts them, which is not how their texts are sorted.
    let names: BTreeMap<BString, &Target> =
        view.refs().map(|(name, target)| (ref_text::name(name), target)).collect();
    let mut packed = Vec::from("# pack-refs with: sorted \n");
    for (name, target) in names {
        match target {
            Target::Object(id) => packed.extend([id.to_string().as_bytes(), b" ", &name, b"\n"].concat()),
            Target::Symbolic(target) => {
                let target = ref_text::name(target);
                let file = room.join(name.to_path()?);
                fs_err::create_dir_all(file.parent().unwrap_or(room))?;
                fs_err::write(file, [b"ref: ", target.as_slice(), b"\n"].concat())?;
            }
        }
    }
    Ok(fs_err::write(room.join("packed-refs"), packed)?)
}

/// A remote gets a section that names nothing which could be reached.
fn config(hash: gix_hash::Kind, remote: Option<&str>) -> String {
    let quoted = |name: &str| name.replace('\\', "\\\\").replace('"', "\\\"");
    let remote = remote.filter(|name| !name.contains(['\n', '\0']));
    let remote = remote.map(|name| {
        let name = quoted(name);
        format!("[remote \"{name}\"]\n\turl = /dev/null\n[remote]\n\tpushDefault = \"{name}\"\n")
    });
    let remote = remote.unwrap_or_default();
    let format = match hash {
        gix_hash::Kind::Sha1 => "\trepositoryformatversion = 0\n".to_owned(),
        other => format!("\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = {other}\n[core]\n"),
    };
    format!(
        "[core]\n{format}\tbare = true\n\tattributesFile = /dev/null\n\thooksPath = /dev/null\n\tcommitGraph = false\n\
         [gc]\n\tauto = 0\n[user]\n\tname = trial\n\temail = trial@invalid\n{remote}"
    )
}

/// One line of `info/alternates`; quoted, so that any path stays one line.
fn alternate(objects: &Path) -> BString {
    let mut line = BString::from("\"");
    for byte in objects.as_os_str().as_encoded_bytes() {
        match byte {
            b'"' | b'\\' => line.extend([b'\\', *byte]),
            b'\n' => line.extend(b"\\n"),
            _ => line.extend([*byte]),
        }
    }
    line.extend(b"\"\n");
    line
}

/// The lines of the `shallow` file whose commits really lack a parent here.
fn true_boundary(repo: &Repository) -> Result<String> {
    let path: PathBuf = repo.common_dir().join("shallow");
    let Ok(text) = fs_err::read_to_string(&path) else { return Ok(String::new()) };
    let mut boundary = String::new();
    for line in text.lines() {
        let id = ObjectId::from_hex(line.trim().as_bytes());
        let id = id.with_context(|| format!("{} holds a line that is no object id", path.display()))?;
        let is_cut =
            repo.contains(id) && repo.commit(id)?.parent_ids.iter().any(|parent| !repo.contains(*parent));
        if is_cut {
            boundary += &format!("{id}\n");
        }
    }
    Ok(boundary)
}
