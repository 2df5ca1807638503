//! `pre-push`: refuses to publish what breaks the rules, or a task's work under another name.
//!
//! githooks(5): runs after the remote was asked what it has and before anything is sent, with the
//! remote's name and address as arguments; a failure refuses the whole push, `--no-verify` skips it.
//! Standard input has a line `<local ref> <local id> <remote ref> <remote id>` for each ref that
//! moves; an id of zeros stands for none, and what is up to date is not listed.

use anyhow::{Result, anyhow};
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::model::hook_input;
use orchestrate::model::push::Judged;
use orchestrate::ops::publication::Publisher;
use orchestrate::render::text::push::{self, Door};

use crate::call::Call;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, call: &Call, session: &Session) -> Result<Exit> {
    let updates = hook_input::pushed(call.input()?.unwrap_or_default())
        .map_err(|line| anyhow!("git announces no ref in the line {line:?}"))?;
    let publisher = Publisher { repo: &worker.repo, recorded: worker.plan()?, task: worker.task() };
    let judged = publisher.judge(&updates)?;
    let text = push::text(&judged, &Door::Worker(worker.task().name.clone()));
    if !text.is_empty() {
        session.note(&text);
    }
    Ok(if judged.iter().any(Judged::is_refused) { Exit::No } else { Exit::Done })
}
