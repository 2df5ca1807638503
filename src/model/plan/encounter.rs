//! Where the tasks of two plans may change the same path.
//!
//! Within a plan that is a finding; two runs are nobody's single decision, so here it is only told.

use std::collections::BTreeMap;

use bstr::BString;

use crate::model::name::TaskName;
use crate::model::overlap::{Claim, meetings};
use crate::model::plan::Plan;
use crate::model::scope::ScopeEntry;

/// Two tasks of different plans that may change the same path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encounter {
    /// The task of the first plan, and that of the second.
    pub tasks: [TaskName; 2],
    /// A short path that both may change, whether or not it exists.
    pub witness: BString,
}

/// Where two plans meet.
#[derive(Debug, PartialEq, Eq)]
pub struct Encounters {
    /// One for each two tasks, in the order of the plans.
    pub found: Vec<Encounter>,
    /// Whether these are all. There may be too many of them, or patterns too entangled to compare.
    pub are_all: bool,
}

/// Where the tasks of two plans meet.
pub fn encounters(first: &Plan, second: &Plan) -> Encounters {
    let plans = [first, second].map(entries);
    let claims = plans.iter().enumerate().flat_map(|(place, entries)| {
        // To the sweep each plan is one task, so that it compares none with itself.
        entries.iter().enumerate().map(move |(entry, (_, claimed))| Claim {
            task: place,
            entry,
            pattern: &claimed.pattern,
        })
    });
    let met = meetings(&claims.collect::<Vec<_>>());
    let mut pairs = BTreeMap::new();
    for meeting in met.found {
        let places = [meeting.first, meeting.second].map(|(plan, entry)| plans[plan][entry].0);
        pairs.entry(places).or_insert(meeting.witness);
    }
    let name =
        |[one, other]: [usize; 2]| [&first.tasks[one].name, &second.tasks[other].name].map(Clone::clone);
    let found = pairs.into_iter().map(|(places, witness)| Encounter { tasks: name(places), witness });
    Encounters { found: found.collect(), are_all: !met.more && met.undecided == 0 }
}

/// Every entry of every scope, with the place of its task.
fn entries(plan: &Plan) -> Vec<(usize, &ScopeEntry)> {
    let tasks = plan.tasks.iter().enumerate();
    tasks.flat_map(|(place, task)| task.scope.iter().map(move |entry| (place, entry))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::toml;

    fn plan(run: &str, scopes: &[&str]) -> Plan {
        let tasks = scopes.iter().enumerate();
        let tasks = tasks.map(|(at, scope)| format!("[[task]]\nname = \"task-{at}\"\nscope = [{scope}]\n"));
        let text = format!("run = \"{run}\"\nbase = \"main\"\n{}", tasks.collect::<String>());
        toml::read("plan.toml", &text).expect("a plan")
    }

    fn check(first: &[&str], second: &[&str], expect: &[(&str, &str, &str)]) {
        let met = encounters(&plan("one", first), &plan("two", second));
        let found: Vec<_> = met.found.iter().collect();
        let names = |one: &&Encounter| {
            let [first, second] = &one.tasks;
            (first.to_string(), second.to_string(), one.witness.to_string())
        };
        let expect: Vec<_> =
            expect.iter().map(|(a, b, path)| ((*a).into(), (*b).into(), (*path).into())).collect();
        assert_eq!(found.iter().map(names).collect::<Vec<(String, String, String)>>(), expect);
        assert!(met.are_all, "a few patterns are always compared");
    }

    #[test]
    fn tasks_of_two_plans_meet_once_for_each_two() {
        check(&[r#""a/""#], &[r#""b/""#], &[]);
        check(&[r#""a/""#], &[r#""b/""#, r#""a/x""#], &[("task-0", "task-1", "a/x")]);
        check(&[r#""a/", "b/""#], &[r#""a/x", "b/y""#], &[("task-0", "task-0", "a/x")]);
    }

    #[test]
    fn a_plan_does_not_meet_itself() {
        let shared = r#"{ path = "all", shared = true }"#;
        check(&[shared, shared], &[r#""b/""#], &[]);
    }

    #[test]
    fn what_two_plans_both_share_is_told_as_well() {
        let shared = r#"{ path = "all", shared = true }"#;
        check(&[shared], &[shared], &[("task-0", "task-0", "all")]);
    }
}
