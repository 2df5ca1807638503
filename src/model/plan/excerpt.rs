//! The part of a recorded plan that is about one task.
//!
//! To read a plan of hundreds of tasks takes longer than everything else that a hook does, and nearly
//! every commit concerns its own task alone. So what is needed of the text is cut out before it is
//! read: the head, the task, and the tasks that it needs something from, without what those need.
//! This works on the one form that [`write`](super::write) gives a plan; where the text could be
//! anything else there is no excerpt, and the whole plan is to be read. An excerpt knows no other
//! task, so it can show that all is well with a commit and not what is wrong with it; and the
//! numbers of its tasks mean nothing.

use bstr::ByteSlice;

use crate::model::name::TaskName;

/// What begins a task, after the line before it.
const TASK: &[u8] = b"\n[[task]]\n";
/// What begins a need of a task.
const NEED: &[u8] = b"\n[[task.needs]]\n";

/// The excerpt for a task, itself the text of a plan.
pub fn of(text: &[u8], task: &TaskName) -> Option<String> {
    // In a text of several lines a line could look like a header.
    if text.contains_str("\"\"\"") || text.contains_str("'''") {
        return None;
    }
    let head = &text[..=text.find(TASK)?];
    let own = section(text, task.as_str().as_bytes())?;
    if head.contains_str("{number}") || own.contains_str("\nneeds = ") {
        return None;
    }
    let mut names: Vec<&[u8]> = own.split_str(NEED).skip(1).map(provider).collect::<Option<_>>()?;
    names.sort_unstable();
    names.dedup();
    let mut excerpt = [head, own].concat();
    for name in names {
        let provider = section(text, name)?;
        excerpt.extend(&provider[..provider.find(NEED).map_or(provider.len(), |at| at + 1)]);
    }
    String::from_utf8(excerpt).ok()
}

/// The lines of one task.
fn section<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let first_lines = [TASK, b"name = \"", name, b"\"\n"].concat();
    let section = &text[text.find(first_lines)? + 1..];
    Some(&section[..section.find(TASK).map_or(section.len(), |at| at + 1)])
}

/// The task that a need names in its first line.
fn provider(need: &[u8]) -> Option<&[u8]> {
    let first = need.lines().next()?.strip_suffix(b"\"")?;
    match first.strip_prefix(b"item = \"") {
        Some(item) => Some(&item[..item.find_byte(b'/')?]),
        None => first.strip_prefix(b"task = \""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::toml::read;
    use crate::model::plan::{Plan, write};

    const EXAMPLE: &str = include_str!("../../../fixtures/analytics.toml");

    fn check(plan: &Plan) {
        let text = write::toml(plan);
        for task in &plan.tasks {
            let excerpt = of(text.as_bytes(), &task.name).expect("an excerpt");
            let known = read("excerpt", &excerpt).unwrap_or_else(|found| panic!("{found:?}\n{excerpt}"));
            let own = known.task(&task.name).expect("the task").clone();
            let number = task.number;
            assert_eq!(crate::model::plan::Task { number, ..own }, *task, "{excerpt}");
            for need in &task.needs {
                let branch = |plan: &Plan| plan.layout.branch(&plan.run, plan.task(&need.task).expect("it"));
                assert_eq!(branch(&known), branch(plan), "{excerpt}");
            }
            let (head, whole) = (Plan { tasks: Vec::new(), ..known }, plan.clone());
            assert_eq!(head, Plan { tasks: Vec::new(), ..whole }, "the head is the same");
        }
    }

    #[test]
    fn an_excerpt_says_of_a_task_what_the_plan_says() {
        let plan = read("analytics.toml", EXAMPLE).expect("a plan");
        check(&plan);
        let mut numbered = plan.clone();
        numbered.tasks.reverse();
        numbered.tasks[0].number = 17;
        check(&numbered);
    }

    #[test]
    fn what_could_be_misread_has_none() {
        let plan = read("analytics.toml", EXAMPLE).expect("a plan");
        let name = &plan.tasks[0].name;
        let mut lines = plan.clone();
        lines.tasks[1].steps = vec![format!("two\n[[task]]\nname = \"{name}\"\nscope = [\"**\"]\n")];
        assert_eq!(of(write::toml(&lines).as_bytes(), name), None);
        assert_eq!(of(EXAMPLE.as_bytes(), &TaskName::new("task-77-none").expect("a name")), None);
        let text = write::toml(&plan).replace(&format!("name = \"{name}\""), &format!("name = '{name}'"));
        assert_eq!(of(text.as_bytes(), name), None);
    }
}
