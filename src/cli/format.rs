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

/// `--format` of a verdict, which also goes to review pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ReviewFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// For people in a document, an issue or a prompt.
    Markdown,
    /// For programs; versioned.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For the log of a GitHub Actions job, which annotates the files from it.
    Github,
}

/// `--format` of a report, which also goes to people without a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ReportFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// For people in a document, an issue or a prompt.
    Markdown,
    /// For people in a browser; a document of its own.
    Html,
    /// For programs; versioned.
    Json,
}
