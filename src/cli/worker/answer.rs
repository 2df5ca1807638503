//! How the verbs that commit or push answer: the answer, the talk, and the exit code.

use anyhow::Result;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::ops::commit::Outcome;
use crate::ops::publish::Published;
use crate::render::text;

/// Answers with what became of a commit; what was left out goes to standard error.
pub fn committed(session: &Session, outcome: &Outcome) -> Result<Exit> {
    for line in text::commit::notes(outcome) {
        session.note(&line);
    }
    let Outcome::Done(done) = outcome else { return Ok(Exit::No) };
    session.answer(&text::commit::done(done))?;
    if let Some(outcome) = &done.published {
        // The commit is there whatever became of the push (S1-54).
        published(session, outcome)?;
    }
    Ok(Exit::Done)
}

/// Answers with what became of a push.
pub fn published(session: &Session, outcome: &Published) -> Result<Exit> {
    match outcome {
        Published::Pushed { .. } => session.answer(&text::commit::published(outcome))?,
        Published::NoRemote | Published::Failed { .. } => {
            session.note(text::commit::published(outcome).trim_end())
        }
    }
    Ok(if matches!(outcome, Published::Failed { .. }) { Exit::No } else { Exit::Done })
}
