//! Names of runs, tasks and items, and how a person's shorthand finds the task that is meant.
//!
//! Names become ref components, directory names and commit subjects, so they are checked once, on
//! the way in, and every later user may rely on it: letters, digits, `-`, `_`, `.`, at most 60
//! bytes, and legal as a component of a ref.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most bytes that a name may have.
pub const MAX_LEN: usize = 60;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalid {
    /// Nothing is there.
    Empty,
    /// More than [`MAX_LEN`] bytes; holds how many.
    TooLong(usize),
    /// A character that is no letter, digit, `-`, `_` or `.`.
    Character(char),
    /// What git refuses in a ref component: a leading `.` or `-`, `..`, a trailing `.` or `.lock`.
    Ref,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Empty => write!(f, "a name must not be empty"),
            Invalid::TooLong(len) => write!(f, "a name has at most {MAX_LEN} bytes, this one {len}"),
            Invalid::Character(c) => {
                write!(f, "{:?} is not allowed in a name; use letters, digits, '-', '_' and '.'", c)
            }
            Invalid::Ref => write!(
                f,
                "git refuses this as part of a ref: no leading '.' or '-', no '..', no trailing '.' or '.lock'"
            ),
        }
    }
}

impl std::error::Error for Invalid {}

fn check(text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    if text.len() > MAX_LEN {
        return Err(Invalid::TooLong(text.len()));
    }
    if let Some(c) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        return Err(Invalid::Character(c));
    }
    let lower = text.to_ascii_lowercase();
    if text.starts_with(['.', '-']) || text.contains("..") || text.ends_with('.') || lower.ends_with(".lock")
    {
        return Err(Invalid::Ref);
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name if `text` is one; the error says what is wrong with it.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                check(text).map(|()| $name(text.to_owned()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                check(&text).map(|()| $name(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name! {
    /// One orchestrated feature, such as `analytics-dashboard`.
    RunName
}
name! {
    /// One workstream of a run, such as `task-2-models-migrations`.
    TaskName
}
name! {
    /// What one task provides and another needs, such as `AnalyticsEvent`.
    ItemName
}

impl TaskName {
    /// The number in the name (`task-2-models` has 2, `7-auth` has 7), if it has one.
    ///
    /// Only a number at the start, or right after a leading `task-` or `issue-`, counts (S1-01).
    pub fn number(&self) -> Option<u32> {
        let rest = ["task-", "issue-"].iter().find_map(|p| self.0.strip_prefix(p)).unwrap_or(&self.0);
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let after = &rest[digits.len()..];
        if after.is_empty() || after.starts_with(['-', '_', '.']) { digits.parse().ok() } else { None }
    }

    /// The first of these that has this name. It is looked for first where its number puts it, as lists
    /// are mostly in the plan's order.
    pub fn find_in<'a, T>(&self, all: &'a [T], name: impl Fn(&T) -> &TaskName) -> Option<&'a T> {
        let is_named = |one: &&T| name(one) == self;
        let place = self.number().and_then(|number| usize::try_from(number.checked_sub(1)?).ok());
        place.and_then(|place| all.get(place)).filter(is_named).or_else(|| all.iter().find(is_named))
    }

    /// `task-2` for `task-2-models-migrations`, the whole name where it has no such number (S1-61).
    pub fn short(&self) -> &str {
        let Some(rest) = self.0.strip_prefix("task-") else { return &self.0 };
        match self.number() {
            Some(_) => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                &self.0[.."task-".len() + digits]
            }
            None => &self.0,
        }
    }
}
