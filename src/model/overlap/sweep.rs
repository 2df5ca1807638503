//! The meetings of all scopes of a plan, without comparing every pattern with every other.
//!
//! Two patterns can only meet if the text before the first wildcard of one begins with that of the
//! other. Sorted by that text, those that can meet stand between their nearest and themselves, on
//! a stack of beginnings.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use super::{Budget, Overlap, overlap};
use crate::model::pattern::{Atom, Pattern};

/// The most meetings that are listed.
const MAX_FOUND: usize = 500;

/// The most pairs that are looked at.
const MAX_PAIRS: usize = 1_000_000;

/// One entry of one task's scope.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'p> {
    /// The task's place in the plan.
    pub task: usize,
    /// The entry's place in its scope.
    pub entry: usize,
    /// What is claimed.
    pub pattern: &'p Pattern,
}

/// Two claims of different tasks on the same path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Task and entry that come first in the plan.
    pub first: (usize, usize),
    /// The other.
    pub second: (usize, usize),
    /// What both match.
    pub witness: BString,
}

/// Where the scopes of a plan meet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Meetings {
    /// Sorted by the claim that comes second.
    pub found: Vec<Meeting>,
    /// There are more than were listed.
    pub more: bool,
    /// Pairs of patterns that were not decided.
    pub undecided: usize,
}

/// A claim with what can be compared quickly.
struct Sorted<'p> {
    claim: Claim<'p>,
    ends: Ends,
}

/// The literal texts that every path of a pattern has.
#[derive(Debug, PartialEq, Eq)]
struct Ends {
    /// At the beginning of the path.
    head: Vec<u8>,
    /// At the end of the path.
    tail: Vec<u8>,
    /// At the beginning of the last component.
    name: Vec<u8>,
}

/// All meetings of claims of different tasks.
pub fn meetings(claims: &[Claim<'_>]) -> Meetings {
    let mut sorted: Vec<Sorted<'_>> =
        claims.iter().map(|claim| Sorted { claim: *claim, ends: Ends::of(claim.pattern) }).collect();
    sorted.sort_by(|a, b| {
        let key = |s: &Sorted<'_>| (s.claim.task, s.claim.entry);
        a.ends.head.cmp(&b.ends.head).then_with(|| key(a).cmp(&key(b)))
    });
    let mut sweep = Sweep::default();
    // The claims whose head begins the current one's, in order of length.
    let mut open: Vec<&Sorted<'_>> = Vec::new();
    for current in &sorted {
        while open.last().is_some_and(|last| !current.ends.head.starts_with(&last.ends.head)) {
            open.pop();
        }
        for earlier in &open {
            sweep.compare(earlier, current);
        }
        open.push(current);
        if sweep.is_over() {
            break;
        }
    }
    let mut meetings = sweep.meetings;
    meetings.found.sort_by_key(|meeting| (meeting.second, meeting.first));
    meetings
}

#[derive(Default)]
struct Sweep<'p> {
    meetings: Meetings,
    budget: Budget,
    pairs: usize,
    /// Many tasks use the same patterns, so what was decided is kept.
    known: HashMap<(&'p str, &'p str), Overlap>,
}

impl<'p> Sweep<'p> {
    fn is_over(&self) -> bool {
        self.meetings.more || self.pairs > MAX_PAIRS
    }

    fn compare(&mut self, one: &Sorted<'p>, other: &Sorted<'p>) {
        if one.claim.task == other.claim.task || self.meetings.more {
            return;
        }
        self.pairs += 1;
        if self.pairs > MAX_PAIRS {
            self.meetings.undecided += 1;
            return;
        }
        if !one.ends.agree_with(&other.ends) {
            return;
        }
        let key = (one.claim.pattern.as_str(), other.claim.pattern.as_str());
        let budget = &mut self.budget;
        let decide = || overlap(one.claim.pattern, other.claim.pattern, budget);
        match self.known.entry(key).or_insert_with(decide) {
            Overlap::None => {}
            Overlap::Undecided => self.meetings.undecided += 1,
            Overlap::Path(_) if self.meetings.found.len() == MAX_FOUND => self.meetings.more = true,
            Overlap::Path(witness) => {
                let mut ends = [one, other].map(|sorted| (sorted.claim.task, sorted.claim.entry));
                ends.sort();
                let [first, second] = ends;
                self.meetings.found.push(Meeting { first, second, witness: witness.clone() });
            }
        }
    }
}

