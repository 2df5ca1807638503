//! `git worker check`: its arguments and its answer.

use std::ffi::OsString;

use anyhow::{Result, bail};
use bstr::ByteSlice;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::cli::worker::{agents, tool_hook};
use crate::git::Repository;
use crate::ops::check::{self, Options};
use crate::render::{json, markdown, text};

/// Ask whether paths may be changed
///
/// Says for each path whether the task of this worktree may change it, and why not. Links are
/// followed; the path need not exist, and a directory stands for the files in it. What is outside of
/// the repository or ignored by git may be changed, other worktrees of the repository may not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = agents::help())]
pub struct Args {
    /// Files, relative to the current directory or absolute
    #[arg(value_name = "PATH", required_unless_present_any = ["stdin", "hook"])]
    paths: Vec<OsString>,
    /// Read more paths from standard input, each ended by a NUL
    #[arg(short = 'z', long)]
    stdin: bool,
    /// Read the JSON that a coding agent's tool hook gets on standard input
    ///
    /// Ends with 2 if the edit is refused, as such hooks must, and says why on standard error; with
    /// `--format json` it answers in the JSON of the agent's program instead, and ends with 0. Says
    /// nothing and ends with 0 if the edit is allowed, if the tool changes no file, or if the agent
    /// works in no task's worktree. An event that is not recognised is let through with a warning; with 1
    /// it ends if nothing can be told, because the input is no JSON or the plan cannot be read.
    #[arg(long, conflicts_with_all = ["paths", "stdin"])]
    hook: bool,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    if args.hook {
        return match args.format {
            Format::Text => tool_hook::run(tool_hook::Answer::ExitCode, session),
            Format::Json => tool_hook::run(tool_hook::Answer::Json, session),
            Format::Markdown => {
                bail!("no agent reads Markdown from its tool hook; --format json is its other form")
            }
        };
    }
    let mut paths = args.paths.clone();
    if args.stdin {
        let input = session.input(u64::MAX)?;
        let more = input.split_str("\0").filter(|path| !path.is_empty());
        paths.extend(more.map(|path| path.to_os_str_lossy().into_owned()));
    }
    let options = Options { paths, directory: std::env::current_dir()? };
    let outcome = check::run(&Repository::discover()?, &options)?;
    session.answer(&match args.format {
        Format::Text => text::check::answers(&outcome),
        Format::Markdown => markdown::check::answers(&outcome),
        Format::Json => json::check::answers(&outcome),
    })?;
    if args.format == Format::Text {
        for line in text::check::hints(&outcome) {
            session.note(&format!("hint: {line}"));
        }
    }
    Ok(if outcome.is_yes() { Exit::Done } else { Exit::No })
}
