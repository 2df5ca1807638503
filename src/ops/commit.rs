//! Making one commit for a worker: choosing what goes in, staging it, and handing over to git.
//!
//! The commit is made by `git commit`, so every hook runs: ours and those that were there before.
//! The index stays the worker's: what it staged and we do not take is still staged afterwards, and
//! where nothing is committed, what we staged is not.

mod made;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use self::made::Made;
use crate::git::index_before::IndexBefore;
use crate::git::scratch;
use crate::git::uncommitted::Uncommitted;
use crate::model::branch;
use crate::model::draft::{self, Draft};
use crate::model::finding::PathViolation;
use crate::model::message::Section;
use crate::model::selection::{Change, Selection, Wanted};
use crate::ops::desk::Desk;
use crate::ops::publish::{Published, publish};
use crate::ops::turn::Turn;
use crate::ops::verdict::{self, Attempt};

/// What is to be committed.
#[derive(Debug, Clone)]
pub struct Request {
    /// The message, without its list of files.
    pub draft: Draft,
    /// Which changes go in.
    pub take: Take,
    /// Which paths the message lists.
    pub files: Files,
    /// Whether a commit without changes will do (S1-44).
    pub empty: Empty,
    /// Whether the commit replaces the last one.
    pub onto: Onto,
    /// Who writes the message.
    pub author: Words,
}

/// Which changes go in.
#[derive(Debug, Clone)]
pub enum Take {
    /// All that is in scope.
    InScope,
    /// What these paths name, relative to a directory.
    Named {
        /// As typed.
        paths: Vec<String>,
        /// Where they were typed.
        directory: PathBuf,
    },
    /// What is staged, as far as it is in scope.
    Staged,
}

/// Which paths the message lists under `Files changed:`.
#[derive(Debug, Clone)]
pub enum Files {
    /// Those of the commit (S1-39).
    OfCommit,
    /// Those of the commit, and these (S1-40).
    And(Vec<BString>),
    /// None; the message has no such section (S1-42).
    Unlisted,
}

/// Whether a commit without changes will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Yes: the message is what counts.
    Allowed,
    /// No.
    Refused,
}

/// Where the commit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onto {
    /// On top of the last one.
    Tip,
    /// In the place of the last one.
    Amend,
}

/// Who writes the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The draft is the message.
    Drafted,
    /// The worker, in its editor, beginning with the draft.
    Edited,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is a new commit.
    Done(Committed),
    /// Nothing that could be committed has changed.
    Nothing(Selection),
    /// Nothing has changed in what was named: these words.
    Unchanged(Vec<String>),
    /// Paths that were named are not in scope.
    Outside(Vec<PathViolation>),
    /// A merge left these paths with conflicts.
    Unmerged(Vec<BString>),
    /// git or a hook refused, and said why on the user's terminal.
    Refused,
    /// git refused, and meanwhile somebody else's commit has become the branch's tip.
    Overtaken(ObjectId),
}

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The commit.
    pub id: ObjectId,
    /// Short name of the branch it is on.
    pub branch: String,
    /// Its subject.
    pub subject: BString,
    /// What it took and what it left.
    pub selection: Selection,
    /// Whether it was pushed; `None` if the plan does not ask for it.
    pub published: Option<Published>,
}

/// What was staged for a commit that may come to nothing.
#[derive(Debug)]
pub struct Staged {
    /// The index before; `None` if nothing was staged, or there was none.
    index: Option<IndexBefore>,
    /// The commit that it was staged on.
    tip: ObjectId,
}

impl Staged {
    /// Takes it back. Where somebody has committed meanwhile, or begun a merge, it stays: the index as
    /// it was would then undo that.
    pub fn put_back(self, turn: &Turn) -> Result<()> {
        let is_as_it_was = turn.desk.tip()? == self.tip && turn.desk.repo.operation().is_none();
        self.index.filter(|_| is_as_it_was).map_or(Ok(()), IndexBefore::put_back)
    }
}

/// Chooses, stages, commits and publishes. Two calls in one worktree take turns: each finds what the
/// other left, and is answered with its own commit.
pub fn commit(desk: &Desk, request: &Request) -> Result<Outcome> {
    let turn = Turn::take(desk)?;
    let outcome = make(&turn, request)?;
    end(turn, outcome)
}

/// Gives the turn away and publishes what was committed: that may take long, and its hooks may want to
/// commit.
pub fn end(turn: Turn, mut outcome: Outcome) -> Result<Outcome> {
    let desk = turn.desk;
    drop(turn);
    if let Outcome::Done(done) = &mut outcome {
        done.published = desk.plan().protocol.push.then(|| publish(desk)).transpose()?;
    }
    Ok(outcome)
}

