//! `git orchestrate conflicts`: whose work collides with whose, while it is still being done.

use anyhow::{Result, bail};
use bstr::{BStr, BString, ByteSlice};

use crate::git::Repository;
use crate::git::survey::Depth;
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
    let facts = repo.survey_kept(&recorded, depth)?;
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
    let unknown = [facts.unknown.clone(), field.unknown].concat();
    Ok(Matrix { run: plan.run.clone(), sides: field.sides, pairs, touching, unknown })
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
