//! A plan as it was written: what every reader makes, before names are names and needs find tasks.
//!
//! Readers know syntax and nothing else; [`resolve`](crate::model::plan::resolve) knows meaning and
//! nothing of syntax. Between them stands this: texts, each with its place. A part that a reader
//! could not understand is missing here and has a finding instead, so that the rest is still judged.

use crate::model::plan::place::{Located, Place};
use crate::model::plan::{DependencyMode, Integrate, Launch, Protocol, Setup};

/// The parts of a plan's text.
#[derive(Debug, Default)]
pub struct Draft {
    /// The run's name.
    pub run: Option<Located<String>>,
    /// For people.
    pub title: Option<String>,
    /// The revision that all tasks start from.
    pub base: Option<Located<String>>,
    /// The name of a layout.
    pub layout: Option<Located<String>>,
    /// Template of the branches.
    pub branch: Option<Located<String>>,
    /// Template of the worktrees.
    pub worktree: Option<Located<String>>,
    /// Template of the integration branch.
    pub integration: Option<Located<String>>,
    /// What an unmet need does.
    pub dependencies: DependencyMode,
    /// What a commit must say.
    pub protocol: Protocol,
    /// What is done in each new worktree.
    pub setup: Setup,
    /// `[integrate]`.
    pub integrate: Integrate,
    /// How a worker is launched.
    pub worker: Launch,
    /// In the order of the text.
    pub tasks: Vec<DraftTask>,
    /// The edges of a summary that the readers do not believe but compare: who, needs whom.
    pub summary: Vec<(Located<String>, Located<String>)>,
    /// What is needed of a task by name is what it provides, because this form of a plan has no
    /// place to say what a task provides.
    pub provides_what_is_needed: bool,
}

/// One workstream.
#[derive(Debug)]
pub struct DraftTask {
    /// Where it begins.
    pub place: Place,
    /// `None` if it is missing or of the wrong type, which has its own finding.
    pub name: Option<Located<String>>,
    /// The number, where one is written beside the name.
    pub number: Option<Located<u32>>,
    /// For people.
    pub title: Option<String>,
    /// What it may change. `None` if that part was not understood, which has its own finding.
    pub scope: Option<Vec<DraftEntry>>,
    /// What is to be done.
    pub steps: Vec<Located<String>>,
    /// What the worker commits after.
    pub checkpoints: Vec<String>,
    /// What it waits for.
    pub needs: Vec<DraftNeed>,
    /// What others wait for.
    pub provides: Vec<Located<String>>,
    /// What has no other place.
    pub remarks: Vec<String>,
}

impl DraftTask {
    /// A task of which nothing is known yet.
    pub fn at(place: Place) -> DraftTask {
        DraftTask {
            place,
            name: None,
            number: None,
            title: None,
            scope: Some(Vec::new()),
            steps: Vec::new(),
            checkpoints: Vec::new(),
            needs: Vec::new(),
            provides: Vec::new(),
            remarks: Vec::new(),
        }
    }
}

/// One entry of a scope.
#[derive(Debug)]
pub struct DraftEntry {
    /// The pattern.
    pub path: Located<String>,
    /// What may be done there.
    pub access: DraftAccess,
    /// The regular expression that added lines must match.
    pub lines: Option<Located<String>>,
    /// For people.
    pub why: Option<String>,
    /// Two tasks may overlap here.
    pub shared: bool,
    /// Submodule entries are allowed here.
    pub submodule: bool,
}

/// `access` without its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DraftAccess {
    /// Anything.
    #[default]
    Edit,
    /// Only new paths.
    Create,
    /// Only added lines.
    Append,
}

/// One thing that a task needs.
#[derive(Debug)]
pub struct DraftNeed {
    /// Who provides it, as a person names it.
    pub task: Located<String>,
    /// What it is called.
    pub item: Option<Located<String>>,
    /// The input's own words for it.
    pub text: Option<String>,
    /// What it is needed for.
    pub purpose: Option<String>,
    /// What to do until it is there.
    pub until_then: Option<String>,
    /// What both sides agreed on.
    pub contract: Option<String>,
}