/// Chooses, stages and commits; nothing is published yet.
pub fn make(turn: &Turn, request: &Request) -> Result<Outcome> {
    let desk = turn.desk;
    desk.at_rest()?;
    let uncommitted = uncommitted(desk, &request.take)?;
    let unmerged: Vec<BString> =
        uncommitted.iter().filter(|(one, _)| one.unmerged).map(|(one, _)| one.path.clone()).collect();
    if !unmerged.is_empty() {
        return Ok(Outcome::Unmerged(unmerged));
    }
    if let (Take::Named { paths, .. }, Empty::Refused) = (&request.take, request.empty)
        && uncommitted.iter().all(|(_, wanted)| *wanted == Wanted::No)
    {
        return Ok(Outcome::Unchanged(paths.clone()));
    }
    let selection = select(desk, uncommitted)?;
    if matches!(request.take, Take::Named { .. }) && !selection.outside.is_empty() {
        return Ok(Outcome::Outside(selection.outside));
    }
    if selection.taken.is_empty() && request.empty == Empty::Refused {
        return Ok(Outcome::Nothing(selection));
    }
    let staged = stage(turn, &selection)?;
    let before = staged.tip;
    let draft = drafted(request, &selection);
    let done = run_git(turn, request, (&draft, &selection))?;
    let after = desk.tip()?;
    let made = Made::between(desk, request.onto, (before, after))?;
    // The exit code alone does not say whether a commit landed: a full disk can fail git after it.
    let id = match made.of(desk, &draft)? {
        Some(id) => id,
        None if done => made.first(desk)?,
        None => {
            staged.put_back(turn)?;
            return Ok(if after == before { Outcome::Refused } else { Outcome::Overtaken(after) });
        }
    };
    let subject = desk.repo.commit(id)?.message.lines().next().unwrap_or_default().into();
    Ok(Outcome::Done(Committed { id, branch: desk.branch.clone(), subject, selection, published: None }))
}

/// What is uncommitted, and what of it is meant.
pub fn uncommitted(desk: &Desk, take: &Take) -> Result<Vec<(Uncommitted, Wanted)>> {
    let all = desk.repo.uncommitted(&desk.top, &[])?;
    let wanted = match take {
        Take::InScope => return Ok(all.into_iter().map(|one| (one, Wanted::Default)).collect()),
        Take::Staged => return Ok(all.into_iter().map(|one| (one, Wanted::Staged)).collect()),
        Take::Named { paths, directory } => desk.repo.uncommitted(directory, paths)?,
    };
    let named = |one: &Uncommitted| if wanted.contains(one) { Wanted::Named } else { Wanted::No };
    Ok(all.into_iter().map(|one| (named(&one), one)).map(|(wanted, one)| (one, wanted)).collect())
}

/// Decides which of the changes go in.
pub fn select(desk: &Desk, uncommitted: Vec<(Uncommitted, Wanted)>) -> Result<Selection> {
    let change = |(one, wanted): (Uncommitted, Wanted)| {
        let outside = verdict::of_path(desk.plan(), &desk.task, one.path.as_bstr());
        Change { path: one.path, staged: one.staged, unstaged: one.unstaged, outside, wanted }
    };
    let mut changes: Vec<Change> = uncommitted.into_iter().map(change).collect();
    excuse_what_is_put_back(desk, &mut changes)?;
    Ok(Selection::of(&changes))
}

/// What is outside the scope and staged may be as the branch should have it again: then it is taken.
fn excuse_what_is_put_back(desk: &Desk, changes: &mut [Change]) -> Result<()> {
    let may_be = |change: &&mut Change| change.outside.is_some() && change.staged && !change.unstaged;
    let mut outside: Vec<&mut Change> = changes.iter_mut().filter(may_be).collect();
    if outside.is_empty() {
        return Ok(());
    }
    let findings = verdict::of_staged(desk.repo, &desk.recorded, &desk.task, &Attempt::default())?;
    for change in &mut outside {
        if findings.iter().all(|finding| finding.path() != Some(change.path.as_bstr())) {
            change.outside = None;
        }
    }
    Ok(())
}

