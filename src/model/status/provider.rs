//! Who could help a blocked task: a BLOCKED names a reason and no worker (S1-69).
//!
//! The worker's own words count first, then what the plan says that the task needs. Where neither
//! tells, nobody is named: a wrong name would send the question to the wrong place.

use crate::model::facts::Facts;
use crate::model::name::TaskName;
use crate::model::plan::{Need, Plan};
use crate::model::status::TaskStatus;

/// The task that a blocked one probably waits for. `message` is that of its BLOCKED.
pub fn of_blocked(facts: &Facts, task: &TaskStatus, message: &str, tasks: &[TaskStatus]) -> Option<TaskName> {
    mentioned(&facts.plan, &task.name, message).or_else(|| {
        let needs = &facts.plan.task(&task.name)?.needs;
        let is_done =
            |name: &TaskName| name.find_in(tasks, |one| &one.name).is_some_and(|one| one.state.is_done());
        needs
            .iter()
            .max_by_key(|need| {
                (shared_words(need, message), !is_done(&need.task), std::cmp::Reverse(place(needs, need)))
            })
            .map(|need| need.task.clone())
    })
}

fn place(needs: &[Need], need: &Need) -> usize {
    needs.iter().position(|one| one == need).unwrap_or(0)
}

/// The first other task that a text names: `task-1`, its full name, or `Worker 1`.
fn mentioned(plan: &Plan, own: &TaskName, text: &str) -> Option<TaskName> {
    let words: Vec<&str> = words(text).collect();
    let named = |place: usize| {
        let word = words[place];
        let is_name = word.starts_with("task-") || plan.tasks.iter().any(|task| task.name.as_str() == word);
        let number = words.get(place + 1).filter(|_| word.eq_ignore_ascii_case("worker"));
        let asked = number.copied().or(is_name.then_some(word))?;
        plan.find_task(asked).ok().map(|task| task.name.clone())
    };
    (0..words.len()).filter_map(named).find(|name| name != own)
}

/// Words as names are spelt; the full stop at the end of a sentence is none of a name.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .map(|word| word.trim_end_matches(['.', '-']))
        .filter(|word| !word.is_empty())
}

/// How many words of a need the text has too: the need that it speaks of has the most.
fn shared_words(need: &Need, text: &str) -> usize {
    let spoken: Vec<String> = parts(text).collect();
    let item = need.item.as_ref().map_or("", |item| item.as_str());
    let contract = need.contract.as_deref().unwrap_or_default();
    let mut wanted: Vec<String> = parts(&format!("{} {item} {contract}", need.text)).collect();
    wanted.sort();
    wanted.dedup();
    wanted.iter().filter(|word| word.len() > 2 && spoken.contains(word)).count()
}

fn parts(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A reason in words. `api-response-format` is a slug; where the message says the same words with
/// their proper spelling ("API response format"), those are taken.
pub fn topic(reason: &str, message: &str) -> String {
    let wanted: Vec<&str> =
        reason.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let below = message.trim_start().split_once('\n').map_or("", |(_subject, below)| below);
    let spoken: Vec<&str> =
        below.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let same = |window: &&[&str]| {
        window.iter().zip(&wanted).all(|(said, word)| said.to_lowercase() == word.to_lowercase())
    };
    match spoken.windows(wanted.len().max(1)).find(same) {
        Some(words) if !wanted.is_empty() => words.join(" "),
        _ => reason.replace(['-', '_'], " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_spelt_as_the_worker_spelt_it() {
        let check = |reason: &str, message: &str, expect: &str| assert_eq!(topic(reason, message), expect);
        let subject = "[BLOCKED:api-response-format] Cannot complete real-time updates";
        check(
            "api-response-format",
            &format!("{subject}\n\nneed to know exact API response\nformat for:"),
            "API response format",
        );
        check("api-response-format", subject, "api response format");
        check("api-response-format", &format!("{subject}\n\nthe API, its response"), "api response format");
        check("who decides?", "[BLOCKED:who decides?]\n", "who decides?");
        check("?", "[BLOCKED:?]\n\nbody", "?");
    }
}
