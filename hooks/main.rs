//! The one hook program: acts under the name that git called it by.
//!
//! Whatever the name, the hook that would have run without us runs first, with the same arguments,
//! environment and standard input, and its refusal is final. Then, in the worktree of a task, the
//! file here of the same name has its say; under a name without a file there is nothing to add.
//!
//! A hook that cannot do its work refuses the commit and says how to repair it: an unknown state is
//! never taken for a good one. After a commit there is nothing left to refuse, so those hooks only
//! tell.

mod call;
mod chain;
mod command_line;
mod commit_msg;
mod displaced;
mod post_commit;
mod post_merge;
mod post_rewrite;
mod pre_commit;
mod pre_merge_commit;
mod pre_push;
mod pre_receive;
mod prepare_commit_msg;
mod reference_transaction;
mod worker;

use std::process::ExitCode;

use anyhow::Result;
use orchestrate::cli::exit::{Exit, finish};
use orchestrate::cli::session::Session;
use orchestrate::git::Repository;
use orchestrate::git::hooks::{EVENTS, GUARD, glance, probe, receive};
use orchestrate::model::hint;

use call::Call;
use chain::Chain;
use worker::Worker;

fn main() -> ExitCode {
    let session = Session::from_environment();
    if let Some(nonce) = std::env::var(probe::PROBE).ok().filter(|nonce| !nonce.is_empty()) {
        session.note(&probe::answer(&nonce, &call::event()));
        return ExitCode::from(probe::PROBED);
    }
    let call = Call::from_process();
    match run(&call, &session) {
        Ok(code) => ExitCode::from(code),
        // A command that is ended between two refs leaves more harm than it could do.
        Err(_) if call.event == GUARD => ExitCode::SUCCESS,
        Err(error) => {
            finish(&session, Err(error));
            session.note(&format!("hint: the hook {} could not do its work", call.event));
            session.note("hint: git orchestrate start puts worktrees and hooks in order again");
            ExitCode::FAILURE
        }
    }
}

/// The exit code for git: that of the hook before ours, else ours.
fn run(call: &Call, session: &Session) -> Result<u8> {
    if call.event == receive::EVENT
        && let Some(code) = pre_receive::run(call, session)
    {
        return Ok(code);
    }
    if call.is_misnamed() {
        return Err(hint::error(
            format!("{} is no hook of git's, so nothing is judged", call.event),
            "name the event in the call: git-orchestrate-hook pre-receive",
        ));
    }
    let is_armed = worker::is_armed();
    let is_repeated = call.event == "prepare-commit-msg" && prepare_commit_msg::is_idle();
    if is_repeated && is_armed && worker::git_dir().is_some_and(|own| glance::is_all_well(&own, &call.event))
    {
        return Ok(0);
    }
    let repo = Repository::discover()?;
    let chain = Chain::of(&repo, call, session);
    let was_displaced = is_armed && displaced::put_back(&repo, session);
    let is_idle = match call.event.as_str() {
        "prepare-commit-msg" => !was_displaced && is_repeated,
        GUARD => !reference_transaction::is_decisive(call),
        event => !EVENTS.contains(&event),
    };
    if is_idle || !is_armed {
        return Ok(chain.replace());
    }
    if let Some(code) = chain.run() {
        return Ok(code);
    }
    // A hook manager may bring its own hooks up to date when its hook runs.
    if !chain.is_empty() {
        displaced::put_back(&repo, session);
    }
    let Some(worker) = Worker::of(repo)? else { return Ok(0) };
    let exit = match call.event.as_str() {
        "pre-commit" => pre_commit::run(&worker, session),
        "pre-merge-commit" => pre_merge_commit::run(&worker, session),
        "prepare-commit-msg" => prepare_commit_msg::run(&worker, session),
        "commit-msg" => commit_msg::run(&worker, call, session),
        "post-commit" => post_commit::run(&worker, session),
        "post-merge" => post_merge::run(&worker, call, session),
        "post-rewrite" => post_rewrite::run(&worker, call, session),
        "pre-push" => pre_push::run(&worker, call, session),
        GUARD if !reference_transaction::passes(&worker, call, session) => Ok(Exit::No),
        _ => Ok(Exit::Done),
    };
    exit.map(|exit| u8::from(exit != Exit::Done))
}
