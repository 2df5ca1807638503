//! The git program, for what gix does not do: worktrees' files, the network, three-way merges.
//!
//! A program that is started from a hook inherits the hook's repository, index and work tree. Those
//! variables are taken out here, as git itself does before it works in another repository; what a
//! user gave with `-c` stays. There is never a shell in between.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use bstr::{BString, ByteSlice};

use super::Repository;
use crate::model::hint;

/// The variables that tie git to one repository: `git rev-parse --local-env-vars` of git 2.47, without
/// the [`CONFIG_VARIABLES`].
pub const LOCAL_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The variables that carry `git -c`: local, too, but a person's word for all that a call does.
pub const CONFIG_VARIABLES: [&str; 2] = ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"];

/// The variables that change what a pathspec means: ours say themselves what they mean.
const PATHSPEC_VARIABLES: [&str; 4] =
    ["GIT_GLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_LITERAL_PATHSPECS", "GIT_NOGLOB_PATHSPECS"];

/// One call of git that has not started yet.
#[derive(Debug)]
pub struct Program {
    place: Vec<OsString>,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    stdin: Option<Vec<u8>>,
    /// Why what it has to read could not be written.
    unready: Option<std::io::Error>,
}

/// What a call of git left behind, whether it succeeded or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: BString,
    /// Standard error.
    pub stderr: BString,
}

impl Output {
    /// It ended with exit code 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// An error with what it said unless it ended with exit code 0.
    pub fn must_succeed(&self) -> Result<()> {
        if self.success() {
            return Ok(());
        }
        let said = self.stderr.trim().to_str_lossy().into_owned();
        let code =
            self.code.map_or("it was killed by a signal".to_owned(), |code| format!("exit code {code}"));
        Err(anyhow::anyhow!(if said.is_empty() { code } else { said }))
    }
}

impl Repository {
    /// git in this worktree, or in this bare repository.
    pub fn git(&self) -> Program {
        let found_from_workdir = |top: &Path| top.join(".git").exists();
        let place = match self.workdir() {
            Some(top) if found_from_workdir(top) => vec!["-C".into(), top.into()],
            Some(top) => vec!["--git-dir".into(), self.git_dir().into(), "--work-tree".into(), top.into()],
            None => vec!["--git-dir".into(), self.git_dir().into()],
        };
        let unready = self.write_held_objects().err();
        Program { place, args: Vec::new(), env: Vec::new(), stdin: None, unready }
    }
}

impl Program {
    /// Runs in the repository of `directory` instead.
    pub fn at(mut self, directory: &Path) -> Program {
        self.place = vec!["-C".into(), directory.into()];
        self
    }

    /// Adds arguments; options that go before the subcommand may come first.
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Program {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets a variable of its environment, also one of those that are taken out otherwise.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Program {
        self.env.push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What it reads from standard input, which is empty otherwise.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Program {
        self.stdin = Some(bytes.into());
        self
    }

    /// Runs it, whatever its exit code. It is an error if it cannot be started or is killed: a git that
    /// did not come to its end has said neither yes nor no.
    pub fn run(self) -> Result<Output> {
        let name = self.to_string();
        let output = self.run_to_any_end()?;
        if output.code.is_none() {
            bail!("{name} was killed by a signal");
        }
        Ok(output)
    }

    /// The same for who knows what to do about a git that was killed.
    pub fn run_to_any_end(mut self) -> Result<Output> {
        let stdin = self.stdin.take();
        if let Some(error) = self.unready.take() {
            return Err(anyhow::Error::from(error).context("cannot write the objects of a trial"));
        }
        let mut command = self.command();
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| not_started(error, &self))?;
        let pipe = child.stdin.take();
        let output = std::thread::scope(|scope| {
            // A thread writes, so that neither side waits for the other with full pipes. A program
            // that does not read all of its input closes the pipe, which is no error.
            scope.spawn(move || pipe.zip(stdin).map(|(mut pipe, bytes)| pipe.write_all(&bytes)));
            child.wait_with_output()
        });
        let output = output.with_context(|| format!("cannot read what {self} says"))?;
        Ok(Output { code: output.status.code(), stdout: output.stdout.into(), stderr: output.stderr.into() })
    }

    /// Runs it and returns its standard output; an error with what it said unless it succeeds.
    pub fn output(self) -> Result<BString> {
        let name = self.to_string();
        let output = self.run()?;
        if output.success() {
            return Ok(output.stdout);
        }
        let code = output.code.unwrap_or_default();
        let said = output.stderr.trim().to_str_lossy().into_owned();
        Err(anyhow::anyhow!(said).context(format!("{name} failed with exit code {code}")))
    }

    /// Runs it on the user's own terminal, in the user's language.
    pub fn inherit(self) -> Result<ExitStatus> {
        let mut command = self.command();
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        command.status().map_err(|error| not_started(error, &self))
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.args(["--no-pager", "-c", "core.fsmonitor=false"]).args(&self.place).args(&self.args);
        for variable in LOCAL_VARIABLES.into_iter().chain(PATHSPEC_VARIABLES) {
            command.env_remove(variable);
        }
        command
    }
}

/// The call as a person would type it, without what is set for it before the subcommand: to leave every
/// hook out takes more words than all the rest.
impl std::fmt::Display for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("git")?;
        let mut args = self.args.as_slice();
        while let [set, _, rest @ ..] = args
            && set == "-c"
        {
            args = rest;
        }
        args.iter().try_for_each(|arg| write!(f, " {}", arg.to_string_lossy()))
    }
}

fn not_started(error: std::io::Error, program: &Program) -> anyhow::Error {
    if error.kind() == ErrorKind::NotFound {
        return hint::error("cannot find the git program", "install git, or put it on PATH");
    }
    anyhow::Error::from(error).context(format!("cannot start {program}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_without_its_settings() {
        let check = |args: &[&str], expect: &str| {
            let args = args.iter().map(|arg| (*arg).into()).collect();
            let program = Program { place: Vec::new(), args, env: Vec::new(), stdin: None, unready: None };
            assert_eq!(program.to_string(), expect);
        };
        check(&["-c", "a=b", "-c", "hook.x.enabled=false", "commit", "-c", "HEAD"], "git commit -c HEAD");
        check(&["-c", "a=b"], "git");
        check(&["status", "-c"], "git status -c");
    }
}
