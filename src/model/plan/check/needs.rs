//! Who waits for whom: no one for itself, no one in a circle, and only for what is provided.

use std::collections::HashMap;

use crate::model::name::{ItemName, TaskName};
use crate::model::plan::finding::{Needs, Part, PlanFinding};
use crate::model::plan::{DependencyMode, Need, Plan, Task};
use crate::model::schedule::Schedule;

pub(super) fn check(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let tasks: HashMap<&TaskName, &Task> = plan.tasks.iter().map(|task| (&task.name, task)).collect();
    for (at, task) in plan.tasks.iter().enumerate() {
        for (index, need) in task.needs.iter().enumerate() {
            let about = Part::Need(at, index);
            if let Some(problem) = wrong(plan, task, need, &tasks) {
                findings.push(PlanFinding::error(about, problem));
            }
            let same =
                |other: &Need| other.task == need.task && other.item == need.item && other.text == need.text;
            if task.needs[..index].iter().any(same) {
                findings.push(PlanFinding::warning(about, Needs::Repeated(need.task.clone())));
            }
        }
    }
    cycles(plan, findings);
}

fn wrong(plan: &Plan, task: &Task, need: &Need, tasks: &HashMap<&TaskName, &Task>) -> Option<Needs> {
    if plan.dependencies == DependencyMode::None {
        return Some(Needs::Forbidden(need.task.clone()));
    }
    if need.task == task.name {
        return Some(Needs::Itself(task.name.clone()));
    }
    let Some(provider) = tasks.get(&need.task) else {
        return plan.find_task(need.task.as_str()).err().map(Needs::Unknown);
    };
    match &need.item {
        Some(item) if !provider.provides.contains(item) => Some(nobody_provides(plan, provider, item)),
        _ => None,
    }
}

fn nobody_provides(plan: &Plan, provider: &Task, item: &ItemName) -> Needs {
    let elsewhere = plan.tasks.iter().find(|task| task.provides.contains(item));
    Needs::NobodyProvides {
        item: item.clone(),
        task: provider.name.clone(),
        elsewhere: elsewhere.map(|task| task.name.clone()),
        provided: provider.provides.clone(),
    }
}

/// One finding for each circle, at the need by which its first task enters it.
fn cycles(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    for cycle in Schedule::of(plan).cycles {
        let (first, next) = (cycle[0], cycle[1 % cycle.len()]);
        let needs = &plan.tasks[first].needs;
        let index = needs.iter().position(|need| need.task == plan.tasks[next].name).unwrap_or(0);
        let names = cycle.iter().map(|place| plan.tasks[*place].name.clone()).collect();
        findings.push(PlanFinding::error(Part::Need(first, index), Needs::Cycle(names)));
    }
}
