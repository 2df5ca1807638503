//! In which order finished tasks are merged (S1-76).
//!
//! A task comes after everything that it builds on. What it builds on is known from four sources,
//! and they are not equally sure: what its branch already holds is a fact, what the plan says is a
//! promise, what a NEEDS commit or an integration note says is a remark. An edge that would close a
//! circle with surer ones is left out and reported (S1-79), so there is always an order. The tasks
//! that build on nothing are the first wave, those that build on these alone the second, and so on.
//! In a wave set-up tasks go first (S5-52), and then the order with the [fewest](sequence::fewest)
//! steps that conflict. Every step can say why it is where it is (S5-54).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::integration::sequence::{self, Method};
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

/// What each task builds on, without circles.
type Before<'a> = BTreeMap<&'a TaskName, BTreeSet<&'a TaskName>>;

/// Which tasks conflict, as far as two at a time can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collisions {
    /// Two tasks, in either order.
    pub pairs: BTreeSet<(TaskName, TaskName)>,
    /// Those that conflict with what all of them are merged into.
    pub with_start: BTreeSet<TaskName>,
}

/// The order, and what could not be respected in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who is merged, first to last.
    pub tasks: Vec<TaskName>,
    /// Why each is where it is.
    pub reasons: BTreeMap<TaskName, Reason>,
    /// How the order with the fewest conflicts was found; `None` where nothing collides.
    pub method: Option<Method>,
    /// Edges that contradict surer ones.
    pub ignored: Vec<Edge>,
}

/// Why a task is merged when it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// What it builds on directly, of those that take part.
    pub builds_on: Vec<TaskName>,
    /// It prepares the ground for the others of its wave.
    pub is_setup: bool,
    /// Those before it that it collides with.
    pub collides_with: Vec<TaskName>,
    /// It is not where its number would put it, so that fewer steps conflict.
    pub is_moved: bool,
}

