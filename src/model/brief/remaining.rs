//! What of a plan's list is left, as far as a history can tell (S1-74).

use crate::model::message::Prefix;
use crate::model::status::log::LogEntry;

/// The items of `expected` that no checkpoint stands for.
///
/// A checkpoint stands for the item with which it shares the most words; one that shares none stands
/// for the first item that is open, because work mostly goes in the order of the list. Nothing is
/// left once the task is complete.
pub fn remaining(expected: &[String], log: &[LogEntry], is_complete: bool) -> Vec<String> {
    if is_complete {
        return Vec::new();
    }
    let mut open: Vec<&String> = expected.iter().collect();
    let mut vague = 0;
    for entry in
        log.iter().filter(|entry| matches!(entry.prefix, Some(Prefix::Checkpoint | Prefix::Complete)))
    {
        let shared =
            |item: &String| words(item).iter().filter(|word| words(&entry.text).contains(word)).count();
        let best = (0..open.len()).rev().max_by_key(|place| shared(open[*place]));
        match best.filter(|place| shared(open[*place]) > 0) {
            Some(place) => drop(open.remove(place)),
            None => vague += 1,
        }
    }
    open.into_iter().skip(vague).cloned().collect()
}

/// The words that carry meaning, without an ending that only a plural or a verb has.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    let known = ["the", "and", "for", "with", "each", "add", "all"];
    let words = words.map(str::to_lowercase).filter(|word| !known.contains(&word.as_str()));
    words.map(|word| word.trim_end_matches('s').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: &[&str], log: &[&str], expect: &[&str]) {
        let entry = |text: &&str| LogEntry {
            commit_id: gix_hash::ObjectId::null(gix_hash::Kind::Sha1),
            time: 0,
            prefix: Some(Prefix::Checkpoint),
            text: (*text).to_owned(),
        };
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        let log: Vec<LogEntry> = log.iter().map(entry).collect();
        assert_eq!(remaining(&expected, &log, false), expect, "what is left after {log:?}");
        assert_eq!(remaining(&expected, &log, true), [""; 0], "a complete task has nothing left");
    }

    #[test]
    fn a_checkpoint_stands_for_the_item_it_speaks_of() {
        let models = ["AnalyticsEvent model", "AnalyticsSummary model", "Migration generation", "Test suite"];
        check(&models, &[], &models);
        check(&models, &["Add AnalyticsEvent model"], &models[1..]);
        check(&models, &["Add AnalyticsSummary model"], &[models[0], models[2], models[3]]);
        check(
            &models,
            &["Add AnalyticsEvent model", "Generate analytics migration"],
            &[models[1], models[3]],
        );
        check(&models, &["First part", "Second part"], &models[2..]);
        check(&models, &["1", "2", "3", "4", "5"], &[]);
        check(&[], &["anything"], &[]);
    }
}
