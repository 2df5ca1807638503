//! What is wrong with a plan, as data: one variant per rule, each wording itself.
//!
//! A finding knows the part of the plan that it is about; a reader knows where that part stands in
//! its text and adds file, line and column. Errors stop `start`, warnings never do.

mod form;
mod naming;
mod needs;
mod scope;

use std::fmt;

use crate::model::finding::Severity;
use crate::model::plan::place::Place;

pub use form::Form;
pub use naming::Naming;
pub use needs::Needs;
pub use scope::{Overlap, Scope};

/// One violated rule of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFinding {
    /// Whether it stops `start`.
    pub severity: Severity,
    /// The part of the plan that it is about.
    pub about: Part,
    /// Where that part was written; `None` for a plan that was not read from a text.
    pub at: Option<Location>,
    /// The rule, and what broke it.
    pub problem: Problem,
}

/// Where in which file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file's name as the person gave it.
    pub source: String,
    /// Where in it; `None` for the file as a whole.
    pub place: Option<Place>,
}

/// A part of a plan. Tasks and what is in them are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The whole.
    Plan,
    /// The revision that all tasks start from.
    Base,
    /// One of the three templates of the layout.
    Template(crate::model::layout::Part),
    /// A task.
    Task(usize),
    /// An entry of a task's scope.
    Scope(usize, usize),
    /// A step of a task.
    Step(usize, usize),
    /// Something that a task needs.
    Need(usize, usize),
    /// Something that a task provides.
    Provides(usize, usize),
}

/// The rules, by what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// How the text is written.
    Form(Form),
    /// Names of runs, tasks, items, branches.
    Naming(Naming),
    /// What tasks may change.
    Scope(Scope),
    /// Who waits for whom.
    Needs(Needs),
}

impl PlanFinding {
    /// A finding that stops `start`, not located yet.
    pub fn error(about: Part, problem: impl Into<Problem>) -> PlanFinding {
        PlanFinding { severity: Severity::Error, about, at: None, problem: problem.into() }
    }

    /// A finding that stops nothing, not located yet.
    pub fn warning(about: Part, problem: impl Into<Problem>) -> PlanFinding {
        PlanFinding { severity: Severity::Warning, about, at: None, problem: problem.into() }
    }

    /// The same, found in `source`, at `place` if it is one.
    pub fn found(mut self, source: &str, place: Option<Place>) -> PlanFinding {
        self.at = Some(Location { source: source.to_owned(), place });
        self
    }

    /// The rule's stable name, such as `scope/overlap`, for machine formats.
    pub fn rule(&self) -> &'static str {
        match &self.problem {
            Problem::Form(problem) => problem.rule(),
            Problem::Naming(problem) => problem.rule(),
            Problem::Scope(problem) => problem.rule(),
            Problem::Needs(problem) => problem.rule(),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match &self.problem {
            Problem::Form(problem) => problem.remedy(),
            Problem::Naming(problem) => problem.remedy(),
            Problem::Scope(problem) => problem.remedy(),
            Problem::Needs(problem) => problem.remedy(),
        }
    }
}

impl fmt::Display for PlanFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Form(problem) => problem.fmt(f),
            Problem::Naming(problem) => problem.fmt(f),
            Problem::Scope(problem) => problem.fmt(f),
            Problem::Needs(problem) => problem.fmt(f),
        }
    }
}

impl From<Form> for Problem {
    fn from(problem: Form) -> Problem {
        Problem::Form(problem)
    }
}

impl From<Naming> for Problem {
    fn from(problem: Naming) -> Problem {
        Problem::Naming(problem)
    }
}

impl From<Scope> for Problem {
    fn from(problem: Scope) -> Problem {
        Problem::Scope(problem)
    }
}

impl From<Needs> for Problem {
    fn from(problem: Needs) -> Problem {
        Problem::Needs(problem)
    }
}