/// Orders the tasks that take part. Edges from or to other tasks have no effect.
pub fn order(tasks: &[&Task], edges: &[Edge], collisions: &Collisions) -> Order {
    let names: BTreeSet<&TaskName> = tasks.iter().map(|task| &task.name).collect();
    let mut sure: Vec<&Edge> =
        edges.iter().filter(|edge| names.contains(&edge.before) && names.contains(&edge.after)).collect();
    sure.sort();
    let mut before: Before<'_> = BTreeMap::new();
    let mut ignored = Vec::new();
    for edge in sure {
        if reaches(&before, &edge.before, &edge.after) {
            ignored.push(edge.clone());
        } else {
            before.entry(&edge.after).or_default().insert(&edge.before);
        }
    }
    let mut order = Order { tasks: Vec::new(), reasons: BTreeMap::new(), method: None, ignored };
    for wave in waves(tasks, &before) {
        let (setup, others): (Vec<&Task>, Vec<&Task>) = wave.into_iter().partition(|task| is_setup(task));
        for equals in [&setup, &others] {
            order.append(equals, &before, collisions);
        }
        for task in setup.iter().filter(|_| !others.is_empty()) {
            order.reasons.entry(task.name.clone()).or_default().is_setup = true;
        }
    }
    order
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
fn reaches(before: &Before<'_>, from: &TaskName, to: &TaskName) -> bool {
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

impl Order {
    /// Appends tasks that may go in any order, which then is the one with the fewest conflicts.
    fn append(&mut self, equals: &[&Task], before: &Before<'_>, collisions: &Collisions) {
        let mut given: Vec<&Task> = equals.to_vec();
        given.sort_by_key(|task| (task.number, &task.name));
        let among = sequence::Collisions {
            with_ground: given.iter().map(|task| collisions.meets_any(&task.name, &self.tasks)).collect(),
            among: given.iter().map(|task| places(&given, &task.name, collisions)).collect(),
        };
        let (found, method) = sequence::fewest(&among);
        if among.among.iter().any(|others| !others.is_empty()) {
            self.method = self.method.max(Some(method));
        }
        for (place, task) in found.iter().map(|place| given[*place]).enumerate() {
            let collides = |earlier: &&TaskName| collisions.has(&task.name, earlier);
            let reason = Reason {
                builds_on: before.get(&task.name).into_iter().flatten().copied().cloned().collect(),
                is_setup: false,
                collides_with: self.tasks.iter().filter(collides).cloned().collect(),
                is_moved: given[place].name != task.name,
            };
            self.reasons.insert(task.name.clone(), reason);
            self.tasks.push(task.name.clone());
        }
    }
}

impl Collisions {
    /// Whether two tasks conflict.
    pub fn has(&self, one: &TaskName, other: &TaskName) -> bool {
        let pair = |a: &TaskName, b: &TaskName| self.pairs.contains(&(a.clone(), b.clone()));
        pair(one, other) || pair(other, one)
    }

    /// Whether a task conflicts with one of those before it, or with the start.
    fn meets_any(&self, task: &TaskName, before: &[TaskName]) -> bool {
        self.with_start.contains(task) || before.iter().any(|earlier| self.has(task, earlier))
    }
}

/// The places of the tasks that `name` collides with.
fn places(given: &[&Task], name: &TaskName, collisions: &Collisions) -> Vec<usize> {
    (0..given.len()).filter(|place| collisions.has(name, &given[*place].name)).collect()
}

/// The tasks by the length of the longest way to one that builds on nothing. There is no circle.
fn waves<'t>(tasks: &[&'t Task], before: &Before<'_>) -> Vec<Vec<&'t Task>> {
    let mut left: Vec<&Task> = tasks.to_vec();
    let mut waves: Vec<Vec<&Task>> = Vec::new();
    while !left.is_empty() {
        let waits = |task: &&Task| {
            let mut needed = before.get(&task.name).into_iter().flatten();
            needed.any(|one| left.iter().any(|other| other.name == **one))
        };
        let (later, wave): (Vec<&Task>, Vec<&Task>) = left.iter().copied().partition(waits);
        waves.push(wave);
        left = later;
    }
    waves
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
        let order = order(&tasks.iter().collect::<Vec<_>>(), &edges, &Collisions::default());
        assert_eq!(order.tasks.iter().map(TaskName::as_str).collect::<Vec<_>>(), expect);
        assert_eq!(order.ignored, ignored.iter().map(|text| edge(text)).collect::<Vec<_>>());
    }

    #[test]
    fn dependencies_come_first_then_numbers() {
        let three = ["task-1-api", "task-2-models", "task-3-frontend"];
        check(&three, &[], &three, &[]);
        let order = ["task-2-models", "task-1-api", "task-3-frontend"];
        check(&three, &["Ptask-1-api<task-2-models", "Ptask-3-frontend<task-1-api"], &order, &[]);
        let waves = ["task-2-models", "task-3-frontend", "task-1-api"];
        check(&three, &["Dtask-1-api<task-2-models"], &waves, &[]);
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
    fn waves_go_before_numbers() {
        let four = ["task-1-a", "task-2-b", "task-3-c", "task-4-config"];
        let order = ["task-4-config", "task-1-a", "task-3-c", "task-2-b"];
        check(&four, &["Ptask-2-b<task-3-c"], &order, &[]);
        check(
            &["task-1-a", "task-2-config", "task-3-c"],
            &["Ptask-2-config<task-3-c"],
            &["task-1-a", "task-3-c", "task-2-config"],
            &[],
        );
    }

    #[test]
    fn every_step_says_why() {
        let tasks = ["task-1-a", "task-2-b", "task-3-c", "task-4-setup", "task-5-e"].map(task);
        let tasks: Vec<&Task> = tasks.iter().collect();
        let pair = |one: &str, other: &str| (name(one), name(other));
        let collisions = Collisions {
            pairs: [pair("task-2-b", "task-1-a"), pair("task-1-a", "task-3-c"), pair("task-5-e", "task-3-c")]
                .into(),
            with_start: BTreeSet::new(),
        };
        let order = order(&tasks, &[edge("Ptask-5-e<task-1-a")], &collisions);
        let told = |name: &TaskName| {
            let Reason { builds_on, is_setup, collides_with, is_moved } = &order.reasons[name];
            let short = |names: &[TaskName]| {
                names.iter().map(|name| name.short().to_owned()).collect::<Vec<_>>().join(" ")
            };
            format!(
                "{} on[{}] setup:{is_setup} with[{}] moved:{is_moved}",
                name.short(),
                short(builds_on),
                short(collides_with)
            )
        };
        let told: Vec<String> = order.tasks.iter().map(told).collect();
        assert_eq!(
            told,
            [
                "task-4 on[] setup:true with[] moved:false",
                "task-2 on[] setup:false with[] moved:true",
                "task-3 on[] setup:false with[] moved:true",
                "task-1 on[] setup:false with[task-2 task-3] moved:true",
                "task-5 on[task-1] setup:false with[task-3] moved:false",
            ]
        );
        assert_eq!(order.method, Some(Method::Exact));
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
