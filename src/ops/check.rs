//! `git worker check`: whether paths may be changed, asked before anything is written.
//!
//! A path is judged as it would be written: through symbolic links, which are followed as far as
//! they exist, because an edit of `api/link` changes what the link names. What is inside the file
//! cannot be judged yet, so a path with conditions is allowed with these conditions.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use bstr::{BString, ByteSlice, ByteVec};

use crate::git::Repository;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::finding::Finding;
use crate::model::name::TaskName;
use crate::model::scope::{self, ScopeEntry};
use crate::ops::desk::Desk;
use crate::ops::verdict;

/// How many links are followed on the way to one path; Linux gives up after as many.
const MOST_LINKS: usize = 40;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// As they were typed: relative to `directory`, or absolute.
    pub paths: Vec<OsString>,
    /// Where they were typed.
    pub directory: PathBuf,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The worktree's task.
    pub task: TaskName,
    /// In the order of the question.
    pub answers: Vec<Answer>,
}

/// About one path.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As it was typed.
    pub asked: BString,
    /// Whether it may be changed.
    pub verdict: Verdict,
}

/// Whether a path may be changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may, as this entry of the scope says.
    Allowed(ScopeEntry),
    /// It may not, because of these.
    Refused(Vec<Finding>),
    /// It is not in the worktree, or leads out of it.
    Elsewhere,
}

impl Outcome {
    /// Whether every path may be changed.
    pub fn is_yes(&self) -> bool {
        self.answers.iter().all(|answer| matches!(answer.verdict, Verdict::Allowed(_)))
    }
}

/// Judges every path.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    let desk = Desk::of(repo)?;
    let top = fs_err::canonicalize(&desk.top)?;
    let mut answers = Vec::new();
    for asked in &options.paths {
        let verdict = match place(&top, &options.directory.join(asked)) {
            Some(path) => judge(&desk, path)?,
            None => Verdict::Elsewhere,
        };
        answers.push(Answer { asked: bytes(asked.clone()), verdict });
    }
    Ok(Outcome { task: desk.task.name, answers })
}

fn judge(desk: &Desk<'_>, path: BString) -> Result<Verdict> {
    let tip_tree_id = desk.repo.commit(desk.tip()?)?.tree_id;
    let old = desk.repo.tree_entry(tip_tree_id, path.as_bstr())?;
    // Any other content will do: only the name and the place are judged here.
    let new = Entry { kind: old.map_or(Kind::File, |old| old.kind), id: desk.repo.empty_tree() };
    let change = PathChange { path, old, new: Some(new) };
    let findings = verdict::of_intention(desk.repo, &desk.recorded, &desk.task, &change)?;
    if !findings.is_empty() {
        return Ok(Verdict::Refused(findings));
    }
    let entry = scope::lookup(&desk.task.scope, change.path.as_bstr());
    Ok(entry.map_or(Verdict::Elsewhere, |entry| Verdict::Allowed(entry.clone())))
}

/// The path relative to `top` that writing to `path` would change; `None` if it is not below it.
fn place(top: &Path, path: &Path) -> Option<BString> {
    let real = real(path)?;
    let relative = real.strip_prefix(top).ok()?;
    let path = bytes(relative.as_os_str().to_owned());
    let is_git = path == ".git" || path.starts_with(b".git/");
    (!path.is_empty() && !is_git).then_some(path)
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

fn bytes(path: OsString) -> BString {
    Vec::from_os_string(path).unwrap_or_default().into()
}
