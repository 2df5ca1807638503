//! One judge: whatever layer a change meets, it hears the same findings.
//!
//! Each change of a table, and of a generator, is put before `git worker check`, the hooks before a
//! commit, `prepare-commit-msg` alone with `--no-verify`, the record that the hook after the commit
//! writes, `status`, `pre-push`, `pre-receive` and `integrate`; what `verify` says of the finished commit is the measure.
//! Rules and words must be the same, less what a layer cannot know yet: that is written down in
//! [`layers`], and nowhere else.

mod layers;
mod random;
mod table;

use proptest::test_runner::TestCaseError;

use crate::armed::PLAN;
use crate::effort;
use layers::{Bench, Change};

#[track_caller]
fn check(plan: &str, changes: &[Change]) {
    let bench = Bench::new(plan);
    let differences: Vec<String> = changes.iter().flat_map(|change| differences(&bench, change)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What the layers do not agree on.
fn differences(bench: &Bench, change: &Change) -> Vec<String> {
    let answers = bench.ask(change).into_iter().filter(|answer| answer.found != answer.expected);
    let words = |answer: layers::Answer| {
        let Change { name, .. } = change;
        format!("{name}: {} says {:#?}, not {:#?}", answer.layer, answer.found, answer.expected)
    };
    answers.map(words).collect()
}

#[test]
fn all_layers_agree_on_paths() {
    check(PLAN, &table::of_paths());
}

#[test]
fn all_layers_agree_on_messages() {
    check(PLAN, &table::of_messages());
}

#[test]
fn all_layers_agree_on_the_moment() {
    check(PLAN, &table::of_time());
}

#[test]
fn all_layers_agree_on_merges() {
    check(PLAN, &table::of_merges());
}

#[test]
fn all_layers_agree_under_a_strict_plan() {
    check(table::STRICT, &table::of_a_strict_plan());
}

#[test]
fn all_layers_agree_on_evidence() {
    check(table::EVIDENCE, &table::of_evidence());
}

#[test]
fn all_layers_agree_on_what_nobody_thought_of() {
    let bench = Bench::new(PLAN);
    let outcome = effort::runner(10).run(&random::changes(), |change| {
        let differences = differences(&bench, &change);
        if differences.is_empty() { Ok(()) } else { Err(TestCaseError::fail(differences.join("\n"))) }
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
