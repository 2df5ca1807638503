//! Whether a linked worktree is what git's own data says it is.
//!
//! A worktree's administrative directory names the worktree, and the worktree's `.git` file names
//! the administrative directory. A copied worktree, an edited `.git` file or a `GIT_DIR` taken from
//! elsewhere shows as a difference between the two, and would commit to another worker's branch.

use std::path::{Path, PathBuf};

use super::Repository;
use super::worktrees::{LinkedWorktree, read_path};

/// Two directories that should be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The top of the files that are being worked on.
    pub actual: PathBuf,
    /// The worktree that the administrative directory names.
    pub registered: PathBuf,
}

impl Repository {
    /// The two directories, if `top` is not the registered place of this linked worktree; `None` also
    /// where there is nothing to compare: in the main worktree and in a bare repository.
    ///
    /// `top` is where git itself sees the top of the files, for a hook its current directory: what a
    /// [`Repository`] says of it was read from the registration.
    pub fn misplaced(&self, top: &Path) -> Option<Misplaced> {
        let actual = top.to_owned();
        let back_pointer = read_path(&self.git_dir().join("gitdir"))?;
        let registered = back_pointer.parent().unwrap_or(Path::new("/")).to_owned();
        let dot_git = actual.join(".git");
        let forward = read_path(&dot_git);
        let back = same(&back_pointer, &dot_git);
        let forth = forward.is_some_and(|target| same(&target, self.git_dir()));
        (!(back && forth)).then_some(Misplaced { actual, registered })
    }
}

impl LinkedWorktree {
    /// The directories near the registered one whose `.git` file claims to be this worktree, without
    /// the registered one itself: where it was moved to, or copies of it.
    pub fn claimants(&self) -> Vec<PathBuf> {
        let beside = self.path.parent().unwrap_or(Path::new("/"));
        let near = [Some(beside), beside.parent()].into_iter().flatten();
        let entries = near.flat_map(|directory| fs_err::read_dir(directory).into_iter().flatten().flatten());
        let claims = |path: &PathBuf| {
            let target = read_path(&path.join(".git"));
            target.is_some_and(|target| same(&target, &self.git_dir)) && !same(path, &self.path)
        };
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(claims).collect();
        found.sort();
        found
    }

    /// Whether the directory is where it was registered, but nothing in it leads to a repository.
    pub fn is_severed(&self) -> bool {
        let dot_git = self.path.join(".git");
        self.path.is_dir() && !dot_git.is_dir() && read_path(&dot_git).is_none_or(|target| !target.exists())
    }
}

fn same(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    real(a).is_some_and(|a| real(b) == Some(a))
}
