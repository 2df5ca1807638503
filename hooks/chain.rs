//! Runs the hook that would have run if ours were not there.
//!
//! It gets the arguments, the environment and the standard input that git gave, and runs before
//! ours, so that ours sees what it staged. A hook that calls its way back to us is not run again.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result};
use orchestrate::git::Repository;
use orchestrate::git::hooks::previous;

use crate::call::Call;

/// The variable that tells us that we are being called from the hook that we called.
const GUARD: &str = "GIT_ORCHESTRATE_CHAINED";

/// Runs it, if there is one. The exit code where it refused; `None` where nothing stands in the way.
pub fn run(repo: &Repository, call: &Call) -> Result<Option<u8>> {
    let Some(hook) = previous::hook(repo, &call.event) else { return Ok(None) };
    let guard = format!("{} {}", call.event, repo.git_dir().display());
    if std::env::var(GUARD).is_ok_and(|value| value == guard) {
        return Ok(None);
    }
    let status = spawn(Command::new(&hook), call, &guard)
        .or_else(|error| match error.raw_os_error() {
            // A script without an interpreter line: git hands it to the shell, and so do we.
            Some(code) if code == NO_EXECUTABLE_FORMAT => spawn(through_shell(&hook), call, &guard),
            _ => Err(error),
        })
        .with_context(|| format!("cannot run the hook {}", hook.display()))?;
    Ok(if status.success() { None } else { Some(code(status)) })
}

/// `ENOEXEC`, the same number on every system that has it.
const NO_EXECUTABLE_FORMAT: i32 = 8;

fn through_shell(hook: &Path) -> Command {
    let mut command = Command::new("sh");
    command.arg(hook);
    command
}

fn spawn(mut command: Command, call: &Call, guard: &str) -> std::io::Result<ExitStatus> {
    command.args(&call.args).env(GUARD, guard);
    let Some(input) = &call.stdin else { return command.status() };
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // A hook that does not read all of it closes the pipe, which is its good right.
        let _ = pipe.write_all(input);
    }
    child.wait()
}

/// The hook's own exit code; a signal counts as a refusal.
fn code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1).max(1)
}
