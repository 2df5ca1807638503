//! A list that nearly always has one member, of which a run has as many as it has commits.

use std::ops::Deref;

/// At least one place of a task in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Few {
    /// The usual case, which needs no memory of its own.
    One([usize; 1]),
    /// All of them.
    More(Vec<usize>),
}

impl Few {
    /// Only this one.
    pub fn one(place: usize) -> Few {
        Few::One([place])
    }

    /// Adds one at the end.
    pub fn push(&mut self, place: usize) {
        match self {
            Few::One([first]) => *self = Few::More(vec![*first, place]),
            Few::More(all) => all.push(place),
        }
    }
}

impl Deref for Few {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        match self {
            Few::One(one) => one,
            Few::More(all) => all,
        }
    }
}
