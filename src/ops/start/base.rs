//! The base of a run: the commit that its tasks begin at.

use anyhow::{Context, Result};

use super::Base;
use crate::git::Repository;
use crate::git::head::Head;
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::plan::Plan;

/// The base as recorded; that of a new run is what its plan names now.
pub fn of(main: &Repository, plan: &Plan, known: Option<&RecordedPlan>) -> Result<Base> {
    match known {
        Some(known) => Ok(known.base()),
        None => resolve(main, plan),
    }
}

/// The commit that the plan's base names now, and the branch if it names one.
fn resolve(main: &Repository, plan: &Plan) -> Result<Base> {
    let commit_id =
        main.resolve(&plan.base).with_context(|| format!("cannot find the base of run {}", plan.run))?;
    let named = match plan.base.as_str() {
        "HEAD" => match main.head()? {
            Head::Branch { name, .. } => Some(name),
            Head::Detached(_) => None,
        },
        name if name.starts_with(branch::PREFIX) => Some(name.to_owned()),
        name => Some(branch::full(name)),
    };
    let ref_name = match named {
        Some(name) if main.ref_commit(&name).ok().flatten() == Some(commit_id) => Some(name),
        _ => None,
    };
    let upstream = ref_name.as_deref().and_then(|name| main.upstream(name));
    Ok(Base { commit_id, ref_name, upstream })
}
