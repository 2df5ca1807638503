//! Where the finished work of a run goes.

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::integration::destination::{Destination, Kind};

/// What the base of the run is now.
pub fn of(repo: &Repository, recorded: &RecordedPlan) -> Destination {
    let plan = &recorded.plan;
    let base = recorded.base_ref.as_deref().unwrap_or(&plan.base);
    let kind = match &recorded.base_ref {
        Some(name) if repo.ref_commit(name).ok().flatten().is_some() => Kind::Branch,
        Some(_) => Kind::Gone(recorded.base_commit_id),
        None => match repo.remote_branch(&plan.base) {
            Some((remote, branch)) => Kind::Remote { remote, branch },
            None => Kind::Fixed,
        },
    };
    let integration = plan.layout.integration(&plan.run);
    Destination { base: branch::short(base).to_owned(), integration, kind }
}
