//! Why a text is no scope pattern, and what to write instead.

use std::fmt;

use super::{MAX_DOUBLE_STARS, MAX_LEN, MAX_STARS};

/// What the grammar of scope patterns refuses, one variant per rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalid {
    /// Nothing is there.
    Empty,
    /// More than [`MAX_LEN`] bytes; holds how many.
    TooLong(usize),
    /// More than [`MAX_STARS`] wildcards or [`MAX_DOUBLE_STARS`] `**`.
    TooManyStars,
    /// It begins with `/`, `~/` or a drive letter.
    Absolute,
    /// A component is `..`.
    Parent,
    /// A component is `.`.
    Dot,
    /// Two slashes in a row.
    EmptyComponent,
    /// A component is `.git`, in any case.
    GitDirectory,
    /// It begins with `!`, or with `^`, for "all but".
    Negated,
    /// It begins with `:`, as pathspec magic does.
    Magic,
    /// It has `{` or `}` without a backslash.
    Braces,
    /// A `[` without its `]`; or a class such as `[:alpha:]` that is misspelt.
    Bracket,
    /// A `**` that is not a whole component.
    DoubleStar,
    /// A backslash before something that needs none.
    Backslash,
    /// A control character.
    Control(char),
    /// White space at the beginning or the end.
    Space,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Empty => write!(f, "a pattern must not be empty"),
            Invalid::TooLong(len) => write!(f, "a pattern has at most {MAX_LEN} bytes, this one {len}"),
            Invalid::TooManyStars => {
                write!(f, "a pattern has at most {MAX_STARS} wildcards `*`, and {MAX_DOUBLE_STARS} `**`")
            }
            Invalid::Absolute => write!(f, "an absolute path is no pattern"),
            Invalid::Parent => write!(f, "`..` leaves the directory, a pattern cannot"),
            Invalid::Dot => write!(f, "a pattern has no component `.`"),
            Invalid::EmptyComponent => write!(f, "two slashes in a row match no path"),
            Invalid::GitDirectory => write!(f, "`.git` is git's own, no task may have it in scope"),
            Invalid::Negated => write!(f, "a pattern cannot be negated"),
            Invalid::Magic => write!(f, "pathspec magic is not understood in a pattern"),
            Invalid::Braces => write!(f, "braces are not understood in a pattern"),
            Invalid::Bracket => write!(f, "this `[` has no end that git would find"),
            Invalid::DoubleStar => write!(f, "`**` must be a whole component"),
            Invalid::Backslash => write!(f, "a backslash is no separator, and escapes only wildcards"),
            Invalid::Control(c) => write!(f, "a pattern cannot hold the control character {c:?}"),
            Invalid::Space => write!(f, "a pattern neither begins nor ends with white space"),
        }
    }
}

impl std::error::Error for Invalid {}

impl Invalid {
    /// What to write instead.
    pub fn remedy(&self) -> &'static str {
        match self {
            Invalid::Empty => "name a path, or a directory with a trailing `/`",
            Invalid::TooLong(_) | Invalid::TooManyStars => {
                "name the directory with a trailing `/`, or several shorter patterns"
            }
            Invalid::Absolute => "write it relative to the top of the repository",
            Invalid::Parent | Invalid::Dot | Invalid::EmptyComponent => {
                "write the path from the top of the repository, as `git ls-files` shows it"
            }
            Invalid::GitDirectory => "remove it",
            Invalid::Negated => "list only what the task may change; what is not listed is not in scope",
            Invalid::Magic => "write the path or glob alone, without the part that begins with `:`",
            Invalid::Braces => "write one entry for each alternative; a real brace is written `\\{`",
            Invalid::Bracket => "close it with `]`; a real bracket is written `\\[`",
            Invalid::DoubleStar => "write `*` inside one component, or `/**/` for any directories between",
            Invalid::Backslash => {
                "separate with `/`; `\\` may stand before `*`, `?`, `[`, `]`, `{`, `}` and `!`"
            }
            Invalid::Control(_) | Invalid::Space => "remove it",
        }
    }
}
