//! `git worker check --hook`: the answer to a coding agent's program, before its tool runs.
//!
//! Silence is consent. A refusal ends with 2 and stands on standard error, which is what most
//! programs hand to the agent; the others get their own JSON. What cannot be told refuses nothing:
//! the commit is judged anyway.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cli::exit::{Exit, explain};
use crate::cli::session::Session;
use crate::git::Repository;
use crate::model::agent::{self, Call, Dialect, Moment, Touches};
use crate::ops::check::{self, Options, Outcome, seat};
use crate::ops::desk::Desk;
use crate::ops::run;
use crate::render::json::decision;
use crate::render::{escape, text};

/// A larger event is not read: an agent does not write such files by hand.
const LARGEST_EVENT: u64 = 64 << 20;

/// How a refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// By the exit code, with the reason on standard error.
    ExitCode,
    /// As JSON on standard output, where the agent's program has a form for it.
    Json,
}

/// Reads the event and answers it.
pub fn run(answer: Answer, session: &Session) -> Result<Exit> {
    match ask(session) {
        Ok(Asked::Fine) => consent(answer, session),
        Ok(Asked::Unrecognised(why)) => {
            session.note(&format!("warning: git worker check: not judged, {}", escape::terminal(why)));
            consent(answer, session)
        }
        Ok(Asked::Refused(call, reason)) => refuse(&call, answer, &reason, session),
        Err(error) => {
            session.note(&format!(
                "warning: git worker check: not judged, for it cannot be told\n{}",
                explain(&error)
            ));
            Ok(Exit::No)
        }
    }
}

/// What became of the question.
enum Asked {
    Fine,
    Unrecognised(String),
    /// With the lines that the agent reads.
    Refused(Call, String),
}

fn ask(session: &Session) -> Result<Asked> {
    let input = session.input(LARGEST_EVENT)?;
    // Some shells put a mark before what they pipe.
    let text = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&input);
    let event = serde_json::from_slice(text).context("standard input is not the JSON of a tool hook")?;
    let call = agent::read(&event);
    let files = match &call.touches {
        Touches::Nothing => return Ok(Asked::Fine),
        Touches::Files(files) => files.iter().map(OsString::from).collect(),
        Touches::Unknown(why) => return Ok(Asked::Unrecognised(why.clone())),
    };
    let here = std::env::current_dir()?;
    let Some(repo) = seat::find(&places(&call, &here))? else { return Ok(Asked::Fine) };
    let directory = call.places.first().map_or_else(|| here.clone(), |place| here.join(place));
    let options = Options { paths: files, directory };
    Ok(match judged(&repo, &options)? {
        Ok(outcome) if outcome.is_yes() => Asked::Fine,
        Ok(outcome) => Asked::Refused(call, reason(&outcome)),
        Err(misplaced) => Asked::Refused(call, explain(&misplaced)),
    })
}

/// The answers; the inner error is a worktree that is not what it should be, in which nothing could
/// be committed either.
fn judged(repo: &Repository, options: &Options) -> Result<Result<Outcome>> {
    run::own(repo)?;
    match Desk::for_a_question(repo) {
        Ok(desk) => Ok(Ok(check::judge(&desk, options)?)),
        Err(misplaced) => Ok(Err(misplaced)),
    }
}

/// Where the agent may work: where its program says the project is, where that runs us, and where the
/// event says the agent is.
fn places(call: &Call, here: &Path) -> Vec<PathBuf> {
    let projects = ["CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "CURSOR_PROJECT_DIR", "FACTORY_PROJECT_DIR"];
    let projects = projects.into_iter().filter_map(std::env::var_os).filter(|project| !project.is_empty());
    let told = call.places.iter().map(OsString::from);
    projects.chain([here.into()]).chain(told).map(|place| here.join(place)).collect()
}

fn reason(outcome: &Outcome) -> String {
    let mut lines = text::check::refusals(outcome);
    lines.extend(text::check::hints(outcome).into_iter().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

fn consent(answer: Answer, session: &Session) -> Result<Exit> {
    if answer == Answer::Json {
        session.answer(decision::NONE)?;
    }
    Ok(Exit::Done)
}

fn refuse(call: &Call, answer: Answer, reason: &str, session: &Session) -> Result<Exit> {
    let has_form = call.moment == Moment::Before && call.dialect != Dialect::Windsurf;
    if answer == Answer::Json && has_form {
        session.answer(&decision::refusal(call.dialect, reason))?;
        return Ok(Exit::Done);
    }
    session.note(reason);
    Ok(Exit::Error)
}
