//! The sites that are asked for, and all that is in their way.

use std::collections::HashMap;

use anyhow::Result;

use super::neighbours::Neighbours;
use super::{Options, SiteReport};
use crate::git::plan_ref::RecordedPlan;
use crate::model::branch;
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::model::site::{Existing, Obstacle, ObstacleKind};
use crate::ops::site::build::Built;
use crate::ops::site::find::Ground;

/// The sites of the chosen tasks with their steps, or everything that is in the way of any.
pub fn sites(
    ground: &Ground<'_>,
    options: &Options,
    known: Option<&RecordedPlan>,
    neighbours: &Neighbours,
) -> Result<Result<Vec<SiteReport>, Vec<Obstacle>>> {
    let plan = &options.plan;
    let taken = neighbours.branches();
    let chosen = choose(plan, &options.tasks)?;
    let anew = options.recreate.as_deref().map(|names| choose(plan, names)).transpose()?.unwrap_or_default();
    let (mut reports, mut obstacles) = (Vec::new(), Vec::new());
    let integration = plan.layout.integration(&plan.run);
    if let Some(run) = taken.get(&integration) {
        let kind = ObstacleKind::Taken(run.clone());
        obstacles.push(Obstacle { whose: "integration".into(), branch: integration, kind });
    } else if let Some(other) = ground.barring(&branch::full(&integration)) {
        let kind = ObstacleKind::Barred(other.to_owned());
        obstacles.push(Obstacle { whose: "integration".into(), branch: integration, kind });
    }
    obstacles.extend(known.into_iter().flat_map(|known| renamed(ground, &known.plan, plan)));
    for task in chosen {
        let branch = plan.layout.branch(&plan.run, task);
        if obstacles.iter().any(|obstacle| obstacle.branch == branch) {
            continue;
        }
        if let Some(run) = taken.get(&branch) {
            let kind = ObstacleKind::Taken(run.clone());
            obstacles.push(Obstacle { whose: task.name.to_string(), branch, kind });
            continue;
        }
        let existing = if anew.contains(&task) { Existing::Recreate } else { Existing::Keep };
        let site = ground.site(plan, task, existing)?;
        if options.tasks.is_empty() && existing == Existing::Keep && site.is_finished() {
            continue;
        }
        match site.steps(existing) {
            Ok(steps) => reports.push(SiteReport { tip: None, site, steps, built: Built::default() }),
            Err(found) => obstacles.extend(found),
        }
    }
    Ok(if obstacles.is_empty() { Ok(reports) } else { Err(obstacles) })
}

/// What an amendment names otherwise than the branch that has the work: nobody would find that where the
/// plan looks for it. Recorded is the plan of all tasks, whichever are to be started. A branch without
/// work is left behind, as that of a task which the plan has no more; but no task gets one that was
/// another's, with the worktree and what is uncommitted there.
fn renamed(ground: &Ground<'_>, known: &Plan, plan: &Plan) -> Vec<Obstacle> {
    let formerly = |task: &Task| known.layout.branch(&known.run, task);
    let owners: HashMap<String, &TaskName> =
        known.tasks.iter().map(|task| (formerly(task), &task.name)).collect();
    let mut obstacles = Vec::new();
    for task in &plan.tasks {
        let branch = plan.layout.branch(&plan.run, task);
        let Some(former) = known.task(&task.name).map(formerly) else { continue };
        let (here, there) = (branch::full(&branch), branch::full(&former));
        let was_anothers = owners.get(&branch).is_some_and(|owner| **owner != task.name);
        let kind = match () {
            () if !ground.has_branch(&here) && ground.has_work(&there) => ObstacleKind::Renamed(former),
            () if was_anothers && ground.has_branch(&here) && ground.has_branch(&there) => {
                ObstacleKind::Displaced(former)
            }
            () => continue,
        };
        obstacles.push(Obstacle { whose: task.name.to_string(), branch, kind });
    }
    obstacles
}

/// The tasks that these names mean, in the plan's order; all if there are none.
fn choose<'p>(plan: &'p Plan, names: &[String]) -> Result<Vec<&'p Task>> {
    let mut chosen = Vec::new();
    for name in names {
        chosen.push(&plan.find_task(name)?.name);
    }
    Ok(plan.tasks.iter().filter(|task| names.is_empty() || chosen.contains(&&task.name)).collect())
}
