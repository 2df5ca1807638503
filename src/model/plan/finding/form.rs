//! How the text of a plan is written: syntax, keys, types, values.

use std::fmt;

/// A rule of a plan's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// The TOML parser's own words.
    Syntax(String),
    /// A key that no plan has.
    UnknownKey {
        /// As written.
        key: String,
        /// The table it stands in, such as `[[task]]`.
        table: &'static str,
        /// The key that was probably meant.
        nearest: Option<&'static str>,
        /// The keys that the table may have.
        known: &'static [&'static str],
    },
    /// A key that must be there is not.
    MissingKey {
        /// Which.
        key: &'static str,
        /// In which table.
        table: &'static str,
    },
    /// A value of the wrong type.
    WrongType {
        /// The key that has it.
        key: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A value of the right type that is not among those allowed.
    WrongValue {
        /// The key that has it.
        key: String,
        /// As written.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// Two keys that exclude each other.
    Both {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A text that holds nothing.
    EmptyText {
        /// The key that has it.
        key: String,
    },
    /// A byte that no text holds.
    Nul,
    /// A proposal whose run is named nowhere.
    NoRunName,
    /// Neither a TOML plan nor a proposal.
    NoProposal,
    /// A second proposal in the same document, which is not read.
    SecondProposal,
    /// A worker's heading without a number or a name.
    WorkerHeading {
        /// As written.
        text: String,
    },
    /// A part of a proposal that is not there.
    MissingField {
        /// The field, such as `Scope`.
        field: &'static str,
        /// The worker's heading.
        worker: String,
    },
    /// The same field twice in one worker's section.
    RepeatedField {
        /// The field, such as `Scope`.
        field: &'static str,
    },
    /// Words in a scope that are neither paths in backticks nor annotations.
    LooseWords {
        /// As written.
        words: String,
    },
    /// A base that is no revision, or would be taken for an option.
    Base {
        /// As written.
        base: String,
    },
    /// A base that the repository does not have.
    NoBase {
        /// As written.
        base: String,
    },
    /// More findings than are listed; how many more.
    MoreFindings(usize),
    /// A plan without a task.
    NoTasks,
    /// More tasks than any plan has.
    TooManyTasks {
        /// The most that are read.
        most: usize,
    },
    /// A plan with so few tasks that splitting costs more than it gains (S5-60).
    FewTasks(usize),
    /// A plan with so many tasks that it is probably cut too fine (S5-11).
    ManyTasks(usize),
}

impl Form {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Form::Syntax(_) => "form/syntax",
            Form::UnknownKey { .. } => "form/unknown-key",
            Form::MissingKey { .. } => "form/missing-key",
            Form::WrongType { .. } => "form/wrong-type",
            Form::WrongValue { .. } => "form/wrong-value",
            Form::Both { .. } => "form/both",
            Form::EmptyText { .. } => "form/empty-text",
            Form::Nul => "form/nul",
            Form::NoRunName => "form/no-run-name",
            Form::NoProposal => "form/no-proposal",
            Form::SecondProposal => "form/second-proposal",
            Form::WorkerHeading { .. } => "form/worker-heading",
            Form::MissingField { .. } => "form/missing-field",
            Form::RepeatedField { .. } => "form/repeated-field",
            Form::LooseWords { .. } => "form/loose-words",
            Form::Base { .. } => "form/base",
            Form::NoBase { .. } => "form/no-base",
            Form::MoreFindings(_) => "form/more-findings",
            Form::NoTasks => "form/no-tasks",
            Form::TooManyTasks { .. } => "form/too-many-tasks",
            Form::FewTasks(_) => "form/few-tasks",
            Form::ManyTasks(_) => "form/many-tasks",
        }
    }

    pub(super) fn remedy(&self) -> String {
        match self {
            Form::Syntax(_) => "see https://toml.io for the syntax".into(),
            Form::UnknownKey { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Form::UnknownKey { nearest: None, known, .. } => format!("known here: {}", known.join(", ")),
            Form::MissingKey { key, table } => format!("add `{key} = …` to {table}"),
            Form::WrongType { expected, .. } => format!("write {expected}"),
            Form::WrongValue { expected, .. } => format!("write {expected}"),
            Form::Both { first, .. } => format!("remove `{first}`"),
            Form::EmptyText { key } => format!("write something there, or remove `{key}`"),
            Form::Nul => "hand over the text of a plan".into(),
            Form::NoRunName => "give it one with `--run <name>`".into(),
            Form::NoProposal => {
                "write a heading `## Proposed Workstream Split` and below it `### Worker 1: task-1-…` for each worker".into()
            }
            Form::SecondProposal => "remove it, or put it into a file of its own".into(),
            Form::WorkerHeading { .. } => "write `### Worker 1: task-1-what-it-does`".into(),
            Form::MissingField { field, .. } => format!("add a line `- **{field}**: …` below the heading"),
            Form::RepeatedField { .. } => "merge the two".into(),
            Form::LooseWords { .. } => {
                "write each path in backticks, separated by commas, and notes in parentheses after the path".into()
            }
            Form::Base { .. } => "name a branch, a tag or a commit".into(),
            Form::NoBase { .. } => "make or fetch it before `git orchestrate start`".into(),
            Form::TooManyTasks { .. } => "split the plan into several runs".into(),
            Form::MoreFindings(_) => "fix the others first".into(),
            Form::NoTasks => "add a `[[task]]` for each workstream".into(),
            Form::FewTasks(_) => "consider doing them one after the other".into(),
            Form::ManyTasks(_) => "consider grouping what belongs together".into(),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Syntax(words) => f.write_str(words),
            Form::UnknownKey { key, table, .. } => write!(f, "unknown key `{key}` in {table}"),
            Form::MissingKey { key, table } => write!(f, "{table} has no `{key}`"),
            Form::WrongType { key, expected, found } => write!(f, "`{key}` must be {expected}, not {found}"),
            Form::WrongValue { key, value, .. } => write!(f, "`{key}` cannot be `{value}`"),
            Form::Both { first, second } => write!(f, "`{first}` and `{second}` exclude each other"),
            Form::EmptyText { key } => write!(f, "`{key}` is empty"),
            Form::Nul => write!(f, "the file holds a NUL byte, so it is no text"),
            Form::NoRunName => write!(f, "the run has no name"),
            Form::NoProposal => write!(f, "no workstream proposal found in this document"),
            Form::SecondProposal => write!(f, "a second workstream proposal; only the first one is read"),
            Form::WorkerHeading { text } => write!(f, "the heading `{text}` is not understood"),
            Form::MissingField { field, worker } => write!(f, "`{worker}` has no **{field}**"),
            Form::RepeatedField { field } => write!(f, "a second **{field}** for the same worker"),
            Form::LooseWords { words } => write!(f, "`{words}` in the scope is no path"),
            Form::Base { base } => write!(f, "`{base}` is no revision to start from"),
            Form::NoBase { base } => write!(f, "`{base}` is not there yet to start from"),
            Form::TooManyTasks { most } => write!(f, "the plan has more than {most} tasks"),
            Form::MoreFindings(count) => write!(f, "{count} more findings are not listed"),
            Form::NoTasks => write!(f, "the plan has no task"),
            Form::FewTasks(1) => write!(f, "one task alone gains nothing from running in parallel"),
            Form::FewTasks(count) => write!(f, "only {count} tasks: the set-up may cost more than it gains"),
            Form::ManyTasks(count) => write!(f, "{count} tasks are many to review and merge"),
        }
    }
}
