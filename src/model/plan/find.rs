//! Which task is meant: by its name, or by a person's shorthand.
//!
//! `task-2`, `2`, "Worker 2", "Worker 2 (models)" and `task-2-models-migrations` mean the same task
//! when exactly one matches (S1-05, S1-06). A shorthand ends where a part of the name ends, so that
//! `task-1` never means `task-10-x`, nor `1-2` `1-20-x` (S4-03). Nothing is ever guessed: an
//! unknown or ambiguous text is answered with the candidates.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

use crate::model::name::{MAX_LEN, TaskName};
use crate::model::plan::{Plan, Task};

/// The most candidates that are listed.
const MAX_CANDIDATES: usize = 8;

/// The most comparisons of unknown names with known ones; a plan may name thousands.
const MAX_COMPARISONS: usize = 100_000;

/// No task, or more than one, is meant by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchTask {
    /// The text.
    pub asked: String,
    /// More than one task matches it; else none does.
    pub ambiguous: bool,
    /// The tasks that match; if none does, those with the nearest names, nearest first.
    pub candidates: Vec<TaskName>,
}

impl fmt::Display for NoSuchTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.candidates.iter().map(TaskName::as_str).collect();
        let names = names.join(", ");
        if self.ambiguous {
            write!(f, "`{}` could be any of {names}", self.asked)
        } else {
            write!(f, "there is no task `{}`; there is {names}", self.asked)
        }
    }
}

impl std::error::Error for NoSuchTask {}

impl Plan {
    /// The task of exactly this name.
    pub fn task(&self, name: &TaskName) -> Option<&Task> {
        name.find_in(&self.tasks, |task| &task.name)
    }

    /// The one task that a person means by `text`: by name, number or shorthand, or by its branch or
    /// worktree.
    pub fn find_task(&self, text: &str) -> Result<&Task, NoSuchTask> {
        let layout = &self.layout;
        let is_site = |task: &&Task| {
            let text = text.trim_end_matches('/');
            text == layout.branch(&self.run, task) || text == layout.worktree(&self.run, task)
        };
        if let Some(task) = self.tasks.iter().find(is_site) {
            return Ok(task);
        }
        let index = TaskIndex::of(self.tasks.iter().map(|task| (&task.name, task.number)));
        index.find(text).map(|place| &self.tasks[place])
    }
}

/// Tasks by everything that may mean them.
#[derive(Debug)]
pub struct TaskIndex<'p> {
    names: Vec<&'p TaskName>,
    /// Places by whole names, in lower case.
    by_name: HashMap<String, usize>,
    /// Places by the beginnings of names up to the end of a part, in lower case.
    by_parts: HashMap<String, Vec<usize>>,
    by_number: HashMap<u32, Vec<usize>>,
    /// How many comparisons may still be made.
    comparisons: Cell<usize>,
}

