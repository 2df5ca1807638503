//! Names of branches: short, as people say them, and full, as refs are called.

use gix_hash::ObjectId;

/// What the full names of all branches begin with.
pub const PREFIX: &str = "refs/heads/";

/// What is called a branch and is a symbolic ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbolic {
    /// Full name of what it stands for.
    pub target: String,
    /// Where it was when somebody worked on it last; else what it stands for, if that is there.
    pub tip: Option<ObjectId>,
}

/// The full name, such as `refs/heads/main`, of the branch with this short one.
pub fn full(short: &str) -> String {
    format!("{PREFIX}{short}")
}

/// The short name of the branch that a person means by a short or full name; why it cannot be one.
pub fn parse(text: &str) -> Result<String, String> {
    let short = short(text);
    let is_other = short.starts_with('-') || short.starts_with("refs/");
    match short {
        "" | "HEAD" | "@" => Err("not a name for a branch".into()),
        _ if is_other => Err("not a name for a branch: write it as git branch lists it".into()),
        short => Ok(short.to_owned()),
    }
}

/// The short name of a branch; a ref that is no branch keeps its full one.
pub fn short(full: &str) -> &str {
    full.strip_prefix(PREFIX).unwrap_or(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_meant_by_its_short_and_by_its_full_name() {
        for text in ["release/1", "refs/heads/release/1"] {
            assert_eq!(parse(text).as_deref(), Ok("release/1"));
        }
        for text in ["", "HEAD", "@", "-x", "refs/tags/x", "refs/heads/HEAD", "refs/heads/refs/heads/x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
