//! `git worker check`: whether paths may be changed, asked before anything is written.
//!
//! A path is judged as it would be written, see [`place`]. What is inside the file cannot be judged
//! yet, so a path with conditions is allowed with these conditions. A path that the branch has changed
//! against the rules may be put back and not be changed: no edit does that, so the command is told.
//! What lies outside of the repository, and what git ignores, is nobody's business here; what lies in
//! another worktree of the repository is never the worker's.

pub mod place;
pub mod seat;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::change::{Entry, Kind, PathChange};
use crate::model::finding::Finding;
use crate::model::name::TaskName;
use crate::model::scope::{self, ScopeEntry};
use crate::ops::desk::Desk;
use crate::ops::verdict::{self, PutBack};

use place::{Map, Others, Place, bytes};

/// How many paths are judged in one call; more is no question that a person or an agent asks.
const MOST_PATHS: usize = 10_000;

/// How many files of a directory are named; the others are refused like these.
const MOST_NAMED: usize = 10;

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
    /// The top of the worktree.
    pub top: PathBuf,
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
    /// It may not, but it may be put back.
    pub put_back: Option<PutBack>,
}

/// Whether a path may be changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may, as this entry of the scope says.
    Allowed(ScopeEntry),
    /// It may, for it comes into no commit.
    Free(Free),
    /// It may not, because of these.
    Refused(Vec<Finding>),
    /// It is a directory, and these files in it may not.
    Holds(Vec<Finding>),
    /// It may not: it is in the repository, but not in the worker's worktree.
    Elsewhere(Others),
}

/// Why a path comes into no commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Free {
    /// It is not in the repository.
    Outside,
    /// git ignores it.
    Ignored,
}

impl Verdict {
    /// Whether the path may be changed.
    pub fn is_yes(&self) -> bool {
        matches!(self, Verdict::Allowed(_) | Verdict::Free(_))
    }
}

impl Outcome {
    /// Whether every path may be changed.
    pub fn is_yes(&self) -> bool {
        self.answers.iter().all(|answer| answer.verdict.is_yes())
    }
}

/// Judges every path.
pub fn run(repo: &Repository, options: &Options) -> Result<Outcome> {
    judge(&Desk::for_a_question(repo)?, options)
}

/// Judges every path for the worker at a desk.
pub fn judge(desk: &Desk<'_>, options: &Options) -> Result<Outcome> {
    if options.paths.len() > MOST_PATHS {
        bail!("{} paths are too many for one question; ask about {MOST_PATHS} at most", options.paths.len());
    }
    let map = Map::of(desk)?;
    let inquiry = Inquiry { desk, tip_tree_id: desk.repo.commit(desk.tip()?)?.tree_id };
    let mut answers = Vec::new();
    let mut refused = Vec::new();
    for asked in &options.paths {
        let verdict = match map.place(&options.directory.join(asked)) {
            Place::Own(path) => {
                let verdict = inquiry.own(path.as_bstr())?;
                if matches!(verdict, Verdict::Refused(_)) {
                    refused.push((answers.len(), path));
                }
                verdict
            }
            Place::Others(others) => Verdict::Elsewhere(others),
            Place::Outside => Verdict::Free(Free::Outside),
        };
        answers.push(Answer { asked: bytes(asked.clone()), verdict, put_back: None });
    }
    let ignored = desk.repo.ignored(refused.iter().map(|(_, path)| path.as_bstr()))?;
    for (place, path) in refused {
        match ignored.contains(&path) {
            true => answers[place].verdict = Verdict::Free(Free::Ignored),
            false => answers[place].put_back = inquiry.put_back(path.as_bstr())?,
        }
    }
    Ok(Outcome { task: desk.task.name.clone(), top: desk.top.clone(), answers })
}

/// What all paths of a question are judged against.
struct Inquiry<'a> {
    desk: &'a Desk<'a>,
    tip_tree_id: ObjectId,
}

impl Inquiry<'_> {
    /// A path of the own worktree, whether git ignores it or not. A directory is what git tracks in it.
    fn own(&self, path: &BStr) -> Result<Verdict> {
        if self.desk.top.join(path.to_path()?).is_dir() {
            let files = self.desk.repo.tracked_below(path)?;
            if !files.is_empty() {
                return self.directory(files);
            }
        }
        self.file(path)
    }

    fn directory(&self, files: Vec<BString>) -> Result<Verdict> {
        let mut refused = Vec::new();
        let mut allowed = None;
        for file in files {
            match self.edit(&self.change(file.as_bstr())?)? {
                Ok(entry) => allowed = Some(entry),
                Err(findings) => refused.extend(findings),
            }
            if refused.len() >= MOST_NAMED {
                break;
            }
        }
        Ok(match allowed {
            _ if !refused.is_empty() => Verdict::Holds(refused),
            Some(entry) => Verdict::Allowed(entry),
            None => Verdict::Free(Free::Ignored),
        })
    }

    fn file(&self, path: &BStr) -> Result<Verdict> {
        Ok(match self.edit(&self.change(path)?)? {
            Ok(entry) => Verdict::Allowed(entry),
            Err(findings) => Verdict::Refused(findings),
        })
    }

    fn put_back(&self, path: &BStr) -> Result<Option<PutBack>> {
        let Desk { repo, recorded, task, .. } = self.desk;
        verdict::put_back(repo, recorded, task, &self.change(path)?)
    }

    /// The entry of the scope that allows a change, or what is wrong with it.
    fn edit(&self, change: &PathChange) -> Result<Result<ScopeEntry, Vec<Finding>>> {
        let Desk { repo, recorded, task, .. } = self.desk;
        let findings = verdict::of_intention(repo, recorded, task, change)?;
        Ok(match scope::lookup(&task.scope, change.path.as_bstr()) {
            Some(entry) if findings.is_empty() => Ok(entry.clone()),
            _ => Err(findings),
        })
    }

    fn change(&self, path: &BStr) -> Result<PathChange> {
        let old = self.desk.repo.tree_entry(self.tip_tree_id, path)?;
        // Any other content will do: only the name and the place are judged here.
        let new = Entry { kind: old.map_or(Kind::File, |old| old.kind), id: self.desk.repo.empty_tree() };
        Ok(PathChange { path: path.to_owned(), old, new: Some(new) })
    }
}