/// Stages what the selection says.
pub fn stage(turn: &Turn, selection: &Selection) -> Result<Staged> {
    let desk = turn.desk;
    let tip = desk.tip()?;
    if selection.to_stage.is_empty() {
        return Ok(Staged { index: None, tip });
    }
    let index = desk.repo.index_before()?;
    // Where the worktree is sparse, they are there all the same.
    let add = ["add", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"];
    let add = desk.repo.git().at(&desk.top).args(add).stdin(pathspecs(&selection.to_stage));
    add.output().context("cannot stage the changes")?;
    Ok(Staged { index, tip })
}

fn drafted(request: &Request, selection: &Selection) -> Draft {
    let listed = match &request.files {
        Files::OfCommit => selection.taken.clone(),
        Files::And(more) => union(more, &selection.taken),
        Files::Unlisted => Vec::new(),
    };
    request.draft.clone().section(Section::FilesChanged, draft::files(&listed))
}

fn run_git(turn: &Turn, request: &Request, (draft, selection): (&Draft, &Selection)) -> Result<bool> {
    let (desk, mut draft) = (turn.desk, draft.clone());
    // It is there to be seen before another looks. Hooks may take long: nobody waits for those, and who
    // finds another at it says at once whose the commit is.
    let is_drafted = request.onto == Onto::Tip && request.author == Words::Drafted;
    let is_empty = selection.taken.is_empty() && is_drafted;
    let first = if is_empty { desk.repo.try_lock("empty-commit")? } else { None };
    if is_empty && (first.is_none() || is_made_by_another(desk, &draft)?) {
        draft.whose = Some(desk.task.name.clone());
    }
    let message = file(draft.message().as_bytes())?;
    let index = index_without(desk, &selection.staged_apart)?;
    let (mark, whose) = turn.for_hooks();
    let mut git = desk.repo.git().at(&desk.top).args(["commit", "--quiet"]).env(mark, whose);
    if request.empty == Empty::Allowed {
        git = git.args(["--allow-empty"]);
    }
    if request.onto == Onto::Amend {
        git = git.args(["--amend"]);
    }
    if let Some(index) = &index {
        git = git.env("GIT_INDEX_FILE", index.path());
    }
    let option = if request.author == Words::Edited { "--template" } else { "--file" };
    Ok(git.args([option]).args([message.path()]).inherit()?.success())
}

/// Whether another worker has made an empty commit like this one on the same commit: in the same second
/// it would be the same commit, and it counts for one of them only.
fn is_made_by_another(desk: &Desk, draft: &Draft) -> Result<bool> {
    let (plan, before) = (desk.plan(), desk.tip()?);
    let subject = draft.message();
    let subject = subject.lines().next().map(str::as_bytes);
    for other in plan.tasks.iter().filter(|other| other.name != desk.task.name) {
        let branch = branch::full(&plan.layout.branch(&plan.run, other));
        let Some(tip) = desk.repo.ref_commit(&branch)? else { continue };
        if tip == before {
            continue;
        }
        let commit = desk.repo.commit(tip)?;
        if commit.parent_ids == [before] && commit.message.lines().next() == subject {
            return Ok(true);
        }
    }
    Ok(false)
}

fn union(a: &[BString], b: &[BString]) -> Vec<BString> {
    let mut all = [a, b].concat();
    all.sort();
    all.dedup();
    all
}

/// A copy of the index in which these paths are as in HEAD; none if there are no such paths.
///
/// Committing from a copy is the one way that leaves everything else as the worker staged it: git's
/// own `--only` commits a path as the worktree has it, not as it was staged.
fn index_without(desk: &Desk, paths: &[BString]) -> Result<Option<tempfile::NamedTempFile>> {
    if paths.is_empty() {
        return Ok(None);
    }
    // It lies beside the real one, because a split index refers to a file in that directory.
    let directory = desk.repo.git_dir();
    let copy = tempfile::Builder::new().prefix("orchestrate-index-").tempfile_in(directory)?;
    fs_err::copy(directory.join("index"), copy.path())?;
    let reset = ["reset", "--quiet", "--pathspec-from-file=-", "--pathspec-file-nul"];
    let reset = desk.repo.git().at(&desk.top).args(reset).env("GIT_INDEX_FILE", copy.path());
    reset.stdin(pathspecs(paths)).output().context("cannot set aside what else is staged")?;
    Ok(Some(copy))
}

/// Paths as pathspecs that mean nothing else, NUL-separated.
fn pathspecs(paths: &[BString]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for path in paths {
        bytes.extend_from_slice(b":(top,literal)");
        bytes.extend_from_slice(path);
        bytes.push(0);
    }
    bytes
}

fn file(content: &[u8]) -> Result<tempfile::NamedTempFile> {
    let mut file = scratch::file()?;
    file.write_all(content).context("cannot write a temporary file")?;
    Ok(file)
}
