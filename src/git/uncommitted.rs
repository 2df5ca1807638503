//! What a worktree has that its HEAD has not: staged, changed and new paths.
//!
//! One run of git-status(1), which knows about filters, submodules and ignored files. Renames are
//! off, so that each side of one is a path of its own.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bstr::{BStr, BString, ByteSlice};

use super::Repository;
use super::program::Program;
use super::scratch::Scratch;
use crate::model::change::PathChange;
use crate::model::integration::in_the_way::InTheWay;

/// A path that differs between HEAD, the index and the worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncommitted {
    /// Relative to the top.
    pub path: BString,
    /// The index differs from HEAD.
    pub staged: bool,
    /// The worktree differs from the index; so does a path that git does not track.
    pub unstaged: bool,
    /// git does not track it.
    pub untracked: bool,
    /// A merge left it with conflicts.
    pub unmerged: bool,
}

impl Repository {
    /// The uncommitted paths of a worktree, sorted; ignored ones are left out. A submodule is among them
    /// when its commit is another one, whatever is configured; when only its files are changed, unless it
    /// is configured that they do not count.
    ///
    /// With `only`, what those paths name and what lies below them; they are relative to
    /// `directory`, and taken literally.
    pub fn uncommitted(&self, directory: &Path, only: &[String]) -> Result<Vec<Uncommitted>> {
        let doing = || format!("cannot see what is changed in {}", directory.display());
        counted(|| self.git().at(directory), directory, only).with_context(doing)
    }

    /// The same without what distinguishes one from another, and with every submodule that is changed in
    /// any way: for who is about to delete the worktree.
    pub fn dirty_paths(&self, worktree: &Path) -> Result<Vec<BString>> {
        self.dirty_below(worktree, &BTreeSet::new())
    }

    /// Those of them that are one of `roots` or below one, unless there is none.
    pub fn dirty_below(&self, worktree: &Path, roots: &BTreeSet<BString>) -> Result<Vec<BString>> {
        let doing = || format!("cannot see what is changed in {}", worktree.display());
        let roots = roots.iter().map(|root| root.to_os_str()).collect::<Result<Vec<_>, _>>()?;
        let all = status(self.git().at(worktree), WHOLE, &roots).with_context(doing)?;
        Ok(all.into_iter().map(|one| one.path).collect())
    }

    /// What is in a worktree alone and in the way of `changes` to its files. A new path that has nothing to
    /// do with them is not, nor is an ignored one, nor what git was told not to look at; whatever else git
    /// tracks is, as a change that went wrong could not be taken back without it.
    pub fn paths_in_the_way(&self, worktree: &Path, changes: &[PathChange]) -> Result<InTheWay> {
        let changed: BTreeSet<&BStr> = changes.iter().map(|change| change.path.as_bstr()).collect();
        let paths = self.uncommitted(worktree, &[])?.into_iter();
        let seen: Vec<BString> = paths
            .filter(|one| !one.untracked || meets(&changed, one.path.as_bstr()))
            .map(|one| one.path)
            .collect();
        let mut unseen = Vec::new();
        if !changes.is_empty() {
            unseen = self.hidden_changes(worktree)?;
            unseen.retain(|path| meets(&changed, path.as_bstr()));
            unseen.extend(in_new_places(worktree, changes)?);
            unseen.retain(|path| !seen.contains(path));
            unseen.sort();
            unseen.dedup();
        }
        Ok(InTheWay { seen, unseen })
    }

