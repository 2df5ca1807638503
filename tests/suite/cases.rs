//! The table of adversarial cases, `tests/cases/*.toml`, run with real git.
//!
//! Each case sets something up in a run that is under way, does one thing, and says what becomes of
//! it: accepted, refused by a hook in these words, or unseen by every hook; and what
//! `git orchestrate verify` finds afterwards. Whatever verify finds, `status` and `integrate` must
//! find too. [`case`] has the format; `CASES=<part of a file's or case's name>` runs only those.

mod case;
mod template;
mod trial;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;
use template::Template;

#[test]
fn every_case_ends_as_it_says() {
    let wanted = std::env::var("CASES").unwrap_or_default();
    let cases: Vec<Case> =
        case::all().into_iter().filter(|case| case.to_string().contains(&wanted)).collect();
    let templates = templates(&cases);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let said = complaints(case, &templates[&case.plan]);
            if !said.is_empty() {
                failures.lock().expect("no thread panics with it").push((case.to_string(), said));
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let mut failures = failures.into_inner().expect("no thread panics with it");
    failures.sort();
    let told: Vec<String> =
        failures.iter().map(|(case, said)| format!("{case}\n{}", indented(&said.join("\n")))).collect();
    assert!(told.is_empty(), "{} of {} cases\n\n{}", told.len(), cases.len(), told.join("\n\n"));
    templates.values().for_each(Template::assert_untouched);
}

/// A table that only says no would be kept by a tool that refuses everything.
#[test]
fn the_table_is_large_and_fair() {
    let cases = case::all();
    let of = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
    let accepted = of(case::Verdict::Accepted);
    assert!(cases.len() >= 200, "{} cases", cases.len());
    assert!(3 * accepted >= cases.len(), "{accepted} of {} cases are accepted ones", cases.len());
    assert!(of(case::Verdict::Unseen) > 0 && of(case::Verdict::Refused) > 0);
}

fn complaints(case: &Case, template: &Template) -> Vec<String> {
    let run = || trial::run(case, template);
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        vec![words.unwrap_or_else(|| "the trial panicked".into())]
    })
}

/// One repository for each plan that is used.
fn templates(cases: &[Case]) -> HashMap<Option<String>, Template> {
    let mut templates = HashMap::new();
    for case in cases {
        templates.entry(case.plan.clone()).or_insert_with(|| Template::new(case.plan.as_deref()));
    }
    templates
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// `tests/cases`.
fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))
}
