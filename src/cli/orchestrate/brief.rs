//! `git orchestrate brief`: its arguments and its answer.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::brief::{Brief, Kind};
use crate::model::status::{Clock, STALLED_AFTER};
use crate::ops::brief::{self, Options, Whose};
use crate::render::{json, markdown};

/// Print the kickoff prompt of a task
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The task, such as task-2 [default: all tasks]
    task: Option<String>,
    /// The run [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Which text
    #[arg(long = "as", value_enum, value_name = "TEXT", default_value = "kickoff")]
    kind: Text,
    /// How the answer is written: the prompt itself, in fences, or with its data
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// `--as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Text {
    /// For a worker that starts.
    Kickoff,
    /// A TASKS.md.
    Tasks,
    /// For the same worker, after it waited.
    Resume,
    /// For another worker that takes over.
    Continue,
}

impl From<Text> for Kind {
    fn from(text: Text) -> Kind {
        match text {
            Text::Kickoff => Kind::Kickoff,
            Text::Tasks => Kind::Tasks,
            Text::Resume => Kind::Resume,
            Text::Continue => Kind::Continue,
        }
    }
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        run: args.run.clone(),
        whose: args.task.clone().map_or(Whose::All, Whose::Task),
        kind: args.kind.into(),
        clock: Clock { now: session.now, stalled_after: STALLED_AFTER },
    };
    let briefs = brief::run(&Repository::discover()?, &options)?;
    session.answer(&answer(&briefs, options.kind, args.format))?;
    Ok(Exit::Done)
}

/// The briefs in one of the formats; prompts that follow each other are separated by a line.
pub fn answer(briefs: &[Brief], kind: Kind, format: Format) -> String {
    let prompts = || briefs.iter().map(|brief| markdown::brief::prompt(brief, kind));
    match format {
        Format::Text => prompts().collect::<Vec<_>>().join("\n---\n\n"),
        Format::Markdown => markdown::brief::document(briefs, kind),
        Format::Json => json::brief::brief(briefs, kind),
    }
}
