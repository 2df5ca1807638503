//! `git orchestrate status`: its arguments and its answer.

use std::panic::resume_unwind;

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::format::Format;
use crate::cli::preview::{self, Preview};
use crate::cli::session::Session;
use crate::git::Repository;
use crate::git::survey::Depth;
use crate::model::age;
use crate::model::status::{Clock, RunStatus};
use crate::ops::status::{self, Options};
use crate::render::text::colour::Colour;
use crate::render::text::status::Detail;
use crate::render::{json, markdown, text};

/// Show who is where and what to do next
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Leave out the commits of each task
    #[arg(long, short)]
    short: bool,
    /// Do not look into worktrees for what is uncommitted
    #[arg(long)]
    no_dirty: bool,
    /// Look at all of each worktree for what is uncommitted; of one with more than some 10,000 files only
    /// the task's scope is looked at otherwise
    #[arg(long, conflicts_with = "no_dirty")]
    whole: bool,
    /// Without a commit for this long, a task counts as stalled
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = age::parse_duration)]
    stalled_after: u64,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let options = Options {
        run: args.run.clone(),
        depth: match (args.no_dirty, args.whole) {
            (true, _) => Depth::History,
            (false, false) => Depth::Scopes,
            (false, true) => Depth::Worktrees,
        },
        clock: Clock { now: session.now, stalled_after: args.stalled_after },
    };
    let status = match args.format {
        Format::Text if options.depth != Depth::History && preview::is_wanted() => {
            with_preview(&options, session)?
        }
        _ => status::run(&Repository::discover()?, &options)?,
    };
    let detail = if args.short { Detail::Short } else { Detail::Full };
    let answer = match args.format {
        Format::Text => text::status::status(&status, detail, Colour::when(session.colour)),
        Format::Markdown => markdown::status::status(&status, &session.time_of_day()),
        Format::Json => json::status::status(&status),
    };
    session.answer(&answer)?;
    Ok(Exit::Done)
}

/// What commits say is known at once; what lies in worktrees takes git a while to find.
fn with_preview(options: &Options, session: &Session) -> Result<RunStatus> {
    std::thread::scope(|scope| {
        let whole = scope.spawn(|| status::run(&Repository::discover()?, options));
        let committed = Options { depth: Depth::History, ..options.clone() };
        let committed = status::run(&Repository::discover()?, &committed);
        let preview = match committed {
            Ok(committed) if !whole.is_finished() => {
                let text = text::status::preview(&committed, Colour::when(session.colour));
                Some(Preview::show(&text)?)
            }
            _ => None,
        };
        let whole = whole.join().unwrap_or_else(|panic| resume_unwind(panic));
        preview.map_or(Ok(()), Preview::clear)?;
        whole
    })
}
