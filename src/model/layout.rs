//! How branches, worktrees and the integration branch of a run are named.

/// Three templates with `{run}`, `{task}` and `{number}` in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Short branch name, such as `work/{task}`.
    pub branch: String,
    /// Path relative to the main worktree, such as `worktrees/{task}`.
    pub worktree: String,
    /// Short branch name, such as `integration/{run}`.
    pub integration: String,
}
