//! Runs the hook that would have run if ours were not there, and one that was put in our place.
//!
//! It gets the arguments, the environment and the standard input that git gave, and runs before
//! ours, so that ours sees what it staged. Where ours has nothing to say this process becomes that
//! hook, so that nothing at all is different. What git would say about a hook that cannot be
//! executed, or that a signal ended, is said here. A hook that calls its way back to us is not run
//! again, unless it does so through git, which would run it again as well.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use orchestrate::cli::session::Session;
use orchestrate::git::Repository;
use orchestrate::git::hooks::adopted;
use orchestrate::git::hooks::previous::{self, Previous};
use orchestrate::render::escape;

use crate::call::Call;
use crate::command_line;

/// The variable that tells us that we are being called from the hook that we called. It is the one
/// difference in the environment of that hook.
const GUARD: &str = "GIT_ORCHESTRATE_CHAINED";

/// The hooks before ours, in their order.
pub struct Chain<'a> {
    call: &'a Call,
    session: &'a Session,
    hooks: Vec<PathBuf>,
    adopted: Option<PathBuf>,
    guard: String,
}

impl<'a> Chain<'a> {
    /// Finds them.
    pub fn of(repo: &Repository, call: &'a Call, session: &'a Session) -> Chain<'a> {
        let place = format!("{} {}", call.event, repo.git_dir().display());
        let guard = format!("{} {place}", std::process::id());
        if is_looping(&place) {
            return Chain { call, session, hooks: Vec::new(), adopted: None, guard };
        }
        let previous = match previous::hook(repo, &call.event) {
            Previous::Hook(path) => Some(path),
            Previous::Ignored(path) => {
                advise(repo, &path, session);
                None
            }
            Previous::None => None,
        };
        let adopted = adopted::hook(repo, &call.event, previous.as_deref());
        let hooks = previous.into_iter().chain(adopted.clone()).collect();
        Chain { call, session, hooks, adopted, guard }
    }

    /// The chain to a hook that was found already.
    pub fn to(hook: Option<PathBuf>, call: &'a Call, session: &'a Session) -> Chain<'a> {
        let hooks = hook.into_iter().collect();
        Chain { call, session, hooks, adopted: None, guard: String::new() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Runs them. The exit code of the first that refused; `None` where nothing stands in the way.
    pub fn run(&self) -> Option<u8> {
        self.hooks.iter().find_map(|hook| self.run_one(hook))
    }

    /// Becomes the last one, which does not return; the exit code where none can be executed.
    pub fn replace(&self) -> u8 {
        let Some((last, before)) = self.hooks.split_last() else { return 0 };
        before.iter().find_map(|hook| self.run_one(hook)).unwrap_or_else(|| self.become_hook(last))
    }

    fn run_one(&self, hook: &Path) -> Option<u8> {
        let spawned = self.spawn(self.command(hook)).or_else(|error| match lacks_interpreter(&error) {
            true => self.spawn(self.shell(hook)),
            false => Err(error),
        });
        let refused = match spawned {
            Ok(status) if status.success() => return None,
            Ok(status) => code(status, hook, self.session),
            Err(error) => self.not_executed(hook, &error),
        };
        if self.adopted.as_deref() == Some(hook) {
            // Nobody would look for it there.
            self.session.note(&format!("hint: this was said by {}", shown(hook)));
        }
        Some(refused)
    }

    #[cfg(unix)]
    fn become_hook(&self, hook: &Path) -> u8 {
        use std::os::unix::process::CommandExt as _;
        match self.command(hook).exec() {
            error if lacks_interpreter(&error) => self.not_executed(hook, &self.shell(hook).exec()),
            error => self.not_executed(hook, &error),
        }
    }

    /// A process cannot become another one here.
    #[cfg(not(unix))]
    fn become_hook(&self, hook: &Path) -> u8 {
        self.run_one(hook).unwrap_or_default()
    }

    fn command(&self, hook: &Path) -> Command {
        let mut command = Command::new(hook);
        command.args(&self.call.args).env(GUARD, &self.guard);
        command
    }

    /// As git runs a script without an interpreter line.
    fn shell(&self, hook: &Path) -> Command {
        let mut command = Command::new(if cfg!(unix) { "/bin/sh" } else { "sh" });
        command.arg(hook).args(&self.call.args).env(GUARD, &self.guard);
        command
    }

    fn spawn(&self, mut command: Command) -> std::io::Result<ExitStatus> {
        let Some(input) = self.call.input()? else { return command.status() };
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            // A hook that does not read all of it closes the pipe, which is its good right.
            let _ = pipe.write_all(input);
        }
        child.wait()
    }

    fn not_executed(&self, hook: &Path, error: &std::io::Error) -> u8 {
        let why = error.to_string();
        let why = why.split(" (os error").next().unwrap_or_default();
        self.session.note(&format!("fatal: cannot exec '{}': {why}", shown(hook)));
        1
    }
}

/// Whether a hook of ours for the same event and worktree called us, and not git: it waits for the
/// hook that it called, or it became that hook, and then the process is still the same.
fn is_looping(place: &str) -> bool {
    let Ok(guard) = std::env::var(GUARD) else { return false };
    let Some((process, within)) = guard.split_once(' ') else { return false };
    let is_same = process == std::process::id().to_string();
    within == place && (is_same || !command_line::Command::of_parent().is_git())
}

fn advise(repo: &Repository, hook: &Path, session: &Session) {
    if previous::wants_advice(repo) {
        session.note(&format!("hint: the hook {} does not run: it is not executable", shown(hook)));
        session.note("hint: git config advice.ignoredHook false silences this");
    }
}

/// A path as a terminal may show it.
fn shown(path: &Path) -> String {
    escape::terminal(path.as_os_str().as_encoded_bytes())
}

/// `ENOEXEC`, the same number on every system that has it.
fn lacks_interpreter(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(8)
}

/// The code that git computes from how its hook ended, so that it computes the same from ours.
fn code(status: ExitStatus, hook: &Path, session: &Session) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        // What the user sent, and what a closed pipe sends, git does not speak of.
        const SILENT: [i32; 3] = [2, 3, 13];
        if !SILENT.contains(&signal) {
            session.note(&format!("error: {} died of signal {signal}", shown(hook)));
        }
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    let _ = (hook, session);
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1).max(1)
}
