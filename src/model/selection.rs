//! Which uncommitted changes a checkpoint takes, and which it leaves and why.
//!
//! A checkpoint takes what is in scope. What a person staged is respected: a path of which only a
//! part is staged gives that part, unless the path was named; and what is staged outside of the
//! scope stays staged and is not committed. Nothing is left silently.

use bstr::BString;

use crate::model::finding::PathViolation;

/// An uncommitted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Relative to the top.
    pub path: BString,
    /// The index differs from HEAD.
    pub staged: bool,
    /// The worktree differs from the index, or git does not track the path.
    pub unstaged: bool,
    /// Why the task may not change it; `None` if it is in scope.
    pub outside: Option<PathViolation>,
    /// It was asked for by name, or nothing was.
    pub wanted: Wanted,
}

/// Whether a path was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing was named, so everything in scope is meant.
    Default,
    /// What was staged of it is meant.
    Staged,
    /// It was named.
    Named,
    /// Others were named.
    No,
}

/// What is done with the uncommitted paths; each list is sorted as the changes were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// To be staged, with all that the worktree has of them.
    pub to_stage: Vec<BString>,
    /// All that the commit takes, those to be staged among them.
    pub taken: Vec<BString>,
    /// Taken, but only the part that was staged; the rest stays in the worktree.
    pub in_part: Vec<BString>,
    /// Not in scope, and why.
    pub outside: Vec<PathViolation>,
    /// Staged, but not taken: a plain commit would take them along.
    pub staged_apart: Vec<BString>,
}

impl Selection {
    /// Decides about all changes.
    pub fn of(changes: &[Change]) -> Selection {
        let mut selection = Selection::default();
        for change in changes {
            selection.add(change);
        }
        selection
    }

    fn add(&mut self, change: &Change) {
        let path = || change.path.clone();
        let meant = match change.wanted {
            Wanted::Default | Wanted::Named => true,
            Wanted::Staged => change.staged,
            Wanted::No => false,
        };
        let left = change.outside.is_some() || !meant;
        if left && change.staged {
            self.staged_apart.push(path());
        }
        if let (Some(why), true) = (&change.outside, meant) {
            self.outside.push(why.clone());
        }
        if left {
            return;
        }
        self.taken.push(path());
        if change.staged && change.unstaged && change.wanted != Wanted::Named {
            self.in_part.push(path());
        } else if change.unstaged {
            self.to_stage.push(path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::path::PathRule;
    use crate::model::name::TaskName;

    /// `M` staged, `m` not, `b` both; upper-case `X` and `x` the same outside of the scope.
    fn change(code: &str, wanted: Wanted) -> Change {
        let (kind, path) = code.split_once(' ').expect("a code and a path");
        Change {
            path: path.into(),
            staged: matches!(kind, "M" | "b" | "X"),
            unstaged: matches!(kind, "m" | "b" | "x"),
            outside: matches!(kind, "X" | "x").then(|| PathViolation {
                path: path.into(),
                task: TaskName::new("task-1").expect("a name"),
                owner: None,
                rule: PathRule::Outside,
            }),
            wanted,
        }
    }

    #[test]
    fn what_is_in_scope_is_taken() {
        let check = |codes: &[(&str, Wanted)], expect: [&[&str]; 5]| {
            let changes: Vec<Change> = codes.iter().map(|(code, wanted)| change(code, *wanted)).collect();
            let found = Selection::of(&changes);
            let outside = found.outside.iter().map(|outside| outside.path.clone()).collect();
            let lists = [found.taken, found.to_stage, found.in_part, outside, found.staged_apart];
            let expect =
                expect.map(|paths| paths.iter().map(|path| BString::from(*path)).collect::<Vec<_>>());
            assert_eq!(lists, expect, "taken, to stage, in part, outside, staged apart of {codes:?}");
        };
        use Wanted::{Default, Named, No, Staged};
        check(&[], [&[], &[], &[], &[], &[]]);
        check(&[("M a", Default), ("m b", Default)], [&["a", "b"], &["b"], &[], &[], &[]]);
        check(&[("b a", Default)], [&["a"], &[], &["a"], &[], &[]]);
        check(&[("b a", Named)], [&["a"], &["a"], &[], &[], &[]]);
        let staged = [("b a", Staged), ("m b", Staged), ("X c", Staged), ("x d", Staged)];
        check(&staged, [&["a"], &[], &["a"], &["c"], &["c"]]);
        check(&[("x a", Default), ("X b", Default)], [&[], &[], &[], &["a", "b"], &["b"]]);
        check(&[("m a", Named), ("M b", No), ("X c", No)], [&["a"], &["a"], &[], &[], &["b", "c"]]);
    }
}
