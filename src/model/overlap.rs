//! Whether two patterns, or the scopes of a whole plan, have a path in common.
//!
//! The answer is exact: the patterns become automata, their product is searched breadth first, and
//! what reaches its end is a path that both match, whether or not it exists. Nothing looks at a
//! repository. Work is bounded: what would take too long is answered with "undecided", never
//! with "disjoint". No function here calls itself.

mod automaton;
mod sweep;

use std::collections::{HashMap, VecDeque};

use bstr::{BString, ByteSlice};

use crate::model::pattern::Pattern;
use automaton::{Automaton, PathState, Stars, readable};

pub use sweep::{Claim, Meeting, Meetings, meetings};

/// What two patterns have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlap {
    /// No path that git could hold.
    None,
    /// This path, a short one, and maybe others.
    Path(BString),
    /// The search was given up.
    Undecided,
}

/// How much work may still be done.
#[derive(Debug)]
pub struct Budget {
    /// States of products that may still be visited.
    pub states: usize,
}

impl Default for Budget {
    /// About half a second in a build that is not optimised.
    fn default() -> Budget {
        Budget { states: 200_000 }
    }
}

/// What the two patterns have in common.
pub fn overlap(first: &Pattern, second: &Pattern, budget: &mut Budget) -> Overlap {
    for (one, other) in [(first, second), (second, first)] {
        if let Some(path) = one.literal() {
            return if other.matches(path) { Overlap::Path(path.to_owned()) } else { Overlap::None };
        }
    }
    if let (Some(one), Some(other)) = (first.subtree(), second.subtree()) {
        let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
        let nested = long.starts_with(short.as_bytes());
        return if nested { Overlap::Path([long.as_bytes(), b"x"].concat().into()) } else { Overlap::None };
    }
    if budget.states == 0 {
        return Overlap::Undecided;
    }
    // In one order, so that the path that is found does not depend on who comes first.
    let (first, second) = if first <= second { (first, second) } else { (second, first) };
    let search = |stars| Search::between(Automaton::of(first, stars), Automaton::of(second, stars));
    match search(Stars::MayBeEmpty).run(budget) {
        // `src/x.rs` says more to people than `src/.rs`, where both are paths.
        Overlap::Path(shortest) => match search(Stars::NotEmpty).run(budget) {
            Overlap::Path(path) => Overlap::Path(path),
            Overlap::None | Overlap::Undecided => Overlap::Path(shortest),
        },
        none => none,
    }
}

/// A pair of nodes, and what the path so far is.
type State = (u32, u32, PathState);

struct Search {
    first: Automaton,
    second: Automaton,
    /// How each visited state was reached: from which, by which byte; starts have none.
    reached: HashMap<State, Option<(State, Option<u8>)>>,
    queue: VecDeque<State>,
}

impl Search {
    fn between(first: Automaton, second: Automaton) -> Search {
        Search { first, second, reached: HashMap::new(), queue: VecDeque::new() }
    }

    fn run(mut self, budget: &mut Budget) -> Overlap {
        for one in self.first.starts() {
            for other in self.second.starts() {
                let start = (one, other, PathState::start());
                self.reached.insert(start, None);
                self.queue.push_back(start);
            }
        }
        while let Some(state) = self.queue.pop_front() {
            if self.first.is_end(state.0) && self.second.is_end(state.1) && state.2.is_path() {
                return Overlap::Path(self.path_to(state));
            }
            let Some(left) = budget.states.checked_sub(1) else { return Overlap::Undecided };
            budget.states = left;
            self.step(state);
        }
        Overlap::None
    }

    /// Visits what one byte, or none, leads to. Steps without a byte come first in the queue, so
    /// that what is found first is shortest.
    fn step(&mut self, state: State) {
        let (one, other, path) = state;
        if let Some(next) = self.first.skip(one) {
            self.visit((next, other, path), state, None);
        }
        if let Some(next) = self.second.skip(other) {
            self.visit((one, next, path), state, None);
        }
        for (bytes, next_one) in self.first.moves(one) {
            for (other_bytes, next_other) in self.second.moves(other) {
                for byte in readable(bytes.and(other_bytes)) {
                    if let Some(next_path) = path.after(byte) {
                        self.visit((next_one, next_other, next_path), state, Some(byte));
                    }
                }
            }
        }
    }

    fn visit(&mut self, state: State, from: State, byte: Option<u8>) {
        if self.reached.contains_key(&state) {
            return;
        }
        self.reached.insert(state, Some((from, byte)));
        match byte {
            None => self.queue.push_front(state),
            Some(_) => self.queue.push_back(state),
        }
    }

    fn path_to(&self, state: State) -> BString {
        let mut path = Vec::new();
        let mut at = state;
        while let Some((from, byte)) = self.reached[&at] {
            path.extend(byte);
            at = from;
        }
        path.reverse();
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).expect("a pattern")
    }

    #[track_caller]
    fn check(first: &str, second: &str, expect: Option<&str>) {
        let expect = expect.map_or(Overlap::None, |path| Overlap::Path(path.into()));
        for (one, other) in [(first, second), (second, first)] {
            let found = overlap(&pattern(one), &pattern(other), &mut Budget::default());
            assert_eq!(found, expect, "{one} and {other}");
        }
    }

    #[test]
    fn files_and_directories() {
        check("a/b.py", "a/b.py", Some("a/b.py"));
        check("a/b.py", "a/c.py", None);
        check("a/b.py", "a/", Some("a/b.py"));
        check("a/b/", "a/", Some("a/b/x"));
        check("api/analytics/", "api/analytics2/", None);
        check("models", "models/", None);
    }

    #[test]
    fn globs_meet_where_both_match() {
        check("src/*.rs", "src/a*", Some("src/a.rs"));
        check("src/*.rs", "src/*.py", None);
        check("src/**/*.rs", "src/model/", Some("src/model/x.rs"));
        check("**/test_*", "api/**", Some("api/test_x"));
        check("a/*/c", "a/b/*", Some("a/b/c"));
        check("a/**/z", "**/y/z", Some("a/y/z"));
        check("[ab]x", "[bc]x", Some("bx"));
        check("[!a]x", "ax", None);
        check("*/x", "*", None);
        check("**/a/**/b", "**/b/**/a", None);
        check("**/a/**", "**/b/**", Some("b/a/x"));
        check("app/[id]/x", "app/[id]/*", Some("app/d/x"));
        check("app/[id]/x", r"app/\[id\]/*", Some("app/[id]/x"));
    }

    #[test]
    fn no_witness_is_a_path_that_git_refuses() {
        check("?", "[.]", None);
        check("??/x", "[.][.]/x", None);
        check(".g?t/", ".[gx]it/", None);
        check(".g?t/", ".[gx][ij]t/", Some(".gjt/x"));
        check("*/", "[.]git/", Some("[.]git/x"));
    }

    #[test]
    fn hostile_patterns_are_answered_in_time() {
        let deep = |end: &str| pattern(&format!("{}{end}", "*a?".repeat(12)));
        let mut budget = Budget::default();
        assert_eq!(overlap(&deep("x"), &deep("y"), &mut budget), Overlap::None);
        assert!(matches!(overlap(&deep("x"), &deep("*"), &mut budget), Overlap::Path(_)));
        let mut nothing = Budget { states: 3 };
        let undecided = overlap(&pattern("*abc"), &pattern("*bc"), &mut nothing);
        assert_eq!(undecided, Overlap::Undecided, "what is given up is never called disjoint");
    }
}
