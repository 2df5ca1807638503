//! In which order finished tasks are merged (S1-76).
//!
//! A task comes after everything that it builds on. What it builds on is known from four sources,
//! and they are not equally sure: what its branch already holds is a fact, what the plan says is a
//! promise, what a NEEDS commit or an integration note says is a remark. An edge that would close a
//! circle with surer ones is left out and reported (S1-79), so there is always an order. The tasks
//! that build on nothing are the first wave, those that build on these alone the second, and so on.
//! In a wave set-up tasks go first (S5-52), and then the order with the [fewest](sequence::fewest)
//! steps that conflict. Where that can be searched through and helps, a task goes before others of an
//! earlier wave. Every step can say why it is where it is (S5-54).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::integration::sequence::{self, Method};
use crate::model::integration::wave::{Before, Wave, waves};
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
    let waves = waves(tasks, &before);
    let (mut found, mut method) = in_waves(&waves, collisions);
    let given: Vec<&Task> = waves.iter().flat_map(|wave| wave.groups().concat()).collect();
    let among = among(&given, &[], collisions);
    // Who builds on what it collides with has its place.
    let is_free = |(one, other): &(TaskName, TaskName)| {
        let are_here = names.contains(one) && names.contains(other);
        are_here && !reaches(&before, one, other) && !reaches(&before, other, one)
    };
    if waves.len() > 1 && collisions.pairs.iter().any(is_free) {
        let place = |task: &&Task| given.iter().position(|one| one.name == task.name).unwrap_or_default();
        match sequence::fewest_behind(&among, &behind(&waves, &given, &before)) {
            None => method = method.max(Some(Method::ExactInWaves)),
            Some(better) => {
                if among.cost(&better) < among.cost(&found.iter().map(place).collect::<Vec<_>>()) {
                    found = better.into_iter().map(|place| given[place]).collect();
                }
                method = Some(Method::Exact);
            }
        }
    }
    let mut reasons: BTreeMap<TaskName, Reason> = BTreeMap::new();
    for (place, task) in found.iter().enumerate() {
        let collides = |earlier: &&&Task| collisions.has(&task.name, &earlier.name);
        let reason = Reason {
            builds_on: before.get(&task.name).into_iter().flatten().copied().cloned().collect(),
            is_setup: waves.iter().any(|wave| wave.goes_first(task)),
            collides_with: found[..place].iter().filter(collides).map(|one| one.name.clone()).collect(),
            is_moved: given[place].name != task.name,
        };
        reasons.insert(task.name.clone(), reason);
    }
    Order { tasks: found.into_iter().map(|task| task.name.clone()).collect(), reasons, method, ignored }
}

/// The order with the fewest conflicts where each wave waits for the one before.
fn in_waves<'t>(waves: &[Wave<'t>], collisions: &Collisions) -> (Vec<&'t Task>, Option<Method>) {
    let (mut order, mut method): (Vec<&Task>, _) = (Vec::new(), None);
    for group in waves.iter().flat_map(Wave::groups) {
        let among = among(group, &order, collisions);
        let (found, how) = sequence::fewest(&among);
        if among.collides() {
            method = method.max(Some(how));
        }
        order.extend(found.into_iter().map(|place| group[place]));
    }
    (order, method)
}

/// Who collides with whom in a group, and with what is merged before it.
fn among(group: &[&Task], before: &[&Task], collisions: &Collisions) -> sequence::Collisions {
    let meets = |task: &&Task| {
        collisions.with_start.contains(&task.name)
            || before.iter().any(|earlier| collisions.has(&task.name, &earlier.name))
    };
    let of = |task: &&Task| {
        (0..group.len()).filter(|place| collisions.has(&task.name, &group[*place].name)).collect()
    };
    sequence::Collisions {
        with_ground: group.iter().map(meets).collect(),
        among: group.iter().map(of).collect(),
    }
}

/// For each of the given tasks the places of those that go before it in any order: what it builds on,
/// and the set-up of its wave.
fn behind(waves: &[Wave<'_>], given: &[&Task], before: &Before<'_>) -> Vec<Vec<usize>> {
    let of = |task: &&Task| {
        let wave = waves.iter().find(|wave| wave.others.iter().any(|one| one.name == task.name));
        let goes_before = |one: &Task| {
            before.get(&task.name).is_some_and(|before| before.contains(&one.name))
                || wave.is_some_and(|wave| wave.goes_first(one))
        };
        (0..given.len()).filter(|place| goes_before(given[*place])).collect()
    };
    given.iter().map(of).collect()
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

impl Collisions {
    /// Whether two tasks conflict.
    pub fn has(&self, one: &TaskName, other: &TaskName) -> bool {
        let pair = |a: &TaskName, b: &TaskName| self.pairs.contains(&(a.clone(), b.clone()));
        pair(one, other) || pair(other, one)
    }
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
    fn a_wave_does_not_wait_where_that_spares_conflicts() {
        let collide = |count: usize, edges: &[&str], pairs: &[(usize, usize)]| {
            let tasks: Vec<Task> = (1..=count).map(|number| task(&format!("task-{number}-x"))).collect();
            let edges: Vec<Edge> = edges.iter().map(|text| edge(text)).collect();
            let pair = |(one, other): &(usize, usize)| {
                (name(&format!("task-{one}-x")), name(&format!("task-{other}-x")))
            };
            let collisions =
                Collisions { pairs: pairs.iter().map(pair).collect(), with_start: BTreeSet::new() };
            let order = order(&tasks.iter().collect::<Vec<_>>(), &edges, &collisions);
            let moved = order.tasks.iter().filter(|name| order.reasons[*name].is_moved).count();
            let numbers = order.tasks.iter().filter_map(TaskName::number).collect::<Vec<_>>();
            (numbers, moved, order.method)
        };
        let edges = ["Ptask-2-x<task-1-x"];
        let exact = Some(Method::Exact);
        assert_eq!(collide(3, &edges, &[]), (vec![1, 3, 2], 0, None));
        assert_eq!(collide(3, &edges, &[(1, 3), (2, 3)]), (vec![1, 2, 3], 2, exact));
        assert_eq!(collide(3, &edges, &[(2, 3)]), (vec![1, 3, 2], 0, exact), "as many in any order");
        assert_eq!(collide(3, &edges, &[(1, 2)]), (vec![1, 3, 2], 0, None), "there is no other order");
        let many = collide(14, &edges, &[(1, 3), (2, 3)]);
        assert_eq!(many.2, Some(Method::Heuristic));
        let edges: Vec<String> = (2..=13).map(|number| format!("Ptask-{number}-x<task-1-x")).collect();
        let edges: Vec<&str> = edges.iter().map(String::as_str).collect();
        assert_eq!(collide(13, &edges, &[(2, 3)]).2, Some(Method::ExactInWaves));
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
