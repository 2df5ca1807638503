//! Waves: tasks that can be merged at the same time, once those before are.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::name::TaskName;
use crate::model::plan::Task;

/// What each task builds on, without circles.
pub type Before<'a> = BTreeMap<&'a TaskName, BTreeSet<&'a TaskName>>;

/// Tasks that can be merged once the waves before are, in the order of their numbers.
pub struct Wave<'t> {
    /// Set-up, which goes first.
    pub setup: Vec<&'t Task>,
    /// All others.
    pub others: Vec<&'t Task>,
}

impl<'t> Wave<'t> {
    fn new(mut tasks: Vec<&'t Task>) -> Wave<'t> {
        tasks.sort_by_key(|task| (task.number, &task.name));
        let (setup, others) = tasks.into_iter().partition(|task| is_setup(task));
        Wave { setup, others }
    }

    /// Those of which any order will do, in order.
    pub fn groups(&self) -> [&[&'t Task]; 2] {
        [&self.setup, &self.others]
    }

    /// Whether a task goes before its equals because it is set-up.
    pub fn goes_first(&self, task: &Task) -> bool {
        !self.others.is_empty() && self.setup.iter().any(|one| one.name == task.name)
    }
}

/// The tasks by the length of the longest way to one that builds on nothing. There is no circle.
pub fn waves<'t>(tasks: &[&'t Task], before: &Before<'_>) -> Vec<Wave<'t>> {
    let mut left: Vec<&Task> = tasks.to_vec();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let waits = |task: &&Task| {
            let mut needed = before.get(&task.name).into_iter().flatten();
            needed.any(|one| left.iter().any(|other| other.name == **one))
        };
        let (later, wave): (Vec<&Task>, Vec<&Task>) = left.iter().copied().partition(waits);
        waves.push(Wave::new(wave));
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
