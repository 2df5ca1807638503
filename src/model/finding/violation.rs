//! Which rule is violated: one kind of rules after the other.

use std::fmt;

use bstr::{BStr, ByteSlice};

use super::path::PathRule;
use super::{
    IdentityViolation, MergeViolation, MessageViolation, ObjectViolation, PathViolation, PushViolation,
    StateViolation,
};
use crate::model::name::TaskName;

/// The kinds of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A changed path that the task may not change so.
    Path(PathViolation),
    /// A message that breaks the protocol.
    Message(MessageViolation),
    /// The wrong branch or worktree.
    Identity(IdentityViolation),
    /// A merge of the wrong thing, or with the wrong result.
    Merge(MergeViolation),
    /// The right commit at the wrong time.
    State(StateViolation),
    /// An object that git itself would refuse.
    Object(ObjectViolation),
    /// A ref that is pushed where or how it must not be.
    Push(PushViolation),
}

impl Violation {
    /// The rule's stable name, such as `scope/outside`, for records and machine formats.
    pub fn rule(&self) -> &'static str {
        match self {
            Violation::Path(one) => one.rule(),
            Violation::Message(one) => one.rule(),
            Violation::Identity(one) => one.rule(),
            Violation::Merge(one) => one.rule(),
            Violation::State(one) => one.rule(),
            Violation::Object(one) => one.rule(),
            Violation::Push(one) => one.rule(),
        }
    }

    /// What to do about it, one remedy a line; empty if there is nothing to add.
    pub fn hint(&self) -> String {
        match self {
            Violation::Path(one) => one.hint(),
            Violation::Message(one) => one.hint(),
            Violation::Identity(one) => one.hint(),
            Violation::Merge(one) => one.hint(None),
            Violation::State(one) => one.hint(),
            Violation::Object(one) => one.hint(),
            Violation::Push(one) => one.hint(),
        }
    }

    /// The path that it is about, if it is about one.
    pub fn path(&self) -> Option<&BStr> {
        match self {
            Violation::Path(one) => Some(one.path.as_bstr()),
            Violation::Merge(MergeViolation::Altered { path, .. } | MergeViolation::Nested { path, .. }) => {
                Some(path.as_bstr())
            }
            _ => None,
        }
    }

    /// The line that it is about in the new file, counted from 1, if it is about one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Violation::Path(PathViolation { rule: PathRule::Line { number, .. }, .. }) => Some(*number),
            _ => None,
        }
    }

    /// The other task whose scope holds the path, if there is one.
    pub fn owner(&self) -> Option<&TaskName> {
        match self {
            Violation::Path(one) => one.owner.as_ref().map(|owner| &owner.task),
            _ => None,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::Path(one) => one.fmt(f),
            Violation::Message(one) => one.fmt(f),
            Violation::Identity(one) => one.fmt(f),
            Violation::Merge(one) => one.fmt(f),
            Violation::State(one) => one.fmt(f),
            Violation::Object(one) => one.fmt(f),
            Violation::Push(one) => one.fmt(f),
        }
    }
}

macro_rules! violation_from {
    ($($variant:ident($type:ident)),*) => {$(
        impl From<$type> for Violation {
            fn from(one: $type) -> Violation {
                Violation::$variant(one)
            }
        }
    )*};
}

violation_from! {
    Path(PathViolation), Message(MessageViolation), Identity(IdentityViolation),
    Merge(MergeViolation), State(StateViolation), Object(ObjectViolation), Push(PushViolation)
}
