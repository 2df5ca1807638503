//! Repositories of their own within a worktree: submodules, and what a person cloned or made there.
//!
//! The git directory of a submodule is in the worktree's record, so its commits go with the worktree.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bstr::{BString, ByteSlice};

use super::Repository;
use super::worktrees::{LinkedWorktree, read_path};
use crate::model::inner::Inner;

/// What is there only while an operation has stopped that may have put work aside, and what further
/// worktrees of a submodule have.
const UNFINISHED: [&str; 4] = ["rebase-merge", "rebase-apply", "MERGE_AUTOSTASH", "worktrees"];

impl Repository {
    /// The repositories within a worktree whose work a commit there does not hold: those among the
    /// `dirty` paths, whole ones, and submodules with commits that no remote of theirs has. What git
    /// ignores is not kept for its files, and so an ignored one is among them only for such commits.
    pub fn inner_repositories(&self, worktree: &LinkedWorktree, dirty: &[BString]) -> Result<Vec<Inner>> {
        let mut found = Vec::new();
        let modules = worktree.git_dir.join("modules");
        for git_dir in repositories(&modules)? {
            if !self.is_published(&git_dir)? {
                let place = self.module_place(&git_dir)?;
                let path = match &place {
                    Some(place) => place.strip_prefix(&worktree.path).unwrap_or(place),
                    None => git_dir.strip_prefix(&modules).unwrap_or(&git_dir),
                };
                let path = path.as_os_str().as_encoded_bytes().into();
                push(
                    &mut found,
                    worktree,
                    Inner { path, place, git_dir: Some(git_dir), aside: PathBuf::new() },
                );
            }
        }
        if !worktree.present {
            return Ok(found);
        }
        for path in self.repositories_within(&worktree.path, dirty)? {
            let place = worktree.path.join(path.trim_end_with(|c| c == '/').to_path()?);
            if found.iter().any(|one| one.place.as_ref() == Some(&place)) {
                continue;
            }
            let git_dir = read_path(&place.join(".git")).and_then(|link| fs_err::canonicalize(link).ok());
            let git_dir = git_dir.filter(|git_dir| git_dir.starts_with(resolved(&modules)));
            push(&mut found, worktree, Inner { path, place: Some(place), git_dir, aside: PathBuf::new() });
        }
        for path in self.ignored_repositories(&worktree.path)? {
            let place = worktree.path.join(path.to_path()?);
            if !self.is_published(&place.join(".git"))? {
                let git_dir = None;
                push(
                    &mut found,
                    worktree,
                    Inner { path, place: Some(place), git_dir, aside: PathBuf::new() },
                );
            }
        }
        Ok(found)
    }

    /// Whether git refuses to remove a worktree for its submodules, whatever is in them.
    pub fn has_submodules(&self, worktree: &LinkedWorktree) -> Result<bool> {
        if !worktree.present || worktree.git_dir.join("modules").is_dir() {
            return Ok(worktree.present);
        }
        let listed = self.git().at(&worktree.path).args(["ls-files", "--stage", "-z"]).output()?;
        Ok(listed.split_str("\0").any(|entry| entry.starts_with(b"160000 ")))
    }

    /// Whether all commits of a repository are ones that it has from a remote, or has pushed there.
    fn is_published(&self, git_dir: &Path) -> Result<bool> {
        if UNFINISHED.iter().any(|name| git_dir.join(name).exists()) {
            return Ok(false);
        }
        let own = ["rev-list", "--max-count=1", "--all", "--not", "--remotes"];
        let own = self.git_of(git_dir).args(own).run()?;
        Ok(own.success() && own.stdout.is_empty())
    }

    /// Where the files of a submodule are, if they are there and lead back to it.
    fn module_place(&self, git_dir: &Path) -> Result<Option<PathBuf>> {
        let named = self.git_of(git_dir).args(["config", "core.worktree"]).run()?.stdout;
        let named = named.trim_end_with(|c| c == '\n').to_path()?;
        let Ok(place) = fs_err::canonicalize(git_dir.join(named)) else { return Ok(None) };
        let back = read_path(&place.join(".git")).map(|link| resolved(&link));
        Ok(Some(place).filter(|_| back == Some(resolved(git_dir))))
    }
}

/// Finds a path beside the worktree where it can be set aside.
fn push(found: &mut Vec<Inner>, worktree: &LinkedWorktree, inner: Inner) {
    let mut name = worktree.path.clone().into_os_string();
    name.push("-");
    name.push(inner.path.trim_end_with(|c| c == '/').replace("/", "-").to_os_str_lossy());
    let numbered = |number: usize| match number {
        1 => PathBuf::from(&name),
        _ => PathBuf::from(format!("{}-{number}", name.to_string_lossy())),
    };
    let is_free = |path: &PathBuf| !path.exists() && found.iter().all(|one: &Inner| one.aside != *path);
    let aside = (1..).map(numbered).find(is_free).unwrap_or_default();
    found.push(Inner { aside, ..inner });
}

/// The git directories below a record's `modules`, whose names may have slashes; what is within
/// another comes before that.
fn repositories(directory: &Path) -> Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let is_one = directory.join("HEAD").exists() && directory.join("objects").is_dir();
    if is_one {
        let mut found = repositories(&directory.join("modules"))?;
        found.push(directory.to_owned());
        return Ok(found);
    }
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs_err::read_dir(directory)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            found.extend(repositories(&entry.path())?);
        }
    }
    Ok(found)
}

fn resolved(path: &Path) -> PathBuf {
    fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
