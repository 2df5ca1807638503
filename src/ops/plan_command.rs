//! Running a command of the plan: of `[setup] run`, `[protocol] evidence` or `[integrate] generated`.
//!
//! They reach a [`shell`], and only after a person accepted exactly them
//! ([`crate::ops::consent`]).

use std::ffi::OsStr;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result};

use crate::ops::shell;

/// The most bytes of a command's output that are kept, counted from its end.
const TAIL: u64 = 4096;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The command as the plan has it.
    pub command: String,
    /// Exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// The end of what it wrote, both streams as they came.
    pub tail: String,
}

impl Ended {
    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Runs a command in `directory`, without standard input, and waits for it.
pub fn run(command: &str, directory: &Path) -> Result<Ended> {
    run_with(command, directory, &[])
}

/// The same with these variables in its environment.
pub fn run_with(command: &str, directory: &Path, variables: &[(&str, &OsStr)]) -> Result<Ended> {
    let mut output = tempfile::tempfile().context("cannot make a temporary file")?;
    let mut shell = shell::command(command, directory);
    shell.envs(variables.iter().copied()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let status = shell.status().with_context(|| format!("cannot run {command:?}"))?;
    let len = output.metadata()?.len();
    output.seek(SeekFrom::Start(len.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    output.read_to_end(&mut tail)?;
    let tail = String::from_utf8_lossy(&tail).trim_end().to_owned();
    Ok(Ended { command: command.to_owned(), code: status.code(), tail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_output_and_the_code_are_kept() {
        let here = std::env::temp_dir();
        let ended = run("echo out; echo err >&2; exit 3", &here).expect("a shell");
        assert_eq!((ended.code, ended.tail.as_str()), (Some(3), "out\nerr"));
        let ended = run("yes x | head -c 100000; kill -9 $$", &here).expect("a shell");
        assert_eq!(ended.code, None, "a signal is no exit code");
        assert!(ended.tail.len() <= TAIL as usize, "no more than the end is kept");
    }
}