    /// As [`Repository::dirty_paths`] with what git was told not to look at, by `--assume-unchanged` or
    /// `--skip-worktree`, where it is there and changed: for who is about to delete the worktree.
    pub fn dirty_or_hidden_paths(&self, worktree: &Path) -> Result<Vec<BString>> {
        let mut paths = self.dirty_paths(worktree)?;
        paths.extend(self.hidden_changes(worktree)?);
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// What git was told not to look at, where it is there and changed.
    fn hidden_changes(&self, worktree: &Path) -> Result<Vec<BString>> {
        let hidden = self.hidden(worktree)?;
        if hidden.is_empty() {
            return Ok(Vec::new());
        }
        let scratch = Scratch::new()?;
        let index = scratch.path().join("index");
        fs_err::copy(Repository::open(worktree)?.gix.index_path(), &index)?;
        let git = || self.git().at(worktree).env("GIT_INDEX_FILE", &index);
        unhide(git, &hidden)?;
        let seen = status(git(), WHOLE, &[""; 0])?.into_iter().map(|one| one.path);
        Ok(seen.filter(|path| hidden.contains(path)).collect())
    }

    /// Repositories of their own in a worktree, of whose work a commit there holds nothing: those
    /// among the `dirty` paths, and those that git tracks as a submodule but that are a whole repository.
    pub fn repositories_within(&self, worktree: &Path, dirty: &[BString]) -> Result<Vec<BString>> {
        let link = |path: &[u8]| path.to_path().map(|path| worktree.join(path).join(".git")).ok();
        let is_there = |path: &BString| link(path).is_some_and(|link| link.symlink_metadata().is_ok());
        let mut found: Vec<BString> = dirty.iter().filter(|path| is_there(path)).cloned().collect();
        let listed = self.git().at(worktree).args(["ls-files", "--stage", "-z"]).output()?;
        let modules = listed.split_str("\0").filter(|entry| entry.starts_with(b"160000 "));
        let modules = modules.filter_map(|entry| entry.split_once_str("\t")).map(|(_, path)| path);
        let whole = modules.filter(|path| link(path).is_some_and(|link| link.is_dir()));
        found.extend(whole.map(BString::from));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// What git ignores in a worktree and has a git directory of its own, at its top or one level below.
    /// git says of an ignored directory only that it is there, and nothing in it is listed any deeper: it
    /// may have as many files as a build makes.
    pub fn ignored_repositories(&self, worktree: &Path) -> Result<Vec<BString>> {
        let ignored = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"];
        let listed = self.git().at(worktree).args(ignored).output()?;
        let mut found = Vec::new();
        for path in listed.split_str("\0").filter_map(|path| path.strip_suffix(b"/")) {
            let top = worktree.join(path.to_path()?);
            if top.join(".git").is_dir() {
                found.push(path.into());
            }
            // Of a directory that cannot be read nothing can be removed either.
            for entry in fs_err::read_dir(&top).into_iter().flatten() {
                let entry = entry?;
                if entry.file_type()?.is_dir() && entry.path().join(".git").is_dir() {
                    found.push([path, b"/", entry.file_name().as_encoded_bytes()].concat().into());
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Puts into the index that `git` uses what git was told not to look at in the worktree.
    pub(super) fn look_at_hidden(&self, git: impl Fn() -> Program, worktree: &Path) -> Result<()> {
        let hidden = self.hidden(worktree)?;
        if !hidden.is_empty() {
            unhide(&git, &hidden)?;
            let update = ["update-index", "--remove", "-z", "--stdin"];
            git().args(update).stdin(hidden.join(&0)).output()?;
        }
        Ok(())
    }

    /// What is there of what git was told not to look at.
    fn hidden(&self, worktree: &Path) -> Result<Vec<BString>> {
        let listed = self.git().at(worktree).args(["ls-files", "-v", "-z"]).output()?;
        let entries = listed.split_str("\0").filter_map(|entry| entry.split_once_str(" "));
        let is_hidden = |tag: &[u8]| tag == b"S" || tag.iter().all(u8::is_ascii_lowercase);
        let is_there =
            |path: &[u8]| path.to_path().is_ok_and(|path| worktree.join(path).symlink_metadata().is_ok());
        let hidden = entries.filter(|(tag, path)| is_hidden(tag) && is_there(path));
        Ok(hidden.map(|(_, path)| path.into()).collect())
    }

    /// What a commit of the index in effect leaves out in this worktree. In hooks that index is often
    /// not the worktree's own: for `git commit -a` and `git commit -- <path>` only `GIT_INDEX_FILE`
    /// names it.
    pub fn left_out(&self) -> Result<Vec<Uncommitted>> {
        let git = || self.git().env("GIT_INDEX_FILE", self.gix.index_path());
        let mut paths = counted(git, self.workdir().unwrap_or(self.git_dir()), &[])?;
        paths.retain(|one| one.unstaged);
        Ok(paths)
    }
}

/// What is there already where files are to be added, whether git ignores it or not: at their paths, in
/// the place of a directory above them, and below a directory that has to go for one.
fn in_new_places(worktree: &Path, changes: &[PathChange]) -> Result<Vec<BString>> {
    let is_old = |change: &&PathChange| change.old.is_some();
    let known: BTreeSet<&BStr> = changes.iter().filter(is_old).map(|change| change.path.as_bstr()).collect();
    let mut found = Vec::new();
    for change in changes.iter().filter(|change| change.old.is_none()) {
        let path = change.path.as_bstr();
        for end in path.find_iter(b"/").chain([path.len()]) {
            let place = path[..end].as_bstr();
            let Ok(data) = worktree.join(place.to_path()?).symlink_metadata() else { break };
            match data.is_dir() {
                true if end == path.len() => found.extend(files_below(worktree, place)?),
                true => {}
                false => found.push(place.to_owned()),
            }
        }
    }
    // Where names differ in nothing but case, the file system may find one by the other.
    found.retain(|path| !known.iter().any(|old| old.eq_ignore_ascii_case(path)));
    Ok(found)
}

/// The files in a directory and below it.
fn files_below(worktree: &Path, directory: &BStr) -> Result<Vec<BString>> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs_err::read_dir(worktree.join(directory.to_path()?))? {
            let entry = entry?;
            let name = entry.file_name();
            let path = BString::from([directory.as_bytes(), b"/", name.as_encoded_bytes()].concat());
            match entry.file_type()?.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    Ok(found)
}

/// Whether a path is one of these, or the directory of one, or below one.
fn meets(paths: &BTreeSet<&BStr>, path: &BStr) -> bool {
    let path = path.strip_suffix(b"/").unwrap_or(path).as_bstr();
    let below = [path.as_bytes(), b"/"].concat();
    let mut ends = path.find_iter(b"/").chain([path.len()]);
    let mut from = paths.range(below.as_bstr()..);
    ends.any(|end| paths.contains(path[..end].as_bstr()))
        || from.next().is_some_and(|first| first.starts_with(&below))
}

/// Lets git look again at these paths, with the index that it uses.
fn unhide(git: impl Fn() -> Program, paths: &[BString]) -> Result<()> {
    for look in ["--no-assume-unchanged", "--no-skip-worktree"] {
        git().args(["update-index", look, "-z", "--stdin"]).stdin(paths.join(&0)).output()?;
    }
    Ok(())
}

/// What git says, without submodules of which only what does not count is changed.
fn counted(git: impl Fn() -> Program, directory: &Path, only: &[String]) -> Result<Vec<Uncommitted>> {
    let mut all = status(git(), WHOLE, only)?;
    let is_module = |one: &Uncommitted| {
        one.unstaged && !one.untracked && one.path.to_path().is_ok_and(|path| directory.join(path).is_dir())
    };
    if all.iter().any(is_module) {
        let mut counted = status(git(), None, only)?;
        counted.extend(status(git(), Some("dirty"), only)?);
        all.retain(|one| !is_module(one) || counted.iter().any(|other| other.path == one.path));
    }
    Ok(all)
}

/// All that is changed in a submodule, as git-status(1) calls it.
const WHOLE: Option<&str> = Some("none");

/// What git says, with what is to be ignored of submodules; else as it is configured.
fn status(git: Program, ignore: Option<&str>, only: &[impl AsRef<OsStr>]) -> Result<Vec<Uncommitted>> {
    let status = ["--literal-pathspecs", "status", "--porcelain=v1", "-z", "--untracked-files=all"];
    let ignore = ignore.map(|ignore| format!("--ignore-submodules={ignore}"));
    let status = git.args(status).args(["--no-renames"]).args(ignore).args(["--"]).args(only);
    let mut found = Vec::new();
    for entry in status.output()?.split_str("\0").filter(|entry| !entry.is_empty()) {
        let Some(([x, y, b' '], path)) = entry.split_first_chunk() else {
            bail!("git status said {:?}", entry.as_bstr());
        };
        found.push(read(*x, *y, path));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The codes of git-status(1), short format.
fn read(x: u8, y: u8, path: &[u8]) -> Uncommitted {
    let unmerged = x == b'U' || y == b'U' || (x, y) == (b'A', b'A') || (x, y) == (b'D', b'D');
    let untracked = x == b'?';
    Uncommitted {
        path: path.into(),
        staged: !untracked && x != b' ',
        unstaged: y != b' ',
        untracked,
        unmerged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_meets_what_is_above_it_and_below_it() {
        let paths: BTreeSet<&BStr> = ["a/b/c", "d", "e-f", "g/h"].map(BStr::new).into();
        let check = |path: &str, expect| assert_eq!(meets(&paths, path.into()), expect, "{path}");
        for path in ["a/b/c", "a/b", "a/b/", "a", "a/b/c/x", "d", "d/x/y", "e-f", "g"] {
            check(path, true);
        }
        for path in ["a/b/d", "a/bb", "b", "dd", "e", "e/f", "e-", "g/hh", "h", "g/i/"] {
            check(path, false);
        }
    }
}
