//! A run as it is, or as a push would leave it, in a clean room.
//!
//! Whoever decides reads here and not in the repository itself: what linked worktrees share could
//! make the same commits look different (design.md section 6). Refs are copied once, so a verdict is
//! about one state, and what somebody moves meanwhile is judged the next time.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::plan_ref::RecordedPlan;
use crate::git::remote;
use crate::git::survey::Depth;
use crate::git::view::View;
use crate::model::branch;
use crate::model::facts::Facts;
use crate::model::ref_role;

/// The clean room of one state.
#[derive(Debug)]
pub struct Proposal {
    room: CleanRoom,
    unreadable: Vec<String>,
}

impl Proposal {
    /// The repository as it is, with all that the run has in it.
    pub fn of_run(repo: &Repository, recorded: &RecordedPlan) -> Result<Proposal> {
        Proposal::new(repo, recorded, view(repo, recorded)?)
    }

    /// The repository as a view shows it.
    pub fn new(repo: &Repository, recorded: &RecordedPlan, view: View) -> Result<Proposal> {
        let room = CleanRoom::showing(repo, recorded.base_commit_id, &view)?;
        let unreadable = view.unreadable.into_iter();
        let unreadable = unreadable.filter(|one| !one.is_of_another_run(&recorded.plan.run));
        Ok(Proposal { room, unreadable: unreadable.map(|one| one.why).collect() })
    }

    /// Where everything is read; nothing of it reaches the real repository.
    pub fn repository(&self) -> &Repository {
        self.room.repository()
    }

    /// The room itself.
    pub fn room(&self) -> &CleanRoom {
        &self.room
    }

    /// What the run is here; the worktrees are those of `real`.
    pub fn survey(&self, recorded: &RecordedPlan, real: &Repository) -> Result<Facts> {
        let mut facts = self.repository().survey_with(recorded, Depth::History, real)?;
        facts.unknown.extend(self.unreadable.iter().cloned());
        Ok(facts)
    }
}

/// Short names of the branches that a run had by earlier plans, as far as these can be read.
pub fn former_branches(repo: &Repository, recorded: &RecordedPlan) -> impl Iterator<Item = String> + use<> {
    let (plan, base_ref) = (&recorded.plan, recorded.base_ref.as_deref());
    let former = repo.former_tasks(plan, recorded.commit_id, base_ref).unwrap_or_default();
    former.into_iter().map(|one| one.branch)
}

/// The refs of a run and of what it came from, as they are.
pub fn view(repo: &Repository, recorded: &RecordedPlan) -> Result<View> {
    let mut branches: BTreeSet<String> =
        ref_role::branches(&recorded.plan, recorded.base_ref.as_deref()).collect();
    if recorded.base_ref.is_none() {
        branches.insert(remote::short(&recorded.plan.base).to_owned());
    }
    branches.extend(recorded.base_upstream.as_deref().map(|name| remote::short(name).to_owned()));
    // What cannot be read of earlier plans, the survey names.
    branches.extend(former_branches(repo, recorded));
    let view = View::of(repo, &branches)?;
    match recorded.base_ref.as_deref().map(branch::short) {
        Some(base) => view.with_base(repo, base, recorded.base_upstream.as_deref()),
        None => Ok(view),
    }
}
