//! `commit-msg`: refuses a message that breaks the protocol, and a commit at the wrong time.
//!
//! githooks(5): runs after the editor with the message's file as its argument; a failure refuses the
//! commit, `--no-verify` skips it. The file is as the editor left it: comments, the diff of `-v` and
//! blank lines are still in it unless there was no editor, so what git will store is computed here,
//! and `post-commit` looks at what it did store. A merge needs no prefix: `MERGE_HEAD` is there.

use std::io::Read as _;

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;
use orchestrate::model::finding::Finding;
use orchestrate::model::message::file::{Cleanup, Comment, Origin, clean};
use orchestrate::ops::verdict::{self, Attempt};
use orchestrate::render::text::refusal::{self, Occasion};

use crate::call::Call;
use crate::command_line::Command;
use crate::worker::Worker;

/// The most bytes of a message that are looked at; git itself takes any number.
const MOST: u64 = 1 << 26;

/// Runs the hook.
pub fn run(worker: &Worker, call: &Call, session: &Session) -> Result<Exit> {
    let file = call.args.first().context("git named no file")?;
    let mut raw = Vec::new();
    fs_err::File::open(file)?.take(MOST).read_to_end(&mut raw)?;
    if raw.len() as u64 == MOST {
        // The last character may have been cut in two.
        while raw.last().is_some_and(|byte| !byte.is_ascii()) {
            raw.pop();
        }
    }
    let message = message(worker, raw.into());
    let attempt =
        Attempt { head: Command::of_parent().head(), merged: worker.repo.merge_heads(), place: None };
    // HEAD may have moved since `pre-commit`, while the editor was open.
    let misplaced = worker.misplaced()?;
    if !misplaced.is_empty() {
        session.note(&refusal::text(&misplaced, worker.task(), Occasion::Commit));
        return Ok(Exit::No);
    }
    let asked = (&attempt, message.as_bstr());
    let findings = worker.ask(|recorded, task| verdict::of_message(&worker.repo, recorded, task, asked))?;
    let refused = findings.iter().any(Finding::is_error);
    if !findings.is_empty() {
        let occasion = if refused { Occasion::Message } else { Occasion::Remark };
        session.note(&refusal::text(&findings, worker.task(), occasion));
    }
    Ok(if refused { Exit::No } else { Exit::Done })
}

/// The message as git is going to store it, as far as a hook can know.
fn message(worker: &Worker, file: BString) -> BString {
    let config = |key| worker.repo.config(key);
    let comment = worker.repo.config_last("core", ["commentChar", "commentString"]);
    let comment = comment.map_or_else(Comment::default, |value| Comment::from_config(&value));
    let no_editor = std::env::var_os("GIT_EDITOR").is_some_and(|editor| editor == ":");
    let origin = if no_editor { Origin::Given } else { Origin::Editor };
    let word = Command::of_parent().cleanup().or_else(|| config("commit.cleanup"));
    clean(file.as_bstr(), &comment, Cleanup::chosen(word.as_deref(), origin))
}
