//! The forms in which a reading verb answers.

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// For people in a document, an issue or a prompt.
    Markdown,
    /// For programs; versioned.
    Json,
}
