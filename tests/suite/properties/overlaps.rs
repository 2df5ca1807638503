//! Where scopes meet: against every short path there is.

use orchestrate::model::overlap::{Budget, Claim, Overlap, meetings, overlap};
use orchestrate::model::pattern::Pattern;
use proptest::prelude::*;
use proptest::sample::select;

use super::hold;

/// The bytes of the paths that are tried, and how long these are at most.
const BYTES: &[u8] = b"ab./[g";
const LONGEST: usize = 5;

/// Every path of up to [`LONGEST`] of [`BYTES`] that git could hold, and some longer ones.
fn universe() -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..LONGEST {
        let longer = |text: &String| {
            BYTES.iter().map(move |byte| format!("{text}{}", char::from(*byte))).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(longer).collect();
        all.extend(last.iter().cloned());
    }
    let more =
        [".git", ".git/a", "a/.GIT/b", ".gi", ".gita", "a/b/a/b", "a/b/a/b/a", "ab/ab/ab"].map(str::to_owned);
    all.into_iter().chain(more).filter(|path| is_path(path)).collect()
}

/// Whether git could have it in a tree.
fn is_path(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.eq_ignore_ascii_case(".git");
    path.split('/').all(is_name)
}

/// Patterns over the same bytes.
fn patterns() -> impl Strategy<Value = Pattern> {
    let pieces = ["a", "a", "b", "*", "?", "[ab]", "[!a]", "[.g]", r"\[", "[[]", ".", "g", "[a"];
    let component = prop_oneof![
        5 => prop::collection::vec(select(pieces.to_vec()), 1..4).prop_map(|pieces| pieces.concat()),
        2 => Just("**".to_owned()),
    ];
    (prop::collection::vec(component, 1..4), any::<bool>())
        .prop_map(|(parts, subtree)| parts.join("/") + if subtree { "/" } else { "" })
        .prop_filter_map("no pattern", |text| Pattern::parse(&text).ok())
}

#[test]
fn two_patterns_meet_where_some_path_is_matched_by_both() {
    let universe = universe();
    hold(400, &(patterns(), patterns()), |(one, other)| {
        let both = |path: &&String| one.matches(path.as_str().into()) && other.matches(path.as_str().into());
        match overlap(&one, &other, &mut Budget::default()) {
            Overlap::Path(witness) => {
                let text = witness.to_string();
                prop_assert!(is_path(&text), "{one} and {other}: {text} is no path");
                prop_assert!(both(&&text), "{one} and {other} do not both match {text}");
            }
            Overlap::None => {
                let common = universe.iter().find(both);
                prop_assert_eq!(common, None, "{} and {} are said to be disjoint", one, other);
            }
            Overlap::Undecided => prop_assert!(false, "{one} and {other} are small enough to decide"),
        }
        Ok(())
    });
}

#[test]
fn two_scopes_meet_where_some_path_is_in_both() {
    let universe = universe();
    let scope = || prop::collection::vec(patterns(), 1..4);
    hold(150, &prop::collection::vec(scope(), 2..4), |scopes| {
        let claims: Vec<Claim<'_>> = scopes
            .iter()
            .enumerate()
            .flat_map(|(task, scope)| {
                scope.iter().enumerate().map(move |(entry, pattern)| Claim { task, entry, pattern })
            })
            .collect();
        let found = meetings(&claims);
        prop_assert_eq!((found.more, found.undecided), (false, 0));
        for meeting in &found.found {
            for (task, entry) in [meeting.first, meeting.second] {
                prop_assert!(
                    scopes[task][entry].matches(meeting.witness.as_ref()),
                    "{meeting:?} in {scopes:?}"
                );
            }
        }
        let has = |task: usize, path: &str| scopes[task].iter().any(|pattern| pattern.matches(path.into()));
        for second in 1..scopes.len() {
            for first in 0..second {
                let met = found.found.iter().any(|one| (one.first.0, one.second.0) == (first, second));
                let common = universe.iter().find(|path| has(first, path) && has(second, path));
                // The sweep finds what comparing every pair finds.
                let meets = |one: &Pattern, other: &Pattern| {
                    overlap(one, other, &mut Budget::default()) != Overlap::None
                };
                let pair =
                    scopes[first].iter().any(|one| scopes[second].iter().any(|other| meets(one, other)));
                prop_assert_eq!(met, pair, "tasks {} and {} of {:?}", first, second, scopes);
                prop_assert!(met || common.is_none(), "{common:?} is in two scopes of {scopes:?}");
            }
        }
        Ok(())
    });
}