impl<'p> TaskIndex<'p> {
    /// The index of these names with their numbers; a place is counted from 0.
    pub fn of(tasks: impl IntoIterator<Item = (&'p TaskName, u32)>) -> TaskIndex<'p> {
        let mut index = TaskIndex {
            names: Vec::new(),
            by_name: HashMap::new(),
            by_parts: HashMap::new(),
            by_number: HashMap::new(),
            comparisons: Cell::new(MAX_COMPARISONS),
        };
        for (place, (name, number)) in tasks.into_iter().enumerate() {
            let lower = name.as_str().to_ascii_lowercase();
            for (end, _) in lower.match_indices(['-', '_', '.']).filter(|(end, _)| *end > 0) {
                index.by_parts.entry(lower[..end].to_owned()).or_default().push(place);
            }
            index.by_number.entry(number).or_default().push(place);
            index.by_name.entry(lower).or_insert(place);
            index.names.push(name);
        }
        index
    }

    /// The name at a place.
    pub fn name(&self, place: usize) -> &'p TaskName {
        self.names[place]
    }

    /// The place of the one task that `text` means.
    pub fn find(&self, text: &str) -> Result<usize, NoSuchTask> {
        let asked = text.trim().trim_matches('`').trim().to_ascii_lowercase();
        if let Some(place) = self.by_name.get(&asked) {
            return Ok(*place);
        }
        // `story-1-2` is how some name `1-2-user-authentication` (S4-03).
        let parts = asked.strip_prefix("story-").unwrap_or(&asked);
        let by_parts = self.by_parts.get(parts).into_iter();
        let by_number = number_meant(&asked).and_then(|number| self.by_number.get(&number));
        let mut places: Vec<usize> = by_parts.chain(by_number).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let no_such_task =
            |ambiguous, candidates| NoSuchTask { asked: text.to_owned(), ambiguous, candidates };
        match places[..] {
            [place] => Ok(place),
            [] => Err(no_such_task(false, self.nearest(&asked))),
            _ => {
                let candidates = places.iter().take(MAX_CANDIDATES).map(|place| self.names[*place].clone());
                Err(no_such_task(true, candidates.collect()))
            }
        }
    }

    fn nearest(&self, asked: &str) -> Vec<TaskName> {
        // Whole numbers, because they sort. A long text is near to no name.
        let asked: String = asked.chars().take(MAX_LEN).collect();
        let distance = |name: &TaskName| {
            ((1.0 - strsim::jaro_winkler(&name.as_str().to_ascii_lowercase(), &asked)) * 1e6) as u64
        };
        let some = self.names.iter().take(self.comparisons.get().max(MAX_CANDIDATES));
        self.comparisons.set(self.comparisons.get().saturating_sub(some.len()));
        let mut names: Vec<(u64, &TaskName)> = some.map(|name| (distance(name), *name)).collect();
        names.sort();
        names.into_iter().take(MAX_CANDIDATES).map(|(_, name)| name.clone()).collect()
    }
}

/// The number in `2`, `#2`, `task-2`, `worker 2`, `worker 2 (models)`, `agent-2`, if it is that form.
fn number_meant(asked: &str) -> Option<u32> {
    let bare = asked.split(" (").next().unwrap_or_default().trim_end();
    let rest = ["task", "worker", "agent", "issue", "terminal"]
        .iter()
        .find_map(|word| bare.strip_prefix(word))
        .map_or(bare, |rest| rest.strip_prefix(['-', ' ', '_']).unwrap_or(rest));
    let digits = rest.strip_prefix('#').unwrap_or(rest);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers are those of the names, else the place.
    fn check(names: &[&str], asked: &str, expect: Result<&str, &[&str]>) {
        let names: Vec<TaskName> = names.iter().map(|name| TaskName::new(name).expect("a name")).collect();
        let numbered = names.iter().zip(1..).map(|(name, place)| (name, name.number().unwrap_or(place)));
        let found = TaskIndex::of(numbered).find(asked);
        let found = found.as_ref().map(|place| names[*place].as_str());
        let expect = expect.map_err(|names| names.to_vec());
        let found = found.map_err(|no| no.candidates.iter().map(TaskName::as_str).collect::<Vec<_>>());
        assert_eq!(found, expect, "{asked:?}");
    }

    #[test]
    fn a_shorthand_means_one_task() {
        let names = ["task-1-api", "task-10-x", "task-2-models-migrations", "core-pipeline"];
        for asked in
            ["task-1", "1", "Worker 1", "worker-1", "Worker 1 (API)", "#1", "Task-1-API", " task-1-api "]
        {
            check(&names, asked, Ok("task-1-api"));
        }
        check(&names, "task-10", Ok("task-10-x"));
        check(&names, "core", Ok("core-pipeline"));
        check(&names, "task-2-models", Ok("task-2-models-migrations"));
        check(&names, "Worker 4", Ok("core-pipeline"));
        for asked in ["1-2", "story-1-2"] {
            check(&["1-2-user-authentication", "1-20-x"], asked, Ok("1-2-user-authentication"));
        }
    }

    #[test]
    fn a_branch_or_a_worktree_means_its_task() {
        let text = include_str!("../../../fixtures/analytics.toml");
        let plan = crate::model::plan::toml::read("analytics.toml", text).expect("a plan");
        for asked in ["work/task-3-frontend", "worktrees/task-3-frontend/", "Worker 3", "task-3"] {
            assert_eq!(plan.find_task(asked).map(|task| task.number), Ok(3), "{asked}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        let names = ["task-1-api", "task-10-x", "task-2-models"];
        check(&names, "task-3", Err(&["task-10-x", "task-1-api", "task-2-models"]));
        check(&names, "task-2-mo", Err(&["task-2-models", "task-10-x", "task-1-api"]));
        check(&names, "", Err(&["task-1-api", "task-10-x", "task-2-models"]));
        check(&["1-2-user", "1-3-role"], "1", Err(&["1-2-user", "1-3-role"]));
        check(&["core-a", "core-b"], "core", Err(&["core-a", "core-b"]));
    }
}
