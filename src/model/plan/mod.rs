//! The plan of a run: tasks, their scopes, who needs what from whom, protocol and set-up.
//!
//! A [`Plan`] is only ever made by one of the readers here, so whoever holds one knows that its
//! names are legal and that its needs name tasks of the plan. What is doubtful but not impossible
//! is reported by [`check`](check::check) as findings. The TOML form is design.md section 4.

pub mod check;
pub mod cone;
pub mod draft;
pub mod encounter;
pub mod excerpt;
pub mod find;
pub mod finding;
pub mod markdown;
pub mod place;
pub mod read;
pub mod report;
pub mod resolve;
pub mod toml;
pub mod write;

use crate::model::layout::Layout;
use crate::model::name::{ItemName, RunName, TaskName};
use crate::model::scope::ScopeEntry;

/// The tasks of a run, its protocol and its set-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The run, such as `analytics-dashboard`.
    pub run: RunName,
    /// For people; the run's name where the plan has none.
    pub title: String,
    /// The revision that all tasks start from, as written; it is resolved once, at start.
    pub base: String,
    /// How branches, worktrees and the integration branch are named.
    pub layout: Layout,
    /// What an unmet need does to a commit.
    pub dependencies: DependencyMode,
    /// What a commit must say.
    pub protocol: Protocol,
    /// What is done in each new worktree.
    pub setup: Setup,
    /// How `dispatch` launches a worker.
    pub worker: Launch,
    /// What merging finished work may do by itself.
    pub integrate: Integrate,
    /// In the order of the file; at least one.
    pub tasks: Vec<Task>,
}

/// One workstream.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Unique in the plan, also when case is ignored.
    pub name: TaskName,
    /// The number in the name, else the place in the plan, counted from 1. Unique in the plan.
    pub number: u32,
    /// For people; the name without its number and dashes where the plan has none (S1-77).
    pub title: String,
    /// The paths that it may change; never empty.
    pub scope: Vec<ScopeEntry>,
    /// What is to be done, in order.
    pub steps: Vec<String>,
    /// What the worker commits after, in order (S1-11).
    pub checkpoints: Vec<String>,
    /// What it waits for.
    pub needs: Vec<Need>,
    /// What others wait for.
    pub provides: Vec<ItemName>,
    /// Lines of the input that have no place above, kept for the brief (S1-02).
    pub remarks: Vec<String>,
}

/// One thing that a task needs from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Who provides it: another task of the same plan.
    pub task: TaskName,
    /// What it is called; `None` where the input has only prose, then `text` says it.
    pub item: Option<ItemName>,
    /// The input's own words for it, such as `Analytics model`.
    pub text: String,
    /// What it is needed for, such as `integration testing`.
    pub purpose: Option<String>,
    /// What to do until it is there, such as "stub the model imports".
    pub until_then: Option<String>,
    /// What both sides agreed on, such as `GET /api/analytics/summary` (S1-31).
    pub contract: Option<String>,
}

/// What an unmet need does to an own commit (C-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DependencyMode {
    /// Warn.
    #[default]
    Advisory,
    /// Refuse until the needed tasks are complete and merged (S4-22).
    Strict,
    /// A plan with needs is an error.
    None,
}

/// What is asked of the sections in a commit's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyRule {
    /// Nothing.
    Off,
    /// A missing section is a warning.
    #[default]
    Warn,
    /// A missing section is refused.
    Require,
}

/// `[protocol]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protocol {
    /// What is asked of the body sections (S1-39 to S1-43).
    pub body: BodyRule,
    /// Commands that must have passed for the exact tree before COMPLETE is accepted.
    pub evidence: Vec<String>,
    /// Whether git asks at every move of a ref if a worker may make it. It costs many processes a
    /// command, and refuses only what [`guard`](crate::model::guard) names.
    pub guard: bool,
    /// Whether `git worker` pushes every checkpoint with its records.
    pub push: bool,
}

/// `[setup]`: what is done in each new worktree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setup {
    /// Untracked files of the main worktree that are copied if present.
    pub copy: Vec<String>,
    /// The variable of a copied file that gets the task's number added.
    pub port: Option<Port>,
    /// Commands; a failure is recorded and does not stop the set-up (S3-12).
    pub run: Vec<String>,
    /// Whether it holds only what [`cone`] says.
    pub sparse: bool,
}

/// Where the port of a worktree is written (S3-10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// One of [`Setup::copy`].
    pub file: String,
    /// Such as `PORT`.
    pub variable: String,
}

/// `[integrate]`: what merging finished work may do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Integrate {
    /// Files that are not merged but made anew.
    pub generated: Vec<Generated>,
}

/// A file that a command makes, such as a lock file (S1-83).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Relative to the top of the repository.
    pub path: String,
    /// The command; it runs at the top of a worktree that holds the merged files.
    pub run: String,
}

/// `[worker]`: how `dispatch` launches a worker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Launch {
    /// Program and arguments; `{prompt}` stands for the brief. Empty where the plan has none.
    pub command: Vec<String>,
    /// Seconds until a worker counts as timed out.
    pub timeout_seconds: Option<u64>,
}
