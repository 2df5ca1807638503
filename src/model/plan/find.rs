//! Which task is meant: by its name, or by a person's shorthand.
//!
//! `task-2`, `2`, "Worker 2", "Worker 2 (models)" and `task-2-models-migrations` mean the same task
//! when exactly one matches (S1-05, S1-06). A shorthand ends where a part of the name ends, so that
//! `task-1` never means `task-10-x`, nor `1-2` `1-20-x` (S4-03). Nothing is ever guessed: an
//! unknown or ambiguous text is answered with the candidates.

use std::fmt;

use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};

/// The most candidates that are listed.
const MAX_CANDIDATES: usize = 8;

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
        self.tasks.iter().find(|task| task.name == *name)
    }

    /// The one task that a person means by `text`.
    pub fn find_task(&self, text: &str) -> Result<&Task, NoSuchTask> {
        let known: Vec<(&TaskName, u32)> = self.tasks.iter().map(|task| (&task.name, task.number)).collect();
        find(&known, text).map(|place| &self.tasks[place])
    }
}

/// The place in `known`, a list of names with their numbers, of the one task that `text` means.
pub(crate) fn find(known: &[(&TaskName, u32)], text: &str) -> Result<usize, NoSuchTask> {
    let asked = text.trim().trim_matches('`').trim();
    let exact = known.iter().position(|(name, _)| name.as_str().eq_ignore_ascii_case(asked));
    if let Some(place) = exact {
        return Ok(place);
    }
    let number = number_meant(asked);
    let matches =
        |(name, of): &(&TaskName, u32)| begins_with_part(name.as_str(), asked) || number == Some(*of);
    let places: Vec<usize> = (0..known.len()).filter(|place| matches(&known[*place])).collect();
    match places[..] {
        [place] => Ok(place),
        [] => Err(NoSuchTask { asked: text.to_owned(), ambiguous: false, candidates: nearest(known, asked) }),
        _ => Err(NoSuchTask {
            asked: text.to_owned(),
            ambiguous: true,
            candidates: places.iter().take(MAX_CANDIDATES).map(|place| known[*place].0.clone()).collect(),
        }),
    }
}

/// The number in `2`, `#2`, `task-2`, `Worker 2`, `Worker 2 (models)`, `agent-2`, if it is that form.
fn number_meant(asked: &str) -> Option<u32> {
    let lower = asked.to_ascii_lowercase();
    let bare = lower.split(" (").next().unwrap_or_default().trim_end();
    let rest = ["task", "worker", "agent", "issue", "terminal"]
        .iter()
        .find_map(|word| bare.strip_prefix(word))
        .map_or(bare, |rest| rest.strip_prefix(['-', ' ', '_']).unwrap_or(rest));
    let digits = rest.strip_prefix('#').unwrap_or(rest);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Whether `asked` is the beginning of `name` up to the end of one of its parts, ignoring case.
fn begins_with_part(name: &str, asked: &str) -> bool {
    let (Some(head), Some(next)) = (name.get(..asked.len()), name.as_bytes().get(asked.len())) else {
        return false;
    };
    !asked.is_empty() && head.eq_ignore_ascii_case(asked) && matches!(next, b'-' | b'_' | b'.')
}

fn nearest(known: &[(&TaskName, u32)], asked: &str) -> Vec<TaskName> {
    let asked = asked.to_ascii_lowercase();
    // Whole numbers, because they sort.
    let distance = |name: &TaskName| {
        ((1.0 - strsim::jaro_winkler(&name.as_str().to_ascii_lowercase(), &asked)) * 1e6) as u64
    };
    let mut names: Vec<(u64, &TaskName)> = known.iter().map(|(name, _)| (distance(name), *name)).collect();
    names.sort();
    names.into_iter().take(MAX_CANDIDATES).map(|(_, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers are those of the names, else the place.
    fn check(names: &[&str], asked: &str, expect: Result<&str, &[&str]>) {
        let names: Vec<TaskName> = names.iter().map(|name| TaskName::new(name).expect("a name")).collect();
        let known: Vec<(&TaskName, u32)> =
            names.iter().zip(1..).map(|(name, place)| (name, name.number().unwrap_or(place))).collect();
        let found = find(&known, asked);
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
        check(&["1-2-user-authentication", "1-20-x"], "1-2", Ok("1-2-user-authentication"));
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
