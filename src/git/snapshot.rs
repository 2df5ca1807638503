//! What a worktree holds beyond its HEAD, as a commit of its own. The worktree and its index stay
//! as they are: git works on a copy of the index.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use super::program::Program;
use super::scratch::Scratch;

/// A worktree as it would be committed as a whole.
struct Held {
    tree_id: ObjectId,
    head: ObjectId,
}

impl Repository {
    /// A commit on top of the HEAD of a worktree that is about to go. It holds everything that is not
    /// committed there, untracked files and what git was told not to look at, but not what is ignored;
    /// and, as a second parent, what the index alone has, as git-stash(1) keeps it. A merge's conflicts
    /// are not in that parent: what they are made of is in commits.
    pub fn snapshot(&self, worktree: &Path, message: &str) -> Result<ObjectId> {
        let git = || self.git_without_hooks(worktree);
        let (index, staged) = (Index::of(&git)?, Index::of(&git)?);
        let head = head(&git)?;
        self.look_at_hidden(|| git().env("GIT_INDEX_FILE", &index.path), worktree)?;
        git().env("GIT_INDEX_FILE", &index.path).args(["add", "--all"]).output()?;
        let tree_id = index.write_tree(&git)?;
        staged.forget_conflicts(&git)?;
        let staged = staged.write_tree(&git)?;
        let mut parents = vec![head];
        if staged != tree_id && staged != self.commit(head)?.tree_id {
            parents.push(self.commit_tree(staged, &[head], &format!("{message}, as it was staged"))?);
        }
        self.commit_tree(tree_id, &parents, message)
    }

    /// What the index of a worktree has whose directory is gone, as a commit on top of HEAD there. `None`
    /// where that is nothing, or where the worktree is there.
    pub fn snapshot_of_gone(&self, git_dir: &Path, message: &str) -> Result<Option<ObjectId>> {
        let is_there = self.worktrees()?.iter().any(|one| one.git_dir == git_dir && one.present);
        let index = git_dir.join("index");
        if is_there || !index.exists() {
            return Ok(None);
        }
        let git = || self.git_of(git_dir);
        let staged = Index::copy(&index)?;
        staged.forget_conflicts(&git)?;
        // What HEAD was may not be there any more either.
        let (tree_id, head) = (staged.write_tree(&git)?, head(&git).ok());
        let is_new = tree_id != self.tree_of(head)?;
        is_new.then(|| self.commit_tree(tree_id, head.as_slice(), message)).transpose()
    }
}

impl CleanRoom {
    /// What is not committed in a worktree of `repo`, over whose objects the room is; what is written
    /// stays in the room. `paths` are those that differ from HEAD there. `None` where a merge has left
    /// conflicts.
    pub fn snapshot(
        &self,
        repo: &Repository,
        worktree: &Path,
        paths: &[BString],
    ) -> Result<Option<ObjectId>> {
        let store = |repo: &Repository| repo.common_dir().join("objects");
        let git = || {
            let git = repo.git_without_hooks(worktree);
            git.env("GIT_OBJECT_DIRECTORY", store(self.repository()))
                .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", store(repo))
        };
        if !git().args(["ls-files", "--unmerged", "-z"]).output()?.is_empty() {
            return Ok(None);
        }
        let held = held_at(git, worktree, paths).or_else(|_| held(git))?;
        self.trial_commit(held.tree_id, &[held.head]).map(Some)
    }
}

/// Looks at these paths alone, which takes time for them and not for all that is there. A repository
/// of its own has a slash at its end.
fn held_at(git: impl Fn() -> Program, worktree: &Path, paths: &[BString]) -> Result<Held> {
    let repo = Repository::open(worktree)?;
    let index = Index::copy(&repo.gix.index_path())?;
    let list: Vec<u8> =
        paths.iter().flat_map(|path| [path.trim_end_with(|c| c == '/'), b"\0"].concat()).collect();
    let update = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
    git().env("GIT_INDEX_FILE", &index.path).args(update).stdin(list).output()?;
    let head = repo.gix.head_id().context("HEAD has no commit")?.detach();
    Ok(Held { tree_id: index.write_tree(&git)?, head })
}

fn held(git: impl Fn() -> Program) -> Result<Held> {
    let index = Index::of(&git)?;
    git().env("GIT_INDEX_FILE", &index.path).args(["add", "--all"]).output()?;
    Ok(Held { tree_id: index.write_tree(&git)?, head: head(&git)? })
}

fn head(git: &impl Fn() -> Program) -> Result<ObjectId> {
    id(&git().args(["rev-parse", "--verify", "HEAD^{commit}"]).output()?)
}

/// A copy of an index, which goes when it is dropped.
struct Index {
    path: PathBuf,
    _directory: Scratch,
}

impl Index {
    /// A copy of the index that git would use there.
    fn of(git: &impl Fn() -> Program) -> Result<Index> {
        let index = git().args(["rev-parse", "--path-format=absolute", "--git-path", "index"]).output()?;
        let index = index.trim_end_with(|c| c == '\n').to_os_str_lossy().into_owned();
        Index::copy(Path::new(&index))
    }

    fn copy(index: &Path) -> Result<Index> {
        let directory = Scratch::new()?;
        let path = directory.path().join("index");
        fs_err::copy(index, &path)?;
        // git looks again into a file that is no older than the index; a younger copy would hide what
        // was changed within the second in which the index was written.
        let modified = fs_err::metadata(index)?.modified()?;
        fs_err::OpenOptions::new().write(true).open(&path)?.file().set_modified(modified)?;
        Ok(Index { path, _directory: directory })
    }

    /// Leaves the paths out that have no one version.
    fn forget_conflicts(&self, git: &impl Fn() -> Program) -> Result<()> {
        let git = || git().env("GIT_INDEX_FILE", &self.path);
        let unmerged = git().args(["ls-files", "--unmerged", "-z"]).output()?;
        let paths = unmerged.split_str("\0").filter_map(|entry| entry.split_once_str("\t"));
        let paths: Vec<u8> = paths.flat_map(|(_, path)| [path, b"\0"].concat()).collect();
        let forget = ["update-index", "--force-remove", "-z", "--stdin"];
        git().args(forget).stdin(paths).output().map(drop)
    }

    fn write_tree(&self, git: &impl Fn() -> Program) -> Result<ObjectId> {
        id(&git().env("GIT_INDEX_FILE", &self.path).args(["write-tree"]).output()?)
    }
}

fn id(text: &BString) -> Result<ObjectId> {
    ObjectId::from_hex(text.trim()).context("git did not say an id")
}
