//! In which order finished tasks are merged (S1-76).
//!
//! A task comes after everything that it builds on. What it builds on is known from four sources,
//! and they are not equally sure: what its branch already holds is a fact, what the plan says is a
//! promise, what a NEEDS commit or an integration note says is a remark. An edge that would close a
//! circle with surer ones is left out and reported (S1-79), so there is always an order. Among the
//! tasks that may go next, set-up tasks go first (S5-52), then the lowest number: every two
//! branches that conflict do so in either order, so no order has fewer conflicts for certain.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::name::TaskName;
use crate::model::plan::Task;

/// How it is known that one task builds on another; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Its branch holds the other's commits.
    History,
    /// The plan says so.
    Plan,
    /// A commit `[NEEDS:…]` says so.
    Discovered,
    /// A line of its integration notes says so (S1-83a).
    Notes,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Source::History => "its branch holds commits of it",
            Source::Plan => "the plan says so",
            Source::Discovered => "a NEEDS commit says so",
            Source::Notes => "its integration notes say so",
        })
    }
}

/// One task builds on another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// How that is known; first, so that edges sort by how sure they are.
    pub source: Source,
    /// What comes first.
    pub before: TaskName,
    /// What builds on it.
    pub after: TaskName,
}

/// The order, and what could not be respected in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who is merged, first to last.
    pub tasks: Vec<TaskName>,
    /// Edges that contradict surer ones.
    pub ignored: Vec<Edge>,
}

/// Orders the tasks that take part. Edges from or to other tasks have no effect.
pub fn order(tasks: &[&Task], edges: &[Edge]) -> Order {
    let names: BTreeSet<&TaskName> = tasks.iter().map(|task| &task.name).collect();
    let mut sure: Vec<&Edge> =
        edges.iter().filter(|edge| names.contains(&edge.before) && names.contains(&edge.after)).collect();
    sure.sort();
    let mut before: BTreeMap<&TaskName, BTreeSet<&TaskName>> = BTreeMap::new();
    let mut ignored = Vec::new();
    for edge in sure {
        if reaches(&before, &edge.before, &edge.after) {
            ignored.push(edge.clone());
        } else {
            before.entry(&edge.after).or_default().insert(&edge.before);
        }
    }
    Order { tasks: sorted(tasks, &before), ignored }
}

/// All tasks that build on `name`, directly or not, by every edge.
pub fn dependents(name: &TaskName, edges: &[Edge]) -> BTreeSet<TaskName> {
    let mut found = BTreeSet::new();
    let mut todo = vec![name.clone()];
    while let Some(next) = todo.pop() {
        for edge in edges.iter().filter(|edge| edge.before == next) {
            if edge.after != *name && found.insert(edge.after.clone()) {
                todo.push(edge.after.clone());
            }
        }
    }
    found
}

/// Whether `from` builds on `to`, directly or not; every task builds on itself.
fn reaches(before: &BTreeMap<&TaskName, BTreeSet<&TaskName>>, from: &TaskName, to: &TaskName) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(next) = todo.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            todo.extend(before.get(next).into_iter().flatten().copied());
        }
    }
    false
}

/// Takes what is free to go, again and again. There is no circle, so something always is.
fn sorted(tasks: &[&Task], before: &BTreeMap<&TaskName, BTreeSet<&TaskName>>) -> Vec<TaskName> {
    let mut left: Vec<&Task> = tasks.to_vec();
    left.sort_by_key(|task| (!is_setup(task), task.number, task.name.clone()));
    let mut done: Vec<TaskName> = Vec::new();
    while !left.is_empty() {
        let is_free =
            |task: &&Task| before.get(&task.name).is_none_or(|all| all.iter().all(|one| done.contains(one)));
        let next = left.iter().position(is_free).unwrap_or(0);
        done.push(left.remove(next).name.clone());
    }
    done
}

