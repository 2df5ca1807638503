//! Where a path leads, and whose place that is.
//!
//! A path is taken as the system would walk it: through symbolic links, which are followed as far as
//! they exist, because an edit of `api/link` changes what the link names.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use bstr::{BString, ByteVec};

use crate::model::branch;
use crate::model::name::TaskName;
use crate::ops::desk::Desk;

/// How many links are followed on the way to one path; Linux gives up after as many.
const MOST_LINKS: usize = 40;

/// Whose place a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The worker's own worktree, at this path relative to its top.
    Own(BString),
    /// Another one's place in the same repository.
    Others(Others),
    /// Nothing that belongs to the repository.
    Outside,
}

/// A place in the repository that is not the worker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Others {
    /// The worktree of another task; at this path below its top.
    Task(TaskName, BString),
    /// Another worktree, which is this one; at this path below its top.
    Worktree(PathBuf, BString),
    /// The top of a worktree itself, which only git makes and removes.
    Top,
    /// What git keeps for itself.
    GitDirectory,
    /// Nowhere: links lead to each other.
    Nowhere,
}

/// The places of one repository, read once for many paths.
#[derive(Debug)]
pub struct Map {
    /// The tops of the worktrees, the longest first: one may lie in another.
    tops: Vec<(PathBuf, Whose)>,
    git: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Own,
    Task(TaskName),
    Nobody,
}

impl Map {
    /// The places as a worker sees them.
    pub fn of(desk: &Desk<'_>) -> Result<Map> {
        let repo = desk.repo;
        let whose = |branch: Option<&str>| {
            let mut tasks = desk.plan().tasks.iter();
            let task = tasks.find(|task| {
                let name = desk.plan().layout.branch(desk.run(), task);
                branch.is_some_and(|branch| branch::short(branch) == name)
            });
            task.map_or(Whose::Nobody, |task| Whose::Task(task.name.clone()))
        };
        let mut tops: Vec<(PathBuf, Whose)> =
            repo.worktrees()?.into_iter().map(|one| (one.path, whose(one.branch.as_deref()))).collect();
        tops.extend(repo.main_workdir().map(|top| (top, Whose::Nobody)));
        for (top, _) in &mut tops {
            *top = fs_err::canonicalize(&*top).unwrap_or_else(|_| top.clone());
        }
        let own = fs_err::canonicalize(&desk.top)?;
        tops.retain(|(top, _)| *top != own);
        tops.push((own, Whose::Own));
        tops.sort_by_key(|(top, _)| std::cmp::Reverse(top.components().count()));
        Ok(Map { tops, git: repo.common_dir().to_owned() })
    }

    /// Where an absolute path leads.
    pub fn place(&self, path: &Path) -> Place {
        let Some(real) = real(path) else { return Place::Others(Others::Nowhere) };
        if real.starts_with(&self.git) {
            return Place::Others(Others::GitDirectory);
        }
        let found =
            self.tops.iter().find_map(|(top, whose)| Some((real.strip_prefix(top).ok()?, top, whose)));
        let Some((relative, top, whose)) = found else { return Place::Outside };
        let relative = bytes(relative.as_os_str().to_owned());
        if relative.is_empty() {
            return Place::Others(Others::Top);
        }
        if relative == ".git" || relative.starts_with(b".git/") {
            return Place::Others(Others::GitDirectory);
        }
        match whose {
            Whose::Own => Place::Own(relative),
            Whose::Task(task) => Place::Others(Others::Task(task.clone(), relative)),
            Whose::Nobody => Place::Others(Others::Worktree(top.clone(), relative)),
        }
    }
}

/// The absolute `path` as the system would walk it: links are followed, a link to nothing too, for
/// it would be written through; what does not exist is taken as it is written. `None` where the
/// system gives up on links that lead to each other.
fn real(path: &Path) -> Option<PathBuf> {
    let mut real = PathBuf::new();
    let mut rest: Vec<OsString> = parts(path);
    let mut links = MOST_LINKS;
    while let Some(part) = rest.pop() {
        if part == ".." {
            real.pop();
            continue;
        }
        real.push(&part);
        if let Ok(target) = fs_err::read_link(&real) {
            links = links.checked_sub(1)?;
            real.pop();
            rest.extend(parts(&target));
        }
    }
    Some(real)
}

/// The parts of a path, the last one first. The root is a part, and joining it begins anew.
fn parts(path: &Path) -> Vec<OsString> {
    let named = path.components().rev().filter(|part| *part != Component::CurDir);
    named.map(|part| part.as_os_str().to_owned()).collect()
}

/// The bytes of a path.
pub fn bytes(path: OsString) -> BString {
    Vec::from_os_string(path).unwrap_or_default().into()
}
