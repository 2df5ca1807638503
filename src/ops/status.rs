//! `git orchestrate status`: where everybody is, what is wrong, what to do next.

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::facts::Facts;
use crate::model::hint;
use crate::model::matrix::Whose;
use crate::model::status::state::State;
use crate::model::status::{Clock, RunStatus};
use crate::ops::field::{Field, Places};
use crate::ops::overview::{self, Overview};
use crate::ops::run;

/// The most pairs whose trees are compared. Beyond that a status would take longer than anybody waits.
const MAX_PAIRS: usize = 5_000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run, if it was named.
    pub run: Option<String>,
    /// How much is looked at.
    pub depth: Depth,
    /// The moment, and what counts as stalled.
    pub clock: Clock,
}

/// Computes the status; writes nothing but kept answers.
pub fn run(repo: &Repository, options: &Options) -> Result<RunStatus> {
    let kept = repo.kept_soon();
    let recorded = run::choose(repo, options.run.as_deref())?;
    let facts = repo.survey_kept(&recorded, options.depth, kept)?;
    let Overview { facts, mut status } = overview::of(repo, facts, options.clock);
    if let Err(error) = add_meetings(repo, &recorded, &facts, &mut status) {
        status.unknown.push(format!("who conflicts with whom: {}", hint::in_line(&error)));
    }
    // The program is about to end. Giving back every commit by itself takes longer than one would think.
    std::mem::forget(facts);
    Ok(status)
}

/// Work that is merged already meets the others where it is now.
fn add_meetings(
    repo: &Repository,
    recorded: &RecordedPlan,
    facts: &Facts,
    status: &mut RunStatus,
) -> Result<()> {
    let mut field = Field::survey(repo, recorded, facts)?;
    let is_open = |place: usize| match &field.sides[place].of {
        Whose::Task(name) => status.task(name).is_some_and(|task| task.state != State::Integrated),
        Whose::Base | Whose::Integration => true,
    };
    let is_open: Vec<bool> = (0..field.sides.len()).map(is_open).collect();
    let open = field.may_meet.iter().filter(|(one, other)| is_open[*one] && is_open[*other]);
    let mut open: Vec<Places> = open.copied().collect();
    if open.len() > MAX_PAIRS {
        let more = open.len() - MAX_PAIRS;
        status.unknown.push(format!(
            "whether {more} more pairs of tasks conflict, as too many touch the same; git orchestrate conflicts asks"
        ));
        open.truncate(MAX_PAIRS);
    }
    let pairs = field.meet(|places| open.binary_search(&places).is_ok())?;
    status.add_meetings(&field.sides, &pairs);
    status.unknown.append(&mut field.unknown);
    Ok(())
}
