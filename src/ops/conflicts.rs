//! `git orchestrate conflicts`: whose work collides with whose, while it is still being done.

use anyhow::{Result, bail};
use bstr::{BStr, BString, ByteSlice};

use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::facts::TaskFacts;
use crate::model::hint;
use crate::model::matrix::{self, Matrix, Pair, Whose};
use crate::model::meeting::Meeting;
use crate::ops::field::{Field, Places};
use crate::ops::run;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// Only pairs in which one of these tasks takes part, by any name that means one; all if empty.
    pub tasks: Vec<String>,
    /// Only pairs that meet at this path or below it, relative to the top.
    pub path: Option<BString>,
    /// Leave out what is not committed.
    pub committed: bool,
}

/// Asks about every pair; writes nothing but kept answers.
pub fn run(repo: &Repository, options: &Options) -> Result<Matrix> {
    let recorded = run::choose(repo, options.run.as_deref())?;
    let plan = &recorded.plan;
    let asked: Vec<Whose> = options
        .tasks
        .iter()
        .map(|text| Ok(Whose::Task(plan.find_task(text)?.name.clone())))
        .collect::<Result<_>>()?;
    let depth = if options.committed { Depth::History } else { Depth::Worktrees };
    let facts = repo.survey_kept(&recorded, depth, repo.kept_soon())?;
    let mut field = Field::survey(repo, &recorded, &facts)?;
    let is_asked: Vec<bool> =
        field.sides.iter().map(|side| asked.is_empty() || asked.contains(&side.of)).collect();
    let is_wanted = |(one, other): Places| is_asked[one] || is_asked[other];
    let meeting = field.meet(is_wanted)?;
    let mut places = matrix::pairs(&field.sides);
    places.retain(|places| is_wanted(*places));
    let mut pairs = all(places, meeting);
    let path = options.path.as_ref().map(|path| from_top(path.as_bstr())).transpose()?;
    if let Some(path) = path {
        pairs.retain(|pair| meets_at(&pair.meeting, path));
    }
    let touching = path.map(|path| matrix::touching(&facts, path)).unwrap_or_default();
    let is_meant = |task: &&TaskFacts| asked.is_empty() || asked.contains(&Whose::Task(task.name.clone()));
    let tasks = facts.tasks.iter().filter(is_meant);
    let mut aside: Vec<String> = tasks.clone().filter_map(missing).collect();
    if !options.committed {
        for task in tasks {
            aside.extend(elsewhere(repo, task)?);
        }
    }
    let unknown = [facts.unknown.clone(), field.unknown, aside].concat();
    Ok(Matrix { run: plan.run.clone(), sides: field.sides, pairs, touching, unknown })
}

/// A task that was begun and whose work is neither on a branch nor merged.
fn missing(task: &TaskFacts) -> Option<String> {
    let is_begun = run::is_started(&task.journal, &task.name);
    let is_gone = is_begun && task.effective_tip().is_none() && !task.is_integrated();
    is_gone.then(|| {
        format!(
            "what {} has, as there is no branch {}: git orchestrate start makes it, or says how",
            task.name, task.branch
        )
    })
}

/// What lies in a task's worktree and takes no part, because something else than the task's branch is checked
/// out there, as in the middle of a rebase.
fn elsewhere(repo: &Repository, task: &TaskFacts) -> Result<Option<String>> {
    let Some(worktree) = task.worktree.as_ref().filter(|worktree| worktree.present) else { return Ok(None) };
    let Some(tip) = task.effective_tip() else { return Ok(None) };
    let (why, commits) = match (&worktree.branch, worktree.head) {
        (Some(branch), _) if *branch == task.branch => return Ok(None),
        (Some(branch), _) => (format!("{branch} is checked out"), 0),
        (None, Some(head)) => match repo.commits_between(&[tip], &[head]) {
            Ok(commits) => ("HEAD is detached".to_owned(), commits.len()),
            Err(error) => {
                return Ok(Some(format!("what {} has at HEAD: {}", task.name, hint::in_line(&error))));
            }
        },
        (None, None) => return Ok(None),
    };
    let counted = |number: usize, what: &str, rest: &str| {
        let s = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {what}{s} {rest}"))
    };
    let paths = worktree.dirty.as_ref().map_or(0, Vec::len);
    let parts = [
        counted(paths, "path", "not committed"),
        counted(commits, "commit", &format!("not on {}", task.branch)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let what = parts.join(" and ");
    Ok((!parts.is_empty()).then(|| format!("what becomes of {what} for {}, as {why} there", task.name)))
}

/// A path as git lists it.
fn from_top(path: &BStr) -> Result<&BStr> {
    let mut plain = path.as_bytes();
    while let Some(rest) = plain.strip_prefix(b"./") {
        plain = rest;
    }
    if plain.starts_with(b"/") || plain.split_str("/").any(|part| part == b"..") {
        bail!(
            "{path} does not start at the top of the repository; git ls-files --full-name shows how it is called"
        );
    }
    Ok(plain.as_bstr())
}

/// The pairs at `places`, those that do not meet as well; both lists are sorted.
fn all(places: Vec<Places>, meeting: Vec<Pair>) -> Vec<Pair> {
    let mut meeting = meeting.into_iter().peekable();
    let pair = |(one, other)| {
        let met = meeting.next_if(|pair| (pair.one, pair.other) == (one, other));
        met.unwrap_or(Pair { one, other, meeting: Meeting::Apart })
    };
    places.into_iter().map(pair).collect()
}

fn meets_at(meeting: &Meeting, path: &BStr) -> bool {
    matches!(meeting, Meeting::Unknown(_)) || meeting.paths().into_iter().any(|one| matrix::is_at(one, path))
}
