//! `git worker check`: its arguments and its answer.

use std::ffi::OsString;
use std::io::Read as _;

use anyhow::{Context, Result, bail};
use bstr::ByteSlice;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::ops::check::{self, Options, Outcome};
use crate::ops::run::TASK_KEY;
use crate::render::{json, markdown, text};

/// Arguments of `git worker check`.
///
/// Says for each path whether the task of this worktree may change it, and why not. Links are
/// followed; the path need not exist.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, relative to the current directory or absolute
    #[arg(value_name = "PATH", required_unless_present_any = ["stdin", "hook"])]
    paths: Vec<OsString>,
    /// Read more paths from standard input, each ended by a NUL
    #[arg(short = 'z', long)]
    stdin: bool,
    /// Read what a coding agent's tool hook gets on standard input, and end with 2 if the edit is
    /// refused, as such hooks must; in a worktree that belongs to no task everything is allowed
    #[arg(long, conflicts_with_all = ["paths", "stdin", "format"])]
    hook: bool,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let repo = Repository::discover()?;
    if args.hook {
        return for_hook(&repo, session);
    }
    let mut paths = args.paths.clone();
    if args.stdin {
        let input = read_stdin()?;
        let more = input.split_str("\0").filter(|path| !path.is_empty());
        paths.extend(more.map(|path| path.to_os_str_lossy().into_owned()));
    }
    let outcome = check::run(&repo, &Options { paths, directory: std::env::current_dir()? })?;
    session.answer(&match args.format {
        Format::Text => text::check::answers(&outcome),
        Format::Markdown => markdown::check::answers(&outcome),
        Format::Json => json::check::answers(&outcome),
    })?;
    if args.format == Format::Text {
        hint(&outcome, session);
    }
    Ok(if outcome.is_yes() { Exit::Done } else { Exit::No })
}

/// The answer to an agent's tool hook: silence is consent, a refusal goes to standard error.
fn for_hook(repo: &Repository, session: &Session) -> Result<Exit> {
    let event: serde_json::Value =
        serde_json::from_slice(&read_stdin()?).context("standard input is not the JSON of a tool hook")?;
    let Some(input) = event.get("tool_input").and_then(|input| input.as_object()) else {
        bail!("the tool hook's JSON has no tool_input");
    };
    let named = ["file_path", "notebook_path", "path"].iter().filter_map(|key| input.get(*key)?.as_str());
    let paths: Vec<OsString> = named.map(OsString::from).collect();
    if paths.is_empty() || repo.config(TASK_KEY).is_none() {
        return Ok(Exit::Done);
    }
    let outcome = check::run(repo, &Options { paths, directory: std::env::current_dir()? })?;
    if outcome.is_yes() {
        return Ok(Exit::Done);
    }
    session.note(text::check::answers(&outcome).trim_end());
    hint(&outcome, session);
    Ok(Exit::Error)
}

fn hint(outcome: &Outcome, session: &Session) {
    for line in text::check::hints(outcome) {
        session.note(&format!("hint: {line}"));
    }
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input).context("cannot read standard input")?;
    Ok(input)
}