impl Ends {
    fn of(pattern: &Pattern) -> Ends {
        let readings = pattern.readings();
        let atoms = &readings[0];
        let head: Vec<u8> = atoms.iter().map_while(literal).collect();
        let mut tail: Vec<u8> = atoms.iter().rev().map_while(literal).collect();
        tail.reverse();
        let name = match atoms.last() {
            Some(Atom::Rest) | None => Vec::new(),
            Some(_) => {
                let slash = |atom: &Atom| matches!(atom, Atom::Byte(b'/') | Atom::Directories);
                let start = atoms.iter().rposition(slash).map_or(0, |at| at + 1);
                atoms[start..].iter().map_while(literal).collect()
            }
        };
        let mut ends = Ends { head, tail, name };
        if let Some(verbatim) = readings.get(1) {
            ends.restrict_to(verbatim);
        }
        ends
    }

    /// Whether a path could have the ends of both.
    fn agree_with(&self, other: &Ends) -> bool {
        let begins = |a: &[u8], b: &[u8]| a.starts_with(b) || b.starts_with(a);
        let ends = |a: &[u8], b: &[u8]| a.ends_with(b) || b.ends_with(a);
        begins(&self.name, &other.name) && ends(&self.tail, &other.tail)
    }

    /// A glob also matches itself as it is written, whose ends are the same up to the escapes.
    fn restrict_to(&mut self, verbatim: &[Atom]) {
        let text: Vec<u8> = verbatim.iter().map_while(literal).collect();
        let common = |a: &[u8], b: &BStr| a.iter().zip(b.iter()).take_while(|(a, b)| a == b).count();
        self.head.truncate(common(&self.head, text.as_bstr()));
        let from_end = self.tail.iter().rev().zip(text.iter().rev()).take_while(|(a, b)| a == b).count();
        self.tail.drain(..self.tail.len() - from_end);
        let last = text.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        self.name.truncate(common(&self.name, last.as_bstr()));
    }
}

fn literal(atom: &Atom) -> Option<u8> {
    match atom {
        Atom::Byte(byte) => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scopes: &[&[&str]], expect: &[&str]) {
        let said = with_meetings(scopes, |meetings| {
            assert_eq!((meetings.more, meetings.undecided), (false, 0), "{scopes:?}");
            let say = |m: &Meeting| format!("{:?} {:?} {}", m.first, m.second, m.witness);
            meetings.found.iter().map(say).collect::<Vec<_>>()
        });
        assert_eq!(said, expect, "{scopes:?}");
    }

    fn with_meetings<T>(scopes: &[&[&str]], then: impl FnOnce(Meetings) -> T) -> T {
        let parse = |text: &&str| Pattern::parse(text).expect("a pattern");
        let scopes: Vec<Vec<Pattern>> =
            scopes.iter().map(|scope| scope.iter().map(parse).collect()).collect();
        let claims: Vec<Claim<'_>> = scopes
            .iter()
            .enumerate()
            .flat_map(|(task, scope)| {
                scope.iter().enumerate().map(move |(entry, pattern)| Claim { task, entry, pattern })
            })
            .collect();
        then(meetings(&claims))
    }

    #[test]
    fn all_meetings_of_different_tasks_are_found() {
        check(&[&["a/", "a/b"], &["b/"], &["c"]], &[]);
        check(&[&["a/"], &["b/", "a/b/c"]], &["(0, 0) (1, 1) a/b/c"]);
        check(
            &[&["a/b/c"], &["a/"], &["a/b/"]],
            &["(0, 0) (1, 0) a/b/c", "(0, 0) (2, 0) a/b/c", "(1, 0) (2, 0) a/b/x"],
        );
        check(&[&["**/*.rs"], &["src/"], &["docs/*.md"]], &["(0, 0) (1, 0) src/x.rs"]);
        check(&[&[r"a/\[b\]*"], &["a/[[]b*"]], &["(0, 0) (1, 0) a/[b]x"]);
    }

    #[test]
    fn many_claims_are_answered_in_time() {
        let claims: Vec<String> = (0..900).map(|n| format!("**/task_{n}_*.py")).collect();
        let scopes: Vec<[&str; 1]> = claims.iter().map(|claim| [claim.as_str()]).collect();
        let scopes: Vec<&[&str]> = scopes.iter().map(|scope| &scope[..]).collect();
        check(&scopes, &[]);
        let same = vec![&["src/"][..]; 900];
        with_meetings(&same, |meetings| {
            assert_eq!((meetings.found.len(), meetings.more), (MAX_FOUND, true), "a list has an end");
        });
    }
}
