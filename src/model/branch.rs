//! Names of branches: short, as people say them, and full, as refs are called.

/// What the full names of all branches begin with.
pub const PREFIX: &str = "refs/heads/";

/// The full name, such as `refs/heads/main`, of the branch with this short one.
pub fn full(short: &str) -> String {
    format!("{PREFIX}{short}")
}

/// The short name of a branch; a ref that is no branch keeps its full one.
pub fn short(full: &str) -> &str {
    full.strip_prefix(PREFIX).unwrap_or(full)
}