/// Whether a task prepares the ground for all others, by its name or title (S5-52).
pub fn is_setup(task: &Task) -> bool {
    let words = [task.name.as_str(), task.title.as_str()].join(" ").to_lowercase();
    let mut words = words.split(|c: char| !c.is_alphanumeric());
    words.any(|word| {
        matches!(word, "setup" | "config" | "configuration" | "scaffold" | "scaffolding" | "bootstrap")
    }) || task.title.to_lowercase().contains("set-up")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TaskName {
        TaskName::new(text).expect("a legal name")
    }

    fn task(text: &str) -> Task {
        let name = name(text);
        let number = name.number().unwrap_or(99);
        Task {
            title: text.replace('-', " "),
            number,
            name,
            scope: Vec::new(),
            steps: Vec::new(),
            checkpoints: Vec::new(),
            needs: Vec::new(),
            provides: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Edges are written `after<before` with the first letter of the source in front.
    fn edge(text: &str) -> Edge {
        let source = match &text[..1] {
            "H" => Source::History,
            "P" => Source::Plan,
            "D" => Source::Discovered,
            _ => Source::Notes,
        };
        let (after, before) = text[1..].split_once('<').expect("an edge has two ends");
        Edge { source, before: name(before), after: name(after) }
    }

    fn check(tasks: &[&str], edges: &[&str], expect: &[&str], ignored: &[&str]) {
        let tasks: Vec<Task> = tasks.iter().map(|text| task(text)).collect();
        let edges: Vec<Edge> = edges.iter().map(|text| edge(text)).collect();
        let order = order(&tasks.iter().collect::<Vec<_>>(), &edges);
        assert_eq!(order.tasks.iter().map(TaskName::as_str).collect::<Vec<_>>(), expect);
        assert_eq!(order.ignored, ignored.iter().map(|text| edge(text)).collect::<Vec<_>>());
    }

    #[test]
    fn dependencies_come_first_then_numbers() {
        let three = ["task-1-api", "task-2-models", "task-3-frontend"];
        check(&three, &[], &three, &[]);
        let order = ["task-2-models", "task-1-api", "task-3-frontend"];
        check(&three, &["Ptask-1-api<task-2-models", "Ptask-3-frontend<task-1-api"], &order, &[]);
        check(&three, &["Dtask-1-api<task-2-models"], &order, &[]);
        check(&["task-10-x", "task-9-y"], &[], &["task-9-y", "task-10-x"], &[]);
    }

    #[test]
    fn set_up_goes_before_its_equals() {
        check(&["task-1-api", "task-2-config"], &[], &["task-2-config", "task-1-api"], &[]);
        check(
            &["task-1-api", "task-2-config"],
            &["Ptask-2-config<task-1-api"],
            &["task-1-api", "task-2-config"],
            &[],
        );
        check(&["task-1-api", "task-2-configure-x"], &[], &["task-1-api", "task-2-configure-x"], &[]);
    }

    #[test]
    fn in_a_circle_the_surer_edge_holds() {
        let two = ["task-1-a", "task-2-b"];
        check(
            &two,
            &["Ptask-2-b<task-1-a", "Htask-1-a<task-2-b"],
            &["task-2-b", "task-1-a"],
            &["Ptask-2-b<task-1-a"],
        );
        check(&two, &["Ntask-1-a<task-2-b", "Dtask-2-b<task-1-a"], &two, &["Ntask-1-a<task-2-b"]);
        check(&two, &["Ptask-1-a<task-1-a"], &two, &["Ptask-1-a<task-1-a"]);
    }

    #[test]
    fn tasks_that_do_not_take_part_do_not_count() {
        check(&["task-1-a"], &["Ptask-1-a<task-2-b"], &["task-1-a"], &[]);
    }

    #[test]
    fn dependents_are_found_at_any_distance() {
        let edges: Vec<Edge> = ["Pb<a", "Hc<b", "Pa<c", "Pe<d"].map(edge).into();
        let found: Vec<String> = dependents(&name("a"), &edges).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["b", "c"]);
    }
}
