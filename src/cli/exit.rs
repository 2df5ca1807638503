//! The exit codes, and the one place that turns the end of a program into one.

use std::process::ExitCode;

use crate::cli::session::Session;
use crate::model::hint::{self, Hinted};
use crate::render::escape;

/// How a program ends. The numbers are documented under EXIT STATUS of every man page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or the answer is yes.
    Done,
    /// The answer is no: findings, conflicts, refused.
    No,
    /// An error, or wrong usage.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Error => 2,
        })
    }
}

/// Ends a program: words an error for people and turns everything into an exit code.
///
/// A reader that closed the pipe has seen all it wanted: that is success.
pub fn finish(session: &Session, result: anyhow::Result<Exit>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            session.note(&explain(&error));
            Exit::Error.into()
        }
    }
}

/// An error for people: what is wrong, then what to do about it.
pub fn explain(error: &anyhow::Error) -> String {
    let message = chain(error);
    let mut told = message.lines().map(escape::terminal);
    let mut lines = vec![format!("error: {}", told.next().unwrap_or_default())];
    lines.extend(told.map(|line| format!("  {line}")));
    let hinted = error.chain().filter_map(|cause| cause.downcast_ref::<Hinted>());
    let mut hints: Vec<&str> = hinted.map(|hinted| hinted.hint.as_str()).collect();
    if hints.is_empty() {
        hints.extend(hint::of_fault(&message));
    }
    let hints = hints.into_iter().flat_map(str::lines);
    lines.extend(hints.map(|line| format!("hint: {}", escape::terminal(line))));
    lines.join("\n")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The whole chain, outermost first, without the repetitions that wrapped errors bring.
fn chain(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}
