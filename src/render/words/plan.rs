//! Sentences about a plan: who needs what from whom, and the order that follows (S1-07).

use crate::model::name::TaskName;
use crate::model::plan::finding::PlanFinding;
use crate::model::plan::{Need, Plan, Task};
use crate::model::schedule::Schedule;

/// `Worker 2`.
pub fn worker(task: &Task) -> String {
    format!("Worker {}", task.number)
}

/// `Worker 1 (api)`: with the first word of what its name says.
pub fn worker_with_word(task: &Task) -> String {
    let name = task.name.as_str();
    let words = name.split(['-', '_', '.']);
    let word =
        words.into_iter().find(|word| !word.bytes().all(|byte| byte.is_ascii_digit()) && *word != "task");
    match word {
        Some(word) => format!("{} ({word})", worker(task)),
        None => worker(task),
    }
}

/// One line for each thing that a task needs, then the order; nothing where no task needs another.
pub fn cross_dependencies(plan: &Plan, schedule: &Schedule) -> Vec<String> {
    let mut lines = Vec::new();
    for task in &plan.tasks {
        for need in &task.needs {
            let Some(provider) = plan.task(&need.task) else { continue };
            let what =
                if need.text == need.task.as_str() { String::new() } else { format!(" {} from", need.text) };
            lines.push(format!("{} needs{what} {}", worker_with_word(task), worker(provider)));
        }
    }
    if !lines.is_empty() {
        lines.extend(suggested_order(plan, schedule));
    }
    lines
}

/// `Suggested order: Worker 2 → Worker 1 → Worker 3 (…)`; none where a cycle leaves no order.
pub fn suggested_order(plan: &Plan, schedule: &Schedule) -> Option<String> {
    if schedule.order.is_empty() {
        return None;
    }
    let order: Vec<String> = schedule.order.iter().map(|place| worker(&plan.tasks[*place])).collect();
    let parallel = "can work in parallel on non-dependent parts";
    Some(format!("Suggested order: {} ({parallel})", order.join(" → ")))
}

/// What a need is written as in a plan: `task-2/AnalyticsEvent`, or the task alone.
pub fn need(need: &Need) -> String {
    match &need.item {
        Some(item) => format!("{}/{item}", need.task.short()),
        None => need.task.short().to_owned(),
    }
}

/// Short names with arrows between: `task-2 → task-1`.
pub fn chain<'p>(names: impl IntoIterator<Item = &'p TaskName>) -> String {
    names.into_iter().map(TaskName::short).collect::<Vec<_>>().join(" → ")
}

/// `plan.toml:12:3`, as far as it is known.
pub fn location(finding: &PlanFinding) -> Option<String> {
    let at = finding.at.as_ref()?;
    Some(match at.place {
        Some(place) => format!("{}:{}:{}", at.source, place.line, place.column),
        None => at.source.clone(),
    })
}
