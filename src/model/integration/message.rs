//! The messages of the commits that an integration makes.

use bstr::{BString, ByteSlice};

use crate::model::layout::Layout;
use crate::model::name::{RunName, TaskName};
use crate::model::plan::{Plan, Task};

/// How many paths a subject names before it only counts them.
const NAMED: usize = 3;

/// The merge of a task: `Merge task-2: Analytics models and migrations` (S1-77), in the feature
/// layout `Merge core-pipeline workstream` (S3-36).
pub fn of_merge(plan: &Plan, task: &Task) -> String {
    if plan.layout == Layout::feature() {
        return format!("Merge {} workstream", task.name);
    }
    if task.title.is_empty() || task.title == task.name.as_str() {
        return format!("Merge {}", task.name);
    }
    format!("Merge {}: {}", task.name.short(), one_line(&task.title))
}

/// The merge of a task that had conflicts:
/// `Resolve merge conflict: models/__init__.py from task-1 and task-2` (S1-82).
pub fn of_resolution(paths: &[BString], tasks: &[TaskName]) -> String {
    let mut named: Vec<String> =
        paths.iter().take(NAMED).map(|path| one_line(&path.to_str_lossy())).collect();
    if paths.len() > NAMED {
        named.push(format!("{} more", paths.len() - NAMED));
    }
    let tasks: Vec<String> = tasks.iter().map(|task| task.short().to_owned()).collect();
    format!("Resolve merge conflict: {} from {}", listed(&named), listed(&tasks))
}

/// The merge into the base branch (S1-86).
pub fn of_landing(run: &RunName) -> String {
    format!("Merge {run}: parallel implementation complete")
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_names_paths_and_tasks() {
        let check = |paths: &[&str], tasks: &[&str], expect: &str| {
            let paths: Vec<BString> = paths.iter().map(|path| BString::from(*path)).collect();
            let tasks: Vec<TaskName> =
                tasks.iter().map(|name| TaskName::new(name).expect("a name")).collect();
            assert_eq!(of_resolution(&paths, &tasks), format!("Resolve merge conflict: {expect}"));
        };
        check(
            &["models/__init__.py"],
            &["task-1-api", "task-2-models"],
            "models/__init__.py from task-1 and task-2",
        );
        check(&["a", "b", "c", "d", "e"], &["x"], "a, b, c and 2 more from x");
        check(&["odd\nname"], &["x"], "odd name from x");
    }

    #[test]
    fn a_merge_says_who_and_what() {
        let plan = |layout: &str| {
            let text = format!(
                "run = \"x\"\nlayout = \"{layout}\"\n[[task]]\nname = \"task-2-models\"\ntitle = \"Models\"\nscope = [\"m/\"]\n"
            );
            crate::model::plan::toml::read("plan.toml", &text).expect("a plan")
        };
        let check = |plan: Plan, expect: &str| assert_eq!(of_merge(&plan, &plan.tasks[0]), expect);
        check(plan("work"), "Merge task-2: Models");
        check(plan("feature"), "Merge task-2-models workstream");
    }
}
